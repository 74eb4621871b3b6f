"""Phones as people type them and as Telegram tells them, always kept as E.164 (rule 16)."""

import re
from typing import NamedTuple

import phonenumbers

TYPED_CHARS_MAX = 32  # more than any phone in its widest usual form
_E164_DIGITS = re.compile(r"[1-9][0-9]{5,14}")
_DASHES = "\\-\u2010\u2011\u2012\u2013\u2014\u2212"
_BETWEEN = rf"[ \t\u00a0\u2009\u202f().{_DASHES}]"
_TYPED = re.compile(rf"\+?{_BETWEEN}*[0-9](?:{_BETWEEN}*[0-9])*\)?")
_ENDS = re.compile(r"(?=\s|\Z)")


class PhoneTyped(NamedTuple):
    """The phone at the beginning of what somebody typed, and what was typed after it."""

    phone: str
    rest: str


def read_phone(text: str, region: str) -> str | None:
    """The E.164 form of a text that is a valid phone in any usual form: "8 (912) 000-00-01".

    `region` says how a number without + is read. None: it is none.
    """
    typed = text.strip()
    if len(typed) > TYPED_CHARS_MAX or _TYPED.fullmatch(typed) is None:
        return None
    try:
        # Bare digits are parsed in half the time.
        number = phonenumbers.parse(re.sub(r"[^+0-9]", "", typed), region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_contact_phone(number: str) -> str | None:
    """The E.164 form of a contact's number, which is international, with or without its plus.

    Telegram has verified it: it need not be one that our tables of valid ranges know already.
    """
    digits = re.sub(r"[^0-9]", "", number)
    return f"+{digits}" if _E164_DIGITS.fullmatch(digits) else None


def longest_phone(text: str, region: str) -> PhoneTyped | None:
    """The longest beginning of the text that is a valid phone, ending where a word does."""
    typed = text.strip()
    reach = _TYPED.match(typed[:TYPED_CHARS_MAX])
    if reach is None:
        return None
    ends = [found.start() for found in _ENDS.finditer(typed, 1, len(typed))]
    for end in sorted((end for end in {*ends, len(typed)} if end <= reach.end()), reverse=True):
        phone = read_phone(typed[:end], region)
        if phone is not None:
            return PhoneTyped(phone, typed[end:].strip())
    return None


def masked_phone(phone: str) -> str:
    """The country and the last two digits, as a person recognises their own: "+7 ••• •••-••-01"."""
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return "•••" + phone[-2:]
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    country, _, rest = written.partition(" ")
    return f"{country} {re.sub(r'[0-9]', '•', rest[:-2])}{rest[-2:]}"

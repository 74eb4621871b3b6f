"""The short number on a card, which staff type where there is no camera.

A number and the amount typed after it must never read as a phone: "9234567 500" would be one in
Russia. So a number begins with a digit with which no phone of the business's country begins, and
its last digit is Luhn's check (ISO/IEC 7812-1), so that one mistyped digit finds nobody.
"""

import functools
import random
import secrets

from operations.phones import read_phone

SHORT_CHARS = 7
LONG_CHARS = 8  # where the short ones grow scarce
SHORT_ATTEMPTS = 7
REDRAWS_MAX = 20  # of numbers that happen to be somebody's phone, in small countries
_PROBES_PER_LENGTH = 12  # some 30 ms, once in a process
_PHONE_CHARS = range(7, 13)  # a card's number alone, or with an amount of up to five digits
_PROBING = 20270201  # any number will do; the same one gives every process the same digits


def random_card_number(region: str, *, attempt: int) -> str:
    """A number that may be taken already: try again with the next attempt, from 0 on."""
    length = SHORT_CHARS if attempt < SHORT_ATTEMPTS else LONG_CHARS
    number = _any_number(region, length)
    for _ in range(REDRAWS_MAX):
        if read_phone(number, region) is None:
            break
        number = _any_number(region, length)
    return number


def _any_number(region: str, length: int) -> str:
    first = secrets.choice(first_digits(region))
    rest = "".join(secrets.choice("0123456789") for _ in range(length - 2))
    return first + rest + luhn_digit(first + rest)


def luhn_digit(digits: str) -> str:
    """The check digit that follows these digits."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled - 9 if doubled > 9 else doubled
    return str(-total % 10)


@functools.cache
def first_digits(region: str) -> str:
    """The digits with which no valid phone typed in this country begins; all but 0 if none is."""
    free = "".join(digit for digit in "123456789" if not _begins_phones(digit, region))
    if free:
        return free
    return "0" if not _begins_phones("0", region) else "123456789"


def _begins_phones(digit: str, region: str) -> bool:
    probing = random.Random(_PROBING)  # noqa: S311 - not a secret, only a sample
    return any(
        read_phone(digit + "".join(probing.choices("0123456789", k=length - 1)), region)
        for length in _PHONE_CHARS
        for _ in range(_PROBES_PER_LENGTH)
    )

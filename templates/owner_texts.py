"""Texts that an owner edits at run time: plain words with whitelisted `{name}` placeholders.

They are neither Jinja nor `str.format`: there is nothing to call, to loop or to look into. A brace
that does not belong to a known placeholder is refused as the text is saved.
"""

import re
from collections.abc import Collection, Mapping
from enum import StrEnum

from markupsafe import Markup

from templates.lengths import short, utf16_length
from templates.markup import TEXT_UTF16_MAX

VALUE_UTF16_MAX = 128  # what one filled-in value may take

_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]{0,31})\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


class OwnerTextFault(StrEnum):
    """What is wrong with an owner's text."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    STRAY_BRACE = "stray_brace"
    CONTROL_CHARACTER = "control_character"


class OwnerTextInvalid(ValueError):
    """The text cannot be saved (or filled): why, and which word of it is to blame."""

    def __init__(self, fault: OwnerTextFault, culprit: str = "") -> None:
        super().__init__(fault.value)
        self.fault = fault
        self.culprit = culprit


def check_owner_text(
    text: str, allowed: Collection[str], *, length_max_utf16: int = TEXT_UTF16_MAX
) -> None:
    """Raises `OwnerTextInvalid` unless the text may be saved.

    The length counts every placeholder at its longest, so that a text that was saved always fits.
    """
    if not text.strip():
        raise OwnerTextInvalid(OwnerTextFault.EMPTY)
    if found := _CONTROL.search(text):
        raise OwnerTextInvalid(OwnerTextFault.CONTROL_CHARACTER, repr(found.group()))
    for name in _PLACEHOLDER.findall(text):
        if name not in allowed:
            raise OwnerTextInvalid(OwnerTextFault.UNKNOWN_PLACEHOLDER, name)
    words, placeholders = _PLACEHOLDER.subn("", text)
    # The rest is searched in the text itself: taking "{a}" out of "{{a}}" must not join braces.
    if stray := re.search(r"[{}]\S{0,20}", _PLACEHOLDER.sub(" ", text)):
        raise OwnerTextInvalid(OwnerTextFault.STRAY_BRACE, stray.group())
    if utf16_length(words) + placeholders * VALUE_UTF16_MAX > length_max_utf16:
        raise OwnerTextInvalid(OwnerTextFault.TOO_LONG)


def fill_known(text: str, values: Mapping[str, str]) -> Markup:
    """The same for a text that is on show: a placeholder without a value stays as it was typed."""

    def value(found: re.Match[str]) -> str:
        return short(values[found[1]], VALUE_UTF16_MAX) if found[1] in values else found.group()

    return Markup.escape(_PLACEHOLDER.sub(value, text))


def fill_owner_text(text: str, values: Mapping[str, str]) -> Markup:
    """The text with its placeholders filled in one pass, all of it escaped: ready HTML.

    Raises `OwnerTextInvalid` for a placeholder without a value.
    """

    def value(found: re.Match[str]) -> str:
        try:
            return short(values[found[1]], VALUE_UTF16_MAX)
        except KeyError:
            raise OwnerTextInvalid(OwnerTextFault.UNKNOWN_PLACEHOLDER, found[1]) from None

    return Markup.escape(_PLACEHOLDER.sub(value, text))

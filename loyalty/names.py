"""A person's name as somebody typed it or Telegram tells it: any Unicode, also hostile."""

import re
import unicodedata

from loyalty.refusals import Refusal

NAME_MAX_CHARS = 64

# Digits alone, or as many as a phone has with what people write between them.
_NUMBER = re.compile(r"[\d ]+|\+?(?:[ ()-]*\d){7,}[ ()-]*")

# Letters by their category that are drawn as nothing: a name of them alone would be invisible.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_JOINERS = frozenset("\u200c\u200d")  # format characters that emoji and some scripts need


class NameEmpty(Refusal):
    """Nothing visible is left of the name."""


class NameIsNumber(Refusal):
    """Nothing but digits, or a phone number."""


class NameTooLong(Refusal):
    """More than NAME_MAX_CHARS characters."""

    def __init__(self, length_chars: int) -> None:
        super().__init__(length_chars)
        self.length_chars = length_chars


def read_name(text: str) -> str:
    """A name that somebody typed, cleaned; raises NameEmpty, NameIsNumber and NameTooLong."""
    name = _cleaned(text)
    if not _is_visible(name):
        raise NameEmpty
    if _NUMBER.fullmatch(name):
        raise NameIsNumber
    if len(name) > NAME_MAX_CHARS:
        raise NameTooLong(len(name))
    return name


def name_from_profile(text: str) -> str | None:
    """A name that nobody can be asked to correct: cleaned and cut; None: nothing visible in it."""
    name = _cleaned(text)[:NAME_MAX_CHARS].strip()
    return name if _is_visible(name) else None


def public_name(name: str | None) -> str | None:
    """All that strangers read of somebody: «Анна К.»; None where that would be no name at all.

    The second word is never written out: it may be a surname. Digits may be a phone.
    """
    words = _cleaned(name or "").split()
    if not words or any(character.isdecimal() for character in words[0]):
        return None
    first = words[0].strip(".,")
    if not _is_visible(first):
        return None
    initial = words[1][0] if len(words) > 1 and words[1][0].isalpha() else None
    return first if initial is None else f"{first} {initial.upper()}."


def _cleaned(text: str) -> str:
    """Without control, format (bidi included) and unassigned characters; spaces collapsed."""
    kept = (character for character in text if character in _JOINERS or _is_kept(character))
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split()).strip("\u200c\u200d ")


def _is_kept(character: str) -> bool:
    return character.isspace() or not unicodedata.category(character).startswith("C")


def _is_visible(name: str) -> bool:
    return any(
        character not in _BLANK and unicodedata.category(character)[0] not in "CMZ"
        for character in name
    )

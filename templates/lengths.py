"""Lengths as Telegram counts them (UTF-16 code units), and cuts that break no character."""

import re
import unicodedata

ELLIPSIS = "…"
ZERO_WIDTH_JOINER = "\u200d"
FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"

_SPACES = re.compile(r"[^\S\u00a0\u202f]+")  # no-break spaces are meant where they stand

# Marks that reorder or hide what follows them; one in a name would rewrite the line around it.
_DIRECTION_CONTROLS = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
FIRST_BACKWARDS = "\u0590"  # Hebrew begins; nothing before it runs from right to left
_KEPT_FORMAT_CHARACTERS = frozenset({ZERO_WIDTH_JOINER, "\u200c"})


def utf16_length(text: str) -> int:
    """The length of the text in UTF-16 code units, Telegram's measure for every limit."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def short(text: str, length_max: int) -> str:
    """One line of at most this many UTF-16 units; what is cut off is replaced by "…".

    Line breaks and runs of spaces become one space, control and direction characters go. Text
    that runs from right to left is isolated, so that it cannot reorder the words around it.
    """
    line = _spaced(text)
    if not _runs_backwards(line):
        return _cut(line, length_max)
    return FIRST_STRONG_ISOLATE + _cut(line, max(1, length_max - 2)) + POP_ISOLATE


def clip(text: str, length_max: int) -> str:
    """Like `short`, but keeps line breaks (one empty line in a row at most)."""
    lines = [_spaced(line) for line in text.splitlines()]
    kept = [line for i, line in enumerate(lines) if line or (i and lines[i - 1])]
    return _cut("\n".join(kept).strip("\n"), length_max)


def cut_at(text: str, length_max: int) -> int:
    """The largest index at which the text can be cut so that the head fits and stays whole."""
    units = 0
    index = 0
    while index < len(text):
        units += 2 if text[index] > "\uffff" else 1
        if units > length_max:
            break
        index += 1
    if index == len(text):
        return index
    while index > 0 and _continues(text, index):
        index -= 1
    return index


def _cut(text: str, length_max: int) -> str:
    if utf16_length(text) <= length_max:
        return text
    return text[: cut_at(text, length_max - 1)].rstrip() + ELLIPSIS


def _continues(text: str, index: int) -> bool:
    """Whether the character at the index belongs to the visible sign before it."""
    character = text[index]
    return (
        character == ZERO_WIDTH_JOINER
        or text[index - 1] == ZERO_WIDTH_JOINER
        or unicodedata.category(character) in ("Mn", "Me", "Mc")
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # a skin tone
    )


def _spaced(text: str) -> str:
    return _SPACES.sub(" ", _printable(text)).strip()


def _printable(text: str) -> str:
    if text.isprintable():  # most are: nothing to leave out, and no time lost
        return text
    return "".join(
        " " if character in "\n\r\t" else character for character in text if _shown(character)
    )


def _shown(character: str) -> bool:
    if character in _DIRECTION_CONTROLS:
        return False
    category = unicodedata.category(character)
    if category == "Cf":
        return character in _KEPT_FORMAT_CHARACTERS or character >= "\U000e0020"  # flags' tags
    return category not in ("Cc", "Cs") or character in "\n\r\t"


def _runs_backwards(text: str) -> bool:
    if not text or max(text) < FIRST_BACKWARDS:
        return False
    return any(unicodedata.bidirectional(character) in ("R", "AL") for character in text)

"""Text on pictures: fitted into its box, with nothing that the font cannot draw.

Pillow is imported here and nowhere at start: import this module only to draw.
"""

import functools
import importlib.resources
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from PIL import ImageDraw, ImageFont

ELLIPSIS = "…"
_SHRINK_STEP_PX = 2
_LINE_HEIGHT = 1.16  # of the font's size
_TEXT_LENGTH_MAX = 200  # more is never legible, and measuring it would take long
_PIECE = re.compile(r"[^\s-]*-+\s?|[^\s-]+\s?")  # what stays on one line, with its space
_NOT_A_CHARACTER = "\uffff"  # no font has it: drawing it shows the box for missing glyphs


class Weight(StrEnum):
    """The cuts of the font that we use."""

    REGULAR = "Regular"
    SEMIBOLD = "Semibold"
    BOLD = "Bold"


@dataclass(frozen=True)
class Lettering:
    """Lines of one size that fit their box."""

    lines: tuple[str, ...]
    font: ImageFont.FreeTypeFont
    line_height_px: int
    is_cut: bool

    @property
    def height_px(self) -> int:
        """Of all lines together."""
        return len(self.lines) * self.line_height_px

    def draw(self, canvas: ImageDraw.ImageDraw, x: int, y: int, fill: str) -> None:
        """Draws the lines downwards from this corner."""
        for row, line in enumerate(self.lines):
            canvas.text((x, y + row * self.line_height_px), line, font=self.font, fill=fill)


def load_font(weight: Weight, size_px: int) -> ImageFont.FreeTypeFont:
    """A font of its own for each drawing: one face is not to be shared between threads."""
    path = importlib.resources.files("font_source_sans_pro") / f"files/SourceSansPro-{weight}.ttf"
    with importlib.resources.as_file(path) as file:
        return ImageFont.truetype(str(file), size_px, layout_engine=ImageFont.Layout.BASIC)


def drawable(text: str) -> str:
    """The text without what the font lacks (emoji, other scripts); fancy letters become plain.

    Accents that no letter carries as one sign go: the basic layout would set them beside it.
    """
    composed = unicodedata.normalize("NFC", text[:_TEXT_LENGTH_MAX])
    kept = []
    for character in composed:
        if character.isspace():
            kept.append(" ")
        elif _has_glyph(character):
            kept.append(character)
        else:
            plain = unicodedata.normalize("NFKD", character)
            kept += [letter for letter in plain if letter.isspace() or _has_glyph(letter)]
    return " ".join("".join(kept).split())


def fit(
    text: str, weight: Weight, *, width_px: int, size_px: int, size_px_min: int, lines_max: int = 1
) -> Lettering:
    """The text as large as it fits; where the smallest size does not do, its end becomes "…"."""
    pieces = _PIECE.findall(drawable(text))
    for size in range(size_px, size_px_min - 1, -_SHRINK_STEP_PX):
        font = load_font(weight, size)
        lines = _wrapped(pieces, font, width_px)
        if lines is not None and len(lines) <= lines_max:
            return _lettering(lines, font, is_cut=False)
    font = load_font(weight, size_px_min)
    lines = _truncated("".join(pieces), font, width_px, lines_max)
    return _lettering(lines, font, is_cut=True)


def _lettering(lines: list[str], font: ImageFont.FreeTypeFont, *, is_cut: bool) -> Lettering:
    return Lettering(tuple(lines), font, round(font.size * _LINE_HEIGHT), is_cut)


def _wrapped(pieces: list[str], font: ImageFont.FreeTypeFont, width_px: int) -> list[str] | None:
    """Lines broken between words and after hyphens; None if a single piece is too wide."""
    lines: list[str] = []
    for piece in pieces:
        if font.getlength(piece.rstrip()) > width_px:
            return None
        if lines and font.getlength((lines[-1] + piece).rstrip()) <= width_px:
            lines[-1] += piece
        else:
            lines.append(piece)
    return [line.rstrip() for line in lines]


def _truncated(rest: str, font: ImageFont.FreeTypeFont, width_px: int, lines_max: int) -> list[str]:
    """As many lines as there may be, broken inside words where nothing else helps."""
    lines: list[str] = []
    while rest and len(lines) < lines_max - 1:
        length = _fitting_length(rest, font, width_px)
        at_space = rest.rfind(" ", 0, length + 1)
        cut = at_space if at_space > 0 and length < len(rest) else length
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if font.getlength(rest) > width_px:
        room = width_px - int(font.getlength(ELLIPSIS))
        rest = rest[: _fitting_length(rest, font, room)].rstrip() + ELLIPSIS
    return [*lines, rest] if rest else lines


def _fitting_length(text: str, font: ImageFont.FreeTypeFont, width_px: int) -> int:
    length = len(text)
    while length > 1 and font.getlength(text[:length]) > width_px:
        length -= 1
    while 1 < length < len(text) and unicodedata.combining(text[length]):
        length -= 1
    return length


@functools.lru_cache(maxsize=4096)
def _has_glyph(character: str) -> bool:
    """Whether the font draws something else for it than the box for missing glyphs."""
    if unicodedata.category(character)[0] in "CM":
        return False
    return _drawn(character) != _missing_glyph()


@functools.cache
def _missing_glyph() -> tuple[tuple[int, int], bytes]:
    return _drawn(_NOT_A_CHARACTER)


def _drawn(character: str) -> tuple[tuple[int, int], bytes]:
    mask = load_font(Weight.REGULAR, 24).getmask(character)
    return mask.size, bytes(mask)

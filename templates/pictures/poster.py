"""A page for the wall: what the programme gives, and a code that a phone reads from two metres."""

import io
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from templates.pictures.card import QUIET_ZONE_MODULES, code_matrix

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

DPI = 300
WIDTH_PX, HEIGHT_PX = 2480, 3508  # A4
FACTS_MAX = 4
_MARGIN_PX = 170  # printers leave some 5 mm blank; a frame takes some more
_INNER_PX = WIDTH_PX - 2 * _MARGIN_PX
_HEADER_PX = 1010
_TILE_PX, _GAP_PX = 430, 50
_PANEL_PX = 1130
_PANEL_TOP_PX = HEIGHT_PX - _PANEL_PX - 310
_PAPER, _INK, _SOFT, _TOP, _BOTTOM, _RING = (
    "#f5f2ec",
    "#1f3550",
    "#5d6b7c",
    "#3d6187",
    "#203a58",
    "#4a7099",
)
_ACCENT, _PALE = "#1d7a72", "#cfe1f2"


class PosterKind(StrEnum):
    """As a picture to be shown, or a page to be printed."""

    PNG = "png"
    PDF = "pdf"


@dataclass(frozen=True)
class Fact:
    """Something that the programme gives: how much, and for what."""

    figure: str
    words: str


@dataclass(frozen=True)
class PosterPicture:
    """What stands on a poster. It is sent as a document: Telegram would shrink a photo."""

    business: str
    headline: str
    facts: tuple[Fact, ...]
    call: str
    steps: tuple[str, ...]
    address: str  # as a person would type it
    branch: str
    footnote: str
    link: str
    kind: PosterKind

    as_document = True

    @property
    def file_name(self) -> str:
        """The name under which it is sent."""
        return f"poster.{self.kind}"

    def draw(self) -> bytes:
        """A4 at 300 dots an inch, as a PNG or as a PDF of one page; takes a second."""
        page = draw_poster(self)
        out = io.BytesIO()
        if self.kind is PosterKind.PDF:
            # As a JPEG of the highest quality: nothing is lost that a printer could show.
            page.save(out, "PDF", resolution=DPI, quality=95, subsampling=0)
        else:
            # All colours: with fewer, the gradient would show its steps on a wall.
            page.save(out, "PNG", dpi=(DPI, DPI))
        return out.getvalue()


def draw_poster(poster: PosterPicture) -> "Image.Image":
    """The page."""
    from PIL import Image, ImageDraw

    page = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), _PAPER)
    _draw_header(page, poster)
    canvas = ImageDraw.Draw(page)
    _draw_facts(canvas, poster.facts[:FACTS_MAX])
    _draw_call(canvas, poster)
    _draw_footer(canvas, poster)
    return page


def _draw_header(page: "Image.Image", poster: PosterPicture) -> None:
    from PIL import Image, ImageDraw

    from templates.pictures.lettering import Weight, fit

    size = (WIDTH_PX, _HEADER_PX)
    shade = Image.linear_gradient("L").resize(size)
    band = Image.composite(Image.new("RGB", size, _BOTTOM), Image.new("RGB", size, _TOP), shade)
    rings = Image.new("L", size, 0)
    pen = ImageDraw.Draw(rings)
    for radius, strength in ((1300, 50), (980, 80), (660, 110)):
        box = (WIDTH_PX - radius, _HEADER_PX - radius, WIDTH_PX + radius, _HEADER_PX + radius)
        pen.ellipse(box, outline=strength, width=9)
    band.paste(Image.new("RGB", size, _RING), mask=rings)
    page.paste(band, (0, 0))

    canvas = ImageDraw.Draw(page)
    business = fit(
        poster.business,
        Weight.SEMIBOLD,
        width_px=_INNER_PX,
        size_px=120,
        size_px_min=60,
        lines_max=2,
    )
    headline = fit(
        poster.headline, Weight.BOLD, width_px=_INNER_PX, size_px=188, size_px_min=110, lines_max=3
    )
    free = _HEADER_PX - business.height_px - headline.height_px - 50
    top = max(free // 2, 60)
    business.draw(canvas, _MARGIN_PX, top, _PALE)
    headline.draw(canvas, _MARGIN_PX, top + business.height_px + 50, "white")


def _draw_facts(canvas: "ImageDraw.ImageDraw", facts: tuple[Fact, ...]) -> None:
    """Two tiles a row; a single one in its row takes all of it."""
    rows = [facts[start : start + 2] for start in range(0, len(facts), 2)]
    room = _PANEL_TOP_PX - _HEADER_PX
    height = len(rows) * _TILE_PX + (len(rows) - 1) * _GAP_PX
    top = _HEADER_PX + (room - height) // 2
    for row in rows:
        width = (_INNER_PX - (len(row) - 1) * _GAP_PX) // len(row)
        for place, fact in enumerate(row):
            _draw_fact(canvas, fact, _MARGIN_PX + place * (width + _GAP_PX), top, width)
        top += _TILE_PX + _GAP_PX


def _draw_fact(canvas: "ImageDraw.ImageDraw", fact: Fact, x: int, y: int, width: int) -> None:
    from templates.pictures.lettering import Weight, fit

    box = (x, y, x + width, y + _TILE_PX)
    canvas.rounded_rectangle(box, radius=44, fill="white")
    inner = width - 120
    figure = fit(fact.figure, Weight.BOLD, width_px=inner, size_px=150, size_px_min=80)
    words = fit(fact.words, Weight.REGULAR, width_px=inner, size_px=72, size_px_min=46, lines_max=2)
    top = y + (_TILE_PX - figure.height_px - words.height_px - 14) // 2
    figure.draw(canvas, x + 60, top, _ACCENT)
    words.draw(canvas, x + 60, top + figure.height_px + 14, _INK)


def _draw_call(canvas: "ImageDraw.ImageDraw", poster: PosterPicture) -> None:
    """The code on its white panel, and beside it what to do with it."""
    from templates.pictures.lettering import Weight, fit

    left, top = _MARGIN_PX, _PANEL_TOP_PX
    panel = (left, top, left + _PANEL_PX, top + _PANEL_PX)
    canvas.rounded_rectangle(panel, radius=56, fill="white", outline=_INK, width=8)
    _draw_code(canvas, poster.link, left, top)
    x = left + _PANEL_PX + 90
    width = WIDTH_PX - _MARGIN_PX - x
    call = fit(poster.call, Weight.BOLD, width_px=width, size_px=128, size_px_min=70, lines_max=3)
    call.draw(canvas, x, top, _INK)
    y = top + call.height_px + 60
    for number, step in enumerate(poster.steps, 1):
        words = fit(
            step, Weight.REGULAR, width_px=width - 130, size_px=70, size_px_min=46, lines_max=3
        )
        canvas.ellipse((x, y, x + 92, y + 92), fill=_ACCENT)
        digit = fit(str(number), Weight.BOLD, width_px=90, size_px=60, size_px_min=60)
        canvas.text((x + 46, y + 46), str(number), font=digit.font, fill="white", anchor="mm")
        words.draw(canvas, x + 130, y + 4, _INK)
        y += max(words.height_px, 92) + 44
    address = fit(poster.address, Weight.SEMIBOLD, width_px=width, size_px=72, size_px_min=40)
    address.draw(canvas, x, top + _PANEL_PX - address.height_px, _ACCENT)


def _draw_code(canvas: "ImageDraw.ImageDraw", link: str, left: int, top: int) -> None:
    """Whole pixels to a module, black on white, the quiet zone inside the panel."""
    matrix = code_matrix(link)
    module = (_PANEL_PX - 40) // (len(matrix) + 2 * QUIET_ZONE_MODULES)
    offset = (_PANEL_PX - module * len(matrix)) // 2
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:
                x, y = left + offset + column * module, top + offset + row * module
                canvas.rectangle((x, y, x + module - 1, y + module - 1), fill="black")


def _draw_footer(canvas: "ImageDraw.ImageDraw", poster: PosterPicture) -> None:
    from templates.pictures.lettering import Weight, fit

    y = HEIGHT_PX - 200
    half = _INNER_PX // 2 - 40
    branch = fit(poster.branch, Weight.SEMIBOLD, width_px=half, size_px=60, size_px_min=40)
    branch.draw(canvas, _MARGIN_PX, y, _SOFT)
    note = fit(poster.footnote, Weight.REGULAR, width_px=half, size_px=60, size_px_min=40)
    if note.lines:
        right = WIDTH_PX - _MARGIN_PX - round(note.font.getlength(note.lines[0]))
        note.draw(canvas, right, y, _SOFT)

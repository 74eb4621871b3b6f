"""The loyalty card: business, client, tier, number, and a QR code that a cheap phone can scan."""

import functools
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from templates.pictures.palettes import PALETTES, Palette, palette_of
from templates.pictures.stamps import StampsStrip, draw_strip

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

    from templates.pictures.lettering import Lettering

WIDTH_PX, HEIGHT_PX = 1000, 630
QUIET_ZONE_MODULES = 4  # ISO/IEC 18004 asks for four on each side

_MARGIN_PX = 56
_PANEL_PX = 462  # the white square that holds the code
_PANEL_LEFT_PX = WIDTH_PX - _MARGIN_PX - _PANEL_PX
_COLUMN_PX = _PANEL_LEFT_PX - 40 - _MARGIN_PX  # the words at the left
_SMOOTHING = 3  # shapes are drawn so many times larger, then scaled down
_PNG_COLOURS = 160


@dataclass(frozen=True)
class CardPicture:
    """What stands on a card. `tier_rank` counts the levels from 0, the lowest."""

    business: str
    name: str
    tier: str
    tier_rank: int
    number: str
    number_label: str
    hint: str
    link: str
    stamps: tuple[StampsStrip, ...] = ()

    @property
    def file_name(self) -> str:
        """The name under which it is sent."""
        return "card.png"

    def draw(self) -> bytes:
        """A PNG of 1000 × 630, higher by each strip of stamps."""
        return draw_card(self)


def grouped_number(number: str) -> str:
    """«123 456», «123 4567», «1234 5678»: two groups, easy to read out."""
    half = len(number) // 2
    return f"{number[:half]} {number[half:]}"


def code_matrix(link: str) -> tuple[tuple[bool, ...], ...]:
    """The modules of the QR code, dark ones true, without the quiet zone."""
    import segno

    code = segno.make_qr(link, error="m")
    return tuple(tuple(bool(module) for module in row) for row in code.matrix)


def draw_card(card: CardPicture) -> bytes:
    """The card as a PNG of 1000 × 630 below 60 KB; takes tens of milliseconds: not in the loop.

    Stamps hang from it as strips, which make it higher.
    """
    from PIL import Image, ImageDraw

    palette = palette_of(card.tier_rank)
    picture = _ground(palette).copy()
    canvas = ImageDraw.Draw(picture)
    _draw_words(picture, card, palette)
    _draw_code(canvas, card.link)
    _draw_hint(canvas, card.hint)
    picture = _hung_below(picture, [draw_strip(one, palette, WIDTH_PX) for one in card.stamps])
    out = io.BytesIO()
    few_colours = picture.quantize(_PNG_COLOURS, dither=Image.Dither.NONE)
    few_colours.save(out, "PNG", optimize=True)
    return out.getvalue()


def _hung_below(card: "Image.Image", strips: "list[Image.Image]") -> "Image.Image":
    from PIL import Image

    if not strips:
        return card
    height = card.height + sum(strip.height for strip in strips)
    whole = Image.new("RGB", (card.width, height))
    y = 0
    for part in (card, *strips):
        whole.paste(part, (0, y))
        y += part.height
    return whole


@functools.lru_cache(maxsize=len(PALETTES))
def _ground(palette: Palette) -> "Image.Image":
    """The gradient, the rings that run out of the picture, and the panel for the code."""
    from PIL import Image, ImageDraw

    width, height = WIDTH_PX * _SMOOTHING, HEIGHT_PX * _SMOOTHING
    shade = Image.linear_gradient("L").resize((width, height))
    top, bottom = (Image.new("RGB", (width, height), c) for c in (palette.top, palette.bottom))
    ground = Image.composite(bottom, top, shade)

    rings = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(rings)
    for radius_px, strength in ((560, 60), (430, 90), (300, 120)):
        radius = radius_px * _SMOOTHING
        x, y = _MARGIN_PX * _SMOOTHING, height
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), outline=strength, width=6)
    ground.paste(Image.new("RGB", (width, height), palette.ring), mask=rings)

    ground = ground.resize((WIDTH_PX, HEIGHT_PX), Image.Resampling.LANCZOS)
    _fill_rounded(ground, _PANEL_LEFT_PX, _MARGIN_PX, _PANEL_PX, _PANEL_PX, 16, "white")
    return ground


def _fill_rounded(
    picture: "Image.Image", x: int, y: int, width: int, height: int, radius: int, fill: str
) -> None:
    """A rectangle with smooth round corners."""
    from PIL import Image, ImageDraw

    large = (width * _SMOOTHING, height * _SMOOTHING)
    mask = Image.new("L", large, 0)
    box = (0, 0, large[0] - 1, large[1] - 1)
    ImageDraw.Draw(mask).rounded_rectangle(box, radius=radius * _SMOOTHING, fill=255)
    mask = mask.resize((width, height), Image.Resampling.LANCZOS)
    picture.paste(Image.new("RGB", (width, height), fill), (x, y), mask)


def _draw_words(picture: "Image.Image", card: CardPicture, palette: Palette) -> None:
    """The left column: the business above, the person and the number below."""
    from PIL import ImageDraw

    from templates.pictures.lettering import Weight, fit

    canvas = ImageDraw.Draw(picture)
    business = fit(
        card.business, Weight.BOLD, width_px=_COLUMN_PX, size_px=46, size_px_min=30, lines_max=2
    )
    business.draw(canvas, _MARGIN_PX, _MARGIN_PX - 8, "white")
    line_y = _MARGIN_PX + business.height_px + 10
    _fill_rounded(picture, _MARGIN_PX, line_y, 56, 6, 3, palette.accent)

    y = HEIGHT_PX - _MARGIN_PX
    number = fit(
        grouped_number(card.number),
        Weight.SEMIBOLD,
        width_px=_COLUMN_PX,
        size_px=62,
        size_px_min=30,
    )
    y -= number.height_px - 10
    number.draw(canvas, _MARGIN_PX, y, "white")
    label = fit(card.number_label, Weight.REGULAR, width_px=_COLUMN_PX, size_px=34, size_px_min=16)
    y -= label.height_px
    label.draw(canvas, _MARGIN_PX, y, palette.accent)

    y = _draw_tier(picture, card.tier, palette, bottom=y - 34)
    name = _fit_name(card.name)
    name.draw(canvas, _MARGIN_PX, y - name.height_px - 16, "white")


def _fit_name(name: str) -> "Lettering":
    """Two lines, or three smaller ones where two do not do."""
    from templates.pictures.lettering import Weight, fit

    as_two = fit(
        name, Weight.SEMIBOLD, width_px=_COLUMN_PX, size_px=42, size_px_min=34, lines_max=2
    )
    if not as_two.is_cut:
        return as_two
    return fit(name, Weight.SEMIBOLD, width_px=_COLUMN_PX, size_px=36, size_px_min=26, lines_max=3)


def _draw_tier(picture: "Image.Image", tier: str, palette: Palette, *, bottom: int) -> int:
    """The tier on a pill of the accent's colour; returns the pill's upper edge."""
    from PIL import ImageDraw

    from templates.pictures.lettering import Weight, fit

    words = fit(tier, Weight.SEMIBOLD, width_px=_COLUMN_PX - 44, size_px=26, size_px_min=18)
    if not words.lines:
        return bottom
    height = 44
    width = round(words.font.getlength(words.lines[0])) + 44
    _fill_rounded(picture, _MARGIN_PX, bottom - height, width, height, height // 2, palette.accent)
    middle = (_MARGIN_PX + width // 2, bottom - height // 2)
    canvas = ImageDraw.Draw(picture)
    canvas.text(middle, words.lines[0], font=words.font, fill=palette.on_accent, anchor="mm")
    return bottom - height


def _draw_code(canvas: "ImageDraw.ImageDraw", link: str) -> None:
    """The code in the middle of its panel: whole pixels to a module, black on white."""
    matrix = code_matrix(link)
    module_px = _PANEL_PX // (len(matrix) + 2 * QUIET_ZONE_MODULES)
    offset = (_PANEL_PX - module_px * len(matrix)) // 2
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:
                x = _PANEL_LEFT_PX + offset + column * module_px
                y = _MARGIN_PX + offset + row * module_px
                canvas.rectangle((x, y, x + module_px - 1, y + module_px - 1), fill="black")


def _draw_hint(canvas: "ImageDraw.ImageDraw", hint: str) -> None:
    from templates.pictures.lettering import Weight, fit

    # Two lines, for a chat shows the card at a third of its size.
    words = fit(hint, Weight.REGULAR, width_px=_PANEL_PX, size_px=36, size_px_min=18, lines_max=2)
    below = _MARGIN_PX + _PANEL_PX
    x, y = _PANEL_LEFT_PX + _PANEL_PX // 2, (below + HEIGHT_PX) // 2
    y -= words.line_height_px * (len(words.lines) - 1) // 2
    for line in words.lines:
        canvas.text((x, y), line, font=words.font, fill="white", anchor="mm")
        y += words.line_height_px

"""A partner's code in large letters: to be read by whoever stands behind the other counter."""

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from templates.pictures.palettes import PALETTES, Palette

if TYPE_CHECKING:
    from PIL import Image

WIDTH_PX, HEIGHT_PX = 1000, 520
_MARGIN_PX = 56
_TICKET_PX = 190  # high
_NOTCH_PX = 26
_SMOOTHING = 3  # shapes are drawn so many times larger, then scaled down
_PNG_COLOURS = 96
_PALETTE: Palette = PALETTES[2]

CODE_CHARS_MAX = 24  # of a longer one no sign would be large
CODE_PX, CODE_PX_MIN = 104, 30
CODE_WIDTH_PX = WIDTH_PX - 2 * _MARGIN_PX - 100

# What the font surely has: a code with a sign left out would be another code.
_LEGIBLE = re.compile(rf"[A-Za-z0-9А-Яа-яЁё _./#+-]{{1,{CODE_CHARS_MAX}}}")


def is_legible(code: str) -> bool:
    """Whether every sign of the code can be drawn, and large."""
    return _LEGIBLE.fullmatch(code) is not None


@dataclass(frozen=True)
class CouponPicture:
    """What stands on it."""

    partner: str
    offer: str
    code: str

    @property
    def file_name(self) -> str:
        """The name under which it is sent."""
        return "coupon.png"

    def draw(self) -> bytes:
        """A PNG of 1000 × 520."""
        from PIL import Image, ImageDraw

        from templates.pictures.lettering import Weight, fit

        picture = _ground()
        canvas = ImageDraw.Draw(picture)
        room = WIDTH_PX - 2 * _MARGIN_PX
        partner = fit(
            self.partner, Weight.BOLD, width_px=room, size_px=50, size_px_min=32, lines_max=1
        )
        partner.draw(canvas, _MARGIN_PX, _MARGIN_PX - 10, "white")
        offer = fit(
            self.offer, Weight.REGULAR, width_px=room, size_px=36, size_px_min=26, lines_max=3
        )
        offer.draw(canvas, _MARGIN_PX, _MARGIN_PX + partner.height_px + 8, _PALETTE.accent)
        code = fit(
            self.code,
            Weight.BOLD,
            width_px=CODE_WIDTH_PX,
            size_px=CODE_PX,
            size_px_min=CODE_PX_MIN,
        )
        middle = (WIDTH_PX // 2, HEIGHT_PX - _MARGIN_PX - _TICKET_PX // 2)
        for line in code.lines:
            canvas.text(middle, line, font=code.font, fill=_PALETTE.bottom, anchor="mm")
        out = io.BytesIO()
        few_colours = picture.quantize(_PNG_COLOURS, dither=Image.Dither.NONE)
        few_colours.save(out, "PNG", optimize=True)
        return out.getvalue()


def _ground() -> "Image.Image":
    """The gradient, and the ticket with a notch at either side."""
    from PIL import Image, ImageDraw

    size = (WIDTH_PX, HEIGHT_PX)
    shade = Image.linear_gradient("L").resize(size)
    top, bottom = (Image.new("RGB", size, colour) for colour in (_PALETTE.top, _PALETTE.bottom))
    ground = Image.composite(bottom, top, shade)
    room = WIDTH_PX - 2 * _MARGIN_PX
    large = (room * _SMOOTHING, _TICKET_PX * _SMOOTHING)
    mask = Image.new("L", large, 0)
    pen = ImageDraw.Draw(mask)
    pen.rounded_rectangle((0, 0, large[0] - 1, large[1] - 1), radius=18 * _SMOOTHING, fill=255)
    notch, middle = _NOTCH_PX * _SMOOTHING, large[1] // 2
    for x in (0, large[0]):
        pen.ellipse((x - notch, middle - notch, x + notch, middle + notch), fill=0)
    mask = mask.resize((room, _TICKET_PX), Image.Resampling.LANCZOS)
    place = (_MARGIN_PX, HEIGHT_PX - _MARGIN_PX - _TICKET_PX)
    ground.paste(Image.new("RGB", (room, _TICKET_PX), "white"), place, mask)
    return ground

"""The code of a claimed reward, large enough to be read across the desk, and as a QR code."""

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from templates.pictures.card import (
    HEIGHT_PX,
    QUIET_ZONE_MODULES,
    WIDTH_PX,
    code_matrix,
)
from templates.pictures.palettes import PALETTES

if TYPE_CHECKING:
    from PIL import ImageDraw

_MARGIN_PX = 56
_PANEL_PX = 300  # the white square that holds the QR code
_CODE_BAND_PX = 190  # the white band that holds the code
_PALETTE = PALETTES[2]


@dataclass(frozen=True)
class VoucherPicture:
    """What stands on it; `code` as it is said aloud."""

    business: str
    name: str
    code: str
    until: str
    hint: str
    link: str

    @property
    def file_name(self) -> str:
        """The name under which it is sent."""
        return "reward.png"

    def draw(self) -> bytes:
        """A PNG of 1000 × 630."""
        return draw_voucher(self)


def draw_voucher(voucher: VoucherPicture) -> bytes:
    """The voucher as a PNG; takes tens of milliseconds: not in the loop."""
    from PIL import Image, ImageDraw

    picture = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), _PALETTE.bottom)
    canvas = ImageDraw.Draw(picture)
    _draw_words(canvas, voucher)
    _draw_qr(canvas, voucher.link)
    _draw_code(canvas, voucher.code)
    out = io.BytesIO()
    picture.quantize(64, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def _draw_words(canvas: "ImageDraw.ImageDraw", voucher: VoucherPicture) -> None:
    """The left column, above the band: whose, what, until when."""
    from templates.pictures.lettering import Weight, fit

    width = WIDTH_PX - 3 * _MARGIN_PX - _PANEL_PX
    business = fit(voucher.business, Weight.REGULAR, width_px=width, size_px=30, size_px_min=22)
    y = _MARGIN_PX - 10
    business.draw(canvas, _MARGIN_PX, y, _PALETTE.accent)
    y += business.height_px + 14
    name = fit(voucher.name, Weight.BOLD, width_px=width, size_px=56, size_px_min=28, lines_max=3)
    name.draw(canvas, _MARGIN_PX, y, "white")
    until = fit(
        voucher.until, Weight.SEMIBOLD, width_px=width, size_px=30, size_px_min=20, lines_max=2
    )
    bottom = _MARGIN_PX + _PANEL_PX
    until.draw(canvas, _MARGIN_PX, bottom - until.height_px, "white")
    hint = fit(
        voucher.hint, Weight.REGULAR, width_px=WIDTH_PX - 2 * _MARGIN_PX, size_px=26, size_px_min=18
    )
    hint.draw(canvas, _MARGIN_PX, HEIGHT_PX - 44, _PALETTE.accent)


def _draw_qr(canvas: "ImageDraw.ImageDraw", link: str) -> None:
    """Whole pixels to a module, black on white, with the quiet zone that scanners ask for."""
    matrix = code_matrix(link)
    left, top = WIDTH_PX - _MARGIN_PX - _PANEL_PX, _MARGIN_PX
    canvas.rounded_rectangle(
        (left, top, left + _PANEL_PX, top + _PANEL_PX), radius=12, fill="white"
    )
    module = _PANEL_PX // (len(matrix) + 2 * QUIET_ZONE_MODULES)
    offset = (_PANEL_PX - module * len(matrix)) // 2
    for row, modules in enumerate(matrix):
        for column, dark in enumerate(modules):
            if dark:
                x, y = left + offset + column * module, top + offset + row * module
                canvas.rectangle((x, y, x + module - 1, y + module - 1), fill="black")


def _draw_code(canvas: "ImageDraw.ImageDraw", code: str) -> None:
    """In the middle of its band, as large as it fits, its signs apart."""
    from templates.pictures.lettering import Weight, fit

    left, right = _MARGIN_PX, WIDTH_PX - _MARGIN_PX
    top = _MARGIN_PX + _PANEL_PX + 26
    canvas.rounded_rectangle((left, top, right, top + _CODE_BAND_PX), radius=20, fill="white")
    spaced = " ".join(code)
    words = fit(spaced, Weight.BOLD, width_px=right - left - 60, size_px=150, size_px_min=60)
    middle = (WIDTH_PX // 2, top + _CODE_BAND_PX // 2)
    if words.lines:
        canvas.text(middle, words.lines[0], font=words.font, fill=_PALETTE.bottom, anchor="mm")

"""A card of stamps: a strip that hangs from the loyalty card as if it could be torn off."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from templates.pictures.palettes import Palette

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

    from templates.pictures.lettering import Lettering

SLOTS_MAX = 30  # a longer card is drawn as a bar
_SLOTS_IN_ONE_ROW = 7
_SLOTS_IN_TWO_ROWS = 12

_MARGIN_PX = 56
_PADDING_PX = 34
_CELL_PX_MAX = 138
_CELL_GAP = 0.16  # of a cell
_MUTED = 0.4  # of the way from the ground to the accent
_NAME_PX, _NAME_PX_MIN = 36, 26
_COUNT_WIDTH_PX = 220
_BAR_PX = 44
_SMOOTHING = 3  # shapes are drawn so many times larger, then scaled down


@dataclass(frozen=True)
class StampsStrip:
    """What stands on it; `note` says that the next one is free, None: not yet."""

    name: str
    have: int
    every: int
    count: str  # «3 из 10»
    note: str | None


@dataclass(frozen=True)
class _Grid:
    """How the slots lie: so many in a row, the outermost at the edges of the room."""

    per_row: int
    rows: int
    cell_px: int  # high; as wide or narrower than the way to the next column
    room_px: int

    @property
    def radius_px(self) -> float:
        return self.cell_px * (1 - _CELL_GAP) / 2

    def middle(self, slot: int) -> tuple[float, float]:
        """The slot's middle, in pixels from the upper left corner."""
        row, column = divmod(slot, self.per_row)
        step = (self.room_px - 2 * self.radius_px) / max(self.per_row - 1, 1)
        return self.radius_px + column * step, (row + 0.5) * self.cell_px


def draw_strip(strip: StampsStrip, palette: Palette, width_px: int) -> "Image.Image":
    """The strip in the card's colours, as high as it needs to be."""
    from PIL import Image, ImageDraw

    from templates.pictures.lettering import Weight, fit

    room = width_px - 2 * _MARGIN_PX
    name = fit(
        strip.name,
        Weight.SEMIBOLD,
        width_px=room - _COUNT_WIDTH_PX,
        size_px=_NAME_PX,
        size_px_min=_NAME_PX_MIN,
        lines_max=2,
    )
    note = fit(strip.note or "", Weight.SEMIBOLD, width_px=room, size_px=32, size_px_min=22)
    grid = _grid(strip.every, room)
    slots_y = _PADDING_PX + max(name.height_px, 42) + 20
    slots_height = _BAR_PX if grid is None else grid.rows * grid.cell_px
    note_y = slots_y + slots_height + 10
    height = note_y + note.height_px + _PADDING_PX

    picture = Image.new("RGB", (width_px, height), palette.bottom)
    _draw_perforation(ImageDraw.Draw(picture), width_px, palette)
    shapes = Image.new("RGB", (room * _SMOOTHING, slots_height * _SMOOTHING), palette.bottom)
    if grid is None:
        _draw_bar(ImageDraw.Draw(shapes), shapes.size, strip, palette)
    else:
        _draw_slots(ImageDraw.Draw(shapes), grid, strip, palette)
    shapes = shapes.resize((room, slots_height), Image.Resampling.LANCZOS)
    picture.paste(shapes, (_MARGIN_PX, slots_y))

    canvas = ImageDraw.Draw(picture)
    name.draw(canvas, _MARGIN_PX, _PADDING_PX, "white")
    _draw_count(canvas, strip.count, palette, right=width_px - _MARGIN_PX)
    if grid is not None:
        _draw_numbers(canvas, grid, strip, palette, slots_y)
    note.draw(canvas, _MARGIN_PX, note_y, palette.accent)
    return picture


def _grid(slots: int, room_px: int) -> _Grid | None:
    """None: too many slots to be drawn one by one."""
    if slots > SLOTS_MAX:
        return None
    rows = 1 if slots <= _SLOTS_IN_ONE_ROW else 2 if slots <= _SLOTS_IN_TWO_ROWS else 3
    per_row = math.ceil(slots / rows)
    return _Grid(per_row, rows, min(_CELL_PX_MAX, room_px // per_row), room_px)


def _muted(palette: Palette) -> str:
    """Between the ground and the accent: legible, but not what one sees first."""
    from PIL import ImageColor

    ground, accent = ImageColor.getrgb(palette.bottom), ImageColor.getrgb(palette.accent)
    mixed = (round(g + (a - g) * _MUTED) for g, a in zip(ground[:3], accent[:3], strict=True))
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def _draw_perforation(canvas: "ImageDraw.ImageDraw", width_px: int, palette: Palette) -> None:
    for x in range(0, width_px, 28):
        canvas.line((x, 1, x + 14, 1), fill=palette.accent, width=3)


def _draw_count(canvas: "ImageDraw.ImageDraw", words: str, palette: Palette, *, right: int) -> None:
    from templates.pictures.lettering import Weight, fit

    count: Lettering = fit(
        words, Weight.BOLD, width_px=_COUNT_WIDTH_PX - 20, size_px=42, size_px_min=22
    )
    for line in count.lines:
        x = right - round(count.font.getlength(line))
        canvas.text((x, _PADDING_PX - 6), line, font=count.font, fill=palette.accent)


def _draw_slots(
    canvas: "ImageDraw.ImageDraw", grid: _Grid, strip: StampsStrip, palette: Palette
) -> None:
    """Stamps with a tick, empty ones as rings, and the gift at the end."""
    scale = _SMOOTHING
    radius = grid.radius_px * scale
    muted = _muted(palette)
    line = max(3, grid.cell_px // 26) * scale
    for slot in range(strip.every):
        x, y = (value * scale for value in grid.middle(slot))
        box = (x - radius, y - radius, x + radius, y + radius)
        is_gift = slot == strip.every - 1
        is_full = slot < strip.have or (is_gift and strip.have == strip.every - 1)
        if is_full:
            canvas.ellipse(box, fill=palette.accent)
        else:
            canvas.ellipse(box, outline=palette.accent if is_gift else muted, width=line)
        colour = palette.on_accent if is_full else palette.accent
        if is_gift:
            _draw_gift(canvas, (x, y), radius, colour)
        elif is_full:
            _draw_tick(canvas, (x, y), radius, colour)


def _draw_tick(
    canvas: "ImageDraw.ImageDraw", middle: tuple[float, float], radius: float, colour: str
) -> None:
    x, y = middle
    points = [
        (x - radius * 0.42, y + radius * 0.02),
        (x - radius * 0.10, y + radius * 0.34),
        (x + radius * 0.44, y - radius * 0.30),
    ]
    width = round(radius * 0.17)
    canvas.line(points, fill=colour, width=width, joint="curve")
    for px, py in (points[0], points[-1]):
        canvas.ellipse(
            (px - width / 2, py - width / 2, px + width / 2, py + width / 2), fill=colour
        )


def _draw_gift(
    canvas: "ImageDraw.ImageDraw", middle: tuple[float, float], radius: float, colour: str
) -> None:
    """A box with a lid, a ribbon and a bow."""
    x, y = middle
    line = max(round(radius * 0.09), 1)
    unit = radius * 0.1
    canvas.rectangle(
        (x - 4 * unit, y - 0.6 * unit, x + 4 * unit, y + 4.6 * unit), outline=colour, width=line
    )
    canvas.rectangle((x - 4.8 * unit, y - 2.6 * unit, x + 4.8 * unit, y - 0.4 * unit), fill=colour)
    canvas.line((x, y - 0.5 * unit, x, y + 4.6 * unit), fill=colour, width=line)
    for side in (-1, 1):
        ends = sorted((x, x + side * 3.2 * unit))
        canvas.ellipse(
            (ends[0], y - 5.4 * unit, ends[1], y - 2.5 * unit), outline=colour, width=line
        )


def _draw_numbers(
    canvas: "ImageDraw.ImageDraw", grid: _Grid, strip: StampsStrip, palette: Palette, top: int
) -> None:
    """In the rings that are still empty."""
    from templates.pictures.lettering import Weight, load_font

    font = load_font(Weight.SEMIBOLD, round(grid.cell_px * 0.34))
    muted = _muted(palette)
    for slot in range(strip.have, strip.every - 1):
        x, y = grid.middle(slot)
        canvas.text((_MARGIN_PX + x, top + y), str(slot + 1), font=font, fill=muted, anchor="mm")


def _draw_bar(
    canvas: "ImageDraw.ImageDraw", size: tuple[int, int], strip: StampsStrip, palette: Palette
) -> None:
    width, height = size
    canvas.rounded_rectangle((0, 0, width - 1, height - 1), radius=height // 2, fill=palette.ring)
    reached = width * strip.have // strip.every
    if reached > height:
        canvas.rounded_rectangle(
            (0, 0, reached, height - 1), radius=height // 2, fill=palette.accent
        )

"""A phone's camera: reads the QR code in a picture that shows it squarely, as a screen does."""

import io
import re
from collections.abc import Iterator
from itertools import pairwise, product

from playground.qr_codes import VERSION_MAX, Matrix, Unreadable, read_matrix

__all__ = ["Unreadable", "read_picture"]

PIXELS_MAX = 4_000_000


def read_picture(picture: bytes) -> str:
    """The text of the code in a picture; raises `Unreadable`. Takes tenths of a second."""
    return read_matrix(_find_matrix(_dark_rows(picture)))


def _dark_rows(picture: bytes) -> list[bytes]:
    """The picture in black and white, a row of zeros (light) and ones (dark) for each line."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(picture)) as opened:
            if opened.width * opened.height > PIXELS_MAX:
                raise Unreadable
            grey = opened.convert("L")
    except (UnidentifiedImageError, OSError) as error:
        raise Unreadable from error
    flat = grey.point([1] * 128 + [0] * 128).tobytes()
    return [flat[start : start + grey.width] for start in range(0, len(flat), grey.width)]


def _find_matrix(rows: list[bytes]) -> Matrix:
    """Finds three finder patterns at a corner's distance and samples what is between them."""
    finders = sorted(_finders(rows), key=lambda found: (found[1], found[0]))
    for (left, top, size), (right, level, size_right) in product(finders, repeat=2):
        module = size / 7
        if right <= left or abs(level - top) > module or abs(size_right - size) > module:
            continue
        side = round((right - left) / module) + 7
        below = top + right - left
        has_third = any(abs(x - left) <= module and abs(y - below) <= module for x, y, _ in finders)
        if has_third and side % 4 == 1 and 21 <= side <= 17 + 4 * VERSION_MAX:
            return _sampled(rows, left, top, (right - left) / (side - 7), side)
    raise Unreadable


def _finders(rows: list[bytes]) -> Iterator[tuple[float, float, float]]:
    """Centre and width of each finder pattern: 1:1:3:1:1 across and, through its middle, down."""
    columns = [bytes(column) for column in zip(*rows, strict=True)]
    seen = set[tuple[int, int]]()
    for y, row in enumerate(rows):
        for x_from, x_to in _ratios(row):
            x = (x_from + x_to) // 2
            for y_from, y_to in _ratios(columns[x]):
                is_square = abs((y_to - y_from) - (x_to - x_from)) <= (x_to - x_from) / 7
                if y_from <= y < y_to and is_square and (x_from, y_from) not in seen:
                    seen.add((x_from, y_from))
                    yield (x_from + x_to) / 2, (y_from + y_to) / 2, x_to - x_from


def _ratios(line: bytes) -> Iterator[tuple[int, int]]:
    """Where a line shows dark, light, three dark, light, dark in equal measures."""
    edges = [0, *(found.end() for found in re.finditer(b"\x00+|\x01+", line))]
    first = 0 if line[:1] == b"\x01" else 1
    for index in range(first, len(edges) - 5, 2):
        unit = (edges[index + 5] - edges[index]) / 7
        widths = [after - before for before, after in pairwise(edges[index : index + 6])]
        expected = (1, 1, 3, 1, 1)
        if all(abs(w - e * unit) <= unit / 2 for w, e in zip(widths, expected, strict=True)):
            yield edges[index], edges[index + 5]


def _sampled(rows: list[bytes], left: float, top: float, module: float, side: int) -> Matrix:
    """The modules, each by the pixel in its middle; the first finder's centre is module 3."""
    places = [(number - 3) * module for number in range(side)]
    try:
        return [[rows[int(top + y)][int(left + x)] == 1 for x in places] for y in places]
    except IndexError:
        raise Unreadable from None

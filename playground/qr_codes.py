"""QR codes: from the modules to the text.

Model 2, versions 1 to 20 (ISO/IEC 18004). Damage is noticed, by the Reed-Solomon check words, and
not mended: what we look at is a screen and no crumpled leaflet.
"""

from collections.abc import Callable, Iterator
from itertools import product

Matrix = list[list[bool]]

VERSION_MAX = 20
_LEVELS = "MLHQ"  # as the two bits of the format information number them

# Annex 9 of the standard: check words in a block and number of blocks, by version from 1.
_CHECK_WORDS = {
    "L": (7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28),
    "M": (10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26),
    "Q": (13, 22, 18, 26, 18, 24, 18, 22, 20, 24, 28, 26, 24, 20, 30, 24, 28, 28, 26, 30),
    "H": (17, 28, 22, 16, 22, 28, 26, 26, 24, 28, 24, 28, 22, 24, 24, 30, 28, 28, 26, 28),
}
_BLOCKS = {
    "L": (1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8),
    "M": (1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16),
    "Q": (1, 1, 2, 2, 4, 4, 6, 6, 8, 8, 8, 10, 12, 16, 12, 17, 16, 18, 21, 20),
    "H": (1, 1, 2, 4, 4, 4, 5, 6, 8, 8, 11, 11, 16, 16, 18, 16, 19, 21, 25, 25),
}
_ALPHANUMERIC = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


class Unreadable(Exception):
    """There is no code, or none that is whole."""


def read_matrix(matrix: Matrix) -> str:
    """The text of a code by its modules, dark ones true; raises `Unreadable`."""
    side = len(matrix)
    version = (side - 17) // 4
    level, mask = _format(matrix)
    reserved = _reserved(side, version)
    bits = [
        matrix[y][x] ^ _MASKS[mask](y, x)
        for y, x in _zigzag(side)
        if not reserved[y][x]
    ]  # fmt: skip
    words = [_number(bits[start : start + 8]) for start in range(0, len(bits) // 8 * 8, 8)]
    return _text(_data_words(words, version, level), version)


_MASKS: tuple[Callable[[int, int], bool], ...] = (
    lambda y, x: (y + x) % 2 == 0,
    lambda y, _: y % 2 == 0,
    lambda _, x: x % 3 == 0,
    lambda y, x: (y + x) % 3 == 0,
    lambda y, x: (y // 2 + x // 3) % 2 == 0,
    lambda y, x: y * x % 2 + y * x % 3 == 0,
    lambda y, x: (y * x % 2 + y * x % 3) % 2 == 0,
    lambda y, x: ((y + x) % 2 + y * x % 3) % 2 == 0,
)


def _number(bits: list[bool]) -> int:
    number = 0
    for bit in bits:
        number = number << 1 | bit
    return number


def _format(matrix: Matrix) -> tuple[str, int]:
    """Level and mask, from the fifteen bits around the first finder."""
    around = [(8, x) for x in (0, 1, 2, 3, 4, 5, 7, 8)] + [(y, 8) for y in (7, 5, 4, 3, 2, 1, 0)]
    found = _number([matrix[y][x] for y, x in around]) ^ 0b101010000010010
    known = {value << 10 | _bch(value): value for value in range(32)}
    nearest = min(known, key=lambda code: (code ^ found).bit_count())
    if (nearest ^ found).bit_count() > 3:
        raise Unreadable
    return _LEVELS[known[nearest] >> 3], known[nearest] & 7


def _bch(value: int) -> int:
    """The ten check bits of the format information, by 10100110111."""
    rest = value << 10
    for bit in range(14, 9, -1):
        if rest >> bit & 1:
            rest ^= 0b10100110111 << (bit - 10)
    return rest


def _reserved(side: int, version: int) -> Matrix:
    """The modules that carry no data: finders, timing, alignment, format and version."""
    reserved = [[x == 6 or y == 6 for x in range(side)] for y in range(side)]

    def reserve(ys: range, xs: range) -> None:
        for y, x in product(ys, xs):
            reserved[y][x] = True

    end = range(side - 8, side)
    reserve(range(9), range(9))
    reserve(range(9), end)
    reserve(end, range(9))
    centres = _alignment_centres(side, version)
    for y, x in product(centres, repeat=2):
        in_corner = (y, x) in ((6, 6), (6, centres[-1]), (centres[-1], 6))
        if not in_corner:
            reserve(range(y - 2, y + 3), range(x - 2, x + 3))
    if version >= 7:
        reserve(range(6), range(side - 11, side - 8))
        reserve(range(side - 11, side - 8), range(6))
    return reserved


def _alignment_centres(side: int, version: int) -> list[int]:
    """Evenly spaced from the far end, by an even step, the first at 6."""
    if version == 1:
        return []
    gaps = version // 7 + 1
    step = (version * 8 + gaps * 3 + 8) // (gaps * 4) * 2
    return [6, *reversed([side - 7 - step * number for number in range(gaps)])]


def _zigzag(side: int) -> Iterator[tuple[int, int]]:
    """Up and down in columns of two, from the right, past the timing column."""
    upward = True
    for right in (*range(side - 1, 6, -2), 5, 3, 1):
        for step in range(side):
            y = side - 1 - step if upward else step
            yield y, right
            yield y, right - 1
        upward = not upward


def _data_words(words: list[int], version: int, level: str) -> bytes:
    """Takes the interleaved blocks apart; raises `Unreadable` where one is damaged."""
    checks = _CHECK_WORDS[level][version - 1]
    count = _BLOCKS[level][version - 1]
    short, longer = divmod(len(words), count)
    sizes = [short - checks + (number >= count - longer) for number in range(count)]
    blocks = [bytearray() for _ in sizes]
    rest = iter(words)
    for position in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if position < size:
                block.append(next(rest))
    data = b"".join(blocks)
    for _ in range(checks):
        for block in blocks:
            block.append(next(rest))
    if any(_is_damaged(block, checks) for block in blocks):
        raise Unreadable
    return data


def _is_damaged(block: bytearray, checks: int) -> bool:
    """Whether the block is no multiple of its generator: some root of that is none of its own."""
    for power in range(checks):
        value = 0
        for word in block:
            value = (_EXP[(_LOG[value] + power) % 255] if value else 0) ^ word
        if value:
            return True
    return False


def _field() -> tuple[list[int], list[int]]:
    """Powers and logarithms in GF(256) by x⁸ + x⁴ + x³ + x² + 1."""
    powers, logarithms, value = [], [0] * 256, 1
    for exponent in range(255):
        powers.append(value)
        logarithms[value] = exponent
        value = value << 1 ^ (0x11D if value & 0x80 else 0)
    return powers, logarithms


_EXP, _LOG = _field()


def _text(data: bytes, version: int) -> str:
    """The segments of the data, one after the other, as text."""
    bits = [bool(word >> shift & 1) for word in data for shift in range(7, -1, -1)]
    position = 0

    def take(count: int) -> int:
        nonlocal position
        position += count
        if position > len(bits):
            raise Unreadable
        return _number(bits[position - count : position])

    text = bytearray()
    while len(bits) - position >= 4:
        mode = take(4)
        if mode == 0:
            break
        if mode == 1:
            text += _digits(take, take(10 if version < 10 else 12)).encode()
        elif mode == 2:
            text += _alphanumeric(take, take(9 if version < 10 else 11)).encode()
        elif mode == 4:
            text += bytes(take(8) for _ in range(take(8 if version < 10 else 16)))
        elif mode == 7:
            take(8)  # the character set; what we read is UTF-8 or nothing
        else:
            raise Unreadable
    try:
        return text.decode()
    except UnicodeDecodeError:
        raise Unreadable from None


def _digits(take: Callable[[int], int], count: int) -> str:
    """Three in ten bits, two in seven, one in four."""
    text = ""
    while (rest := count - len(text)) > 0:
        size = min(rest, 3)
        text += f"{take((0, 4, 7, 10)[size]):0{size}d}"[-size:]
    return text


def _alphanumeric(take: Callable[[int], int], count: int) -> str:
    """Two in eleven bits, one in six."""
    text = ""
    try:
        while len(text) + 1 < count:
            first, second = divmod(take(11), 45)
            text += _ALPHANUMERIC[first] + _ALPHANUMERIC[second]
        if len(text) < count:
            text += _ALPHANUMERIC[take(6)]
    except IndexError:
        raise Unreadable from None
    return text

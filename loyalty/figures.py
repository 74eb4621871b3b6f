"""Numbers as tables hold them: points and money of an old card list, read exactly or not at all.

    figure   = digits [decimals] | 1 to 3 digits and groups of three [decimals]
    groups   = spaces of any kind, apostrophes, or commas where a point and decimals follow
    decimals = ("," | ".") 1 or 2 digits
    currency = "р" | "р." | "руб" | "руб." | "₽" | "rub", after spaces or none

An empty cell is nothing: 0. `1,234` could be two numbers and is refused; so are `1e9` and `NaN`.
"""

import re
from enum import StrEnum

POINTS_MAX = 10_000_000
SPEND_MAX_MAJOR = 1_000_000_000
_DIGITS_MAX = 15  # longer ones are out of range whatever they say; int() never sees them
_SPACES = " \u00a0\u202f\u2009"
_FIGURE = re.compile(
    rf"""
    (?P<minus>[-\u2212\u2013])?
    (?P<whole> [0-9]{{1,3}}(?:[{_SPACES}'\u2019][0-9]{{3}})+
             | [0-9]{{1,3}}(?:,[0-9]{{3}})+(?=\.)
             | [0-9]+ )
    (?:[.,](?P<decimals>[0-9]{{1,2}}))?
    (?:[{_SPACES}]*(?:руб\.?|р\.?|₽|rub))?
    """,
    re.VERBOSE | re.IGNORECASE,
)


class FigureFault(StrEnum):
    """What is wrong with a number."""

    FORM = "form"  # not a number in any form that is known here
    NEGATIVE = "negative"
    PARTS = "parts"  # finer than points, or than the currency, can be
    TOO_LARGE = "too-large"


class FigureUnreadable(ValueError):
    """The text is no such number; `fault` says why."""

    def __init__(self, fault: FigureFault) -> None:
        super().__init__(fault)
        self.fault = fault


def read_points(text: str) -> int:
    """Whole points, none below zero; "1 200.00" is whole. Raises FigureUnreadable."""
    return _read(text, minor_digits=0, largest=POINTS_MAX)


def read_spend(text: str, minor_digits: int) -> int:
    """A sum of money in minor units, none below zero. Raises FigureUnreadable."""
    largest = SPEND_MAX_MAJOR * 10**minor_digits
    return _read(text, minor_digits=minor_digits, largest=largest)


def _read(text: str, *, minor_digits: int, largest: int) -> int:
    typed = text.strip()
    if not typed:
        return 0
    match = _FIGURE.fullmatch(typed)
    if match is None:
        raise FigureUnreadable(FigureFault.FORM)
    decimals = (match["decimals"] or "").rstrip("0")
    if len(decimals) > minor_digits:
        raise FigureUnreadable(FigureFault.PARTS)
    whole = re.sub(r"[^0-9]", "", match["whole"])
    if len(whole) > _DIGITS_MAX:
        raise FigureUnreadable(FigureFault.TOO_LARGE)
    value = int(whole + decimals.ljust(minor_digits, "0"))
    if match["minus"] and value:
        raise FigureUnreadable(FigureFault.NEGATIVE)
    if value > largest:
        raise FigureUnreadable(FigureFault.TOO_LARGE)
    return value

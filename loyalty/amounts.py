"""An amount of money at the beginning of what somebody typed.

    amount   = (digits | 1 to 3 digits and groups of three, spaces between) [(","|".") decimals]
    currency = "р" | "р." | "руб" | "руб." | "₽", in any case, after spaces or none
    text     = amount [currency] (white space, then the rest | the end)

The longest such beginning is taken: "500 100" is 500,100, "1200 300" is 1,200 and the rest "300"
(1200 is no group of three). A number that goes on as something else is refused whole, never read
in part: `1e9`, `10.005`, `12,5,0`, `1 200,500`, `12abc`, `007`.
"""

import re
from dataclasses import dataclass

from loyalty.refusals import Refusal

AMOUNT_MAX_MAJOR = 10_000_000
DECIMALS_MAX = 2
_DIGITS_MAX = 15  # longer ones are out of range whatever they say; int() never sees them

_SPACES = " \u00a0\u202f\u2009"  # ordinary, no-break, narrow no-break, thin
_AMOUNT = re.compile(
    rf"""
    (?P<whole>(?>  # atomic: a group of three once taken is never given back to the rest
        0 | [1-9][0-9]{{0,2}} (?: [{_SPACES}]+ [0-9]{{3}} (?![0-9]) )+ | [1-9][0-9]*
    ))
    (?: [.,] (?P<decimals> [0-9]{{1,{DECIMALS_MAX}}} ) )?
    (?! [0-9.,] )
    (?: [{_SPACES}]* (?: руб\.? | р\.? | ₽ ) (?= \s | \Z ) )?
    (?= \s | \Z )
    """,
    re.VERBOSE | re.IGNORECASE,
)


_TRIED = re.compile(r"\S*[0-9]\S*(?:\s+[0-9][0-9.,]*(?=\s|\Z))*")
_COMMAS_BETWEEN_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])")


@dataclass(frozen=True)
class AmountRead:
    """The amount in minor units, and what was typed after it."""

    minor: int
    rest: str


class AmountUnreadable(Refusal):
    """The text does not begin with an amount."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text

    @property
    def tried(self) -> str:
        """The beginning that stands where an amount should: the service after it is no fault."""
        found = _TRIED.match(self.text)
        return self.text if found is None else found.group()

    @property
    def has_commas_between_thousands(self) -> bool:
        """Whether it is written as English groups its digits: "1,200.50"."""
        return _COMMAS_BETWEEN_THOUSANDS.match(self.text) is not None


class AmountOutOfRange(Refusal):
    """An amount below `smallest` or above `largest`, both in minor units."""

    def __init__(self, text: str, *, smallest: int, largest: int) -> None:
        super().__init__(text, smallest, largest)
        self.text = text
        self.smallest = smallest
        self.largest = largest


def read_amount(text: str, minor_digits: int = 2) -> AmountRead:
    """Read 0.01 to 10,000,000 from the text's beginning, exactly.

    A currency without a minor unit (`minor_digits` 0) takes no decimals. Raises AmountUnreadable
    and AmountOutOfRange.
    """
    text = text.strip()
    match = _AMOUNT.match(text)
    if match is None:
        raise AmountUnreadable(text)
    decimals = match["decimals"] or ""
    if len(decimals) > minor_digits:
        raise AmountUnreadable(text)
    whole = re.sub(r"\D", "", match["whole"])
    smallest = max(10**minor_digits // 10**DECIMALS_MAX, 1)
    largest = AMOUNT_MAX_MAJOR * 10**minor_digits
    too_long = len(whole) > _DIGITS_MAX
    minor = largest + 1 if too_long else int(whole + decimals.ljust(minor_digits, "0"))
    if not smallest <= minor <= largest:
        raise AmountOutOfRange(text, smallest=smallest, largest=largest)
    return AmountRead(minor, text[match.end() :].strip())

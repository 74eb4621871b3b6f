"""What a programme offers beside points for a bill; comments name what a left-out key means."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from loyalty.programme.text import Text


@dataclass(frozen=True)
class Promotion:
    """More points for a while: `multiply` or `add`, exactly one of them."""

    code: str
    name: Text
    from_: date | None = None  # None: it has begun
    to: date | None = None  # the last day; None: until the file says otherwise
    weekdays: frozenset[int] = frozenset()  # Monday is 0; empty: every day
    multiply: Fraction | None = None
    add: int | None = None
    services: tuple[str, ...] = ()  # empty: all, those that staff type too
    tiers: tuple[str, ...] = ()  # empty: all


@dataclass(frozen=True)
class Stamp:
    """Every n-th visit for one service is free."""

    code: str
    name: Text
    service: str
    every: int


class BadgeMeasure(StrEnum):
    """What a badge counts."""

    VISITS = "visits"
    BILL = "bill"
    REFERRALS = "referrals"
    MONTHS_IN_A_ROW = "months_in_a_row"


@dataclass(frozen=True)
class BadgeRule:
    """So much of something; a bill in minor units."""

    measure: BadgeMeasure
    goal: int


@dataclass(frozen=True)
class Badge:
    """An achievement, granted once."""

    code: str
    name: Text
    icon: str  # 🏅 where it is left out
    rule: BadgeRule


@dataclass(frozen=True)
class Reward:
    """Something of the catalogue, bought with points."""

    code: str
    name: Text
    cost: int
    stock: int | None = None  # None: never runs out
    tiers: tuple[str, ...] = ()  # empty: all


class Score(StrEnum):
    """What a challenge counts."""

    VISITS = "visits"
    SPEND = "spend"
    REFERRALS = "referrals"


@dataclass(frozen=True)
class Challenge:
    """A contest: the n-th place wins the n-th prize, in points."""

    code: str
    name: Text
    from_: date
    to: date  # the last day
    score: Score
    prizes: tuple[int, ...]


@dataclass(frozen=True)
class Partner:
    """What a neighbouring business offers to our clients."""

    code: str
    name: Text
    offer: Text
    tiers: tuple[str, ...] = ()  # empty: all
    codes: str | None = None  # a file beside the programme's; None: the offer needs no code

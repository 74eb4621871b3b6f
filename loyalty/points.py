"""What a bill earns, and which lots a spend takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from loyalty.programme.model import Level, Programme


@dataclass(frozen=True)
class Lot:
    """Points that were granted together and expire together."""

    id: int
    remaining: int
    valid_through: date | None  # the last day they can be spent; None: they never expire


@dataclass(frozen=True)
class LotTake:
    """So many points out of this lot."""

    lot_id: int
    amount: int


class Taking(NamedTuple):
    """What a spend takes, and what the lots lack for it."""

    takes: tuple[LotTake, ...]
    shortfall: int


class DebtFill(NamedTuple):
    """How a grant divides: what fills a balance below zero, and what is left to be spent."""

    to_debt: int
    to_lot: int


def cashback_percent(programme: Programme, level: Level, bill: int) -> Fraction:
    """The higher of the level's percent and of the steps that this bill (minor units) reaches.

    A level that names no percent earns what [earning] says.
    """
    own = level.cashback_percent
    base = programme.earning.cashback_percent if own is None else own
    reached = (step.cashback_percent for step in programme.earning.steps if bill >= step.bill_from)
    return max((base, *reached))


def earned(eligible: int, percent: Fraction, point_value: int) -> int:
    """floor(eligible × percent / 100 / point value): rule 5; both amounts in minor units."""
    if eligible < 0 or percent < 0 or point_value <= 0:
        raise ValueError("an eligible amount and a percent from 0, a point worth something")
    return eligible * percent.numerator // (percent.denominator * 100 * point_value)


def take_from_lots(lots: Sequence[Lot], amount: int) -> Taking:
    """Take from the lots that expire soonest, those that never do last; ties by id (rule 2)."""
    if amount < 0:
        raise ValueError("only a positive amount is taken from lots")
    takes: list[LotTake] = []
    missing = amount
    for lot in sorted(lots, key=_expires_sooner):
        if missing == 0:
            break
        if lot.remaining > 0:
            take = min(lot.remaining, missing)
            takes.append(LotTake(lot.id, take))
            missing -= take
    return Taking(tuple(takes), missing)


def _expires_sooner(lot: Lot) -> tuple[date, bool, int]:
    never = lot.valid_through is None
    return (lot.valid_through or date.max, never, lot.id)


def valid_through(granted_on: date, lifetime_days: int) -> date | None:
    """The last day of points granted on this day: so many days on; None (0 days): for good."""
    return granted_on + timedelta(days=lifetime_days) if lifetime_days else None


def fill_debt(balance_before: int, granted: int) -> DebtFill:
    """Let a grant fill a balance below zero first (rule 9); only the rest becomes a lot."""
    if granted < 0:
        raise ValueError("a grant is not negative")
    to_debt = min(max(-balance_before, 0), granted)
    return DebtFill(to_debt, granted - to_debt)

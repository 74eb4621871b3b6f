"""When a lot's warnings are due, and when it may go (rule 11). Days are the business's own."""

from collections.abc import Iterable, Sequence
from datetime import date

from loyalty.points import Lot


def warning_due(
    valid_through: date, warn_days: Sequence[int], last_warned_ahead: int | None, today: date
) -> int | None:
    """Which of the warnings (days ahead of the last day) is due today; None: none is.

    Of several that a machine slept through only the nearest is given, and none twice:
    `last_warned_ahead` is the nearest one recorded. A lot past its day is still warned first.
    """
    days_left = (valid_through - today).days
    reached = [ahead for ahead in warn_days if days_left <= ahead]
    nearest = min(reached, default=None)
    if nearest is None or (last_warned_ahead is not None and last_warned_ahead <= nearest):
        return None
    return nearest


def may_expire(valid_through: date, last_warning_on: date | None, today: date) -> bool:
    """Whether the lot goes: its last day is over, and its last warning was on an earlier day.

    `last_warning_on` is the day on which the nearest of all warnings was recorded: a clock that
    jumps burns nothing unannounced.
    """
    return valid_through < today and last_warning_on is not None and last_warning_on < today


def told_by_grant(valid_through: date, warn_days: Sequence[int], today: date) -> int | None:
    """Which warning (days ahead) the message of the grant itself stands for; None: none of them.

    A gift of two weeks says its last day as it is given: warning thirty days ahead on the same day
    would say it twice.
    """
    lifetime_days = (valid_through - today).days
    return min((ahead for ahead in warn_days if ahead >= lifetime_days), default=None)


def spendable_until(valid_through: date, today: date) -> date:
    """The last day that can be promised now: a lot past its own is kept for the day of warning."""
    return max(valid_through, today)


def lots_to_expire(past: Iterable[Lot], held: int) -> tuple[Lot, ...]:
    """Which of a client's lots go, of those that may: none that an open hold would take from.

    `past` are the lots whose time is over, the soonest first: a hold of `held` points takes from
    those first of all (rule 2), so each that it touches stays whole until the hold is over.
    """
    going: list[Lot] = []
    for lot in past:
        if held <= 0:
            going.append(lot)
        held -= lot.remaining
    return tuple(going)

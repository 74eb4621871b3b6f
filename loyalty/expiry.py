"""When a lot's warnings are due, and when it may go (rule 11). Days are the business's own."""

from collections.abc import Sequence
from datetime import date


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

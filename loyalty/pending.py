"""When earned points, which rest while the visit can be returned, become active (rule 10)."""

from datetime import date, timedelta


def active_on(earned_on: date, pending_days: int) -> date | None:
    """The business day with whose first moment they are active; None: they are at once.

    The day of the visit is the first of the window's days, which are the business's own: a day
    that the clocks make longer or shorter is a day.
    """
    return earned_on + timedelta(days=pending_days) if pending_days else None

"""A level held by invitation (VIP): for how long, and what comes after it."""

from datetime import date
from enum import StrEnum

from loyalty.calendar import add_months
from loyalty.programme.model import Level, Programme
from loyalty.tiers import last_review, level_for


class Term(StrEnum):
    """How long an invitation lasts, as owners choose it."""

    OPEN = "no"
    QUARTER = "3m"
    HALF = "6m"
    YEAR = "1y"


_MONTHS = {Term.QUARTER: 3, Term.HALF: 6, Term.YEAR: 12}


def invited_levels(programme: Programme) -> tuple[Level, ...]:
    """The levels that only an invitation leads to."""
    return tuple(level for level in programme.tiers.levels if level.invitation_only)


def invited_until(term: Term, today: date) -> date | None:
    """The last day of an invitation given today, months clamped; None: it has no end."""
    return add_months(today, _MONTHS[term]) if term in _MONTHS else None


def level_after(
    programme: Programme,
    qualifying_value: int,
    *,
    held_before: Level | None,
    invited_on: date | None,
    today: date,
) -> Level:
    """The level without the invitation: what the window reaches.

    Where no review has come since the invitation, it is at least the level held before: that one
    can only be lost at a review.
    """
    reached = level_for(programme, qualifying_value)
    if held_before is None or invited_on is None or held_before.invitation_only:
        return reached
    if invited_on < last_review(programme.tiers.review, today):
        return reached
    return max(reached, held_before, key=programme.tiers.rank)

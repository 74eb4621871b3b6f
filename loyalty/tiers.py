"""Which level a client holds, and what is missing to rise and to stay (rule 12)."""

from dataclasses import dataclass
from datetime import date, timedelta

from loyalty.calendar import add_months, month_starts
from loyalty.programme.model import Level, Programme, Review

_MONTHS = {Review.MONTHLY: 1, Review.QUARTERLY: 3, Review.YEARLY: 12}


@dataclass(frozen=True)
class TierProgress:
    """A client's way along the levels; figures in what the programme qualifies by.

    That is minor units of spend, visits, or points.
    """

    current: Level
    value: int
    next: Level | None  # None: at the top, or held by invitation
    missing: int  # to the next level; 0 without one
    missing_to_stay: int  # until the review; 0: the level is safe
    kept_until: date | None  # the review that can take the level away; None: nothing can


def level_for(programme: Programme, qualifying_value: int) -> Level:
    """The highest level that this value reaches; exactly is enough; none by invitation."""
    reached = [
        level
        for level in programme.tiers.levels
        if level.from_ is not None and level.from_ <= max(qualifying_value, 0)
    ]
    return reached[-1]


def upgraded(programme: Programme, held: Level, qualifying_value: int) -> Level:
    """The level after a visit: never below the one held."""
    reached = level_for(programme, qualifying_value)
    rank = programme.tiers.rank
    return reached if rank(reached) > rank(held) else held


def reviewed(programme: Programme, held: Level, qualifying_value: int) -> Level:
    """The level after a review: what the value reaches, over several levels too, never more than
    was held, as upgrades are at once. One by invitation stays."""
    reached = level_for(programme, qualifying_value)
    return held if held.invitation_only else min(held, reached, key=programme.tiers.rank)


def may_lower(
    review_on: date, warned_for: date | None, warned_on: date | None, today: date
) -> bool:
    """Whether this review may take a level: only one of which the client was warned.

    The warning was for this review, or for one before it that was slept through, and was recorded
    on an earlier day: a clock that jumps lowers nobody unannounced.
    """
    if warned_for is None or warned_on is None:
        return False
    return warned_for <= review_on <= today and warned_on < today


def review_to_warn_of(programme: Programme, today: date) -> date | None:
    """The review that today is within `warn_days` ahead of; None: it is too early."""
    following = next_review(programme.tiers.review, today)
    is_near = (following - today).days <= programme.tiers.warn_days
    return following if is_near else None


def reviewed_levels(programme: Programme) -> tuple[Level, ...]:
    """The levels that a review can take: not the first, none held by invitation."""
    return tuple(level for level in programme.tiers.levels if level.from_)


def progress(
    programme: Programme,
    held: Level,
    value: int,
    *,
    today: date,
    value_at_review: int | None = None,
) -> TierProgress:
    """Where the client stands with this value in the window that ends today.

    `value_at_review` is what of it will still lie in the window on `next_review`'s day (today's
    value where it is not told): only what is missing of that endangers the level.
    """
    following = None if held.invitation_only else _next_level(programme, held)
    threshold = 0 if following is None or following.from_ is None else following.from_
    at_review = value if value_at_review is None else value_at_review
    can_fall = bool(held.from_)
    return TierProgress(
        current=held,
        value=value,
        next=following,
        missing=max(threshold - value, 0),
        missing_to_stay=max((held.from_ or 0) - at_review, 0),
        kept_until=next_review(programme.tiers.review, today) if can_fall else None,
    )


def _next_level(programme: Programme, held: Level) -> Level | None:
    rank = programme.tiers.rank(held)
    above = programme.tiers.levels[rank + 1 :]
    return next((level for level in above if level.from_ is not None), None)


def next_review(review: Review, today: date) -> date:
    """The next day, after today, on which levels are reviewed: the first of a period."""
    return add_months(last_review(review, today), _MONTHS[review])


def last_review(review: Review, today: date) -> date:
    """The latest day, today included, on which levels are reviewed."""
    months_into_period = (today.month - 1) % _MONTHS[review]
    return add_months(month_starts(today), -months_into_period)


def window_start(today: date, window_days: int) -> date:
    """The first day that still counts: exactly so many days ago."""
    return today - timedelta(days=window_days)

"""Which badges a client's history has earned, and how far the others are (rule 13)."""

from collections.abc import Iterable
from dataclasses import dataclass

from loyalty.programme.model import Programme
from loyalty.programme.offers import Badge, BadgeMeasure

YearMonth = tuple[int, int]


@dataclass(frozen=True)
class VisitFacts:
    """What badges look at. Visits taken back or returned whole do not count."""

    visits: int = 0
    largest_bill: int = 0  # minor units, before any discount
    referrals: int = 0  # friends who came and paid
    months: frozenset[YearMonth] = frozenset()  # with at least one visit, in the business's zone
    this_month: YearMonth | None = None  # where a run of months goes on; None: nobody looks on


@dataclass(frozen=True)
class BadgeProgress:
    """How far a client is with one badge, in its own measure (a bill in minor units)."""

    code: str
    reached: bool
    goal: int
    have: int


def earned_badges(programme: Programme, facts: VisitFacts) -> tuple[str, ...]:
    """The codes of the badges that the facts have earned, in the file's order."""
    return tuple(step.code for step in badge_progress(programme, facts) if step.reached)


def badge_progress(programme: Programme, facts: VisitFacts) -> tuple[BadgeProgress, ...]:
    """Every badge with what it takes and what there is, in the file's order."""
    return tuple(_progress(badge, facts) for badge in programme.badges)


def _progress(badge: Badge, facts: VisitFacts) -> BadgeProgress:
    have, goal = _measured(badge.rule.measure, facts), badge.rule.goal
    reached = have >= goal
    if not reached and badge.rule.measure is BadgeMeasure.MONTHS_IN_A_ROW and facts.this_month:
        # What was broken off long ago is no way to the badge: it begins anew.
        have = current_run(facts.months, facts.this_month)
    return BadgeProgress(badge.code, reached, goal, have)


def _measured(measure: BadgeMeasure, facts: VisitFacts) -> int:
    match measure:
        case BadgeMeasure.VISITS:
            return facts.visits
        case BadgeMeasure.BILL:
            return facts.largest_bill
        case BadgeMeasure.REFERRALS:
            return facts.referrals
        case BadgeMeasure.MONTHS_IN_A_ROW:
            return longest_run(facts.months)


def longest_run(months: Iterable[YearMonth]) -> int:
    """The most calendar months that follow each other without a gap."""
    longest = run = 0
    previous: int | None = None
    for number in sorted({year * 12 + month for year, month in months}):
        run = run + 1 if previous is not None and number == previous + 1 else 1
        longest = max(longest, run)
        previous = number
    return longest


def current_run(months: Iterable[YearMonth], this_month: YearMonth) -> int:
    """The months without a gap up to this one; a month that is not over breaks nothing yet."""
    numbers = {year * 12 + month for year, month in months}
    year, month = this_month
    at = year * 12 + month
    if at not in numbers:
        at -= 1
    run = 0
    while at in numbers:
        run, at = run + 1, at - 1
    return run

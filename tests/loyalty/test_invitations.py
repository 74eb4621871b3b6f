"""How long an invitation lasts, and what comes after it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.calendar import add_months
from loyalty.invitations import Term, invited_levels, invited_until, level_after
from loyalty.programme import Programme, Review
from loyalty.tiers import last_review, may_lower, next_review, review_to_warn_of, reviewed
from tests.loyalty.programme_files import level_of

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


@pytest.mark.parametrize(
    ("today", "term", "until"),
    [
        (date(2027, 11, 30), Term.QUARTER, date(2028, 2, 29)),
        (date(2026, 11, 30), Term.QUARTER, date(2027, 2, 28)),
        (date(2027, 8, 31), Term.HALF, date(2028, 2, 29)),
        (date(2028, 2, 29), Term.YEAR, date(2029, 2, 28)),
        (date(2027, 12, 31), Term.YEAR, date(2028, 12, 31)),
        (date(2027, 12, 31), Term.OPEN, None),
    ],
)
def test_months_clamp_to_their_end(today: date, term: Term, until: date | None) -> None:
    assert invited_until(term, today) == until


@given(days, st.sampled_from([Term.QUARTER, Term.HALF, Term.YEAR]))
def test_a_term_is_never_longer_than_its_months_nor_shorter_by_more_than_a_month_s_end(
    today: date, term: Term
) -> None:
    until = invited_until(term, today)
    months = {Term.QUARTER: 3, Term.HALF: 6, Term.YEAR: 12}[term]
    assert until is not None
    assert (until.year * 12 + until.month) - (today.year * 12 + today.month) == months
    assert until.day == today.day or (until + timedelta(days=1)).day == 1
    assert until == add_months(today, months)


def test_only_levels_by_invitation_are_given(programme: Programme) -> None:
    assert [level.code for level in invited_levels(programme)] == ["vip"]


@given(st.integers(0, 20_000_000), days, days)
def test_after_an_invitation_nobody_stands_below_what_they_reach(
    programme: Programme, value: int, invited_on: date, today: date
) -> None:
    platinum = level_of(programme, "platinum")
    level = level_after(programme, value, held_before=platinum, invited_on=invited_on, today=today)
    reached = level_after(programme, value, held_before=None, invited_on=None, today=today)
    reviewed_since = invited_on < last_review(programme.tiers.review, today)
    assert level == (reached if reviewed_since else platinum)
    assert not level.invitation_only


@given(st.integers(-1_000, 20_000_000), st.sampled_from(["silver", "gold", "platinum"]))
def test_rule_12_a_review_never_lifts(programme: Programme, value: int, code: str) -> None:
    held = level_of(programme, code)
    rank = programme.tiers.rank
    assert rank(reviewed(programme, held, value)) <= rank(held)


@given(days, st.sampled_from(Review))
def test_rule_12_a_warning_names_the_next_review_and_is_in_time(
    today: date, review: Review
) -> None:
    following = next_review(review, today)
    assert following.day == 1
    assert not may_lower(last_review(review, today), None, None, today)
    assert not may_lower(today, today, today, today)
    assert may_lower(following, following, following - timedelta(days=1), following)


@given(days)
def test_rule_12_it_is_time_to_warn_only_so_many_days_ahead(
    programme: Programme, today: date
) -> None:
    following = next_review(programme.tiers.review, today)
    near = following - today <= timedelta(days=programme.tiers.warn_days)
    assert review_to_warn_of(programme, today) == (following if near else None)

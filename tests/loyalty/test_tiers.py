"""Rule 12: levels by value, reviews, and what is missing."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme import Programme, QualifyBy, Review
from loyalty.tiers import (
    last_review,
    level_for,
    next_review,
    progress,
    reviewed,
    upgraded,
    window_start,
)
from tests.loyalty.programme_files import level_of, programme_of

TODAY = date(2027, 3, 15)
values = st.integers(-1_000, 20_000_000)


def test_rule_12_a_threshold_reached_exactly_is_reached(programme: Programme) -> None:
    assert level_for(programme, 2_999_999).code == "silver"
    assert level_for(programme, 3_000_000).code == "gold"
    assert level_for(programme, 10_000_000).code == "platinum"


def test_a_level_by_invitation_is_never_reached_by_value(programme: Programme) -> None:
    assert level_for(programme, 10**15).code == "platinum"


def test_everybody_holds_the_first_level_even_after_returns(programme: Programme) -> None:
    assert level_for(programme, 0).code == "silver"
    assert level_for(programme, -500).code == "silver"


def test_a_programme_without_levels_has_one_that_gives_nothing() -> None:
    programme = programme_of("")
    level = level_for(programme, 10**9)
    assert level.code == "base"
    assert level.discount_percent == 0
    assert level.cashback_percent is None
    assert not programme.tiers.stated


@pytest.mark.parametrize("qualify_by", ["visits", "points"])
def test_thresholds_of_visits_and_points_are_no_money(qualify_by: str) -> None:
    programme = programme_of(
        f'[tiers]\nqualify_by = "{qualify_by}"\n'
        '[[tiers.level]]\ncode = "new"\nname = "New"\n'
        '[[tiers.level]]\ncode = "known"\nname = "Known"\nfrom = 1\n'
        '[[tiers.level]]\ncode = "regular"\nname = "Regular"\nfrom = 10\n'
    )
    assert programme.tiers.qualify_by is QualifyBy(qualify_by)
    assert level_for(programme, 0).code == "new"
    assert level_for(programme, 9).code == "known"
    assert level_for(programme, 10).code == "regular"


def test_rule_12_a_visit_never_lowers_the_level(programme: Programme) -> None:
    gold = level_of(programme, "gold")
    assert upgraded(programme, gold, 0) == gold
    assert upgraded(programme, gold, 10_000_000).code == "platinum"


def test_a_level_by_invitation_outlives_visits_and_reviews(programme: Programme) -> None:
    vip = level_of(programme, "vip")
    assert upgraded(programme, vip, 10_000_000) == vip
    assert reviewed(programme, vip, 0) == vip


def test_a_review_sets_what_the_value_reaches(programme: Programme) -> None:
    assert reviewed(programme, level_of(programme, "platinum"), 3_000_000).code == "gold"


@given(values, values)
def test_more_value_is_never_a_lower_level(programme: Programme, one: int, other: int) -> None:
    low, high = sorted((one, other))
    rank = programme.tiers.rank
    assert rank(level_for(programme, low)) <= rank(level_for(programme, high))


def test_rule_12_the_client_sees_what_is_missing_to_rise_and_to_stay(
    programme: Programme,
) -> None:
    gold = level_of(programme, "gold")
    way = progress(programme, gold, 3_500_000, today=TODAY, value_at_review=2_800_000)
    assert way.next == level_of(programme, "platinum")
    assert (way.missing, way.missing_to_stay) == (6_500_000, 200_000)
    assert way.kept_until == date(2027, 4, 1)


def test_nothing_takes_the_first_level_away(programme: Programme) -> None:
    way = progress(programme, level_of(programme, "silver"), 0, today=TODAY)
    assert (way.missing_to_stay, way.kept_until) == (0, None)
    assert way.missing == 3_000_000


@pytest.mark.parametrize("code", ["platinum", "vip"])
def test_above_the_last_level_by_value_nothing_is_missing(programme: Programme, code: str) -> None:
    for value in (0, 12_000_000):
        way = progress(programme, level_of(programme, code), value, today=TODAY)
        assert (way.next, way.missing) == (None, 0)


@given(values)
def test_what_is_missing_is_exactly_what_lifts_a_level(programme: Programme, value: int) -> None:
    held = level_for(programme, value)
    way = progress(programme, held, value, today=TODAY)
    if way.next is not None:
        assert level_for(programme, value + way.missing) == way.next
        assert level_for(programme, value + way.missing - 1) == held


@pytest.mark.parametrize(
    ("review", "last", "following"),
    [
        (Review.MONTHLY, date(2027, 3, 1), date(2027, 4, 1)),
        (Review.QUARTERLY, date(2027, 1, 1), date(2027, 4, 1)),
        (Review.YEARLY, date(2027, 1, 1), date(2028, 1, 1)),
    ],
)
def test_reviews_fall_on_the_first_day_of_a_period(
    review: Review, last: date, following: date
) -> None:
    assert last_review(review, TODAY) == last
    assert next_review(review, TODAY) == following
    assert last_review(review, last) == last
    assert next_review(review, last) == following


@given(st.sampled_from(Review), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_a_review_follows_the_last_one_without_a_gap(review: Review, today: date) -> None:
    assert last_review(review, today) <= today < next_review(review, today)
    assert last_review(review, next_review(review, today) - timedelta(days=1)) == last_review(
        review, today
    )


def test_the_window_still_holds_the_day_so_many_days_ago() -> None:
    assert window_start(date(2027, 3, 15), 365) == date(2026, 3, 15)

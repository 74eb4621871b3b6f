"""The figures of a return, and the day on which pending points are active."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.pending import active_on
from loyalty.programme import Programme
from loyalty.returns import MoreThanLeft, return_of
from loyalty.visits import VisitTerms, visit_terms


def terms_of(programme: Programme, level: str, bill: int, points: int = 0) -> VisitTerms:
    found = programme.tiers.level(level)
    assert found is not None
    return visit_terms(programme, found, bill=bill, service_code=None, points_spent=points)


def test_rule_08_what_is_given_back_and_taken_is_the_difference(programme: Programme) -> None:
    terms = terms_of(programme, "gold", 100_000, points=200)  # 970 after discount, 770 in money
    part = return_of(terms, 30_000)
    assert (part.refund, part.points_restored) == (9_100, 200)
    assert part.points_taken == terms.points_earned - part.rest.points_earned
    assert not part.is_whole
    whole = return_of(part.rest, 70_000)
    assert (whole.refund, whole.points_restored, whole.is_whole) == (67_900, 0, True)


def test_more_than_is_left_is_refused_with_what_is(programme: Programme) -> None:
    with pytest.raises(MoreThanLeft) as refused:
        return_of(terms_of(programme, "silver", 100_000), 100_001)
    assert (refused.value.asked, refused.value.largest) == (100_001, 100_000)
    with pytest.raises(ValueError, match="something"):
        return_of(terms_of(programme, "silver", 100_000), 0)


@given(
    bill=st.integers(1, 5_000_000),
    level=st.sampled_from(["silver", "gold", "platinum", "vip"]),
    share=st.integers(0, 100),
    cuts=st.lists(st.integers(1, 1_000), max_size=8),
)
def test_rule_08_however_a_visit_is_returned_all_of_it_comes_back_and_no_more(
    programme: Programme, bill: int, level: str, share: int, cuts: list[int]
) -> None:
    points = bill * 25 // 100 // 100 * share // 100
    first = terms = terms_of(programme, level, bill, points)
    refund = restored = taken = 0
    for cut in [*cuts, 1_000]:
        if terms.bill == 0:
            break
        made = return_of(terms, max(terms.bill * cut // 1_000, 1))
        assert min(made.refund, made.points_restored, made.points_taken) >= 0
        refund += made.refund
        restored += made.points_restored
        taken += made.points_taken
        terms = made.rest
    assert (refund, restored, taken) == (first.to_pay, first.points_spent, first.points_earned)


def test_rule_10_points_without_a_window_are_active_at_once() -> None:
    assert active_on(date(2027, 2, 1), 0) is None


@given(day=st.dates(date(2020, 1, 1), date(2040, 1, 1)), days=st.integers(1, 90))
def test_rule_10_the_window_is_so_many_days_over_month_ends_and_leap_days(
    day: date, days: int
) -> None:
    found = active_on(day, days)
    assert found is not None
    assert found - day == timedelta(days=days)


def test_rule_10_a_window_over_29_february() -> None:
    assert active_on(date(2028, 2, 15), 14) == date(2028, 2, 29)
    assert active_on(date(2027, 2, 15), 14) == date(2027, 3, 1)

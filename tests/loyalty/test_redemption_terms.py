"""Rules 5, 6 and 7 as properties of any programme, bill, balance and number of points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.points import earned
from loyalty.programme import Level, Programme
from loyalty.visits import (
    PointsRefused,
    check_points,
    max_points,
    smallest_redemption,
    visit_terms,
)
from tests.loyalty.test_visits import bills, programmes_with_level

balances = st.integers(-1_000, 10_000_000)
Case = tuple[Programme, Level]


@given(case=programmes_with_level(), bill=bills, points=st.integers(0, 10_000_000))
def test_rule_05_each_figure_follows_from_the_one_before(
    case: Case, bill: int, points: int
) -> None:
    programme, level = case
    try:
        terms = visit_terms(programme, level, bill=bill, service_code=None, points_spent=points)
    except PointsRefused:
        return
    assert terms.discount == int(bill * level.discount_percent / 100)
    payable = terms.bill - terms.discount
    assert terms.points_paid_minor == points * programme.points.value
    assert terms.points_paid_minor * 100 <= payable * programme.redeeming.max_share_percent
    assert terms.to_pay == payable - terms.points_paid_minor >= 0
    assert terms.points_earned == earned(terms.to_pay, terms.percent, terms.point_value)


@given(case=programmes_with_level(), bill=bills, points=st.integers(0, 10_000_000))
def test_rule_06_what_points_pay_is_not_eligible_and_the_rates_stay(
    case: Case, bill: int, points: int
) -> None:
    programme, level = case
    plain = visit_terms(programme, level, bill=bill, service_code=None)
    try:
        terms = visit_terms(programme, level, bill=bill, service_code=None, points_spent=points)
    except PointsRefused:
        return
    assert plain.eligible - terms.eligible == terms.points_paid_minor
    assert (terms.discount, terms.percent) == (plain.discount, plain.percent)
    assert terms.points_earned <= plain.points_earned


@given(
    case=programmes_with_level(), bill=bills, balance=balances, asked=st.integers(-5, 10_000_000)
)
def test_rule_07_what_is_accepted_is_exactly_what_the_largest_figure_says(
    case: Case, bill: int, balance: int, asked: int
) -> None:
    programme, level = case
    largest = max_points(programme, level, bill, balance)
    smallest = smallest_redemption(programme)
    assert largest == 0 or smallest <= largest <= balance
    if smallest <= asked <= largest:
        check_points(programme, level, bill=bill, active_balance=balance, asked=asked)
        terms = visit_terms(programme, level, bill=bill, service_code=None, points_spent=asked)
        assert terms.points_spent == asked  # never cut down
    else:
        with pytest.raises(PointsRefused) as refused:
            check_points(programme, level, bill=bill, active_balance=balance, asked=asked)
        assert (refused.value.asked, refused.value.largest) == (asked, largest)


@given(case=programmes_with_level(), bill=bills, balance=balances, held=st.integers(0, 10_000_000))
def test_rule_07_what_is_held_elsewhere_only_lowers_the_largest_figure(
    case: Case, bill: int, balance: int, held: int
) -> None:
    programme, level = case
    free = max_points(programme, level, bill, balance)
    assert max_points(programme, level, bill, max(balance - held, 0)) <= free

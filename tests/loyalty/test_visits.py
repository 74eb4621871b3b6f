"""Rules 5 to 8: the figures of a visit, of a redemption, and of what a return leaves."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme import (
    EarningRules,
    EarningStep,
    Level,
    PointRules,
    Programme,
    RedeemingRules,
    Text,
    TierRules,
)
from loyalty.visits import (
    PointsRefused,
    VisitTerms,
    check_points,
    max_points,
    rest_of,
    visit_terms,
)
from tests.loyalty.programme_files import level_of, programme_of

percents = st.integers(0, 10_000).map(lambda hundredths: Fraction(hundredths, 100))
bills = st.integers(1, 1_000_000_000)


@st.composite
def programmes_with_level(draw: st.DrawFn) -> tuple[Programme, Level]:
    """Any rates, steps and point values, sensible or not."""
    level = Level(
        "only",
        Text({"ru": "Один"}),
        cashback_percent=draw(st.none() | percents),
        discount_percent=draw(percents),
    )
    steps = draw(st.lists(st.builds(EarningStep, bills, percents), max_size=3))
    programme = replace(
        programme_of(""),
        tiers=TierRules((level,)),
        earning=EarningRules(draw(percents), tuple(steps)),
        points=PointRules(value=draw(st.integers(1, 100_000))),
        redeeming=RedeemingRules(draw(percents), draw(st.integers(0, 500))),
    )
    return programme, level


def test_rule_05_the_order_is_bill_discount_points_earning(programme: Programme) -> None:
    gold = level_of(programme, "gold")
    terms = visit_terms(programme, gold, bill=100_033, service_code="repair", points_spent=100)
    assert terms.discount == 3_000  # 3 % of 1,000.33 is 30.0099
    assert terms.points_paid_minor == 10_000
    assert terms.to_pay == 100_033 - 3_000 - 10_000
    assert terms.eligible == terms.to_pay
    assert terms.percent == 5
    assert terms.points_earned == 43  # 5 % of 870.33 is 43.5165
    assert terms.tier == "gold"


def test_rule_06_a_step_looks_at_the_bill_before_any_discount(programme: Programme) -> None:
    vip_like = replace(
        level_of(programme, "silver"), discount_percent=Fraction(50), cashback_percent=Fraction(1)
    )
    terms = visit_terms(programme, vip_like, bill=1_000_000, service_code=None)
    assert terms.to_pay == 500_000
    assert terms.percent == 5


def test_rule_06_an_excluded_service_earns_nothing_and_is_paid_all_the_same(
    programme: Programme,
) -> None:
    silver = level_of(programme, "silver")
    terms = visit_terms(programme, silver, bill=100_000, service_code="certificate")
    assert (terms.eligible, terms.points_earned, terms.to_pay) == (0, 0, 100_000)
    assert terms.excluded


def test_a_service_that_staff_typed_earns_like_any_other(programme: Programme) -> None:
    silver = level_of(programme, "silver")
    typed = visit_terms(programme, silver, bill=100_000, service_code="пайка")
    assert typed == visit_terms(programme, silver, bill=100_000, service_code=None)
    assert typed.points_earned == 30


def test_the_smallest_bill_is_one_minor_unit(programme: Programme) -> None:
    terms = visit_terms(programme, level_of(programme, "gold"), bill=1, service_code=None)
    assert (terms.discount, terms.to_pay, terms.points_earned) == (0, 1, 0)


def test_without_a_minimum_a_single_point_pays() -> None:
    programme = programme_of("[redeeming]\nmin_points = 0\n")
    base = level_of(programme, "base")
    check_points(programme, base, bill=100_000, active_balance=1, asked=1)


def test_a_bill_of_nothing_is_no_visit(programme: Programme) -> None:
    with pytest.raises(ValueError, match="bill"):
        visit_terms(programme, level_of(programme, "silver"), bill=0, service_code=None)


def test_rule_07_a_redemption_is_limited_by_the_share_after_the_discount(
    programme: Programme,
) -> None:
    gold = level_of(programme, "gold")
    assert max_points(programme, gold, 100_000, 10_000) == 291  # 30 % of 970
    visit_terms(programme, gold, bill=100_000, service_code=None, points_spent=291)
    with pytest.raises(PointsRefused) as refused:
        visit_terms(programme, gold, bill=100_000, service_code=None, points_spent=292)
    assert refused.value.largest == 291


def test_rule_07_a_redemption_is_limited_by_the_balance(programme: Programme) -> None:
    silver = level_of(programme, "silver")
    assert max_points(programme, silver, 100_000, 120) == 120
    with pytest.raises(PointsRefused) as refused:
        check_points(programme, silver, bill=100_000, active_balance=120, asked=121)
    assert (refused.value.asked, refused.value.largest) == (121, 120)


def test_rule_07_under_the_minimum_no_points_pay_at_all(programme: Programme) -> None:
    silver = level_of(programme, "silver")
    assert max_points(programme, silver, 100_000, 49) == 0
    assert max_points(programme, silver, 10_000, 500) == 0  # 30 % of 100 is 30 points
    with pytest.raises(PointsRefused) as refused:
        check_points(programme, silver, bill=100_000, active_balance=500, asked=49)
    assert (refused.value.smallest, refused.value.largest) == (50, 300)


def test_rule_07_a_bill_too_small_for_the_minimum_says_that_none_can_pay(
    programme: Programme,
) -> None:
    silver = level_of(programme, "silver")
    with pytest.raises(PointsRefused) as refused:
        visit_terms(programme, silver, bill=16_000, service_code=None, points_spent=49)
    assert refused.value.largest == 0  # the share is 48 points, the minimum 50
    with pytest.raises(PointsRefused) as refused:
        visit_terms(programme, silver, bill=16_700, service_code=None, points_spent=51)
    assert refused.value.largest == 50


def test_rule_07_exactly_the_minimum_pays(programme: Programme) -> None:
    silver = level_of(programme, "silver")
    assert max_points(programme, silver, 100_000, 50) == 50
    check_points(programme, silver, bill=100_000, active_balance=50, asked=50)


@pytest.mark.parametrize("asked", [0, -1])
def test_no_points_are_no_redemption(programme: Programme, asked: int) -> None:
    with pytest.raises(PointsRefused):
        check_points(
            programme, level_of(programme, "silver"), bill=100_000, active_balance=99, asked=asked
        )


def test_rule_09_a_balance_below_zero_pays_nothing(programme: Programme) -> None:
    assert max_points(programme, level_of(programme, "silver"), 100_000, -200) == 0


@given(programmes_with_level(), bills, st.integers(-1_000, 10_000_000))
def test_rule_07_the_largest_figure_is_allowed_and_one_more_is_not(
    case: tuple[Programme, Level], bill: int, balance: int
) -> None:
    programme, level = case
    largest = max_points(programme, level, bill, balance)
    assert 0 <= largest <= max(balance, 0)
    if largest:
        check_points(programme, level, bill=bill, active_balance=balance, asked=largest)
        visit_terms(programme, level, bill=bill, service_code=None, points_spent=largest)
    with pytest.raises(PointsRefused) as refused:
        check_points(programme, level, bill=bill, active_balance=balance, asked=largest + 1)
    assert refused.value.largest == largest or largest == 0


@given(programmes_with_level(), bills, st.data())
def test_rule_05_and_06_every_visit_adds_up_to_the_minor_unit(
    case: tuple[Programme, Level], bill: int, data: st.DataObject
) -> None:
    programme, level = case
    terms = _any_terms(programme, level, bill, data)
    assert terms.discount + terms.points_paid_minor + terms.to_pay == terms.bill
    assert min(terms.discount, terms.points_paid_minor, terms.to_pay, terms.points_earned) >= 0
    assert terms.eligible == terms.to_pay
    assert terms.discount <= level.discount_percent * bill / 100 < terms.discount + 1
    share = programme.redeeming.max_share_percent / 100
    assert terms.points_paid_minor <= (bill - terms.discount) * share
    assert terms.points_earned * terms.point_value <= terms.eligible * terms.percent / 100


def _any_terms(programme: Programme, level: Level, bill: int, data: st.DataObject) -> VisitTerms:
    largest = max_points(programme, level, bill, 10_000_000)
    points = data.draw(st.integers(0, largest))
    return visit_terms(programme, level, bill=bill, service_code=None, points_spent=points)


def test_rule_08_after_a_partial_return_the_rest_earns_at_the_rate_it_had(
    programme: Programme,
) -> None:
    silver = level_of(programme, "silver")
    terms = visit_terms(programme, silver, bill=1_000_000, service_code=None)
    assert terms.percent == 5
    assert terms.points_earned == 500
    rest = rest_of(terms, 600_000)  # which alone would earn 3 %
    assert rest.percent == 5
    assert (rest.points_earned, rest.to_pay) == (300, 600_000)


def test_rule_08_points_come_back_before_money(programme: Programme) -> None:
    silver = level_of(programme, "silver")
    terms = visit_terms(programme, silver, bill=100_000, service_code=None, points_spent=299)
    small_return = rest_of(terms, 80_050)  # 199.50 of the bill: 199 points and 0.50
    assert (small_return.points_spent, small_return.to_pay) == (100, terms.to_pay - 50)
    large_return = rest_of(terms, 50_000)
    assert (large_return.points_spent, large_return.to_pay) == (0, 50_000)
    assert large_return.points_earned == 15


def test_rule_08_where_points_paid_everything_no_return_asks_for_money() -> None:
    programme = programme_of("[redeeming]\nmax_share_percent = 100\n")
    base = level_of(programme, "base")
    terms = visit_terms(programme, base, bill=100_000, service_code=None, points_spent=1_000)
    rest = rest_of(terms, 50_050)
    assert (rest.points_spent, rest.to_pay) == (501, 0)
    assert rest_of(rest, 50_000).points_spent == 500  # no more than the rest is worth
    assert rest_of(rest, 0).points_spent == 0


def test_rule_08_a_partial_return_of_an_excluded_service_still_earns_nothing(
    programme: Programme,
) -> None:
    silver = level_of(programme, "silver")
    terms = visit_terms(programme, silver, bill=100_000, service_code="certificate")
    rest = rest_of(terms, 60_000)
    assert (rest.eligible, rest.points_earned, rest.to_pay) == (0, 0, 60_000)


def test_rule_08_a_rest_larger_than_the_bill_is_none(programme: Programme) -> None:
    terms = visit_terms(programme, level_of(programme, "silver"), bill=100, service_code=None)
    with pytest.raises(ValueError, match="rest"):
        rest_of(terms, 101)


@given(programmes_with_level(), bills, st.data())
def test_rule_08_return_after_return_gives_back_and_never_takes(
    case: tuple[Programme, Level], bill: int, data: st.DataObject
) -> None:
    terms = _any_terms(*case, bill, data)
    assert rest_of(terms, bill) == terms
    rests = data.draw(st.lists(st.integers(0, bill), max_size=4).map(lambda r: sorted(r)[::-1]))
    before = terms
    for rest in [*rests, 0]:
        after = rest_of(before, rest)
        assert after.discount + after.points_paid_minor + after.to_pay == after.bill == rest
        assert 0 <= after.points_spent <= before.points_spent
        assert 0 <= after.to_pay <= before.to_pay
        assert 0 <= after.points_earned <= before.points_earned
        assert after.percent == terms.percent
        before = after
    assert (before.to_pay, before.points_spent, before.points_earned) == (0, 0, 0)

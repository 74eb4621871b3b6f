"""Rules 5 and 6: promotions, cashback by tier and by the bill's steps."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.points import cashback_percent
from loyalty.programme import (
    EarningRules,
    EarningStep,
    Level,
    PointRules,
    Programme,
    Text,
    TierRules,
)
from loyalty.programme.offers import Promotion
from loyalty.promotions import base_of, is_on, is_over, is_running, promoted
from loyalty.visits import max_points, rest_of, visit_terms
from tests.loyalty.programme_files import level_of, programme_of

TUESDAY = date(2027, 2, 2)
MONDAY = date(2027, 2, 1)

percents = st.integers(0, 10_000).map(lambda hundredths: Fraction(hundredths, 100))
factors = st.integers(100, 10_000).map(lambda hundredths: Fraction(hundredths, 100))
bills = st.integers(1, 1_000_000_000)
days = st.dates(date(2027, 1, 1), date(2027, 3, 1))
SERVICES = ("repair", "filter", "gift")
TIERS = ("low", "high")


@st.composite
def promotions(draw: st.DrawFn) -> Promotion:
    """Any, running or not, for some or for all."""
    multiplies = draw(st.booleans())
    dates = sorted(draw(st.tuples(days, days)))
    return Promotion(
        code=draw(st.sampled_from("abcdef")),
        name=Text({"ru": "Акция"}),
        from_=draw(st.sampled_from([None, dates[0]])),
        to=draw(st.sampled_from([None, dates[1]])),
        weekdays=draw(st.frozensets(st.integers(0, 6))),
        multiply=draw(factors) if multiplies else None,
        add=None if multiplies else draw(st.integers(1, 100_000)),
        services=tuple(draw(st.sets(st.sampled_from(SERVICES)))),
        tiers=tuple(draw(st.sets(st.sampled_from(TIERS)))),
    )


@st.composite
def programmes(draw: st.DrawFn) -> Programme:
    levels = tuple(
        Level(
            code,
            Text({"ru": code}),
            cashback_percent=draw(st.none() | percents),
            discount_percent=draw(percents),
        )
        for code in TIERS
    )
    bare = programme_of(
        "".join(f'[[services]]\ncode = "{code}"\nname = "{code}"\n' for code in SERVICES).replace(
            'code = "gift"', 'code = "gift"\nexcluded = true'
        )
    )
    steps = draw(st.lists(st.builds(EarningStep, bills, percents), max_size=3))
    return replace(
        bare,
        tiers=TierRules(levels),
        earning=EarningRules(draw(percents), tuple(steps)),
        points=PointRules(value=draw(st.integers(1, 100_000))),
        promotions=tuple(draw(st.lists(promotions(), max_size=4))),
    )


def happy_hours(programme: Programme) -> Promotion:
    (promotion,) = programme.promotions
    assert promotion.code == "happy_hours"
    return promotion


def test_rule_05_a_promotion_multiplies_what_the_visit_earns(programme: Programme) -> None:
    gold = level_of(programme, "gold")
    plain = visit_terms(programme, gold, bill=100_033, service_code="repair", day=MONDAY)
    double = visit_terms(programme, gold, bill=100_033, service_code="repair", day=TUESDAY)
    assert (plain.points_earned, plain.promotion, plain.promotion_points) == (48, None, 0)
    assert (double.points_earned, double.promotion) == (96, "happy_hours")
    assert (double.base_points, double.promotion_points) == (48, 48)
    assert double.eligible == plain.eligible


@pytest.mark.parametrize(
    ("day", "service", "tier"),
    [
        (date(2027, 1, 26), "repair", "gold"),  # a Tuesday before it
        (date(2027, 5, 4), "repair", "gold"),  # and one after
        (MONDAY, "repair", "gold"),
        (TUESDAY, "filter", "gold"),
        (TUESDAY, None, "gold"),  # what staff typed is none of its services
        (TUESDAY, "repair", "platinum"),
    ],
)
def test_rule_05_outside_its_dates_days_services_and_tiers_a_promotion_gives_nothing(
    programme: Programme, day: date, service: str | None, tier: str
) -> None:
    terms = visit_terms(
        programme, level_of(programme, tier), bill=100_000, service_code=service, day=day
    )
    assert terms.promotion is None
    assert terms.points_earned == terms.base_points


def test_rule_05_the_first_and_the_last_day_are_its_own(programme: Programme) -> None:
    promotion = replace(happy_hours(programme), weekdays=frozenset())
    assert is_running(promotion, date(2027, 2, 1))
    assert is_running(promotion, date(2027, 4, 30))
    assert not is_running(promotion, date(2027, 5, 1))
    assert is_over(promotion, date(2027, 5, 1))
    assert not is_over(promotion, date(2027, 1, 31))


def test_rule_06_an_addition_is_for_a_visit_that_earns_at_all() -> None:
    programme = programme_of(
        "[earning]\ncashback_percent = 1\n"
        '[[services]]\ncode = "gift"\nname = "Сертификат"\nexcluded = true\n'
        '[[promotions]]\ncode = "plus"\nname = "Плюс"\nadd = 50\n'
        "[redeeming]\nmax_share_percent = 100\n"
    )
    base = level_of(programme, "base")
    excluded = visit_terms(programme, base, bill=100_000, service_code="gift", day=MONDAY)
    paid = visit_terms(programme, base, bill=100, service_code=None, day=MONDAY)
    points = max_points(programme, base, 100_000, 10_000)
    by_points = visit_terms(
        programme, base, bill=100_000, service_code=None, points_spent=points, day=MONDAY
    )
    assert (excluded.points_earned, excluded.promotion) == (0, None)
    assert (paid.points_earned, paid.promotion) == (50, "plus")
    assert (by_points.eligible, by_points.points_earned, by_points.promotion) == (0, 0, None)


def test_rule_05_promotions_do_not_add_up_the_best_one_counts() -> None:
    programme = programme_of(
        "[earning]\ncashback_percent = 10\n"
        '[[promotions]]\ncode = "double"\nname = "Вдвое"\nmultiply = 2\n'
        '[[promotions]]\ncode = "plus"\nname = "Плюс"\nadd = 50\n'
    )
    base = level_of(programme, "base")
    small = visit_terms(programme, base, bill=10_000, service_code=None, day=MONDAY)
    even = visit_terms(programme, base, bill=50_000, service_code=None, day=MONDAY)
    large = visit_terms(programme, base, bill=100_000, service_code=None, day=MONDAY)
    assert (small.promotion, small.points_earned) == ("plus", 60)
    assert (even.promotion, even.points_earned) == ("double", 100)  # the first of equals
    assert (large.promotion, large.points_earned) == ("double", 200)


def test_rule_08_a_return_is_reckoned_with_the_promotion_that_the_visit_had() -> None:
    programme = programme_of(
        "[earning]\ncashback_percent = 10\n"
        '[[promotions]]\ncode = "double"\nname = "Вдвое"\nmultiply = 2\n'
        '[[promotions]]\ncode = "plus"\nname = "Плюс"\nadd = 50\n'
    )
    base = level_of(programme, "base")
    terms = visit_terms(programme, base, bill=100_000, service_code=None, day=MONDAY)
    rest = rest_of(terms, 10_000)
    assert (rest.points_earned, rest.promotion) == (20, "double")  # though 50 more would be better
    assert rest_of(rest, 0).points_earned == 0


@given(programmes(), bills, st.sampled_from([None, *SERVICES]), st.sampled_from(TIERS), days)
def test_rule_05_promotions_never_lower_what_a_visit_earns_and_the_best_one_counts(
    programme: Programme, bill: int, service: str | None, tier: str, day: date
) -> None:
    level = level_of(programme, tier)
    plain = visit_terms(programme, level, bill=bill, service_code=service)
    terms = visit_terms(programme, level, bill=bill, service_code=service, day=day)
    alone = [
        visit_terms(
            replace(programme, promotions=(one,)), level, bill=bill, service_code=service, day=day
        ).points_earned
        for one in programme.promotions
    ]
    assert terms.points_earned == max([plain.points_earned, *alone])
    assert (terms.promotion is None) == (terms.points_earned == plain.points_earned)
    assert terms.base_points == plain.points_earned
    assert (terms.bill, terms.to_pay, terms.eligible) == (plain.bill, plain.to_pay, plain.eligible)
    if terms.eligible == 0:
        assert terms.points_earned == 0


@given(st.integers(0, 10**9), st.integers(0, 10**9), factors, st.integers(0, 10**6))
def test_rule_05_a_multiplied_visit_is_rounded_down_once(
    base: int, eligible: int, factor: Fraction, addition: int
) -> None:
    multiplied = promoted(base, eligible=0, factor=factor, addition=0)
    assert multiplied <= base * factor < multiplied + 1
    assert promoted(base, eligible=0, factor=factor, addition=addition) == multiplied
    earned = promoted(base, eligible=eligible + 1, factor=factor, addition=addition)
    assert earned == multiplied + addition >= base
    assert base_of(earned, factor=factor, addition=addition) == base


@given(programmes(), bills, days, st.data())
def test_rule_08_returns_of_a_promoted_visit_never_give_more_and_end_at_nothing(
    programme: Programme, bill: int, day: date, data: st.DataObject
) -> None:
    level = level_of(programme, data.draw(st.sampled_from(TIERS)))
    terms = visit_terms(programme, level, bill=bill, service_code="repair", day=day)
    assert rest_of(terms, bill) == terms
    for rest in sorted(data.draw(st.lists(st.integers(0, bill), max_size=4)), reverse=True):
        after = rest_of(terms, rest)
        assert 0 <= after.promotion_points <= after.points_earned <= terms.points_earned
        assert (after.promotion, after.promotion_factor) == (
            terms.promotion,
            terms.promotion_factor,
        )
        terms = after
    assert rest_of(terms, 0).points_earned == 0


@given(programmes(), bills, st.sampled_from(TIERS))
def test_rule_05_the_higher_of_step_and_tier_counts(
    programme: Programme, bill: int, tier: str
) -> None:
    level = level_of(programme, tier)
    own = level.cashback_percent
    base = programme.earning.cashback_percent if own is None else own
    reached = [s.cashback_percent for s in programme.earning.steps if s.bill_from <= bill]
    percent = cashback_percent(programme, level, bill)
    assert percent == max([base, *reached])
    assert percent <= cashback_percent(programme, level, bill + 1)  # a larger bill earns no less
    exact = visit_terms(programme, level, bill=bill, service_code=None)
    assert (
        exact.points_earned == (exact.eligible * percent / 100 / programme.points.value).__floor__()
    )


@given(promotions(), days)
def test_a_promotion_is_on_only_while_it_runs(promotion: Promotion, day: date) -> None:
    if is_on(promotion, day):
        assert is_running(promotion, day)
        assert not is_over(promotion, day)

"""Rules 2, 5 and 9: what a bill earns, which lots a spend takes, and debts."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.points import (
    Lot,
    LotTake,
    cashback_percent,
    earned,
    fill_debt,
    take_from_lots,
    valid_through,
)
from loyalty.programme import Programme
from tests.loyalty.programme_files import level_of, programme_of

percents = st.integers(0, 1_000_000).map(lambda ten_thousandths: Fraction(ten_thousandths, 10_000))
bills = st.integers(0, 1_000_000_000)
days = st.dates(date(2020, 1, 1), date(2040, 1, 1))
lots = st.lists(
    st.builds(
        Lot,
        id=st.integers(1, 1_000),
        remaining=st.integers(0, 5_000),
        valid_through=st.none() | days,
    ),
    max_size=12,
    unique_by=lambda lot: lot.id,
)


def test_a_step_of_the_bill_is_reached_exactly(programme: Programme) -> None:
    silver = level_of(programme, "silver")
    assert cashback_percent(programme, silver, 999_999) == 3
    assert cashback_percent(programme, silver, 1_000_000) == 5


def test_the_higher_of_step_and_tier_counts(programme: Programme) -> None:
    assert cashback_percent(programme, level_of(programme, "platinum"), 1_000_000) == 7
    assert cashback_percent(programme, level_of(programme, "gold"), 999_999) == 5


def test_a_tier_that_names_no_percent_earns_the_base() -> None:
    programme = programme_of(
        "[earning]\ncashback_percent = 3.5\n"
        '[[tiers.level]]\ncode = "plain"\nname = "Plain"\n'
        '[[tiers.level]]\ncode = "none"\nname = "None"\nfrom = 10\ncashback_percent = 0\n'
    )
    assert cashback_percent(programme, level_of(programme, "plain"), 100) == Fraction(7, 2)
    assert cashback_percent(programme, level_of(programme, "none"), 100) == 0


@pytest.mark.parametrize(
    ("eligible", "percent", "point_value", "points"),
    [
        (100_000, Fraction(3), 100, 30),
        (99_999, Fraction(3), 100, 29),  # 29.9997 points
        (3_333, Fraction(3), 100, 0),
        (100_000, Fraction(5, 2), 100, 25),
        (100_000, Fraction(3), 1_000, 3),  # a point worth ten roubles
        (100_000, Fraction(3), 1, 3_000),
        (0, Fraction(100), 1, 0),
    ],
)
def test_rule_05_points_earned_are_rounded_down(
    eligible: int, percent: Fraction, point_value: int, points: int
) -> None:
    assert earned(eligible, percent, point_value) == points


@given(bills, percents, st.integers(1, 100_000))
def test_rule_05_what_is_earned_is_the_largest_whole_number_within_the_percent(
    eligible: int, percent: Fraction, point_value: int
) -> None:
    exact = Fraction(eligible) * percent / 100 / point_value
    assert earned(eligible, percent, point_value) <= exact
    assert exact < earned(eligible, percent, point_value) + 1


@pytest.mark.parametrize(
    ("eligible", "percent", "point_value"), [(-1, 3, 100), (100, -3, 100), (100, 3, 0)]
)
def test_nothing_is_earned_on_figures_that_cannot_be(
    eligible: int, percent: int, point_value: int
) -> None:
    with pytest.raises(ValueError, match="eligible"):
        earned(eligible, Fraction(percent), point_value)


def test_rule_02_a_spend_takes_the_soonest_to_expire_first_and_the_everlasting_last() -> None:
    for_ever = Lot(1, 100, None)
    later = Lot(2, 100, date(2027, 6, 1))
    soon = Lot(3, 100, date(2027, 2, 1))
    taking = take_from_lots([for_ever, later, soon], 250)
    assert taking.takes == (LotTake(3, 100), LotTake(2, 100), LotTake(1, 50))
    assert taking.shortfall == 0


def test_rule_02_lots_of_one_day_are_taken_in_the_order_they_were_granted() -> None:
    day = date(2027, 2, 1)
    taking = take_from_lots([Lot(9, 10, day), Lot(4, 10, day), Lot(7, 10, day)], 15)
    assert taking.takes == (LotTake(4, 10), LotTake(7, 5))


def test_a_lot_of_the_last_day_there_is_goes_before_the_everlasting() -> None:
    takes, _ = take_from_lots([Lot(1, 10, None), Lot(2, 10, date.max)], 5)
    assert takes == (LotTake(2, 5),)


def test_what_the_lots_lack_is_told() -> None:
    assert take_from_lots([Lot(1, 30, None)], 50) == ((LotTake(1, 30),), 20)
    assert take_from_lots([], 50) == ((), 50)


@given(lots, st.integers(0, 30_000))
def test_rule_02_takes_add_up_and_leave_sooner_lots_empty(
    given_lots: list[Lot], amount: int
) -> None:
    taking = take_from_lots(given_lots, amount)
    by_id = {lot.id: lot for lot in given_lots}
    taken = {take.lot_id: take.amount for take in taking.takes}
    assert sum(taken.values()) + taking.shortfall == amount
    assert len(taken) == len(taking.takes)
    assert all(0 < points <= by_id[lot_id].remaining for lot_id, points in taken.items())
    if taking.shortfall:
        assert sum(taken.values()) == sum(lot.remaining for lot in given_lots)
    last_day = max((by_id[lot_id].valid_through or date.max for lot_id in taken), default=date.min)
    for lot in given_lots:
        if (lot.valid_through or date.max) < last_day:
            assert taken.get(lot.id, 0) == lot.remaining


def test_points_live_through_so_many_days_after_the_grant() -> None:
    assert valid_through(date(2027, 1, 1), 365) == date(2028, 1, 1)
    assert valid_through(date(2027, 1, 1), 0) is None


@given(days, st.integers(1, 3_660))
def test_every_point_lives_at_least_its_whole_lifetime(granted_on: date, days_alive: int) -> None:
    last_day = valid_through(granted_on, days_alive)
    assert last_day is not None
    assert last_day - granted_on == timedelta(days=days_alive)


@given(st.integers(-10_000, 10_000), st.integers(0, 10_000))
def test_rule_09_a_grant_fills_the_debt_first(balance: int, granted: int) -> None:
    to_debt, to_lot = fill_debt(balance, granted)
    assert to_debt + to_lot == granted
    assert min(to_debt, to_lot) >= 0
    assert to_lot == max(balance + granted, 0) - max(balance, 0)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.one_of(st.none(), st.integers(0, 5))), max_size=8),
    st.lists(st.integers(0, 60), max_size=8),
)
def test_rule_02_spend_after_spend_takes_no_point_twice(
    held: list[tuple[int, int | None]], spends: list[int]
) -> None:
    """All that was taken and all that is left is all that there was, lot by lot."""
    first = date(2027, 2, 1)
    lots = [
        Lot(n, points, None if days is None else first + timedelta(days=days))
        for n, (points, days) in enumerate(held)
    ]
    taken = dict.fromkeys(range(len(lots)), 0)
    left = lots
    for wanted in spends:
        takes, shortfall = take_from_lots(left, wanted)
        assert sum(take.amount for take in takes) + shortfall == wanted
        assert shortfall == 0 or sum(take.amount for take in takes) == sum(
            lot.remaining for lot in left
        )
        gone = {take.lot_id: take.amount for take in takes}
        left = [replace(lot, remaining=lot.remaining - gone.get(lot.id, 0)) for lot in left]
        for lot_id, amount in gone.items():
            taken[lot_id] += amount
    for before, after in zip(lots, left, strict=True):
        assert after.remaining >= 0
        assert after.remaining + taken[before.id] == before.remaining


@given(st.integers(0, 10**12), st.fractions(0, 100), st.integers(1, 10**6))
def test_rule_05_rounding_is_down_and_never_by_a_whole_point(
    eligible: int, percent: Fraction, value: int
) -> None:
    exact = Fraction(eligible) * percent / 100 / value
    assert 0 <= exact - earned(eligible, percent, value) < 1


@given(st.lists(st.integers(0, 10**8), max_size=6), st.fractions(0, 100), st.integers(1, 10**4))
def test_rule_05_a_bill_split_in_parts_never_earns_more(
    parts: list[int], percent: Fraction, value: int
) -> None:
    split = sum(earned(part, percent, value) for part in parts)
    assert split <= earned(sum(parts), percent, value)

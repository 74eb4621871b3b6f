"""Days, months and zones, clocks that jump included."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.calendar import (
    add_months,
    business_day,
    day_ends,
    day_starts,
    instant_of,
    month_starts,
)
from tests.loyalty.instants import instants

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")  # 2027: skips 02:00 to 03:00 on 28 March, repeats on 31 October
BEIRUT = ZoneInfo("Asia/Beirut")  # skips midnight itself
APIA = ZoneInfo("Pacific/Apia")  # skipped 30 December 2011 altogether
zones = st.sampled_from(
    [MOSCOW, BERLIN, BEIRUT, APIA, *map(ZoneInfo, ("UTC", "Asia/Kathmandu", "Australia/Lord_Howe"))]
)
days = st.dates(date(2005, 1, 1), date(2035, 1, 1))
times = st.times()


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2027, 1, 31), 1, date(2027, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2027, 3, 31), -1, date(2027, 2, 28)),
        (date(2027, 1, 15), -1, date(2026, 12, 15)),
        (date(2027, 1, 15), 0, date(2027, 1, 15)),
    ],
)
def test_months_clamp_to_their_end(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


def test_a_month_starts_on_its_first_day() -> None:
    assert month_starts(date(2027, 3, 15)) == date(2027, 3, 1)


@given(days, st.integers(-240, 240))
def test_adding_months_moves_by_exactly_so_many_months(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year - day.year) * 12 + moved.month - day.month == months
    assert moved.day <= day.day
    assert add_months(month_starts(day), months) == month_starts(moved)


def test_the_business_day_is_the_zones_own() -> None:
    late_evening_utc = datetime(2027, 3, 14, 21, 30, tzinfo=UTC)
    assert business_day(late_evening_utc, MOSCOW) == date(2027, 3, 15)
    assert business_day(late_evening_utc, ZoneInfo("UTC")) == date(2027, 3, 14)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        business_day(datetime(2027, 3, 14), MOSCOW)  # noqa: DTZ001


def test_a_day_whose_midnight_is_skipped_starts_where_the_gap_ends() -> None:
    assert day_starts(date(2022, 3, 27), BEIRUT) == datetime(2022, 3, 26, 22, tzinfo=UTC)
    assert day_starts(date(2022, 3, 27), BEIRUT).astimezone(BEIRUT).time() == time(1)


def test_a_day_that_does_not_exist_is_as_long_as_nothing() -> None:
    missing = date(2011, 12, 30)
    assert day_starts(missing, APIA) == day_ends(missing, APIA)


def test_days_of_23_and_25_hours_are_so_long() -> None:
    spring, autumn = date(2027, 3, 28), date(2027, 10, 31)
    assert day_ends(spring, BERLIN) - day_starts(spring, BERLIN) == timedelta(hours=23)
    assert day_ends(autumn, BERLIN) - day_starts(autumn, BERLIN) == timedelta(hours=25)


def test_an_hour_that_is_skipped_begins_where_the_gap_ends() -> None:
    found = instant_of(date(2027, 3, 28), time(2, 30), BERLIN)
    assert found == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_of_an_hour_that_comes_twice_the_first_counts() -> None:
    found = instant_of(date(2027, 10, 31), time(2, 30), BERLIN)
    assert found == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


@given(instants, zones)
def test_every_instant_lies_within_its_own_day(now: datetime, zone: ZoneInfo) -> None:
    day = business_day(now, zone)
    assert day_starts(day, zone) <= now < day_ends(day, zone)


@given(days, times, zones)
def test_an_instant_shows_its_time_or_the_end_of_the_gap_over_it(
    day: date, at: time, zone: ZoneInfo
) -> None:
    shown = instant_of(day, at, zone).astimezone(zone).replace(tzinfo=None)
    just_before = (instant_of(day, at, zone) - timedelta(seconds=1)).astimezone(zone)
    wanted = datetime.combine(day, at)
    assert shown >= wanted
    assert shown == wanted or just_before.replace(tzinfo=None) < wanted


@given(days, st.integers(0, 600))
def test_a_month_on_is_never_later_than_the_month_s_end_and_keeps_the_day_where_there_is_one(
    day: date, months: int
) -> None:
    on = add_months(day, months)
    assert on.day == day.day or (on.day < day.day and (on + timedelta(days=1)).day == 1)


@pytest.mark.parametrize("year", [2024, 2027, 2028, 2100])
def test_29_february_is_there_in_leap_years_only(year: int) -> None:
    last = date(year, 2, 29) if year in (2024, 2028) else date(year, 2, 28)
    assert add_months(date(year, 1, 31), 1) == last
    assert add_months(date(2024, 2, 29), (year - 2024) * 12) == last


@given(days, zones)
def test_days_follow_each_other_without_gap_or_overlap_through_every_clock_change(
    day: date, zone: ZoneInfo
) -> None:
    assert day_ends(day, zone) == day_starts(day + timedelta(days=1), zone)
    starts, ends = day_starts(day, zone), day_ends(day, zone)
    assert starts <= ends
    if starts < ends:
        assert business_day(starts, zone) == day
        assert business_day(ends - timedelta(seconds=1), zone) == day

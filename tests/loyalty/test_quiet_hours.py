"""Rule 20: hours without adverts, over midnight and through clock changes."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.calendar import instant_of
from loyalty.quiet_hours import QuietHours
from tests.loyalty.instants import instants

MOSCOW = ZoneInfo("Europe/Moscow")
BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(time(21), time(9))

minutes = st.integers(0, 1439).map(lambda minute: time(minute // 60, minute % 60))
windows = st.builds(QuietHours, minutes, minutes)
zones = st.sampled_from(
    list(map(ZoneInfo, ("UTC", "Europe/Moscow", "Europe/Berlin", "Asia/Beirut", "Pacific/Apia")))
)
near_clock_changes = st.builds(
    lambda change, minute: change + timedelta(minutes=minute),
    st.sampled_from([datetime(2027, 3, 28, tzinfo=UTC), datetime(2027, 10, 31, tzinfo=UTC)]),
    st.integers(-600, 600),
)


def moscow(hour: int, minute: int = 0, day: int = 15) -> datetime:
    return datetime(2027, 3, day, hour, minute, tzinfo=MOSCOW).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "quiet"),
    [
        (moscow(20, 59), False),
        (moscow(21), True),
        (moscow(0), True),
        (moscow(8, 59), True),
        (moscow(9), False),
    ],
)
def test_the_night_begins_at_its_first_minute_and_ends_before_its_last(
    now: datetime, *, quiet: bool
) -> None:
    assert NIGHT.is_quiet(now, MOSCOW) is quiet


def test_a_window_within_the_day_is_quiet_within_it_only() -> None:
    lunch = QuietHours(time(13), time(14))
    assert lunch.is_quiet(moscow(13), MOSCOW)
    assert lunch.is_quiet(moscow(13, 30), MOSCOW)
    assert not lunch.is_quiet(moscow(14), MOSCOW)
    assert not lunch.is_quiet(moscow(3), MOSCOW)


def test_equal_ends_are_no_window() -> None:
    assert not QuietHours(time(9), time(9)).is_quiet(moscow(9), MOSCOW)
    assert not QuietHours(time(0), time(0)).is_quiet(moscow(0), MOSCOW)


def test_the_next_allowed_instant_is_this_mornings_or_tomorrows_end() -> None:
    assert NIGHT.next_allowed(moscow(23), MOSCOW) == moscow(9, day=16)
    assert NIGHT.next_allowed(moscow(3), MOSCOW) == moscow(9)
    assert NIGHT.next_allowed(moscow(12), MOSCOW) == moscow(12)


def test_an_end_that_the_clocks_skip_comes_where_the_gap_ends() -> None:
    hours = QuietHours(time(21), time(2, 30))
    before_gap = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)  # 01:30 in Berlin
    assert hours.next_allowed(before_gap, BERLIN) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_an_end_that_comes_twice_ends_the_second_quiet_too() -> None:
    hours = QuietHours(time(21), time(2, 30))
    second_pass = datetime(2027, 10, 31, 1, 10, tzinfo=UTC)  # 02:10 for the second time
    assert hours.is_quiet(second_pass, BERLIN)
    assert hours.next_allowed(second_pass, BERLIN) == datetime(2027, 10, 31, 1, 30, tzinfo=UTC)


@given(windows, zones, instants | near_clock_changes)
def test_the_next_allowed_instant_is_allowed_and_at_most_two_days_off(
    hours: QuietHours, zone: ZoneInfo, now: datetime
) -> None:
    allowed = hours.next_allowed(now, zone)
    assert not hours.is_quiet(allowed, zone)
    assert now <= allowed <= now + timedelta(hours=49)
    assert (allowed == now) is not hours.is_quiet(now, zone)


@given(windows, instants)
def test_without_clock_changes_no_earlier_minute_is_allowed(
    hours: QuietHours, now: datetime
) -> None:
    zone = ZoneInfo("Asia/Kathmandu")
    allowed = hours.next_allowed(now, zone)
    minute = now
    while minute < allowed:
        assert hours.is_quiet(minute, zone)
        minute += timedelta(minutes=1)
    local = allowed.astimezone(zone)
    assert allowed in (now, instant_of(local.date(), hours.to, zone))

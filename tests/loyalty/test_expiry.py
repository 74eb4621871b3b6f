"""Rule 11: every lot is announced before it goes."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from loyalty.expiry import may_expire, warning_due

LAST_DAY = date(2027, 3, 31)
WARN_DAYS = (30, 7, 1)


def due(days_left: int, last_warned_ahead: int | None = None) -> int | None:
    return warning_due(LAST_DAY, WARN_DAYS, last_warned_ahead, LAST_DAY - timedelta(days_left))


def test_rule_11_warnings_come_30_7_and_1_days_ahead() -> None:
    assert due(31) is None
    assert due(30) == 30
    assert due(29, last_warned_ahead=30) is None
    assert due(7, last_warned_ahead=30) == 7
    assert due(1, last_warned_ahead=7) == 1


def test_of_warnings_that_were_slept_through_only_the_nearest_is_given() -> None:
    assert due(5) == 7
    assert due(0) == 1
    assert due(0, last_warned_ahead=1) is None


def test_rule_11_a_lot_past_its_day_is_still_warned_first() -> None:
    assert due(-40) == 1


def test_rule_11_a_lot_goes_only_after_a_warning_on_an_earlier_day() -> None:
    day_after = LAST_DAY + timedelta(days=1)
    assert not may_expire(LAST_DAY, LAST_DAY - timedelta(days=1), LAST_DAY)
    assert may_expire(LAST_DAY, LAST_DAY, day_after)
    assert not may_expire(LAST_DAY, None, day_after)
    assert not may_expire(LAST_DAY, day_after, day_after)


@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=80),
    st.lists(st.integers(1, 60), min_size=1, max_size=5, unique=True),
)
def test_rule_11_however_the_clock_jumps_nothing_goes_unannounced(
    jumps: list[int], warn_days: list[int]
) -> None:
    today = LAST_DAY - timedelta(days=100)
    warned_ahead: int | None = None
    warnings: list[int] = []
    last_warning_on: date | None = None
    for jump in [*jumps, 1, 1]:
        today += timedelta(days=jump)
        if may_expire(LAST_DAY, last_warning_on, today):
            assert last_warning_on is not None
            assert last_warning_on < today
            break
        ahead = warning_due(LAST_DAY, warn_days, warned_ahead, today)
        if ahead is not None:
            warnings.append(ahead)
            warned_ahead = ahead
            if ahead == min(warn_days):
                last_warning_on = today
    assert warnings == sorted(set(warnings), reverse=True)

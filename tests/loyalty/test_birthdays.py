"""Rule 15: the birthday gift, its year and its edges."""

from datetime import date, time, timedelta
from itertools import groupby

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from loyalty.birthdays import Birthday, BirthdayYear, gift_due, gift_points, observed_on
from loyalty.programme import Programme
from tests.loyalty.programme_files import programme_of

LONG_AGO = date(2020, 1, 1)
MORNING = time(10)
days_of_life = st.dates(date(1930, 1, 1), date(2020, 12, 31))
todays = st.dates(date(2025, 1, 1), date(2035, 12, 31))


def due(
    programme: Programme,
    birthday: Birthday,
    today: date,
    at: time = MORNING,
    told_on: date = LONG_AGO,
) -> BirthdayYear | None:
    return gift_due(programme, birthday, told_on=told_on, today=today, at=at)


def test_29_february_is_greeted_on_28_february_in_common_years() -> None:
    leapling = Birthday(29, 2, 1996)
    assert observed_on(leapling, 2027, (2, 28)) == date(2027, 2, 28)
    assert observed_on(leapling, 2028, (2, 28)) == date(2028, 2, 29)


def test_29_february_may_be_greeted_on_1_march_instead() -> None:
    programme = programme_of('[birthday]\npoints = 5\nleap_day = "03-01"\n')
    occasion = due(programme, Birthday(29, 2), date(2027, 3, 1))
    assert occasion is not None
    assert occasion.observed_on == date(2027, 3, 1)
    assert due(programme, Birthday(29, 2), date(2027, 2, 28)) is None


def test_there_is_no_30_february() -> None:
    with pytest.raises(ValueError, match="day"):
        Birthday(30, 2)
    with pytest.raises(ValueError, match="day"):
        Birthday(29, 2, 1985)


def test_the_gift_is_due_from_its_hour_on(programme: Programme) -> None:
    birthday = Birthday(12, 3)
    day = date(2027, 3, 12)
    assert due(programme, birthday, day, time(9, 59)) is None
    occasion = due(programme, birthday, day, time(10))
    assert occasion == BirthdayYear(2027, day, day, date(2027, 3, 26))


def test_rule_15_a_gift_missed_is_caught_up_for_valid_days_then_skipped(
    programme: Programme,
) -> None:
    birthday = Birthday(12, 3)
    caught_up = due(programme, birthday, date(2027, 3, 26), time(0))
    assert caught_up is not None
    assert caught_up.year == 2027
    assert due(programme, birthday, date(2027, 3, 27)) is None


def test_rule_15_a_birthday_told_less_than_30_days_ahead_gives_nothing_that_year(
    programme: Programme,
) -> None:
    birthday = Birthday(12, 3)
    day = date(2027, 3, 12)
    assert due(programme, birthday, day, told_on=day - timedelta(days=30)) is not None
    assert due(programme, birthday, day, told_on=day - timedelta(days=29)) is None
    assert due(programme, birthday, day, told_on=day) is None


def test_a_gift_sent_ahead_of_new_year_belongs_to_the_birthdays_own_year() -> None:
    programme = programme_of("[birthday]\npoints = 5\ndays_before = 7\n")
    occasion = due(programme, Birthday(3, 1), date(2026, 12, 27))
    assert occasion is not None
    assert (occasion.year, occasion.due_on) == (2027, date(2026, 12, 27))
    again = due(programme, Birthday(3, 1), date(2027, 1, 3))
    assert again == occasion


def test_a_december_gift_caught_up_in_january_belongs_to_december(programme: Programme) -> None:
    occasion = due(programme, Birthday(31, 12), date(2027, 1, 5))
    assert occasion is not None
    assert occasion.year == 2026


def test_without_the_section_no_gift_is_ever_due() -> None:
    programme = programme_of("")
    assert due(programme, Birthday(12, 3), date(2027, 3, 12)) is None
    assert gift_points(programme, "base") == 0


def test_the_gift_may_depend_on_the_tier(programme: Programme) -> None:
    assert gift_points(programme, "silver") == 300
    assert gift_points(programme, "gold") == 500


@given(days_of_life, todays, st.integers(0, 30), st.integers(1, 90))
def test_rule_15_every_birthday_of_a_year_is_due_in_one_stretch_of_days(
    born_on: date, first_day: date, days_before: int, valid_days: int
) -> None:
    programme = programme_of(
        f"[birthday]\npoints = 5\ndays_before = {days_before}\nvalid_days = {valid_days}\n"
    )
    birthday = Birthday(born_on.day, born_on.month, born_on.year)
    days = [first_day + timedelta(days=ahead) for ahead in range(3 * 366)]
    found = [due(programme, birthday, day) for day in days]
    years = [None if occasion is None else occasion.year for occasion in found]
    stretches = [year for year, _ in groupby(years) if year is not None]
    assert stretches == sorted(set(stretches))
    assert len(stretches) >= 2
    assert years.count(stretches[1]) == days_before + 1 + valid_days


@given(days_of_life, todays, todays)
def test_what_is_due_lies_within_its_own_window_and_was_told_in_time(
    programme: Programme, born_on: date, today: date, told_on: date
) -> None:
    assume(told_on <= today)
    birthday = Birthday(born_on.day, born_on.month, born_on.year)
    occasion = due(programme, birthday, today, told_on=told_on)
    if occasion is not None:
        assert occasion.due_on <= today <= occasion.last_day
        assert occasion.observed_on.year == occasion.year
        assert told_on <= occasion.observed_on - timedelta(days=30)

"""Birthdays as people type them."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.birthdays import Birthday, BirthdayFault, BirthdayUnreadable, read_birthday

TODAY = date(2027, 6, 15)
RUSSIAN = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
ENGLISH = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


@pytest.mark.parametrize(
    "text", ["12.03", "12.3", " 12 . 03 ", "12/03", "12-03", "12.03.", "12 03",
             "12 марта", "12 Мар.", "12-го марта", "12марта", "12 March",
             "12th march", "March 12", "mar 12th"],
)  # fmt: skip
def test_a_day_and_a_month_are_enough(text: str) -> None:
    assert read_birthday(text, TODAY) == Birthday(12, 3)


@pytest.mark.parametrize(
    "text", ["12.03.1985", "12/03/1985", "12-3-1985", "1985-03-12", "1985.3.12",
             "12 03 1985", "12031985", "12.03.1985 г.",
             "12 марта 1985", "12 МАРТА 1985 года", "12 марта 1985г.", "March 12, 1985",
             "12 March 1985", "12 March, 1985"],
)  # fmt: skip
def test_the_year_may_be_told_too(text: str) -> None:
    assert read_birthday(text, TODAY) == Birthday(12, 3, 1985)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", BirthdayFault.FORM),
        ("завтра", BirthdayFault.FORM),
        ("12", BirthdayFault.FORM),
        ("12 мартабря", BirthdayFault.FORM),
        ("12.03.1985.01", BirthdayFault.FORM),
        ("１２.03", BirthdayFault.FORM),
        ("12 03 1985 привет", BirthdayFault.FORM),
        ("120385", BirthdayFault.FORM),
        ("19850312", BirthdayFault.TOO_OLD),
        ("31.04", BirthdayFault.NO_SUCH_DAY),
        ("30.02", BirthdayFault.NO_SUCH_DAY),
        ("29.02.1985", BirthdayFault.NO_SUCH_DAY),
        ("03/25/1985", BirthdayFault.NO_SUCH_DAY),
        ("0.3", BirthdayFault.NO_SUCH_DAY),
        ("0000-03-12", BirthdayFault.TOO_OLD),
        ("12.03.1900", BirthdayFault.TOO_OLD),
        ("12.03.85", BirthdayFault.SHORT_YEAR),
        ("16.06.2027", BirthdayFault.FUTURE),
        ("12.03.2099", BirthdayFault.FUTURE),
    ],
)
def test_what_is_no_birthday_is_refused_with_the_reason(text: str, fault: BirthdayFault) -> None:
    with pytest.raises(BirthdayUnreadable) as refused:
        read_birthday(text, TODAY)
    assert refused.value.fault is fault


def test_29_february_is_a_birthday() -> None:
    assert read_birthday("29.02", TODAY) == Birthday(29, 2)
    assert read_birthday("29 февраля 1996", TODAY) == Birthday(29, 2, 1996)


def test_somebody_of_120_is_believed_and_nobody_older() -> None:
    assert read_birthday("1.1.1907", TODAY) == Birthday(1, 1, 1907)
    with pytest.raises(BirthdayUnreadable) as refused:
        read_birthday("31.12.1906", TODAY)
    assert refused.value.fault is BirthdayFault.TOO_OLD


def test_who_was_born_today_may_say_so() -> None:
    assert read_birthday("15.06.2027", TODAY) == Birthday(15, 6, 2027)


@given(st.dates(date(1920, 1, 1), TODAY))
def test_every_birthday_is_read_back_in_every_form(born_on: date) -> None:
    day, month, year = born_on.day, born_on.month, born_on.year
    for text in (
        f"{day:02}.{month:02}.{year}",
        f"{day}/{month}/{year}",
        born_on.isoformat(),
        f"{day} {RUSSIAN[month - 1]} {year}",
        f"{ENGLISH[month - 1]} {day}, {year}",
    ):
        assert read_birthday(text, TODAY) == Birthday(day, month, year)


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{1,4}[./ -][0-9]{1,4}([./ -][0-9]{1,5})?"))
def test_no_text_breaks_the_reading(text: str) -> None:
    with suppress(BirthdayUnreadable):
        read_birthday(text, TODAY)

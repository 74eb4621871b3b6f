"""When a birthday is observed, when its gift is due (rule 15), and how people write theirs."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from loyalty.programme.model import BirthdayRules, Programme
from loyalty.refusals import Refusal

TOLD_AHEAD_MIN_DAYS = 30
AGE_MAX_YEARS = 120
_LEAP_YEAR = 2000


@dataclass(frozen=True)
class Birthday:
    """A day and a month, and the year where the person tells it; raises ValueError if there is
    no such day."""

    day: int
    month: int
    year: int | None = None

    def __post_init__(self) -> None:
        date(_LEAP_YEAR if self.year is None else self.year, self.month, self.day)


@dataclass(frozen=True)
class BirthdayYear:
    """One birthday of somebody; `year` is the birthday's own and keys the one gift."""

    year: int
    observed_on: date
    due_on: date  # `days_before` the birthday
    last_day: date  # a missed gift is given until here, then skipped


def observed_on(birthday: Birthday, year: int, leap_day: tuple[int, int]) -> date:
    """The day on which it is greeted that year; `leap_day` is month and day for 29 February
    where there is none."""
    try:
        return date(year, birthday.month, birthday.day)
    except ValueError:
        return date(year, *leap_day)


def gift_due(
    programme: Programme, birthday: Birthday, *, told_on: date, today: date, at: time
) -> BirthdayYear | None:
    """The birthday whose gift is due now, at this local day and time; None: no gift is.

    Due from `send_at` of the due day on, caught up through `last_day`, unless the birthday was
    entered or last changed (`told_on`) less than 30 days ahead of it. Who has had the gift of
    that `year` is the ledger's to know.
    """
    rules = programme.birthday
    if rules is None:
        return None
    for occasion in _around(rules, birthday, today):
        begun = today > occasion.due_on or (today == occasion.due_on and at >= rules.send_at)
        told_ahead_days = (occasion.observed_on - told_on).days
        if begun and today <= occasion.last_day and told_ahead_days >= TOLD_AHEAD_MIN_DAYS:
            return occasion
    return None


def _around(rules: BirthdayRules, birthday: Birthday, today: date) -> Iterator[BirthdayYear]:
    """The birthdays whose window can hold this day: last December's until next January's."""
    for year in (today.year - 1, today.year, today.year + 1):
        observed = observed_on(birthday, year, rules.leap_day)
        yield BirthdayYear(
            year=year,
            observed_on=observed,
            due_on=observed - timedelta(days=rules.days_before),
            last_day=observed + timedelta(days=rules.valid_days),
        )


def gift_points(programme: Programme, tier_code: str) -> int:
    """What the birthday is worth to a client of this tier; 0 where the gift is switched off."""
    rules = programme.birthday
    return 0 if rules is None else rules.points_by_tier.get(tier_code, rules.points)


class BirthdayFault(StrEnum):
    """What is wrong with a birthday as it was typed."""

    FORM = "form"  # not a date in any form that is known here
    NO_SUCH_DAY = "no-such-day"
    SHORT_YEAR = "short-year"  # "85": nobody is made to guess a century
    FUTURE = "future"
    TOO_OLD = "too-old"


class BirthdayUnreadable(Refusal):
    """The text is no birthday; `fault` says why."""

    def __init__(self, text: str, fault: BirthdayFault) -> None:
        super().__init__(text, fault)
        self.text = text
        self.fault = fault


_MONTH_WORDS = (
    "январь января янв january jan",
    "февраль февраля фев февр february feb",
    "март марта мар march mar",
    "апрель апреля апр april apr",
    "май мая may",
    "июнь июня июн june jun",
    "июль июля июл july jul",
    "август августа авг august aug",
    "сентябрь сентября сен сент september sep sept",
    "октябрь октября окт october oct",
    "ноябрь ноября ноя нояб november nov",
    "декабрь декабря дек december dec",
)
_MONTH_OF = {word: number for number, words in enumerate(_MONTH_WORDS, 1) for word in words.split()}
_DAY = r"(?P<day>[0-9]{1,2})"
_YEAR = r"(?P<year>[0-9]{4}|[0-9]{2})(?:\s*(?:г\.?|года?))?"
_BETWEEN = r"(?:\s*[./-]\s*|\s+)"
_WORD = r"(?P<word>[a-zа-я]{3,9})\.?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_DAY}{_BETWEEN}(?P<month>[0-9]{{1,2}})(?:{_BETWEEN}{_YEAR})?\.?",
        rf"(?P<year>[0-9]{{4}})[./-](?P<month>[0-9]{{1,2}})[./-]{_DAY}",
        r"(?P<day>[0-9]{2})(?P<month>[0-9]{2})(?P<year>[0-9]{4})",
        rf"{_DAY}(?:-?го|st|nd|rd|th)?\s*{_WORD}(?:,?\s*{_YEAR})?",
        rf"{_WORD}\s+{_DAY}(?:st|nd|rd|th)?(?:,?\s+{_YEAR})?",
    )
)


def read_birthday(text: str, today: date) -> Birthday:
    """Read "12.03", "12 03 1985", "12031985", "1985-03-12", "12 марта 1985 г.", "March 12".

    The day stands before the month, except behind a year.

    Raises BirthdayUnreadable.
    """
    typed = text.strip().lower()
    found = next(filter(None, (form.fullmatch(typed) for form in _FORMS)), None)
    if found is None:
        raise BirthdayUnreadable(text, BirthdayFault.FORM)
    named = found.groupdict()
    month = int(named["month"]) if named.get("month") else _MONTH_OF.get(named.get("word") or "")
    if month is None:
        raise BirthdayUnreadable(text, BirthdayFault.FORM)
    if named["year"] and len(named["year"]) == len("85"):
        raise BirthdayUnreadable(text, BirthdayFault.SHORT_YEAR)
    year = int(named["year"]) if named["year"] else None
    if year is not None and year < today.year - AGE_MAX_YEARS:
        raise BirthdayUnreadable(text, BirthdayFault.TOO_OLD)
    try:
        birthday = Birthday(int(named["day"]), month, year)
    except ValueError:
        raise BirthdayUnreadable(text, BirthdayFault.NO_SUCH_DAY) from None
    if year is not None and date(year, birthday.month, birthday.day) > today:
        raise BirthdayUnreadable(text, BirthdayFault.FUTURE)
    return birthday

"""When a client of the demo has their next birthday, and whether a gift will come with it."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from loyalty.birthdays import TOLD_AHEAD_MIN_DAYS, Birthday, observed_on
from loyalty.calendar import business_day, instant_of
from loyalty.programme import Programme
from storage.clients import Client

SHORTLY_AFTER = timedelta(minutes=1)
MIDDAY = time(12)
LEAP_DAY = (2, 28)


@dataclass(frozen=True)
class NextBirthday:
    """The moment at which it is celebrated; `has_gift` is False for one that was told too late."""

    moment: datetime
    has_gift: bool


def next_birthday(programme: Programme, client: Client, now: datetime) -> NextBirthday | None:
    """The first moment after now just past the hour of the gift; None: no birthday is known."""
    if client.birthday_day is None or client.birthday_month is None:
        return None
    birthday = Birthday(client.birthday_day, client.birthday_month)
    rules, zone = programme.birthday, programme.business.timezone
    at, leap_day = (MIDDAY, LEAP_DAY) if rules is None else (rules.send_at, rules.leap_day)
    today = business_day(now, zone)
    for year in (today.year, today.year + 1):
        day = observed_on(birthday, year, leap_day)
        moment = instant_of(day, at, zone) + SHORTLY_AFTER
        if moment > now:
            has_gift = rules is not None and _told_in_time(client, day, today)
            return NextBirthday(moment, has_gift)
    raise AssertionError("next year's birthday lies ahead")


def _told_in_time(client: Client, day: date, today: date) -> bool:
    told_on = client.birthday_told_on or today
    return (day - told_on).days >= TOLD_AHEAD_MIN_DAYS

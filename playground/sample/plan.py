"""The two years of the sample business as a plan: who registers and comes when, for what bill."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loyalty.calendar import instant_of, local_time
from playground.sample.clients import HISTORY_DAYS, Habit, SampleClient, sample_clients

OPENS, OPEN_MINUTES = time(10), 9 * 60 + 30
OFFICE_HOUR = time(12)  # when gifts fall due and what lapses is looked at
ROUND_DAYS = 13  # below `valid_days` of a birthday, so that none is missed
BIG_ORDER_CHANCE = 0.03
MISTAKE_CHANCE = 0.012


@dataclass(frozen=True)
class Registration:
    """A stranger becomes a client."""

    at: datetime
    client: SampleClient


@dataclass(frozen=True)
class Attendance:
    """A client is served; `bill` in minor units."""

    at: datetime
    client: SampleClient
    service: str
    bill: int
    is_mistaken: bool = False  # taken back at once


@dataclass(frozen=True)
class Round:
    """What time brings about: birthdays, lapses, what expires."""

    at: datetime


Happening = Registration | Attendance | Round


def plan(
    anchor: date, until: datetime, zone: ZoneInfo, newest_days: int = HISTORY_DAYS
) -> list[Happening]:
    """All that happened before `until`, in order, to clients who came in the newest days.

    The story is told in days before the anchor and goes on after it; the same anchor has the same
    story, only longer or shorter.
    """
    happenings: list[Happening] = []
    for client in sample_clients():
        if client.joined_days_ago <= newest_days:
            happenings += _life(client, anchor, until, zone)
    first = min(happening.at for happening in happenings)
    happenings += _rounds(first, anchor, until, zone)
    return sorted((h for h in happenings if h.at < until), key=lambda h: h.at)


def _life(
    client: SampleClient, anchor: date, until: datetime, zone: ZoneInfo
) -> Iterator[Happening]:
    dice = random.Random(client.telegram_id)  # noqa: S311 - a story, no secret
    at = _moment(anchor - timedelta(days=client.joined_days_ago), zone, dice)
    yield Registration(at, client)
    # The first visit is the reason why somebody registers: at the desk, minutes later.
    at += timedelta(minutes=dice.randint(3, 12))
    last = until if client.left_days_ago is None else _noon(anchor, -client.left_days_ago, zone)
    while at < last:
        yield _attendance(at, client, dice)
        day = local_time(at, zone).date() + timedelta(days=dice.randint(*client.habit.value))
        at = _moment(day, zone, dice)


def _noon(anchor: date, days: int, zone: ZoneInfo) -> datetime:
    return instant_of(anchor + timedelta(days=days), OFFICE_HOUR, zone)


def _moment(day: date, zone: ZoneInfo, dice: random.Random) -> datetime:
    return instant_of(day, OPENS, zone) + timedelta(minutes=dice.randint(0, OPEN_MINUTES))


def _attendance(at: datetime, client: SampleClient, dice: random.Random) -> Attendance:
    service = dice.choices(("repair", "filter", "certificate"), weights=(62, 33, 5))[0]
    roubles = {
        "repair": dice.choice((900, 1400, 1900, 2400, 2900, 3600, 4800)),
        "filter": dice.choice((690, 890, 1190, 1490)),
        "certificate": dice.choice((2000, 3000, 5000)),
    }[service]
    bill = round(roubles * client.spends / 10) * 10
    if service == "repair" and client.habit is not Habit.ONCE and dice.random() < BIG_ORDER_CHANCE:
        bill = dice.choice((12_500, 18_900, 24_700))
    is_mistaken = dice.random() < MISTAKE_CHANCE
    return Attendance(at, client, service, bill * 100, is_mistaken)


def _rounds(first: datetime, anchor: date, until: datetime, zone: ZoneInfo) -> Iterator[Round]:
    """Every thirteenth noon up to the day before the anchor, every noon from there on."""
    days = -1
    while (at := _noon(anchor, days, zone)) > first:
        yield Round(at)
        days -= ROUND_DAYS
    days = 0
    while (at := _noon(anchor, days, zone)) < until:
        yield Round(at)
        days += 1

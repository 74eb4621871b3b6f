"""The two years of the sample business as a plan: who registers and comes when, for what bill."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loyalty.calendar import instant_of, local_time
from playground.sample.clients import HISTORY_DAYS, Habit, SampleClient, crowd
from playground.sample.happenings import (
    Attendance,
    Happening,
    OldCards,
    Opinion,
    Registration,
    Reply,
    Round,
)
from playground.sample.heroes import HEROES

ROUNDS_SINCE_DAYS = 400  # what older gifts and lapses would add nobody looks at
OPENS, OPEN_MINUTES = time(10), 9 * 60 + 30
OFFICE_HOUR = time(12)  # when gifts fall due and what lapses is looked at
ROUND_DAYS = 13  # below `valid_days` of a birthday, so that none is missed
COUNTER_TIMES = (time(10, 12), time(10, 41), time(13, 20), time(16, 5))
COMPLAINED_AT, ANSWERED_AT = time(20, 10), time(20)
COMPLAINT_UP_TO = 3
OPINION_CHANCE = 0.2
BIG_ORDER_CHANCE = 0.03
MISTAKE_CHANCE = 0.012
POINTS_CHANCE = 0.12
OLD_CARDS_DAYS_AGO = 25


_WORDS = {
    "ru": {
        5: ("Быстро и аккуратно, спасибо!", "Олег — мастер своего дела.", "", "Всё отлично."),
        4: ("Хорошо, но пришлось подождать.", ""),
        3: ("Нормально, ожидал большего.",),
        2: ("Обещали за два дня, а вышло пять.", "Не предупредили о цене детали."),
        1: ("Поломка вернулась через неделю.",),
    },
    "en": {
        5: ("Quick and neat, thank you!", ""),
        4: ("Good, though I had to wait.",),
        3: ("Fine, I had hoped for more.",),
        2: ("Two days were promised, it took five.",),
        1: ("It broke again within a week.",),
    },
}


def plan(
    anchor: date, until: datetime, zone: ZoneInfo, newest_days: int = HISTORY_DAYS
) -> list[Happening]:
    """All that happened before `until`, in order; of the crowd, to who came in the newest days.

    The story is told in days before the anchor and goes on after it; the same anchor has the same
    story, only longer or shorter.
    """
    happenings: list[Happening] = []
    for client in crowd():
        if client.joined_days_ago <= newest_days:
            happenings += _life(client, anchor, until, zone)
    for hero in HEROES:
        happenings += hero.story(anchor, zone)
    happenings.append(OldCards(_noon(anchor, -OLD_CARDS_DAYS_AGO, zone)))
    happenings += _counter_days(anchor, until, zone, newest_days)
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
        attendance = _attendance(at, client, dice)
        yield attendance
        if dice.random() < OPINION_CHANCE and not attendance.is_mistaken:
            yield from _opinion(at, client, dice)
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
    pays_with_points = dice.random() < POINTS_CHANCE
    return Attendance(at, client, service, bill * 100, is_mistaken, pays_with_points)


def _opinion(at: datetime, client: SampleClient, dice: random.Random) -> Iterator[Happening]:
    """Some hours later; what was bad is answered the day after."""
    rating = dice.choices((5, 4, 3, 2, 1), weights=(66, 22, 6, 4, 2))[0]
    told_at = at + timedelta(minutes=dice.randint(185, 300))
    yield Opinion(told_at, client, rating, dice.choice(_WORDS[client.language][rating]))
    if rating <= COMPLAINT_UP_TO:
        yield Reply(told_at + timedelta(hours=dice.randint(14, 22)), client)


def _counter_days(
    anchor: date, until: datetime, zone: ZoneInfo, newest_days: int
) -> Iterator[Happening]:
    """From the day before the anchor on nobody finds the counter empty.

    Every other day the last client is not content, and waits for an answer until the next evening.
    """
    regulars = [
        client
        for client in crowd()
        if client.left_days_ago is None and 2 < client.joined_days_ago <= newest_days
    ]
    day = anchor - timedelta(days=1)
    while instant_of(day, time(), zone) < until:
        dice = random.Random(day.toordinal())  # noqa: S311 - a story, no secret
        guests = dice.sample(regulars, min(len(COUNTER_TIMES), len(regulars)))
        for client, at in zip(guests, COUNTER_TIMES, strict=False):
            attendance = _attendance(instant_of(day, at, zone), client, dice)
            yield replace(attendance, is_mistaken=False)
        if guests and (day - anchor).days % 2:
            words = _WORDS[guests[-1].language][2][0]
            yield Opinion(instant_of(day, COMPLAINED_AT, zone), guests[-1], 2, words)
            next_day = day + timedelta(days=1)
            yield Reply(instant_of(next_day, ANSWERED_AT, zone), guests[-1])
        day += timedelta(days=1)


def _rounds(first: datetime, anchor: date, until: datetime, zone: ZoneInfo) -> Iterator[Round]:
    """Every thirteenth noon of the last year up to the anchor, every noon from there on."""
    days = -1
    while days > -ROUNDS_SINCE_DAYS and (at := _noon(anchor, days, zone)) > first:
        yield Round(at)
        days -= ROUND_DAYS
    days = 0
    while (at := _noon(anchor, days, zone)) < until:
        yield Round(at)
        days += 1

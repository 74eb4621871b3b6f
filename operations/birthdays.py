"""The gift for a birthday (rule 15): once a year, caught up for a while, none for one told late.

The year is the birthday's own; it is in the claim, in the ledger's key and in the greeting's, each
of which alone would hold a second gift back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from loyalty.birthdays import Birthday, BirthdayYear, gift_due, gift_points, observed_on
from loyalty.calendar import business_day, instant_of, local_time
from loyalty.programme.model import BirthdayRules
from operations.due import Due, DuePage, NotDueNow
from operations.ledger import EntryKind, grant
from operations.outgoing import notify, to_client
from operations.transaction import Tx
from storage import birthdays, clients
from storage.birthdays import Span
from storage.clients import Client, ClientStatus
from templates.occasions import Birthday as BirthdayGreeting
from templates.occasions import Timing

JOB = "birthday"
LATE_AFTER = timedelta(hours=1)  # a greeting that was missed by so much waits for the morning
_LEAP_BIRTHDAY = Birthday(29, 2)


@dataclass(frozen=True)
class Congratulated:
    """The gift was given, or the kind words alone where `points` is 0."""

    points: int
    valid_through: date


async def due_birthdays(tx: Tx, after: int, limit: int) -> DuePage:
    """Clients whose gift is due now and was not given; the period is the birthday's year."""
    rules = tx.programme.birthday
    if rules is None:
        return DuePage()
    spans = tuple(_spans(rules, tx.today))
    page = await birthdays.ungreeted(tx.db, JOB, spans, after_id=after, limit=limit)
    found = []
    for client in page:
        told_on = client.told_on or business_day(client.created_at, tx.programme.business.timezone)
        occasion = _due(tx, Birthday(client.day, client.month), told_on)
        if occasion is not None:
            found.append(Due(client.id, str(occasion.year)))
    return DuePage(tuple(found), page[-1].id if len(page) == limit else None)


async def congratulate(tx: Tx, due: Due) -> Congratulated:
    """Gives the gift and queues the greeting.

    Raises:
        NotDueNow: the birthday was changed or the client is gone, just before.
    """
    client = await clients.lock(tx.db, due.subject)
    occasion = None if client is None else _occasion(tx, client)
    if client is None or occasion is None or str(occasion.year) != due.period:
        raise NotDueNow("no-birthday")
    points = gift_points(tx.programme, client.tier)
    balance, rules, entry_id = client.balance, tx.programme.birthday, 0
    assert rules is not None, "no gift is due where the programme has none"
    until = tx.today + timedelta(days=rules.valid_days)
    if points:
        posted = await grant(
            tx,
            client.id,
            points,
            kind=EntryKind.BIRTHDAY,
            key=f"birthday:{client.id}:{occasion.year}",
            valid_through=until,
        )
        balance, entry_id = posted.balance_after, posted.entry_id
    greeting = BirthdayGreeting(
        business=tx.programme.business.name,
        name=client.name,
        timing=_timing(occasion, tx.today),
        points=points,
        balance=balance,
        valid_through=until if points else None,
        entry_id=entry_id,
    )
    await notify(
        tx,
        to_client(client),
        greeting,
        key=f"birthday:{client.id}:{occasion.year}",
        keeps_quiet=tx.now - _due_at(tx, rules, occasion) > LATE_AFTER,
    )
    return Congratulated(points, until)


def _occasion(tx: Tx, client: Client) -> BirthdayYear | None:
    """The birthday of an active client with the bot whose gift is due now."""
    if client.status is not ClientStatus.ACTIVE or client.telegram_id is None:
        return None
    if client.birthday_day is None or client.birthday_month is None:
        return None
    created_on = business_day(client.created_at, tx.programme.business.timezone)
    birthday = Birthday(client.birthday_day, client.birthday_month)
    return _due(tx, birthday, client.birthday_told_on or created_on)


def _due(tx: Tx, birthday: Birthday, told_on: date) -> BirthdayYear | None:
    at = local_time(tx.now, tx.programme.business.timezone).time()
    return gift_due(tx.programme, birthday, told_on=told_on, today=tx.today, at=at)


def _due_at(tx: Tx, rules: BirthdayRules, occasion: BirthdayYear) -> datetime:
    return instant_of(occasion.due_on, rules.send_at, tx.programme.business.timezone)


def _timing(occasion: BirthdayYear, today: date) -> Timing:
    if today == occasion.observed_on:
        return Timing.TODAY
    return Timing.AHEAD if today < occasion.observed_on else Timing.BELATED


def _spans(rules: BirthdayRules, today: date) -> Iterator[Span]:
    """Every day on which a birthday that may be due now was or will be, month by month."""
    first = today - timedelta(days=rules.valid_days)
    last = today + timedelta(days=rules.days_before)
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    for (year, month), of_month in groupby(days, key=lambda day: (day.year, day.month)):
        numbers = [day.day for day in of_month]
        yield Span(year, month, numbers[0], numbers[-1])
    for year in range(first.year, last.year + 1):
        observed = observed_on(_LEAP_BIRTHDAY, year, rules.leap_day)
        if first <= observed <= last and observed.day != _LEAP_BIRTHDAY.day:
            yield Span(year, _LEAP_BIRTHDAY.month, _LEAP_BIRTHDAY.day, _LEAP_BIRTHDAY.day)

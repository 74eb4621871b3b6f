"""The review of levels (rule 12): lowered only on its day, only after a warning, kindly told.

Both rounds take many clients a transaction; the client's row says what is done.
"""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime, time

from loyalty.calendar import business_day, local_time
from loyalty.programme import Level, Programme
from loyalty.tiers import (
    last_review,
    level_for,
    may_lower,
    progress,
    review_to_warn_of,
    reviewed,
    reviewed_levels,
    window_start,
)
from operations.due import Due, DuePage
from operations.outgoing import notify_each, to_client
from operations.standing import cashback_of
from operations.transaction import Tx
from storage import clients, qualifying, reviews
from storage.clients import Client, ClientStatus
from storage.reviews import Lowered
from templates.client import Way
from templates.levels import LevelAtRisk, LevelLowered

JOB = "tier_review"
WARNINGS_JOB = "tier_warnings"
WARNED_FROM = time(10)  # by the business's clock


def epoch(now: datetime, programme: Programme) -> Hashable | None:
    """The day, in which one look is enough."""
    return business_day(now, programme.business.timezone)


def warnings_epoch(now: datetime, programme: Programme) -> Hashable | None:
    """The day, from the hour on at which people are told; None while no review is near."""
    zone = programme.business.timezone
    today = business_day(now, zone)
    if local_time(now, zone).time() < WARNED_FROM:
        return None
    return None if review_to_warn_of(programme, today) is None else today


async def due_reviews(tx: Tx, after: int, limit: int) -> DuePage:
    """Clients at whom the latest review has not looked yet; the period is its day."""
    review_on = last_review(tx.programme.tiers.review, tx.today)
    page = await reviews.unreviewed(
        tx.db, _reviewed_codes(tx), review_on, after_id=after, limit=limit
    )
    found = tuple(Due(holder.id, review_on.isoformat()) for holder in page)
    return DuePage(found, page[-1].id if len(page) == limit else None)


async def due_warnings(tx: Tx, after: int, limit: int) -> DuePage:
    """Clients whom the next review would lower as things stand; the period is its day."""
    review_on = review_to_warn_of(tx.programme, tx.today)
    if review_on is None:
        return DuePage()
    page = await reviews.unwarned(
        tx.db, _reviewed_codes(tx), review_on, after_id=after, limit=limit
    )
    values = await _values(tx, [holder.id for holder in page], review_on)
    found = []
    for holder in page:
        held = tx.programme.tiers.level(holder.tier)
        if held is not None and values.get(holder.id, 0) < (held.from_ or 0):
            found.append(Due(holder.id, review_on.isoformat()))
    return DuePage(tuple(found), page[-1].id if len(page) == limit else None)


async def warn(tx: Tx, some: Sequence[Due]) -> int:
    """Tells those whom the next review would lower what it takes to stay, and until when.

    Returns how many clients somebody else was changing.
    """
    free = await clients.lock_free(tx.db, [due.subject for due in some])
    review_on = review_to_warn_of(tx.programme, tx.today)
    if review_on is None:
        return 0
    values = await _values(tx, [client.id for client in free], review_on)
    warned, notices = [], []
    for client in free:
        held = _held(tx, client)
        told = client.tier_warned_for is not None and client.tier_warned_for >= review_on
        value = values.get(client.id, 0)
        if held is None or told or value >= (held.from_ or 0):
            continue
        warned.append(client.id)
        notices.append((to_client(client), _at_risk(tx, client, held, value, review_on)))
    await reviews.mark_warned(tx.db, warned, review_on, tx.today)
    await notify_each(tx, notices)
    return len(some) - len(free)


async def review(tx: Tx, some: Sequence[Due]) -> int:
    """Puts those who were warned, and did not make up for it, on the level that they reach.

    A review that was slept through is made up for once, on the day of waking, and what the client
    has added since counts. Returns how many clients somebody else was changing.
    """
    free = await clients.lock_free(tx.db, [due.subject for due in some])
    review_on = last_review(tx.programme.tiers.review, tx.today)
    values = await _values(tx, [client.id for client in free], review_on)
    looked_at: list[int] = []
    lowered: list[Lowered] = []
    notices = []
    for client in free:
        held = _held(tx, client)
        if held is None or _is_settled(client, review_on):
            continue
        looked_at.append(client.id)
        level = reviewed(tx.programme, held, values.get(client.id, 0))
        warned = may_lower(review_on, client.tier_warned_for, client.tier_warned_on, tx.today)
        if level != held and warned:
            lowered.append(Lowered(client.id, held.code, level.code))
            notices.append((to_client(client), _lowered(tx, client, held, level, values)))
    await reviews.mark_reviewed(
        tx.db, looked_at, lowered, review_on=review_on, today=tx.today, now=tx.now
    )
    await notify_each(tx, notices)
    return len(some) - len(free)


def _held(tx: Tx, client: Client) -> Level | None:
    """The level, if it is one that reviews are about, of a client who is one."""
    level = tx.programme.tiers.level(client.tier)
    if client.status is not ClientStatus.ACTIVE or level is None or not level.from_:
        return None
    return level


def _is_settled(client: Client, review_on: date) -> bool:
    reviewed_on = client.tier_reviewed_on
    return client.tier_since >= review_on or (reviewed_on is not None and reviewed_on >= review_on)


def _reviewed_codes(tx: Tx) -> list[str]:
    return [level.code for level in reviewed_levels(tx.programme)]


async def _values(tx: Tx, client_ids: Sequence[int], review_on: date) -> Mapping[int, int]:
    """What lies in the window of that review, as far as it has come about."""
    rules = tx.programme.tiers
    since = window_start(review_on, rules.window_days)
    return await qualifying.qualifying_values_of(tx.db, client_ids, rules.qualify_by, since=since)


def _at_risk(tx: Tx, client: Client, held: Level, value: int, review_on: date) -> LevelAtRisk:
    rules = tx.programme.tiers
    return LevelAtRisk(
        name=client.name,
        level=held.name.of(client.language),
        falls_to=level_for(tx.programme, value).name.of(client.language),
        qualify_by=rules.qualify_by,
        missing=(held.from_ or 0) - value,
        review_on=review_on,
        window_days=rules.window_days,
    )


def _lowered(
    tx: Tx, client: Client, held: Level, level: Level, values: Mapping[int, int]
) -> LevelLowered:
    rules = tx.programme.tiers
    steps = progress(tx.programme, level, values.get(client.id, 0), today=tx.today)
    way = None
    if steps.next is not None:
        way = Way(rules.qualify_by, steps.missing, steps.next.name.of(client.language))
    return LevelLowered(
        name=client.name,
        level_before=held.name.of(client.language),
        level=level.name.of(client.language),
        cashback=cashback_of(tx.programme, level),
        discount=level.discount_percent,
        way=way,
        window_days=rules.window_days,
    )

"""Who has not come for long, and who was invited back, or held out, when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.clients import ClientStatus
from storage.consents import ConsentKind
from storage.outbox import Lane
from storage.tables import clients, consents, outbox, telegram_accounts, visits, win_backs
from storage.visits import VisitStatus

DAYS_MAX = 100  # the newest days with a visit; a habit older than that is none


@dataclass(frozen=True)
class Candidate:
    """A client who may be invited back, by what one query can tell."""

    id: int
    registered_on: date


@dataclass(frozen=True)
class Silence:
    """The days between which one query looks: seen last by then, not invited after that."""

    seen_until: date
    invited_until: date


def _may_be_invited(silence: Silence) -> ColumnElement[bool]:
    return and_(
        clients.c.status == ClientStatus.ACTIVE,
        clients.c.advert_consent,
        clients.c.registered_on <= silence.seen_until,
        or_(clients.c.last_visit_on.is_(None), clients.c.last_visit_on <= silence.seen_until),
        telegram_accounts.c.unreachable_since.is_(None),
        ~exists().where(
            win_backs.c.client_id == clients.c.id, win_backs.c.on_day > silence.invited_until
        ),
    )


async def candidates(
    db: AsyncConnection, silence: Silence, *, after_id: int, limit: int
) -> list[Candidate]:
    """Clients who consent to adverts and were not seen since, in pages by id."""
    return await _candidates(db, silence, clients.c.id > after_id, limit)


async def consenting_lately(
    db: AsyncConnection, silence: Silence, *, consents_max: int, limit: int
) -> list[Candidate]:
    """The same among those who gave the newest so many answers about consents."""
    newest = select(func.max(consents.c.id)).scalar_subquery()
    who = select(consents.c.client_id).where(
        consents.c.id > newest - consents_max,
        consents.c.kind == ConsentKind.ADVERT,
        consents.c.given,
    )
    return await _candidates(db, silence, clients.c.id.in_(who), limit)


async def _candidates(
    db: AsyncConnection, silence: Silence, which: ColumnElement[bool], limit: int
) -> list[Candidate]:
    query = (
        select(clients.c.id, clients.c.registered_on)
        .join(telegram_accounts, telegram_accounts.c.telegram_id == clients.c.telegram_id)
        .where(which, _may_be_invited(silence))
        .order_by(clients.c.id)
        .limit(limit)
    )
    return [Candidate(**row) for row in (await db.execute(query)).mappings()]


async def visit_days(
    db: AsyncConnection, client_ids: Sequence[int]
) -> Mapping[int, tuple[date, ...]]:
    """The newest distinct days with a visit, of each of these clients."""
    days = (
        select(visits.c.client_id, visits.c.on_day)
        .where(visits.c.client_id.in_(client_ids), visits.c.status == VisitStatus.CONFIRMED)
        .distinct()
        .subquery()
    )
    newest_first = func.row_number().over(
        partition_by=days.c.client_id, order_by=days.c.on_day.desc()
    )
    ranked = select(days, newest_first.label("place")).subquery()
    query = select(ranked.c.client_id, ranked.c.on_day).where(ranked.c.place <= DAYS_MAX)
    found: dict[int, tuple[date, ...]] = dict.fromkeys(client_ids, ())
    for row in await db.execute(query):
        found[row.client_id] += (row.on_day,)
    return found


async def adverts(
    db: AsyncConnection, client_ids: Sequence[int], *, since: datetime
) -> Mapping[int, int]:
    """How many adverts each of these clients got since that moment, or is about to get."""
    query = (
        select(outbox.c.client_id, func.count().label("many"))
        .where(
            outbox.c.client_id.in_(client_ids),
            outbox.c.lane == int(Lane.ADVERT),
            or_(
                outbox.c.status == "waiting",
                and_(outbox.c.status == "sent", outbox.c.done_at > since),
            ),
        )
        .group_by(outbox.c.client_id)
    )
    counted = {row.client_id: row.many for row in await db.execute(query)}
    return {client_id: counted.get(client_id, 0) for client_id in client_ids}


@dataclass(frozen=True)
class Before:
    """What a client was invited or held out before."""

    times: int
    last_on: date | None


async def before(db: AsyncConnection, client_id: int) -> Before:
    query = select(func.count(), func.max(win_backs.c.on_day)).where(
        win_backs.c.client_id == client_id
    )
    times, last_on = (await db.execute(query)).one()
    return Before(times, last_on)


async def add(
    db: AsyncConnection, *, client_id: int, on_day: date, holdout: bool, points: int, now: datetime
) -> None:
    """Writes down that the client was invited, or held out, on that day."""
    await db.execute(
        insert(win_backs).values(
            client_id=client_id, on_day=on_day, holdout=holdout, points=points, at=now
        )
    )

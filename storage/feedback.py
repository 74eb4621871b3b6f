"""What clients think of their visits: a rating, then perhaps words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, exists, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.clients import ClientStatus
from storage.job_claims import unclaimed
from storage.tables import clients, feedback, visits
from storage.visits import VisitStatus

ONCE = "once"  # the period of a request: each visit has one


@dataclass(frozen=True)
class Feedback:
    """One rating; `key` names what was asked, and the same question is answered once."""

    id: int
    client_id: int
    visit_id: int | None
    key: str
    rating: int
    words: str | None  # none: still awaited; empty: the client had none
    at: datetime

    @property
    def is_final(self) -> bool:
        return self.words is not None


_COLUMNS = tuple(feedback.c[name] for name in Feedback.__dataclass_fields__)


async def add(db: AsyncConnection, values: Mapping[str, Any]) -> Feedback | None:
    """A new rating; None if this question, or this visit, has one."""
    make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    statement = make(feedback).values(**values).on_conflict_do_nothing().returning(*_COLUMNS)
    row = (await db.execute(statement)).mappings().first()
    return None if row is None else Feedback(**row)


async def by_key(db: AsyncConnection, key: str) -> Feedback | None:
    return await _first(db, select(*_COLUMNS).where(feedback.c.key == key))


async def by_id(db: AsyncConnection, feedback_id: int) -> Feedback | None:
    return await _first(db, select(*_COLUMNS).where(feedback.c.id == feedback_id))


async def of_visit(db: AsyncConnection, visit_id: int) -> Feedback | None:
    """What the client said of this visit."""
    return await _first(db, select(*_COLUMNS).where(feedback.c.visit_id == visit_id))


async def change_rating(db: AsyncConnection, feedback_id: int, rating: int) -> None:
    await _set(db, feedback_id, {"rating": rating})


async def put_words(db: AsyncConnection, feedback_id: int, words: str) -> None:
    """The last word: the rating is final from here on."""
    await _set(db, feedback_id, {"words": words})


async def unasked(
    db: AsyncConnection,
    job: str,
    *,
    since: datetime,
    until: datetime,
    after_id: int,
    limit: int,
) -> list[int]:
    """Visits between the two moments that are to be asked about: the client's last of that day,
    not taken back, not rated, not asked about by this job."""
    later = visits.alias("later")
    query = (
        select(visits.c.id)
        .join(clients, clients.c.id == visits.c.client_id)
        .where(
            visits.c.at > since,
            visits.c.at <= until,
            visits.c.id > after_id,
            visits.c.status == VisitStatus.CONFIRMED,
            clients.c.telegram_id.is_not(None),
            clients.c.status == ClientStatus.ACTIVE,
            ~exists().where(feedback.c.visit_id == visits.c.id),
            ~exists().where(
                later.c.client_id == visits.c.client_id,
                later.c.on_day == visits.c.on_day,
                later.c.status == VisitStatus.CONFIRMED,
                or_(
                    later.c.at > visits.c.at,
                    and_(later.c.at == visits.c.at, later.c.id > visits.c.id),
                ),
            ),
            unclaimed(job, visits.c.id, ONCE),
        )
        .order_by(visits.c.id)
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


async def _set(db: AsyncConnection, feedback_id: int, values: Mapping[str, Any]) -> None:
    await db.execute(update(feedback).where(feedback.c.id == feedback_id).values(**values))


async def _first(db: AsyncConnection, query: Select[Any]) -> Feedback | None:
    row = (await db.execute(query)).mappings().first()
    return None if row is None else Feedback(**row)

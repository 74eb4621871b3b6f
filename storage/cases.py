"""Cases that somebody must answer: a complaint, a phone that two accounts claim.

`due_at` is until when the business owes an answer; none while it owes none. A case changes hands
under a lock on its row: whoever was quicker is told to the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.job_claims import unclaimed
from storage.tables import case_messages, cases, clients, disputes


class CaseKind(StrEnum):
    COMPLAINT = "complaint"
    PHONE = "phone"  # another account holds the card of this phone


class CaseStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class Author(StrEnum):
    CLIENT = "client"
    STAFF = "staff"


@dataclass(frozen=True)
class Case:
    """A case as the table knows it; `id` is the number that people see."""

    id: int
    client_id: int
    kind: CaseKind
    feedback_id: int | None
    visit_id: int | None
    telegram_id: int | None  # the account that claims the phone
    status: CaseStatus
    opened_at: datetime
    due_at: datetime | None
    reminded_at: datetime | None  # that it is late
    answered_at: datetime | None  # first
    closed_at: datetime | None
    closed_by: int | None

    @property
    def is_open(self) -> bool:
        return self.status is CaseStatus.OPEN


@dataclass(frozen=True)
class CaseMessage:
    """What was said in a case; of the client's a rating, words, or both."""

    id: int
    author: Author
    author_id: int | None  # a Telegram id
    rating: int | None
    words: str | None
    at: datetime


@dataclass(frozen=True)
class Listed:
    """An open case in the list, with whom it is about."""

    case: Case
    client_name: str | None
    rating: int | None  # the last that the client gave


_COLUMNS = tuple(cases.c[name] for name in Case.__dataclass_fields__)
_MESSAGE = tuple(case_messages.c[name] for name in CaseMessage.__dataclass_fields__)
_OPEN = cases.c.status == CaseStatus.OPEN


def _case(row: Mapping[Any, Any]) -> Case:
    values = {name: row[name] for name in Case.__dataclass_fields__}
    return Case(**{**values, "kind": CaseKind(row["kind"]), "status": CaseStatus(row["status"])})


async def add(db: AsyncConnection, values: Mapping[str, Any]) -> Case:
    """A new open case."""
    statement = insert(cases).values(**values, status=CaseStatus.OPEN).returning(*_COLUMNS)
    return _case((await db.execute(statement)).mappings().one())


async def by_id(db: AsyncConnection, case_id: int) -> Case | None:
    return await _first(db, select(*_COLUMNS).where(cases.c.id == case_id))


async def lock(db: AsyncConnection, case_id: int) -> Case | None:
    """The case, nobody else moving it until this transaction ends."""
    query = select(*_COLUMNS).where(cases.c.id == case_id)
    if db.dialect.name == "postgresql":
        query = query.with_for_update()
    return await _first(db, query)


async def open_complaint_of(db: AsyncConnection, client_id: int) -> Case | None:
    """The client's complaint that is being dealt with, if there is one."""
    return await _first(
        db,
        select(*_COLUMNS)
        .where(cases.c.client_id == client_id, cases.c.kind == CaseKind.COMPLAINT, _OPEN)
        .order_by(cases.c.id.desc())
        .limit(1),
    )


async def of_feedback(db: AsyncConnection, feedback_id: int) -> Case | None:
    """The case that this feedback opened."""
    return await _first(db, select(*_COLUMNS).where(cases.c.feedback_id == feedback_id))


async def count_open(db: AsyncConnection, client_id: int) -> int:
    """How many of the client's cases are open."""
    query = select(func.count()).where(cases.c.client_id == client_id, _OPEN)
    return int((await db.execute(query)).scalar_one())


async def count_all_open(db: AsyncConnection) -> int:
    query = select(func.count()).where(_OPEN)
    return int((await db.execute(query)).scalar_one())


async def open_page(db: AsyncConnection, *, offset: int, limit: int) -> list[Listed]:
    """Open cases, the most urgent first; those that owe no answer last."""
    rating = (
        select(case_messages.c.rating)
        .where(case_messages.c.case_id == cases.c.id, case_messages.c.rating.is_not(None))
        .order_by(case_messages.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(*_COLUMNS, clients.c.name.label("client_name"), rating.label("last_rating"))
        .join(clients, clients.c.id == cases.c.client_id)
        .where(_OPEN)
        .order_by(cases.c.due_at.is_(None), cases.c.due_at, cases.c.id)
        .offset(offset)
        .limit(limit)
    )
    rows = (await db.execute(query)).mappings()
    return [Listed(_case(row), row["client_name"], row["last_rating"]) for row in rows]


async def owe(db: AsyncConnection, case_id: int, due_at: datetime) -> None:
    """The business owes an answer by then; a closed case is open again."""
    await _set(
        db,
        case_id,
        {"status": CaseStatus.OPEN, "due_at": due_at, "closed_at": None, "closed_by": None},
    )


async def note_reminded(db: AsyncConnection, case_id: int, now: datetime) -> None:
    await _set(db, case_id, {"reminded_at": now})


async def note_answered(db: AsyncConnection, case_id: int, now: datetime) -> None:
    """An answer went out: nothing is owed until the client writes again."""
    await _set(
        db,
        case_id,
        {"due_at": None, "answered_at": func.coalesce(cases.c.answered_at, now)},
    )


async def close(db: AsyncConnection, case_id: int, *, by: int, now: datetime) -> bool:
    """False if it was closed before. Whichever way it ends, what it froze is free again."""
    result = await db.execute(
        update(cases)
        .where(cases.c.id == case_id, _OPEN)
        .values(status=CaseStatus.CLOSED, due_at=None, closed_at=now, closed_by=by)
    )
    if result.rowcount != 1:
        return False
    await db.execute(
        update(disputes)
        .where(disputes.c.case_id == case_id, disputes.c.released_at.is_(None))
        .values(released_at=now)
    )
    return True


async def say(
    db: AsyncConnection,
    case_id: int,
    author: Author,
    *,
    author_id: int | None,
    now: datetime,
    rating: int | None = None,
    words: str | None = None,
) -> int:
    """Adds to the conversation; the new message's id."""
    statement = insert(case_messages).values(
        case_id=case_id, author=author, author_id=author_id, rating=rating, words=words, at=now
    )
    return int((await db.execute(statement.returning(case_messages.c.id))).scalar_one())


async def last_by_staff(db: AsyncConnection, case_id: int) -> CaseMessage | None:
    """The newest answer."""
    query = (
        select(*_MESSAGE)
        .where(case_messages.c.case_id == case_id, case_messages.c.author == Author.STAFF)
        .order_by(case_messages.c.id.desc())
        .limit(1)
    )
    row = (await db.execute(query)).mappings().first()
    return None if row is None else CaseMessage(**{**row, "author": Author(row["author"])})


async def last_rating(db: AsyncConnection, case_id: int) -> int | None:
    """The last that the client gave."""
    query = (
        select(case_messages.c.rating)
        .where(case_messages.c.case_id == case_id, case_messages.c.rating.is_not(None))
        .order_by(case_messages.c.id.desc())
        .limit(1)
    )
    rating: int | None = (await db.execute(query)).scalar()
    return rating


async def last_messages(db: AsyncConnection, case_id: int, *, limit: int) -> list[CaseMessage]:
    """The newest so many, in the order in which they were said."""
    query = (
        select(*_MESSAGE)
        .where(case_messages.c.case_id == case_id)
        .order_by(case_messages.c.id.desc())
        .limit(limit)
    )
    rows = (await db.execute(query)).mappings().all()
    return [CaseMessage(**{**row, "author": Author(row["author"])}) for row in reversed(rows)]


async def count_messages(db: AsyncConnection, case_id: int) -> int:
    query = select(func.count()).where(case_messages.c.case_id == case_id)
    return int((await db.execute(query)).scalar_one())


async def untold(
    db: AsyncConnection, job: str, period: str, *, after_id: int, limit: int
) -> list[int]:
    """Open cases whose opening this job has not told yet."""
    query = select(cases.c.id).where(
        _OPEN, cases.c.id > after_id, unclaimed(job, cases.c.id, period)
    )
    return list((await db.execute(query.order_by(cases.c.id).limit(limit))).scalars())


async def overdue(
    db: AsyncConnection, now: datetime, *, after_id: int, limit: int
) -> Sequence[Case]:
    """Open cases whose answer is late, and nobody was reminded of it."""
    not_reminded = or_(cases.c.reminded_at.is_(None), cases.c.reminded_at < cases.c.due_at)
    query = (
        select(*_COLUMNS)
        .where(_OPEN, cases.c.due_at <= now, not_reminded, cases.c.id > after_id)
        .order_by(cases.c.id)
        .limit(limit)
    )
    return [_case(row) for row in (await db.execute(query)).mappings()]


async def _set(db: AsyncConnection, case_id: int, values: Mapping[str, Any]) -> None:
    await db.execute(update(cases).where(cases.c.id == case_id).values(**values))


async def _first(db: AsyncConnection, query: Select[Any]) -> Case | None:
    row = (await db.execute(query)).mappings().first()
    return None if row is None else _case(row)

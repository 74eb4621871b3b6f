"""Updates as Telegram sent them, and how far each has got."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.programme_changes import NO_VERSION
from storage.tables import inbox, programme_changes

FORGET_BATCH_MAX = 5_000


@dataclass(frozen=True)
class Arrival:
    """An update that was just received."""

    update_id: int
    digest: str  # sha256 of its content, hex
    order_key: int
    raw: str


@dataclass(frozen=True)
class Waiting:
    """A stored update that is still to be handled."""

    id: int
    order_key: int
    raw: str
    attempts: int


async def store(db: AsyncConnection, arrivals: Sequence[Arrival], now: datetime) -> list[Waiting]:
    """Keeps those not seen before, in order; the same id with the same content is seen."""
    insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    statement = (
        insert(inbox)
        .on_conflict_do_nothing(index_elements=["update_id", "digest"])
        .returning(inbox.c.id, inbox.c.order_key, inbox.c.raw, sort_by_parameter_order=False)
    )
    rows = [
        {
            "update_id": arrival.update_id,
            "digest": arrival.digest,
            "order_key": arrival.order_key,
            "raw": arrival.raw,
            "received_at": now,
            "status": "waiting",
        }
        for arrival in arrivals
    ]
    stored = (await db.execute(statement, rows)).all()
    return sorted((Waiting(row.id, row.order_key, row.raw, 0) for row in stored), key=_by_id)


def _by_id(row: Waiting) -> int:
    return row.id


_NEXT = (
    select(inbox.c.id, inbox.c.order_key, inbox.c.raw, inbox.c.attempts)
    .where(text("status = 'waiting'"), inbox.c.id > bindparam("after"))
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
)


async def waiting(db: AsyncConnection, *, after_id: int, limit: int) -> list[Waiting]:
    """The next updates to handle, in the order of their arrival."""
    rows = await db.execute(_NEXT, {"after": after_id, "most": limit})
    return [Waiting(row.id, row.order_key, row.raw or "", row.attempts) for row in rows]


async def waiting_ids(db: AsyncConnection, *, up_to: int, limit: int) -> list[int]:
    """The ids of the oldest updates that wait, no higher than the given one."""
    query = (
        select(inbox.c.id)
        .where(text("status = 'waiting'"), inbox.c.id <= up_to)
        .order_by(inbox.c.id)
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


async def of(db: AsyncConnection, ids: Sequence[int]) -> list[Waiting]:
    """Those of these updates that still wait, in order."""
    if not ids:
        return []
    query = (
        select(inbox.c.id, inbox.c.order_key, inbox.c.raw, inbox.c.attempts)
        .where(text("status = 'waiting'"), inbox.c.id.in_(ids))
        .order_by(inbox.c.id)
    )
    rows = await db.execute(query)
    return [Waiting(row.id, row.order_key, row.raw or "", row.attempts) for row in rows]


@dataclass(frozen=True)
class Claimed:
    """The update is ours; `programme_version` is the newest that this transaction sees."""

    programme_version: int


_DONE = (
    update(inbox)
    .where(inbox.c.id == bindparam("row"), inbox.c.status == "waiting")
    .values(status="done", done_at=bindparam("moment"))
    # Asked along, it costs no statement of its own: every stimulus knows the programme in force.
    .returning(
        select(func.coalesce(func.max(programme_changes.c.version), NO_VERSION)).scalar_subquery()
    )
)


async def mark_done(db: AsyncConnection, row_id: int, now: datetime) -> Claimed | None:
    """Claims the update for this transaction; None if it was done by another before."""
    row = (await db.execute(_DONE, {"row": row_id, "moment": now})).first()
    return None if row is None else Claimed(int(row[0]))


async def note_failure(
    db: AsyncConnection, row_id: int, *, attempts: int, traceback: str, parked_at: datetime | None
) -> bool:
    """Counts an attempt that failed; with `parked_at` it was the last one.

    False if the update was done with before, by another process.
    """
    values: dict[str, object] = {"attempts": attempts, "traceback": traceback}
    if parked_at is not None:
        values |= {"status": "parked", "done_at": parked_at}
    result = await db.execute(
        update(inbox).where(inbox.c.id == row_id, inbox.c.status == "waiting").values(values)
    )
    return result.rowcount == 1


async def forget(db: AsyncConnection, before: datetime) -> int:
    """Deletes what was done before that moment, a batch at a time; how many rows went."""
    old = (
        select(inbox.c.id)
        .where(inbox.c.done_at < before, inbox.c.status != "parked")
        .limit(FORGET_BATCH_MAX)
    )
    gone = await db.execute(delete(inbox).where(inbox.c.id.in_(old)))
    # A parked one keeps its traceback; what the person wrote goes.
    await db.execute(
        update(inbox)
        .where(inbox.c.done_at < before, inbox.c.status == "parked", inbox.c.raw.is_not(None))
        .values(raw=None)
    )
    return gone.rowcount

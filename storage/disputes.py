"""What clients dispute, and how many points that freezes. `storage.cases.close` releases them.

How many is asked of the ledger each time, never kept: what an undo or a return has taken back is
frozen no more, and what was pending is as soon as it is on the card.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import disputes, ledger_entries, lots


@dataclass(frozen=True)
class Dispute:
    """What a client disputes: a visit, an entry, or points that run out after `until`."""

    id: int
    case_id: int
    client_id: int
    key: str
    visit_id: int | None
    entry_id: int | None
    until: date | None
    points: int  # that were to run out; else 0
    opened_at: datetime
    released_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.released_at is None


@dataclass(frozen=True)
class Frozen:
    """A dispute, and how many points it freezes now; 0 where none of them is on the card."""

    dispute: Dispute
    points: int


_COLUMNS = tuple(disputes.c[name] for name in Dispute.__dataclass_fields__)
# A literal: SQLite uses a partial index only where it sees the condition.
_OPEN = disputes.c.released_at.is_(None)

_entry = ledger_entries.alias("entry")
_given = ledger_entries.alias("given")
_back = ledger_entries.alias("back")
_of_entry = (
    select(func.coalesce(func.sum(_entry.c.amount), 0))
    .where(or_(_entry.c.id == disputes.c.entry_id, _entry.c.reverses_id == disputes.c.entry_id))
    .scalar_subquery()
)
_VISIT: ColumnElement[str] = literal_column("'visit'")
_given_by_visit = (
    select(func.coalesce(func.sum(_given.c.amount), 0))
    .where(_given.c.visit_id == disputes.c.visit_id, _given.c.kind == _VISIT)
    .scalar_subquery()
)
_taken_of_visit = (
    select(func.coalesce(func.sum(_back.c.amount), 0))
    .select_from(_back.join(_given, _given.c.id == _back.c.reverses_id))
    .where(_given.c.visit_id == disputes.c.visit_id, _given.c.kind == _VISIT)
    .scalar_subquery()
)
_net = case(
    (disputes.c.entry_id.is_not(None), _of_entry),
    (disputes.c.visit_id.is_not(None), _given_by_visit + _taken_of_visit),
    else_=disputes.c.points,
)
# What was taken from the client is on no card and cannot be frozen.
_POINTS = case((_net > 0, _net), else_=0).label("frozen")


OPEN_OF_CLIENT = select(func.count().label("number")).where(
    disputes.c.client_id == bindparam("client"), _OPEN
)


async def add(db: AsyncConnection, values: Mapping[str, Any]) -> Dispute:
    """A new open dispute; IntegrityError while there is another about the same."""
    statement = insert(disputes).values(**values).returning(*_COLUMNS)
    return Dispute(**(await db.execute(statement)).mappings().one())


async def by_id(db: AsyncConnection, dispute_id: int) -> Dispute | None:
    row = (await db.execute(select(*_COLUMNS).where(disputes.c.id == dispute_id))).mappings()
    found = row.first()
    return None if found is None else Dispute(**found)


async def open_about(db: AsyncConnection, key: str) -> Dispute | None:
    """The open dispute about this."""
    row = (await db.execute(select(*_COLUMNS).where(disputes.c.key == key, _OPEN))).mappings()
    found = row.first()
    return None if found is None else Dispute(**found)


async def of_case(db: AsyncConnection, case_id: int, *, limit: int) -> list[Frozen]:
    """What the case is about, in the order of disputing, with what is frozen of it."""
    query = (
        select(*_COLUMNS, case((_OPEN, _POINTS), else_=0).label("now"))
        .where(disputes.c.case_id == case_id)
        .order_by(disputes.c.id)
        .limit(limit)
    )
    return [_frozen(row) for row in (await db.execute(query)).mappings()]


async def release(db: AsyncConnection, dispute_id: int, now: datetime) -> bool:
    """False if it was released before."""
    result = await db.execute(
        update(disputes).where(disputes.c.id == dispute_id, _OPEN).values(released_at=now)
    )
    return result.rowcount == 1


async def count_open(db: AsyncConnection, case_id: int) -> int:
    """How many open disputes the case still has."""
    query = select(func.count()).where(disputes.c.case_id == case_id, _OPEN)
    return int((await db.execute(query)).scalar_one())


_each = (
    select(disputes.c.client_id, _POINTS)
    .where(disputes.c.client_id.in_(bindparam("clients", expanding=True)), _OPEN)
    .subquery("each_dispute")
)
_FROZEN_OF = select(_each.c.client_id, func.sum(_each.c.frozen).label("points")).group_by(
    _each.c.client_id
)
_OPEN_OF = (
    select(*_COLUMNS, _POINTS.label("now"))
    .where(disputes.c.client_id == bindparam("client"), _OPEN)
    .order_by(disputes.c.id)
)


async def frozen_points_of(db: AsyncConnection, client_ids: Sequence[int]) -> dict[int, int]:
    """By client, the points that open disputes freeze; who has none is left out."""
    rows = await db.execute(_FROZEN_OF, {"clients": list(client_ids)})
    return {row.client_id: int(row.points) for row in rows if row.points}


async def open_of(db: AsyncConnection, client_id: int) -> list[Frozen]:
    """The client's open disputes, the oldest first."""
    rows = (await db.execute(_OPEN_OF, {"client": client_id})).mappings()
    return [_frozen(row) for row in rows]


async def points_until(db: AsyncConnection, client_id: int, until: date) -> int:
    """The points in lots whose last day is this one, or an earlier one."""
    query = select(func.coalesce(func.sum(lots.c.remaining), 0)).where(
        lots.c.client_id == client_id, lots.c.remaining > 0, lots.c.valid_through <= until
    )
    return int((await db.execute(query)).scalar_one())


def _frozen(row: Mapping[Any, Any]) -> Frozen:
    values = {name: row[name] for name in Dispute.__dataclass_fields__}
    return Frozen(Dispute(**values), int(row["now"]))

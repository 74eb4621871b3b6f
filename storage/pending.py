"""Points that were earned and rest until the return window ends (rule 10)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import bindparam, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import pending_points


class PendingStatus(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"  # on the card
    CANCELLED = "cancelled"  # by an undo or a return


@dataclass(frozen=True)
class PendingPoints:
    """The points of one visit."""

    visit_id: int
    client_id: int
    key: str  # of the entry that they will be
    amount: int
    active_on: date
    status: PendingStatus


@dataclass(frozen=True)
class PendingDay:
    """Points that become active on one day."""

    points: int
    on: date


# Written out: with a parameter in its place the partial indexes are not used.
_PENDING = text("status = 'pending'")
_COLUMNS = tuple(pending_points.c[name] for name in PendingPoints.__dataclass_fields__)


async def add(
    db: AsyncConnection, *, visit_id: int, client_id: int, key: str, amount: int, active_on: date
) -> None:
    """Points that rest; IntegrityError where this visit's do already."""
    await db.execute(
        insert(pending_points).values(
            visit_id=visit_id,
            client_id=client_id,
            key=key,
            amount=amount,
            active_on=active_on,
            status=PendingStatus.PENDING,
        )
    )


async def of_visit(db: AsyncConnection, visit_id: int) -> PendingPoints | None:
    """The visit's points that rested or still do."""
    query = select(*_COLUMNS).where(pending_points.c.visit_id == visit_id)
    row = (await db.execute(query)).mappings().first()
    if row is None:
        return None
    return PendingPoints(**{**row, "status": PendingStatus(row["status"])})


async def lower(db: AsyncConnection, visit_id: int, by: int, now: datetime) -> None:
    """Takes so many of the resting points away; the caller holds the client locked."""
    left = pending_points.c.amount - by
    await db.execute(
        update(pending_points)
        .where(pending_points.c.visit_id == visit_id)
        .where(_PENDING)
        .values(amount=left)
    )
    await db.execute(
        update(pending_points)
        .where(pending_points.c.visit_id == visit_id, pending_points.c.amount == 0)
        .where(_PENDING)
        .values(status=PendingStatus.CANCELLED, settled_at=now)
    )


async def settle(db: AsyncConnection, visit_id: int, status: PendingStatus, now: datetime) -> bool:
    """Ends the rest; False if it was ended before."""
    result = await db.execute(
        update(pending_points)
        .where(pending_points.c.visit_id == visit_id)
        .where(_PENDING)
        .values(status=status, settled_at=now)
    )
    return result.rowcount == 1


async def due(db: AsyncConnection, today: date, *, after_id: int, limit: int) -> list[int]:
    """Visits whose points become active by today, by rising id."""
    query = (
        select(pending_points.c.visit_id)
        .where(
            _PENDING,
            pending_points.c.active_on <= today,
            pending_points.c.visit_id > after_id,
        )
        .order_by(pending_points.c.visit_id)
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


# Asked with every card, and in `standing_sums` with every balance; so built once.
BY_DAY = (
    select(pending_points.c.active_on, func.sum(pending_points.c.amount).label("points"))
    .where(
        pending_points.c.client_id == bindparam("client"),
        _PENDING,
    )
    .group_by(pending_points.c.active_on)
    .order_by(pending_points.c.active_on)
)


async def of_client(db: AsyncConnection, client_id: int) -> list[PendingDay]:
    """The client's resting points by the day on which they become active, the soonest first."""
    rows = await db.execute(BY_DAY, {"client": client_id})
    return [PendingDay(int(row.points), row.active_on) for row in rows]

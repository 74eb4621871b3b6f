"""Points put right by hand: asked for with a reason, then confirmed once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import adjustments


class AdjustmentStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Adjustment:
    """One of them, whatever became of it."""

    id: int
    client_id: int
    points: int  # signed
    reason: str
    actor_id: int  # a Telegram id
    created_at: datetime
    status: AdjustmentStatus


async def add(
    db: AsyncConnection, *, client_id: int, points: int, reason: str, actor_id: int, now: datetime
) -> int:
    """A new open one's id."""
    result = await db.execute(
        insert(adjustments)
        .values(
            client_id=client_id,
            points=points,
            reason=reason,
            actor_id=actor_id,
            created_at=now,
            status=AdjustmentStatus.OPEN,
        )
        .returning(adjustments.c.id)
    )
    return int(result.scalar_one())


async def by_id(db: AsyncConnection, adjustment_id: int) -> Adjustment | None:
    columns = [adjustments.c[name] for name in Adjustment.__dataclass_fields__]
    query = select(*columns).where(adjustments.c.id == adjustment_id)
    row = (await db.execute(query)).mappings().first()
    if row is None:
        return None
    return Adjustment(**{**row, "status": AdjustmentStatus(row["status"])})


async def decide(
    db: AsyncConnection, adjustment_id: int, status: AdjustmentStatus, now: datetime
) -> bool:
    """False if it was decided before."""
    result = await db.execute(
        update(adjustments)
        .where(adjustments.c.id == adjustment_id, adjustments.c.status == AdjustmentStatus.OPEN)
        .values(status=status, decided_at=now)
    )
    return result.rowcount == 1

"""Returns of visits, and the previews that staff confirm them from. Money is in minor units."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import return_previews, visit_returns

FORGET_BATCH_MAX = 1_000


@dataclass(frozen=True)
class ReturnPreview:
    """What staff were shown."""

    id: int
    visit_id: int
    amount: int  # of the bill
    returned_before: int
    staff_id: int  # a Telegram id
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class VisitReturn:
    """A return that was made."""

    id: int
    visit_id: int
    preview_id: int
    returned_before: int
    amount: int
    refund: int
    points_restored: int
    points_taken: int
    points_pending: int
    staff_id: int
    branch: str
    at: datetime
    on_day: date


@dataclass(frozen=True)
class ReturnsTotal:
    """What was returned on a day, of whatever day's visits."""

    returns: int
    amount: int
    refund: int


_PREVIEW = tuple(return_previews.c[name] for name in ReturnPreview.__dataclass_fields__)
_RETURN = tuple(visit_returns.c[name] for name in VisitReturn.__dataclass_fields__)


async def add_preview(db: AsyncConnection, values: Mapping[str, Any]) -> ReturnPreview:
    """Keeps what is shown."""
    statement = insert(return_previews).values(**values).returning(*_PREVIEW)
    return ReturnPreview(**(await db.execute(statement)).mappings().one())


async def preview(db: AsyncConnection, preview_id: int) -> ReturnPreview | None:
    query = select(*_PREVIEW).where(return_previews.c.id == preview_id)
    row = (await db.execute(query)).mappings().first()
    return None if row is None else ReturnPreview(**row)


async def drop_preview(db: AsyncConnection, preview_id: int) -> None:
    """Forgets a preview that led to no return."""
    await db.execute(delete(return_previews).where(return_previews.c.id == preview_id))


async def add(db: AsyncConnection, values: Mapping[str, Any]) -> VisitReturn:
    """Writes a return down; IntegrityError where the preview, or this rest, was returned before."""
    statement = insert(visit_returns).values(**values).returning(*_RETURN)
    return VisitReturn(**(await db.execute(statement)).mappings().one())


async def of_preview(db: AsyncConnection, preview_id: int) -> VisitReturn | None:
    """The return that came of this preview."""
    query = select(*_RETURN).where(visit_returns.c.preview_id == preview_id)
    row = (await db.execute(query)).mappings().first()
    return None if row is None else VisitReturn(**row)


async def last_of_visit(db: AsyncConnection, visit_id: int) -> VisitReturn | None:
    """The newest return of this visit."""
    query = select(*_RETURN).where(visit_returns.c.visit_id == visit_id)
    row = (await db.execute(query.order_by(visit_returns.c.id.desc()).limit(1))).mappings().first()
    return None if row is None else VisitReturn(**row)


async def of_visit(db: AsyncConnection, visit_id: int) -> list[VisitReturn]:
    """All returns of this visit, the oldest first."""
    query = select(*_RETURN).where(visit_returns.c.visit_id == visit_id)
    rows = (await db.execute(query.order_by(visit_returns.c.id))).mappings()
    return [VisitReturn(**row) for row in rows]


async def total_of_day(db: AsyncConnection, day: date, *, branch: str | None) -> ReturnsTotal:
    """What was returned on this business day in this branch, or in all of them."""
    query = select(
        func.count(),
        func.coalesce(func.sum(visit_returns.c.amount), 0),
        func.coalesce(func.sum(visit_returns.c.refund), 0),
    ).where(visit_returns.c.on_day == day)
    if branch is not None:
        query = query.where(visit_returns.c.branch == branch)
    row = (await db.execute(query)).one()
    return ReturnsTotal(int(row[0]), int(row[1]), int(row[2]))


async def forget_previews(db: AsyncConnection, expired_before: datetime) -> int:
    """Drops a batch of lapsed previews that led to no return; returns how many."""
    lapsed = (
        select(return_previews.c.id)
        .where(
            return_previews.c.expires_at < expired_before,
            ~exists().where(visit_returns.c.preview_id == return_previews.c.id),
        )
        .limit(FORGET_BATCH_MAX)
    )
    result = await db.execute(delete(return_previews).where(return_previews.c.id.in_(lapsed)))
    return int(result.rowcount)

"""Large bills that wait for a manager. Who decides on one has locked its client before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, insert, literal_column, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import approvals


class ApprovalStatus(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    LAPSED = "lapsed"  # nobody answered
    WITHDRAWN = "withdrawn"  # by who asked
    VOID = "void"  # by the time of the answer there was nothing to approve


@dataclass(frozen=True)
class Approval:
    """A question to those who lead, and what became of it."""

    id: int
    preview_id: int  # the terms that they were shown last
    client_id: int
    staff_id: int  # who asked, a Telegram id
    branch: str
    status: ApprovalStatus
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    answered_by: int | None


_COLUMNS = tuple(approvals.c[name] for name in Approval.__dataclass_fields__)
# A literal: SQLite uses a partial index only where it sees the condition.
_OPEN = approvals.c.status == literal_column("'open'")


async def add(db: AsyncConnection, values: Mapping[str, Any]) -> Approval:
    """A new open question."""
    statement = insert(approvals).values(**values, status=ApprovalStatus.OPEN)
    row = (await db.execute(statement.returning(*_COLUMNS))).mappings().one()
    return _approval(row)


async def by_id(db: AsyncConnection, approval_id: int) -> Approval | None:
    return await _one(db, approvals.c.id == approval_id)


async def open_of_preview(db: AsyncConnection, preview_id: int) -> Approval | None:
    """The question that is asked about this preview at present."""
    return await _one(db, approvals.c.preview_id == preview_id, _OPEN)


async def close(
    db: AsyncConnection,
    approval_id: int,
    status: ApprovalStatus,
    *,
    now: datetime,
    by: int | None,
) -> bool:
    """Ends an open question; False if it was ended before."""
    result = await db.execute(
        update(approvals)
        .where(approvals.c.id == approval_id, _OPEN)
        .values(status=status, answered_at=now, answered_by=by)
    )
    return result.rowcount == 1


async def show(db: AsyncConnection, approval_id: int, preview_id: int) -> None:
    """From now on an open question is about these terms."""
    await db.execute(
        update(approvals).where(approvals.c.id == approval_id, _OPEN).values(preview_id=preview_id)
    )


async def lapsed(db: AsyncConnection, now: datetime, *, after_id: int, limit: int) -> list[int]:
    """Open questions that nobody answered in time."""
    query = select(approvals.c.id).where(
        _OPEN, approvals.c.expires_at <= now, approvals.c.id > after_id
    )
    return list((await db.execute(query.order_by(approvals.c.id).limit(limit))).scalars())


async def _one(db: AsyncConnection, *conditions: ColumnElement[bool]) -> Approval | None:
    row = (await db.execute(select(*_COLUMNS).where(*conditions))).mappings().first()
    return None if row is None else _approval(row)


def _approval(row: Mapping[Any, Any]) -> Approval:
    return Approval(**{**row, "status": ApprovalStatus(row["status"])})

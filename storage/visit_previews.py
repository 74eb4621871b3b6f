"""Previews of visits: what staff were shown, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import visit_previews

FORGET_BATCH_MAX = 1_000


class PreviewStatus(StrEnum):
    OPEN = "open"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    STALE = "stale"  # shown anew with other terms, or because it had lapsed


@dataclass(frozen=True)
class StoredPreview:
    """A preview as the table knows it; money in minor units."""

    id: int
    staff_id: int  # who made it, a Telegram id
    client_id: int
    branch: str | None
    service_code: str | None
    service_text: str | None
    bill: int
    points: int  # that the client is asked to pay with; 0: a visit paid in money
    terms: str
    keeps_free_visit: bool
    twin_id: int | None
    created_at: datetime
    expires_at: datetime
    status: PreviewStatus
    visit_id: int | None
    replaced_by_id: int | None


_COLUMNS = tuple(visit_previews.c[name] for name in StoredPreview.__dataclass_fields__)


# Built once: building a statement takes longer than running it.
_ADD = insert(visit_previews).returning(*_COLUMNS)
_ONE = select(*_COLUMNS).where(visit_previews.c.id == bindparam("preview"))
_CHANGE_OPEN = update(visit_previews).where(
    visit_previews.c.id == bindparam("preview"), visit_previews.c.status == PreviewStatus.OPEN
)


async def add(db: AsyncConnection, values: Mapping[str, Any]) -> StoredPreview:
    """A new open preview."""
    row = await db.execute(_ADD, {**values, "status": PreviewStatus.OPEN})
    return _preview(row.mappings().one())


async def by_id(db: AsyncConnection, preview_id: int) -> StoredPreview | None:
    """The preview as it is now: whoever decides on it has locked its client before."""
    row = (await db.execute(_ONE, {"preview": preview_id})).mappings().first()
    return None if row is None else _preview(row)


async def open_of_staff(
    db: AsyncConnection, staff_id: int, *, now: datetime, limit: int
) -> list[StoredPreview]:
    """What this account was shown and has not answered, the youngest client first: so are
    clients locked wherever several are."""
    query = (
        select(*_COLUMNS)
        .where(
            visit_previews.c.staff_id == staff_id,
            visit_previews.c.status == PreviewStatus.OPEN,
            visit_previews.c.expires_at >= now,
        )
        .order_by(visit_previews.c.client_id.desc(), visit_previews.c.id)
        .limit(limit)
    )
    return [_preview(row) for row in (await db.execute(query)).mappings()]


async def close(
    db: AsyncConnection,
    preview_id: int,
    status: PreviewStatus,
    *,
    visit_id: int | None = None,
    replaced_by_id: int | None = None,
) -> bool:
    """Ends an open preview; False if it was ended before."""
    ended = {"status": status, "visit_id": visit_id, "replaced_by_id": replaced_by_id}
    result = await db.execute(_CHANGE_OPEN, {**ended, "preview": preview_id})
    return result.rowcount == 1


async def set_branch(db: AsyncConnection, preview_id: int, branch: str) -> None:
    """Where the visit of an open preview takes place."""
    await db.execute(_CHANGE_OPEN, {"branch": branch, "preview": preview_id})


async def forget_branch(db: AsyncConnection, preview_id: int) -> None:
    """Leaves the branch of an open preview to whoever confirms it."""
    await db.execute(_CHANGE_OPEN, {"branch": None, "preview": preview_id})


async def choose_terms(
    db: AsyncConnection, preview_id: int, *, terms: str, keeps_free_visit: bool
) -> None:
    """Writes other terms into an open preview: the client keeps a free visit, or uses it."""
    chosen = {"terms": terms, "keeps_free_visit": keeps_free_visit}
    await db.execute(_CHANGE_OPEN, {**chosen, "preview": preview_id})


async def forget(db: AsyncConnection, expired_before: datetime) -> int:
    """Drops a batch of lapsed previews that led to no visit; returns how many."""
    lapsed = (
        select(visit_previews.c.id)
        .where(
            visit_previews.c.expires_at < expired_before,
            visit_previews.c.status != PreviewStatus.CONFIRMED,
        )
        .limit(FORGET_BATCH_MAX)
    )
    result = await db.execute(delete(visit_previews).where(visit_previews.c.id.in_(lapsed)))
    return int(result.rowcount)


def _preview(row: Mapping[Any, Any]) -> StoredPreview:
    return StoredPreview(**{**row, "status": PreviewStatus(row["status"])})

"""What owners changed in the bot: every version, and the previews that wait for a ✅."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import programme_changes, programme_drafts

NO_VERSION = 0  # before the first change


@dataclass(frozen=True)
class Change:
    """One version: what a key held before, and from then on."""

    version: int
    key: str
    old: str  # JSON, as the file would have it
    new: str | None  # the same; none: as the file says
    actor_id: int  # a Telegram id
    at: datetime


class DraftStatus(StrEnum):
    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True)
class Draft:
    """A change that was shown; whatever became of it."""

    id: int
    actor_id: int
    key: str
    seen: str
    new: str | None
    created_at: datetime
    status: DraftStatus
    version: int | None


_CHANGES = select(*(programme_changes.c[name] for name in Change.__dataclass_fields__))
_NEWEST = select(func.coalesce(func.max(programme_changes.c.version), NO_VERSION))


async def newest_version(db: AsyncConnection) -> int:
    """The number of the last change; NO_VERSION where there was none."""
    return int((await db.execute(_NEWEST)).scalar_one())


async def after(db: AsyncConnection, version: int) -> tuple[Change, ...]:
    """Every change behind this version, in order."""
    query = _CHANGES.where(programme_changes.c.version > version)
    rows = await db.execute(query.order_by(programme_changes.c.version))
    return tuple(Change(**row) for row in rows.mappings())


async def by_version(db: AsyncConnection, version: int) -> Change | None:
    query = _CHANGES.where(programme_changes.c.version == version)
    row = (await db.execute(query)).mappings().first()
    return None if row is None else Change(**row)


async def page(db: AsyncConnection, *, offset: int, limit: int) -> tuple[Change, ...]:
    """A page of them, the newest first."""
    query = _CHANGES.order_by(programme_changes.c.version.desc()).offset(offset).limit(limit)
    return tuple(Change(**row) for row in (await db.execute(query)).mappings())


async def of_key(db: AsyncConnection, key: str, *, limit: int) -> tuple[Change, ...]:
    """The last changes of this key, the newest first."""
    query = _CHANGES.where(programme_changes.c.key == key)
    query = query.order_by(programme_changes.c.version.desc()).limit(limit)
    return tuple(Change(**row) for row in (await db.execute(query)).mappings())


async def lock(db: AsyncConnection) -> None:
    """From here on nobody else adds a version until we are done; SQLite has one writer anyway."""
    if db.dialect.name == "postgresql":
        await db.execute(text("LOCK TABLE programme_changes IN SHARE ROW EXCLUSIVE MODE"))


async def add(db: AsyncConnection, values: Mapping[str, Any]) -> int:
    """A new version's number; the caller holds the lock."""
    version = await newest_version(db) + 1
    await db.execute(insert(programme_changes).values(version=version, **values))
    return version


async def add_draft(db: AsyncConnection, values: Mapping[str, Any]) -> int:
    """A new open one's id; what the same owner had open is dropped."""
    drop = update(programme_drafts).where(
        programme_drafts.c.actor_id == values["actor_id"],
        programme_drafts.c.status == DraftStatus.OPEN,
    )
    await db.execute(drop.values(status=DraftStatus.DROPPED))
    added = insert(programme_drafts).values(status=DraftStatus.OPEN, **values)
    return int((await db.execute(added.returning(programme_drafts.c.id))).scalar_one())


async def draft(db: AsyncConnection, draft_id: int) -> Draft | None:
    columns = (programme_drafts.c[name] for name in Draft.__dataclass_fields__)
    query = select(*columns).where(programme_drafts.c.id == draft_id)
    row = (await db.execute(query)).mappings().first()
    return None if row is None else Draft(**{**row, "status": DraftStatus(row["status"])})


async def decide_draft(
    db: AsyncConnection, draft_id: int, status: DraftStatus, *, version: int | None = None
) -> bool:
    """False if it was decided before."""
    result = await db.execute(
        update(programme_drafts)
        .where(programme_drafts.c.id == draft_id, programme_drafts.c.status == DraftStatus.OPEN)
        .values(status=status, version=version)
    )
    return result.rowcount == 1

"""Who did what to whose account: ids, numbers and codes only, so that nobody need be erased."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import audit_log

ACTION_LENGTH_MAX = 48
DETAILS_MAX = 16
_CODE = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")
_RECORD = insert(audit_log)


async def record(
    db: AsyncConnection,
    *,
    now: datetime,
    actor_id: int | None,
    action: str,
    client_id: int | None = None,
    subject_id: int | None = None,
    details: Mapping[str, int | str | None] | None = None,
) -> None:
    """Notes an act; `actor_id` is as `operations.actors` makes it, none the programme itself.

    `action` is "noun.what_happened"; a text among `details` is a code. Raises ValueError for
    anything that could be a name or other words of a person.
    """
    if not _CODE.fullmatch(action) or len(action) > ACTION_LENGTH_MAX:
        raise ValueError(f"not the code of an action: {action[:ACTION_LENGTH_MAX]!r}")
    kept = dict(details or {})
    if len(kept) > DETAILS_MAX:
        raise ValueError("too many details")
    for name, value in kept.items():
        if not (value is None or isinstance(value, int) or _CODE.fullmatch(value)):
            raise ValueError(f"{action}: {name} is not a code")
    await db.execute(
        _RECORD,
        {
            "at": now,
            "actor_id": actor_id,
            "action": action,
            "client_id": client_id,
            "subject_id": subject_id,
            "details": json.dumps(kept, sort_keys=True),
        },
    )


@dataclass(frozen=True)
class Act:
    """One row; ids and numbers only."""

    id: int
    at: datetime
    actor_id: int | None  # see operations.actors; none is the programme itself
    action: str
    client_id: int | None
    subject_id: int | None
    details: Mapping[str, Any]


async def count(db: AsyncConnection, client_id: int | None) -> int:
    """How many there are; of one client's account alone, where one is named."""
    query = select(func.count()).select_from(audit_log).where(_of(client_id))
    return int((await db.execute(query)).scalar_one())


async def page(db: AsyncConnection, client_id: int | None, *, offset: int, limit: int) -> list[Act]:
    """A page of them, the newest first."""
    query = (
        select(audit_log)
        .where(_of(client_id))
        .order_by(audit_log.c.id.desc())
        .offset(offset)
        .limit(limit)
    )
    return [
        Act(
            row.id,
            row.at,
            row.actor_id,
            row.action,
            row.client_id,
            row.subject_id,
            json.loads(row.details),
        )
        for row in await db.execute(query)
    ]


def _of(client_id: int | None) -> ColumnElement[bool]:
    return true() if client_id is None else audit_log.c.client_id == client_id

"""Who did what to whose account: ids, numbers and codes only, so that nobody need be erased."""

import json
import re
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import audit_log

ACTION_LENGTH_MAX = 48
DETAILS_MAX = 16
_CODE = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")


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
    """Notes an act; `actor_id` is a Telegram id, none the programme itself.

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
        insert(audit_log).values(
            at=now,
            actor_id=actor_id,
            action=action,
            client_id=client_id,
            subject_id=subject_id,
            details=json.dumps(kept, sort_keys=True),
        )
    )

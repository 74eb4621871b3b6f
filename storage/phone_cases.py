"""Cases about a phone that a second Telegram account claims."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import cases as all_cases
from storage.cases import CaseKind, CaseStatus
from storage.tables import cases


async def open_phone_case(
    db: AsyncConnection, *, client_id: int, telegram_id: int, now: datetime
) -> int:
    """The open case of this account and this client, whose row the caller holds locked."""
    query = select(cases.c.id).where(
        cases.c.client_id == client_id,
        cases.c.telegram_id == telegram_id,
        cases.c.kind == CaseKind.PHONE,
        cases.c.status == CaseStatus.OPEN,
    )
    known = (await db.execute(query)).scalars().first()
    if known is not None:
        return int(known)
    added = await all_cases.add(
        db,
        {
            "client_id": client_id,
            "kind": CaseKind.PHONE,
            "telegram_id": telegram_id,
            "opened_at": now,
        },
    )
    return added.id


async def close_phone_cases(
    db: AsyncConnection,
    *,
    client_id: int,
    by: int | None,
    now: datetime,
    of_accounts: Collection[int] | None = None,
) -> tuple[int, ...]:
    """Closes the open cases about this client's phone, all or those of some accounts.

    Returns the accounts that claimed it.
    """
    query = (
        update(cases)
        .where(
            cases.c.client_id == client_id,
            cases.c.kind == CaseKind.PHONE,
            cases.c.status == CaseStatus.OPEN,
        )
        .values(status=CaseStatus.CLOSED, due_at=None, closed_at=now, closed_by=by)
        .returning(cases.c.telegram_id)
    )
    if of_accounts is not None:
        query = query.where(cases.c.telegram_id.in_(of_accounts))
    return tuple(sorted({int(found) for found in (await db.execute(query)).scalars() if found}))

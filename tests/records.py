"""What tests ask the tables, and the product never does."""

from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.ledger import NEXT_EXPIRIES, OpenLot
from storage.tables import ledger_entries, outbox

EXPIRIES_MAX = 10


async def next_expiries(
    db: AsyncConnection, client_id: int, *, limit: int = EXPIRIES_MAX
) -> list[OpenLot]:
    """Points by their last day, the soonest first; those without one are left out."""
    rows = await db.execute(NEXT_EXPIRIES, {"client": client_id, "most": limit})
    return [OpenLot(int(row.points), row.valid_through) for row in rows]


async def entries_of(db: AsyncConnection, client_id: int) -> int:
    """How many entries of the ledger name the client."""
    query = select(func.count()).where(ledger_entries.c.client_id == client_id)
    return int((await db.execute(query)).scalar_one())


async def letters_waiting(db: AsyncConnection, now: datetime) -> int:
    """How many could be sent now."""
    may_go = or_(outbox.c.not_before.is_(None), outbox.c.not_before <= now)
    query = select(func.count()).where(outbox.c.status == "waiting", may_go)
    return int((await db.execute(query)).scalar_one())

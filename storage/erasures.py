"""Which records are nobody's any more, and since when (rule 21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import clients, erasures


@dataclass(frozen=True)
class Erasure:
    """One record that is nobody's any more; it names no person."""

    client_id: int
    client_created_at: datetime
    at: datetime

    @classmethod
    def told(cls, client_id: int, created_at: str, at: str) -> "Erasure":
        """From what a list says; raises ValueError and TypeError for what is none."""
        moments = datetime.fromisoformat(created_at), datetime.fromisoformat(at)
        if any(moment.tzinfo is None for moment in moments):
            raise ValueError("a moment without its zone")
        return cls(int(client_id), *moments)


async def note(db: AsyncConnection, ids: Sequence[int], now: datetime) -> None:
    """Keeps that these records are nobody's."""
    born = select(clients.c.id, clients.c.created_at).where(clients.c.id.in_(ids))
    rows = [
        {"client_id": row.id, "client_created_at": row.created_at, "at": now}
        for row in await db.execute(born.order_by(clients.c.id))
    ]
    make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    await db.execute(make(erasures).on_conflict_do_nothing(index_elements=["client_id"]), rows)


async def erased_at(db: AsyncConnection, client_id: int) -> datetime | None:
    query = select(erasures.c.at).where(erasures.c.client_id == client_id)
    found: datetime | None = (await db.execute(query)).scalar()
    return found


async def after(db: AsyncConnection, last_id: int, *, limit: int) -> list[tuple[int, Erasure]]:
    """The erasures behind this id, by rising id, each with its own."""
    query = select(erasures).where(erasures.c.id > last_id).order_by(erasures.c.id).limit(limit)
    return [
        (row.id, Erasure(row.client_id, row.client_created_at, row.at))
        for row in await db.execute(query)
    ]

"""Files of their data that clients asked for and have not got yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import data_requests


@dataclass(frozen=True)
class DataRequest:
    """Who asked, in which language."""

    client_id: int
    language: str


async def add(db: AsyncConnection, client_id: int, *, language: str, now: datetime) -> None:
    """Keeps the request; one that waits already stands."""
    make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    await db.execute(
        make(data_requests)
        .values(client_id=client_id, language=language, asked_at=now)
        .on_conflict_do_nothing(index_elements=["client_id"])
    )


async def waiting(db: AsyncConnection, *, limit: int) -> Sequence[DataRequest]:
    """The oldest first."""
    query = (
        select(data_requests.c.client_id, data_requests.c.language)
        .order_by(data_requests.c.asked_at, data_requests.c.client_id)
        .limit(limit)
    )
    return [DataRequest(row.client_id, row.language) for row in await db.execute(query)]


async def take(db: AsyncConnection, client_id: int) -> bool:
    """Ends the request; False if it was answered by another, or its client was erased."""
    query = delete(data_requests).where(data_requests.c.client_id == client_id)
    return (await db.execute(query)).rowcount == 1

"""Clients of the tests, and what they got."""

from itertools import count

from sqlalchemy import insert, select

from loyalty.programme import Programme
from operations.transaction import Tx
from scheduler.clock import Clock
from storage import ledger
from storage.database import Database
from storage.ledger import Entry
from storage.tables import outbox, telegram_accounts
from templates.contexts import load_context
from templates.messages import Message
from tests.operations.conftest import add_client

_accounts = count(9_000_000_001)


async def add_person(tx: Tx, **values: object) -> int:
    """A registered client with a Telegram account of their own; the client's id."""
    telegram_id = next(_accounts)
    await tx.db.execute(
        insert(telegram_accounts).values(telegram_id=telegram_id, first_seen_at=tx.now)
    )
    return await add_client(tx, **({"telegram_id": telegram_id} | values))


class Town:
    """One database seen by one test."""

    def __init__(self, database: Database, clock: Clock, programme: Programme) -> None:
        self.database = database
        self.clock = clock
        self.programme = programme

    async def person(self, **values: object) -> int:
        async with self.database.write() as db:
            return await add_person(Tx(db, self.clock.now(), self.programme), **values)

    async def entries(self, client_id: int) -> list[Entry]:
        """The client's ledger, the oldest first."""
        async with self.database.read() as db:
            return (await ledger.of_client(db, client_id, limit=100))[::-1]

    async def notices(self, client_id: int) -> list[Message]:
        """What was queued for the client, the oldest first."""
        query = (
            select(outbox.c.notice, outbox.c.context)
            .where(outbox.c.client_id == client_id)
            .order_by(outbox.c.id)
        )
        async with self.database.read() as db:
            return [load_context(row.notice, row.context) for row in await db.execute(query)]

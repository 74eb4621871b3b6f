"""One business in a test: its people, its visits, what they got. A method is a transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from fractions import Fraction
from itertools import count

from sqlalchemy import select

from loyalty.calendar import business_day
from loyalty.programme import Programme
from operations.senders import Role, Sender, identify
from operations.transaction import Tx
from scheduler.clock import Clock
from storage import clients, ledger, people, staff, visits
from storage.clients import Client
from storage.database import Database
from storage.ledger import Entry
from storage.tables import audit_log, outbox
from storage.visits import Visit
from templates.contexts import load_context
from templates.messages import Message
from tests.operations.conftest import add_client

OWNER_ID = 7_000_000_001
SERVER_ID = 8_000_000_001  # who confirms visits

_accounts = count(9_000_000_001)


class Town:
    """A database and a clock, seen by one test."""

    def __init__(self, database: Database, clock: Clock, programme: Programme) -> None:
        self.database = database
        self.clock = clock
        self.programme = programme

    @asynccontextmanager
    async def tx(self) -> AsyncIterator[Tx]:
        async with self.database.write() as db:
            yield Tx(db, self.clock.now(), self.programme)

    async def person(self, **values: object) -> int:
        """A registered client with a Telegram account of their own; the client's id."""
        telegram_id = next(_accounts)
        async with self.tx() as tx:
            await people.meet(tx.db, telegram_id, "ru", tx.now)
            return await add_client(tx, **({"telegram_id": telegram_id} | values))

    async def hires(
        self,
        name: str,
        role: Role,
        *,
        branch: str | None = None,
        telegram_id: int | None = None,
    ) -> int:
        """A colleague's Telegram id."""
        telegram_id = telegram_id or next(_accounts)
        async with self.tx() as tx:
            await people.meet(tx.db, telegram_id, "ru", tx.now)
            await staff.hire(
                tx.db,
                telegram_id=telegram_id,
                name=name,
                role=role,
                branch=branch,
                invited_by=OWNER_ID,
                now=tx.now,
            )
        return telegram_id

    async def visit(
        self,
        client_id: int,
        at: datetime | None = None,
        *,
        branch: str = "Центр",
        bill: int = 100_000,
    ) -> Visit:
        """A confirmed visit, straight into the table, with the cache of its day."""
        at = at or self.clock.now()
        day = business_day(at, self.programme.business.timezone)
        async with self.tx() as tx:
            booked = await visits.add(
                tx.db,
                {
                    "client_id": client_id,
                    "branch": branch,
                    "service_code": "repair",
                    "bill": bill,
                    "discount": 0,
                    "points_spent": 0,
                    "to_pay": bill,
                    "eligible": bill,
                    "percent": Fraction(3),
                    "points_earned": 30,
                    "tier": "silver",
                    "staff_id": SERVER_ID,
                    "at": at,
                    "on_day": day,
                },
            )
            last = await visits.last_visit_on(tx.db, client_id)
            await clients.change(tx.db, client_id, {"last_visit_on": last})
        return booked

    async def undoes(self, visit: Visit) -> None:
        async with self.tx() as tx:
            await visits.mark_undone(tx.db, visit.id, by=SERVER_ID, now=tx.now)
            last = await visits.last_visit_on(tx.db, visit.client_id)
            await clients.change(tx.db, visit.client_id, {"last_visit_on": last})

    async def knows(self, client_id: int) -> Client:
        async with self.database.read() as db:
            client = await clients.by_id(db, client_id)
        assert client is not None
        return client

    async def sender(self, telegram_id: int | None) -> Sender:
        """Whoever this is, as the database knows them now."""
        assert telegram_id is not None
        async with self.tx() as tx:
            return await identify(
                tx,
                telegram_id=telegram_id,
                chat_id=telegram_id,
                first_name="Кто-то",
                language_code="ru",
                owner_ids={OWNER_ID},
            )

    async def as_sender(self, client_id: int) -> Sender:
        return await self.sender((await self.knows(client_id)).telegram_id)

    async def entries(self, client_id: int) -> list[Entry]:
        """The client's ledger, the oldest first."""
        async with self.database.read() as db:
            return (await ledger.of_client(db, client_id, limit=100))[::-1]

    async def notices(self, client_id: int) -> list[Message]:
        """What was queued for the client, the oldest first."""
        return await self._notices(outbox.c.client_id == client_id)

    async def notices_to(self, telegram_id: int) -> list[Message]:
        """What was queued for the account, the oldest first."""
        return await self._notices(outbox.c.chat_id == telegram_id)

    async def _notices(self, condition: object) -> list[Message]:
        query = select(outbox.c.notice, outbox.c.context).where(condition).order_by(outbox.c.id)  # type: ignore[arg-type]
        async with self.database.read() as db:
            return [load_context(row.notice, row.context) for row in await db.execute(query)]

    async def audited(self) -> list[str]:
        """The actions in the audit log, the oldest first."""
        async with self.database.read() as db:
            query = select(audit_log.c.action).order_by(audit_log.c.id)
            return list((await db.execute(query)).scalars())

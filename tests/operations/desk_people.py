"""Staff and clients for the tests of the desk, and what they do in transactions of their own."""

from datetime import datetime

from loyalty.programme import Programme
from operations.desk import ServiceTyped
from operations.senders import Role, Sender, identify
from operations.transaction import Tx
from operations.undo import ChooseVisit, NothingToUndo, UndoOutcome, undo_last
from operations.visit_previews import Preview, preview_visit
from operations.visits import Booked, Outcome, confirm_visit
from storage import clients, people, staff
from storage.clients import Client
from storage.database import Database
from storage.tables import outbox
from templates.contexts import load_context
from templates.messages import Message
from tests.operations.conftest import NOW, add_client

OWNER_ID = 900


class Desk:
    """One business in a test; every method is a transaction."""

    def __init__(self, database: Database, programme: Programme) -> None:
        self.database = database
        self.programme = programme
        self.now = NOW

    async def hires(
        self,
        telegram_id: int,
        name: str = "Алина",
        role: Role = Role.STAFF,
        branch: str | None = "Центр",
    ) -> Sender:
        async with self.database.write() as db:
            await people.meet(db, telegram_id, "ru", self.now)
            await staff.hire(
                db,
                telegram_id=telegram_id,
                name=name,
                role=role,
                branch=branch,
                invited_by=OWNER_ID,
                now=self.now,
            )
        return await self.sender(telegram_id)

    async def sender(self, telegram_id: int, first_name: str = "Кто-то") -> Sender:
        """Whoever this is, as the database knows them now."""
        async with self.database.write() as db:
            return await identify(
                Tx(db, self.now, self.programme),
                telegram_id=telegram_id,
                chat_id=telegram_id,
                first_name=first_name,
                language_code="ru",
                owner_ids={OWNER_ID},
            )

    async def client(self, **values: object) -> int:
        async with self.database.write() as db:
            if (telegram_id := values.get("telegram_id")) is not None:
                assert isinstance(telegram_id, int)
                await people.meet(db, telegram_id, "ru", self.now)
            return await add_client(Tx(db, self.now, self.programme), **values)

    async def knows(self, client_id: int) -> Client:
        async with self.database.read() as db:
            client = await clients.by_id(db, client_id)
        assert client is not None
        return client

    async def told(self, telegram_id: int) -> list[Message]:
        """The notices queued for this chat, oldest first."""
        async with self.database.read() as db:
            rows = await db.execute(
                outbox.select().where(outbox.c.chat_id == telegram_id).order_by(outbox.c.id)
            )
            return [load_context(row.notice, row.context) for row in rows if row.notice is not None]

    async def previews(
        self, actor: Sender, client_id: int, bill: int = 100_000, service: str | None = None
    ) -> Preview:
        async with self.database.write() as db:
            outcome = await preview_visit(
                Tx(db, self.now, self.programme),
                actor=actor,
                client_id=client_id,
                bill=bill,
                service=ServiceTyped(code=service),
            )
        assert isinstance(outcome, Preview)
        return outcome

    async def confirms(
        self,
        actor: Sender,
        preview_id: int,
        *,
        branch: int | None = None,
        at: datetime | None = None,
    ) -> Outcome:
        async with self.database.write() as db:
            return await confirm_visit(
                Tx(db, at or self.now, self.programme),
                preview_id=preview_id,
                actor=actor,
                branch_place=branch,
            )

    async def books(self, actor: Sender, client_id: int, bill: int = 100_000) -> Booked:
        preview = await self.previews(actor, client_id, bill)
        outcome = await self.confirms(actor, preview.id)
        assert isinstance(outcome, Booked)
        return outcome

    async def undoes_last(self, actor: Sender) -> UndoOutcome | NothingToUndo | ChooseVisit:
        async with self.database.write() as db:
            return await undo_last(Tx(db, self.now, self.programme), actor=actor)

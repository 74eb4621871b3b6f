"""A desk where clients pay with points: what each of the two does, in transactions of their own."""

from datetime import date

from sqlalchemy import func, select

from operations.approving import ApprovalOutcome, approve_visit, decline_visit
from operations.available import available_points
from operations.desk import ServiceTyped
from operations.holds import Held
from operations.ledger import EntryKind, NotEnoughPoints, grant, spend
from operations.redemptions import (
    Agreed,
    AskedAnew,
    Ended,
    NotAsked,
    NotTheAsker,
    Withdrawn,
    confirm_redemption,
    refuse_redemption,
    withdraw_redemption,
)
from operations.senders import Sender
from operations.transaction import Tx
from operations.visits import Booked, Outcome, redeem
from storage import approvals, audit, clients, redemptions
from storage.approvals import Approval
from storage.redemptions import Redemption
from storage.tables import ledger_entries
from storage.tables import visits as visits_table
from tests.operations.desk_people import OWNER_ID, Desk

CLIENT_ID = 50  # the Telegram id of the client whose phone it is


class SpendingDesk(Desk):
    """The desk, and a client's phone."""

    async def rich_client(self, points: int = 500, **values: object) -> int:
        """A client with a phone and points that never expire."""
        client_id = await self.client(**({"telegram_id": CLIENT_ID} | values))
        await self.gives(client_id, points)
        return client_id

    async def gives(self, client_id: int, points: int, until: date | None = None) -> None:
        async with self.database.write() as db:
            key = f"given:{client_id}:{points}:{until}"
            tx = self.tx(db)
            kind = EntryKind.APOLOGY
            await grant(tx, client_id, points, kind=kind, key=key, valid_through=until)

    def tx(self, db: object) -> Tx:
        return Tx(db, self.now, self.programme)  # type: ignore[arg-type]

    async def redeems(
        self,
        actor: Sender,
        client_id: int,
        points: int = 100,
        bill: int = 100_000,
        service: str | None = "repair",
    ) -> Outcome:
        async with self.database.write() as db:
            return await redeem(
                self.tx(db),
                actor=actor,
                client_id=client_id,
                bill=bill,
                service=ServiceTyped(code=service),
                points=points,
                owner_ids={OWNER_ID},
            )

    async def asks(
        self, actor: Sender, client_id: int, points: int = 100, bill: int = 100_000
    ) -> Redemption:
        outcome = await self.redeems(actor, client_id, points, bill)
        assert isinstance(outcome, Held), outcome
        return outcome.redemption

    async def agrees(
        self, asked: Redemption, *, by: int = CLIENT_ID, preview_id: int | None = None
    ) -> Agreed | AskedAnew | Ended | NotAsked:
        client = await self.sender(by)
        async with self.database.write() as db:
            return await confirm_redemption(
                self.tx(db),
                redemption_id=asked.id,
                preview_id=preview_id or asked.preview_id,
                actor=client,
            )

    async def refuses(self, asked: Redemption, *, by: int = CLIENT_ID) -> Agreed | Ended | NotAsked:
        client = await self.sender(by)
        async with self.database.write() as db:
            return await refuse_redemption(self.tx(db), redemption_id=asked.id, actor=client)

    async def withdraws(
        self, actor: Sender, asked: Redemption
    ) -> Booked | Ended | Withdrawn | NotTheAsker | NotAsked:
        async with self.database.write() as db:
            return await withdraw_redemption(self.tx(db), redemption_id=asked.id, actor=actor)

    async def approves(
        self, actor: Sender, asked: Approval, preview_id: int | None = None
    ) -> ApprovalOutcome:
        async with self.database.write() as db:
            return await approve_visit(
                self.tx(db),
                approval_id=asked.id,
                preview_id=preview_id or asked.preview_id,
                actor=actor,
            )

    async def declines(self, actor: Sender, asked: Approval) -> ApprovalOutcome:
        async with self.database.write() as db:
            return await decline_visit(self.tx(db), approval_id=asked.id, actor=actor)

    async def buys_reward(self, client_id: int, points: int, key: str = "reward") -> bool:
        """A spend as any other part does it: under the lock, within what is available."""
        async with self.database.write() as db:
            tx = self.tx(db)
            client = await clients.lock(db, client_id)
            assert client is not None
            if await available_points(tx, client) < points:
                return False
            try:
                await spend(tx, client_id, points, kind=EntryKind.REWARD, key=key)
            except NotEnoughPoints:
                return False
            return True

    async def can_spend(self, client_id: int) -> int:
        async with self.database.read() as db:
            client = await clients.by_id(db, client_id)
            assert client is not None
            return await available_points(self.tx(db), client)

    async def redemption(self, redemption_id: int) -> Redemption:
        async with self.database.read() as db:
            found = await redemptions.by_id(db, redemption_id)
        assert found is not None
        return found

    async def approval(self, approval_id: int) -> Approval:
        async with self.database.read() as db:
            found = await approvals.by_id(db, approval_id)
        assert found is not None
        return found

    async def is_consistent(self) -> bool:
        async with self.database.read() as db:
            return not await audit.differences(db)


async def count_visits(desk: SpendingDesk) -> int:
    async with desk.database.read() as db:
        query = select(func.count()).select_from(visits_table)
        return int((await db.execute(query)).scalar_one())


async def spent(desk: SpendingDesk, client_id: int) -> int:
    """What redemptions took, all in all."""
    async with desk.database.read() as db:
        query = select(func.coalesce(func.sum(ledger_entries.c.amount), 0)).where(
            ledger_entries.c.client_id == client_id,
            ledger_entries.c.kind == EntryKind.REDEMPTION.value,
        )
        return -int((await db.execute(query)).scalar_one())

"""Clients with points before the shelf, for the tests of rewards; each act is a transaction."""

from dataclasses import replace

from loyalty.programme import Programme, Reward
from loyalty.programme.text import Text
from operations.ledger import EntryKind, grant
from operations.reward_claims import Cancelled, ClosedBefore, NotTheirs, cancel_claim
from operations.reward_desk import Outcome as DeskOutcome
from operations.reward_desk import accept_claim, preview_claim
from operations.rewards import Offer, Outcome, Redeemed, redeem_reward
from operations.senders import Sender
from operations.transaction import Tx
from storage import audit, clients, ledger, rewards
from storage.database import Database
from storage.ledger import Entry
from storage.rewards import Claim
from tests.operations.desk_people import OWNER_ID, Desk

MUG, RING = "mug", "ring"


def with_rewards(programme: Programme, *, rings: int | None = 3) -> Programme:
    """Mugs without end for 100 points, and a few rings for 500, for gold only."""
    return replace(
        programme,
        rewards=(
            Reward(MUG, Text({"ru": "Кружка", "en": "Mug"}), cost=100),
            Reward(RING, Text({"ru": "Кольцо", "en": "Ring"}), cost=500, stock=rings),
        ),
    )


class Shelf(Desk):
    """A desk whose clients buy rewards."""

    def __init__(self, database: Database, programme: Programme) -> None:
        super().__init__(database, programme)
        self._accounts = 50

    async def buyer(self, points: int, **values: object) -> int:
        """A client with so many points."""
        self._accounts += 1
        client_id = await self.client(telegram_id=self._accounts, **values)
        if points:
            await self.gives(client_id, points)
        return client_id

    async def gives(self, client_id: int, points: int, **more: object) -> None:
        async with self.database.write() as db:
            values = {"valid_through": None, "key": f"gift:{client_id}:{points}"} | more
            tx = Tx(db, self.now, self.programme)
            await grant(tx, client_id, points, kind=EntryKind.ADJUSTMENT, **values)  # type: ignore[arg-type]

    async def offer(self, client_id: int, reward: str) -> Offer:
        """What a screen that is opened now would promise."""
        found = self.programme.reward(reward)
        assert found is not None
        async with self.database.read() as db:
            made = await rewards.counts(db, client_id)
        return Offer(made.ever + 1, found.cost)

    async def redeems(
        self, client_id: int, reward: str = MUG, offer: Offer | None = None
    ) -> Outcome:
        offer = offer or await self.offer(client_id, reward)
        async with self.database.write() as db:
            return await redeem_reward(
                Tx(db, self.now, self.programme),
                client_id=client_id,
                reward=reward,
                offer=offer,
                owner_ids={OWNER_ID},
            )

    async def claims(self, client_id: int, reward: str = MUG) -> Claim:
        outcome = await self.redeems(client_id, reward)
        assert isinstance(outcome, Redeemed)
        return outcome.claim

    async def cancels(self, client_id: int, claim: Claim) -> Cancelled | ClosedBefore | NotTheirs:
        async with self.database.write() as db:
            client = await clients.by_id(db, client_id)
            assert client is not None
            tx = Tx(db, self.now, self.programme)
            return await cancel_claim(tx, client=client, claim_id=claim.id)

    async def looks_up(
        self, actor: Sender, code: str, serving_id: int | None = None
    ) -> DeskOutcome:
        async with self.database.write() as db:
            tx = Tx(db, self.now, self.programme)
            return await preview_claim(tx, actor=actor, code=code, serving_id=serving_id)

    async def accepts(self, actor: Sender, code: str) -> DeskOutcome:
        async with self.database.write() as db:
            return await accept_claim(Tx(db, self.now, self.programme), actor=actor, code=code)

    async def gone(self, reward: str = RING) -> int:
        async with self.database.read() as db:
            return await rewards.claimed_count(db, reward)

    async def claim(self, claim_id: int) -> Claim:
        async with self.database.read() as db:
            found = await rewards.by_id(db, claim_id)
        assert found is not None
        return found

    async def entries(self, client_id: int) -> list[Entry]:
        async with self.database.read() as db:
            return (await ledger.of_client(db, client_id, limit=100))[::-1]

    async def differences(self) -> list[audit.Difference]:
        async with self.database.read() as db:
            return await audit.differences(db)

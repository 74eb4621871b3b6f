"""Rewards, each with what it must come to."""

from typing import Any

from operations.reward_claims import Cancelled, cancel_claim
from operations.reward_desk import ClaimOver, Handed, accept_claim
from operations.rewards import NotRedeemed, Offer, Redeemed, redeem_reward
from operations.transaction import Tx
from storage import clients
from storage.tables import reward_claims, reward_stock
from tests.machine.business import Stimulus
from tests.machine.people import People
from tests.machine.world import MANAGER, sender


class Shelf:
    """What points buy."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.world = people.world
        self.model = people.model

    def buys(self, n: int, code: str) -> None:
        client = self.people.one(n)
        if client is None:
            return
        reward = self.world.programme.reward(code)
        assert reward is not None
        made = [c for c in self.people.table(reward_claims) if c.client_id == client.id]
        offer = Offer(len(made) + 1, reward.cost)

        async def work(tx: Tx) -> Any:
            return await redeem_reward(tx, client_id=client.id, reward=code, offer=offer)

        stock = {row.code: row.claimed for row in self.people.table(reward_stock)}
        gone = stock.get(code, 0)
        can_pay = self.people.available(client) >= reward.cost
        waiting = sum(claim.status == "open" for claim in made)
        outcome = self.world.act(work)
        if can_pay and gone != reward.stock and waiting < 10:
            assert isinstance(outcome, Redeemed), outcome
            self.people.by_own_tap = True
            self.model.moves(client.id, -reward.cost)
            self.world.happened["reward"] += 1
            self.people.delivered.append(Stimulus("reward", work, (client.id,)))
        else:
            assert isinstance(outcome, NotRedeemed), outcome

    def _claim(self, n: int) -> Any | None:
        found = self.people.table(reward_claims)
        return found[n % len(found)] if found else None

    def cancels(self, n: int) -> None:
        claim = self._claim(n)
        if claim is None:
            return

        async def work(tx: Tx) -> Any:
            client = await clients.by_id(tx.db, claim.client_id)
            assert client is not None
            return await cancel_claim(tx, client=client, claim_id=claim.id)

        outcome = self.people.does("cancel", work, claim.client_id)
        assert isinstance(outcome, Cancelled) == (claim.status == "open")
        if claim.status == "open":
            self.people.by_own_tap = True
            self.model.moves(claim.client_id, claim.cost)

    def fetches(self, n: int) -> None:
        claim = self._claim(n)
        if claim is None:
            return

        async def work(tx: Tx) -> Any:
            return await accept_claim(tx, actor=await sender(tx, MANAGER), code=claim.code)

        outcome = self.people.does("fetch", work, claim.client_id)
        in_time = claim.valid_through >= self.world.today
        if claim.status == "accepted" or (claim.status == "open" and in_time):
            assert isinstance(outcome, Handed)
        else:
            assert isinstance(outcome, ClaimOver)

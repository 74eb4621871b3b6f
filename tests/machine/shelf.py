"""Rewards, and what time does to points: each with what it must come to."""

from typing import Any

from operations.reward_claims import Cancelled, cancel_claim
from operations.reward_desk import ClaimOver, Handed, accept_claim
from operations.rewards import NotRedeemed, Offer, Redeemed, redeem_reward
from operations.transaction import Tx
from storage import clients
from storage.tables import reward_claims
from tests.machine.business import Stimulus
from tests.machine.desk import Desk
from tests.machine.invariants import Books
from tests.machine.world import MANAGER, sender


class Shelf:
    """What points buy, and how they run out."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.people = desk.people
        self.world = desk.world
        self.model = desk.model

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

        gone = self.people.books().stock.get(code, 0)
        can_pay = self.desk.available(client) >= reward.cost
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

    # -- time

    def rounds(self) -> None:
        """All jobs look; what they post is what time may post, and nothing else."""
        before = self.people.books()
        self.world.rounds()
        after = self.people.books()
        last = before.entries[-1].id if before.entries else 0
        for entry in after.entries:
            if entry.id > last:
                self._time_posted(entry)
        self._expired_as_promised(before, after)
        self._lowered_as_warned(before, after)

    def _time_posted(self, entry: Any) -> None:
        self.world.happened[f"time: {entry.kind}"] += 1
        if entry.kind == "visit":
            assert self.model.pending.pop(entry.visit_id) == entry.amount
        elif entry.kind == "reward":
            claim_id = int(entry.key.split(":")[1])
            claims = self.people.table(reward_claims)
            claim = next(claim for claim in claims if claim.id == claim_id)
            assert (claim.status, claim.cost) == ("lapsed", entry.amount)
        elif entry.kind == "birthday":
            assert entry.amount in (300, 500, 1000)
        elif entry.kind == "win_back":
            assert entry.amount == 200
        else:
            assert entry.kind == "expiry", entry.kind
        self.model.moves(entry.client_id, entry.amount)

    def _expired_as_promised(self, before: Books, after: Books) -> None:
        """Rule 11: whole lots past their last day, last warned of on an earlier day."""
        was = {lot.id: lot for lot in before.lots}
        today = self.world.today
        gone = 0
        for lot in after.lots:
            old = was.get(lot.id)
            if old is None or lot.remaining >= old.remaining:
                continue
            assert lot.remaining == 0
            assert old.valid_through < today
            assert old.warned_on < today
            assert old.warned_ahead == 1
            gone += old.remaining
        last = before.entries[-1].id if before.entries else 0
        posted = [e.amount for e in after.entries if e.id > last and e.kind == "expiry"]
        assert gone == -sum(posted)

    def _lowered_as_warned(self, before: Books, after: Books) -> None:
        """Rule 12: time lifts nobody, and lowers only who was warned on an earlier day."""
        rank = [level.code for level in self.world.programme.tiers.levels].index
        now = {row.id: row for row in after.clients}
        for row in before.clients:
            assert rank(now[row.id].tier) <= rank(row.tier)
            if now[row.id].tier != row.tier:
                assert row.tier_warned_on < self.world.today
                self.world.happened["time: lower level"] += 1

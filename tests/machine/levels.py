"""Levels by invitation: given and withdrawn by the owner alone, to their day (rule 12)."""

from typing import Any

from loyalty.calendar import add_months
from loyalty.invitations import Term
from operations.invited_levels import LevelGiven, LevelTaken, NotPossible, give_level, take_level
from operations.transaction import Tx
from tests.machine.people import People
from tests.machine.programme import VIP
from tests.machine.world import OWNER, sender


class Invitations:
    """VIP, with an end and without."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.world = people.world

    def invites(self, n: int, term: Term) -> None:
        client = self.people.one(n)
        if client is None:
            return

        async def work(tx: Tx) -> Any:
            actor = await sender(tx, OWNER)
            return await give_level(tx, actor=actor, client_id=client.id, level_code=VIP, term=term)

        until = add_months(self.world.today, 3) if term is Term.QUARTER else None
        is_so = (client.tier, client.tier_until) == (VIP, until)
        outcome = self.world.act(work)
        assert isinstance(outcome, LevelGiven), outcome
        assert outcome.repeated == is_so
        self.world.happened["invitation"] += 1
        now = self.people.client(client.id)
        assert (now.tier, now.tier_until) == (VIP, until)

    def withdraws(self, n: int) -> None:
        client = self.people.one(n)
        if client is None:
            return

        async def work(tx: Tx) -> Any:
            return await take_level(tx, actor=await sender(tx, OWNER), client_id=client.id)

        outcome = self.world.act(work)
        if client.tier != VIP:
            assert isinstance(outcome, NotPossible), outcome
            return
        assert isinstance(outcome, LevelTaken), outcome
        self.world.happened["invitation withdrawn"] += 1
        now = self.people.client(client.id)
        assert now.tier_until is None
        levels = [level for level in self.world.programme.tiers.levels if level.code != VIP]
        reached = [level.code for level in levels if (level.from_ or 0) <= self._spend(client.id)]
        assert now.tier in [level.code for level in levels]
        rank = [level.code for level in levels].index
        assert rank(now.tier) >= rank(reached[-1]), "what was reached is not lost"

    def _spend(self, client_id: int) -> int:
        """What counts for a level, of the visits of a year."""
        since = add_months(self.world.today, -11)  # a day that is in the window for sure
        return sum(
            visit.eligible
            for visit in self.people.visits()
            if visit.client_id == client_id
            and visit.status == "confirmed"
            and visit.on_day >= since
        )

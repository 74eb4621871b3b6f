"""What time does to points and levels: each with what it must come to."""

import contextlib
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.programme import Challenge
from operations import challenge_prizes
from operations.due import Due, NotDueNow
from operations.transaction import Tx
from storage.tables import reward_claims
from tests.machine.invariants import Books
from tests.machine.people import People
from tests.machine.programme import VIP
from tests.machine.reckoning import winners_by_hand
from tests.machine.world import OWNER


class Rounds:
    """The jobs look at what is due; nothing else comes of it than what was said."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.world = people.world
        self.model = people.model
        self.over: set[str] = set()  # contests whose prizes were given

    def look(self) -> None:
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
        self._won_as_told(before, [entry for entry in after.entries if entry.id > last])

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
            assert entry.kind in ("expiry", "prize"), entry.kind
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
            spoken_for = after.spoken_for.get(old.client_id, 0)
            assert _sooner(before, old) >= spoken_for, "points that are spoken for ran out"
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
            if now[row.id].tier == row.tier:
                continue
            assert row.tier_warned_on is not None, "not a word of it before"
            assert row.tier_warned_on < self.world.today
            self.world.happened[f"time: lower level than {row.tier}"] += 1
            if row.tier == VIP:
                assert row.tier_until is not None, "an invitation without an end has ended"
                assert row.tier_until < self.world.today

    # -- contests

    def _won_as_told(self, before: Books, posted: list[Any]) -> None:
        """Each prize once, to who came in at that place by the visits of the contest's days."""
        expected = []
        for challenge in self.world.programme.challenges:
            if challenge.code in self.over or not self._is_over(challenge):
                continue
            self.over.add(challenge.code)
            winners = winners_by_hand(challenge, self.people.visits(), before.clients)
            for place, (client_id, prize) in enumerate(
                zip(winners, challenge.prizes, strict=False), start=1
            ):
                expected.append((f"prize:{challenge.code}:{place}", client_id, prize))
        prizes = [(e.key, e.client_id, e.amount) for e in posted if e.kind == "prize"]
        assert sorted(prizes) == sorted(expected), "not the prizes that were won"

    def _is_over(self, challenge: Challenge) -> bool:
        """From ten in the morning of the day after its last one."""
        at = datetime.combine(challenge.to, time(10), ZoneInfo("Europe/Moscow"))
        return self.world.now >= at + timedelta(days=1)

    def gives_prizes_again(self, code: str) -> None:
        """Whoever comes to it a second time, or before the end, finds nothing to do."""
        challenge = self.world.programme.challenge(code)
        assert challenge is not None
        if code not in self.over and self._is_over(challenge):
            return  # slept through: the next look gives them

        async def close(tx: Tx) -> None:
            ranking = await challenge_prizes.rank(tx, Due(1, code), {OWNER})
            await challenge_prizes.close(tx, Due(1, code), ranking)

        async def pay(tx: Tx) -> None:
            await challenge_prizes.pay(tx, Due(1, code))

        for work in (close, pay):
            with contextlib.suppress(NotDueNow):
                self.world.act(work)
                raise AssertionError("prizes are given once, and not before the end")


def _sooner(books: Books, lot: Any) -> int:
    """The client's points that are spent before this lot's (rule 2)."""
    return sum(
        other.remaining
        for other in books.lots
        if other.client_id == lot.client_id
        and other.valid_through is not None
        and (other.valid_through, other.id) < (lot.valid_through, lot.id)
    )

"""What people do with their cards beside visits: one record of two, birthdays, words, farewell."""

from datetime import date
from typing import Any

from loyalty.birthdays import Birthday
from operations.erasure import erase_client
from operations.feedback import Rated, add_words, rate
from operations.merging import Merged, MergeImpossible, merge_clients
from operations.profile import set_birthday
from operations.transaction import Tx
from storage.tables import clients as clients_table
from storage.tables import outbox, referrals, reward_claims
from tests.machine.business import Business, Stimulus
from tests.machine.invariants import check_forgotten
from tests.machine.programme import VIP
from tests.machine.reckoning import Friend
from tests.machine.world import MANAGER, OWNER, sender


class People(Business):
    """The same business, seen by its clients."""

    # -- rule 17

    def merges(self, survivor: int, source: int) -> None:
        stays, goes = self.one(survivor), self.one(source)
        if stays is None or goes is None or stays.id == goes.id:
            return

        async def work(tx: Tx) -> Any:
            actor = await sender(tx, MANAGER)
            return await merge_clients(tx, actor=actor, survivor_id=stays.id, source_id=goes.id)

        waiting = self.open_claims(goes.id)
        outcome = self.world.act(work)
        if stays.telegram_id is None and goes.telegram_id is not None:
            assert isinstance(outcome, MergeImpossible)
            return
        assert isinstance(outcome, Merged)
        self.world.happened["merge"] += 1
        assert not outcome.repeated
        for claim in waiting:
            self.model.moves(goes.id, claim.cost)
        self._one_record_of_two(stays.id, goes.id)
        self._higher_level_of_two(stays, goes)
        self.delivered.append(Stimulus("merge", work, (stays.id, goes.id)))

    def _one_record_of_two(self, stays: int, goes: int) -> None:
        points = self.model.balances.get(goes, 0)
        self.model.moves(goes, -points)
        self.model.moves(stays, points)
        self.model.merged[goes] = stays
        self.may_undermine = True
        # An account that lost its card is a stranger's: nothing says whose it was.
        own = [trace for trace in self.traces.pop(goes, ()) if isinstance(trace, str)]
        self.traces[stays] = (*self.traces.get(stays, ()), *own)
        known, kept = self.model.friends, {}
        for row in self.table(referrals):
            was = known.get(row.friend_id) or known[goes]
            kept[row.friend_id] = Friend(
                row.friend_id, row.referrer_id, was.since, was.visit_id, was.month, was.paid
            )
        self.model.friends = kept
        for (partner, holder), code in list(self.model.codes.items()):
            if holder == goes and (partner, stays) not in self.model.codes:
                del self.model.codes[partner, holder]
                self.model.codes[partner, stays] = code

    def _higher_level_of_two(self, stays: Any, goes: Any) -> None:
        """Rule 12: nobody loses a level by it, and an invitation ends when it would have."""
        rank = [level.code for level in self.programme.tiers.levels].index
        now = self.client(stays.id)
        assert rank(now.tier) >= max(rank(stays.tier), rank(goes.tier))
        ends = [row.tier_until or date.max for row in (stays, goes) if row.tier == VIP]
        if ends:
            assert (now.tier_until or date.max) == max(ends), "an invitation has another end"
        if now.tier != stays.tier:
            assert now.tier_warned_on is None, "a level is lost that was not warned of"

    def open_claims(self, client_id: int) -> list[Any]:
        found = self.table(reward_claims)
        return [claim for claim in found if (claim.client_id, claim.status) == (client_id, "open")]

    # -- points for actions

    def tells_birthday(self, n: int, day: int, month: int) -> None:
        client = self.one(n)
        if client is None:
            return

        async def work(tx: Tx) -> Any:
            return await set_birthday(tx, client_id=client.id, birthday=Birthday(day, month))

        # Told again after another one it is another one: only the inbox knows that it is a repeat.
        self.world.act(work)
        if client.phone is not None and self.is_known_of_old(client.phone):
            return
        if client.birthday_day is None and client.birthday_told_on is None:
            self.model.moves(client.id, self.programme.actions.birthday_told)

    def reviews(self, n: int, rating: int, words: str) -> None:
        visit = self.standing_visit(n)
        client = None if visit is None else self.client(visit.client_id)
        if visit is None or client.telegram_id is None:
            return
        said_before = any(entry.key == f"action:review:{visit.id}" for entry in self.entries())

        async def rates(tx: Tx) -> Any:
            actor = await sender(tx, client.telegram_id)
            return await rate(
                tx, actor=actor, about=visit.id, is_visit=True, rating=rating, owner_ids={OWNER}
            )

        rated = self.does("rating", rates, client.id)
        if not isinstance(rated, Rated):
            return  # the last word on this visit was said

        async def says(tx: Tx) -> Any:
            actor = await sender(tx, client.telegram_id)
            return await add_words(
                tx, actor=actor, feedback_id=rated.feedback_id, words=words, owner_ids={OWNER}
            )

        self.does("words", says, client.id)
        if words.isalpha() and not said_before:
            self.model.moves(client.id, self.programme.actions.review)

    # -- rule 21

    def erases(self, n: int, *, by_owner: bool) -> None:
        """Nothing that names the person is left anywhere, and their points go with the card."""
        client = self.one(n)
        if client is None:
            return

        async def work(tx: Tx) -> Any:
            return await erase_client(tx, client.id, by=OWNER if by_owner else None)

        self.world.act(_deliver)
        self.does("erase", work)
        others = [str(row.telegram_id) for row in self.table(clients_table) if row.id != client.id]
        traces = {
            trace
            for trace in self.traces[client.id]
            # A name and an account that came again after a merge are another client's by now.
            if not any(account in str(trace) for account in others)
        }
        self.gone.add(client.id)
        self.gone.update(one for one in self.model.merged if self.model.living(one) == client.id)
        self.model.moves(client.id, -self.model.balances.get(client.id, 0))
        own = {visit.id for visit in self.visits() if visit.client_id == client.id}
        for visit_id in own & self.model.pending.keys():
            del self.model.pending[visit_id]
        for dispute_id, disputed in list(self.model.disputed.items()):
            if self.model.living(disputed.client_id) == client.id:
                del self.model.disputed[dispute_id]
        for friend in list(self.model.friends.values()):
            if friend.client_id in self.gone and friend.visit_id is None:
                del self.model.friends[friend.client_id]
        self.forgotten |= {phone: self.world.today for phone in traces if str(phone)[0] == "+"}
        check_forgotten(self.world.rows(), traces)


async def _deliver(tx: Tx) -> None:
    """All that is queued was sent: what waits to be told to others is forgotten once it was."""
    await tx.db.execute(outbox.update().where(outbox.c.status == "waiting").values(status="sent"))

"""What clients say is wrong: a case, points that wait with it, and how it is settled (rule 24)."""

from typing import Any

from operations.case_answers import Closed, ClosedBefore, close_case
from operations.disputes import (
    AboutEntry,
    AboutExpiry,
    AboutVisit,
    AnsweredBefore,
    Opened,
    TooLate,
    Withdrawn,
    open_dispute,
    withdraw_dispute,
)
from operations.remedies import ApologyGiven, GivenBefore, give_apology
from operations.transaction import Tx
from storage.tables import cases
from storage.tables import lots as lots_table
from tests.machine.people import People
from tests.machine.reckoning import Disputed
from tests.machine.world import MANAGER, OWNER, sender

OF_VISITS = ("visit", "redemption", "undo", "return")


class Disputes:
    """❗ under a receipt, and what comes of it."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.world = people.world
        self.model = people.model

    # -- opened

    def opens(self, n: int, receipt: int) -> None:
        """About the client's n-th receipt; below zero they are counted from the last one."""
        client = self.people.one(n)
        if client is None or client.telegram_id is None:
            return
        found = self._receipts(client)
        if found:
            self._opens(client, found[receipt % len(found)])

    def _receipts(self, client: Any) -> list[tuple[Disputed, Any]]:
        """All that this client has been told of: what it is about, and how it is named."""
        own = {visit.id for visit in self.people.visits() if visit.client_id == client.id}
        found: list[tuple[Disputed, Any]] = []
        for entry in self.people.entries():
            if self.model.living(entry.client_id) != client.id:
                continue
            named = AboutEntry(entry.id)
            if entry.kind in OF_VISITS and entry.visit_id in own:
                found.append((self._visit(client, entry.visit_id), named))
            else:
                key = f"entry:{entry.id}"
                found.append((Disputed(key, client.id, entry_id=entry.id), named))
        found += [(self._visit(client, one), AboutVisit(one)) for one in sorted(own)]
        lots = [lot for lot in self.people.table(lots_table) if lot.client_id == client.id]
        days = sorted({lot.valid_through for lot in lots if lot.remaining and lot.valid_through})
        for day in days[:1]:
            points = sum(lot.remaining for lot in lots if lot.valid_through == day)
            key = f"expiry:{client.id}:{day}"
            found.append((Disputed(key, client.id, points=points), AboutExpiry(day)))
        return found

    def _visit(self, client: Any, visit_id: int) -> Disputed:
        return Disputed(f"visit:{visit_id}", client.id, visit_id=visit_id)

    def _opens(self, client: Any, receipt: tuple[Disputed, Any]) -> None:
        disputed, about = receipt

        async def work(tx: Tx) -> Any:
            actor = await sender(tx, client.telegram_id)
            return await open_dispute(tx, actor=actor, about=about, owner_ids={OWNER})

        before = [one for one, that in self.model.disputed.items() if that.key == disputed.key]
        outcome = self.world.act(work)
        self.world.happened[f"dispute: {type(outcome).__name__}"] += 1
        if isinstance(outcome, TooLate):
            assert not before
            return
        assert isinstance(outcome, Opened), outcome
        assert outcome.repeated == bool(before)
        if before:
            assert [outcome.dispute_id] == before
            return
        disputed = Disputed(**{**vars(disputed), "case_id": outcome.case_id})
        self.model.disputed[outcome.dispute_id] = disputed
        self.people.may_undermine = True
        assert outcome.disputed.frozen == self.people.frozen_of(disputed)
        twice = self.world.act(work)
        assert isinstance(twice, Opened)
        assert (twice.dispute_id, twice.repeated) == (outcome.dispute_id, True)

    # -- decided, either way

    def withdraws(self, n: int) -> None:
        """The client: all was well."""
        if not self.model.disputed:
            return
        dispute_id = sorted(self.model.disputed)[n % len(self.model.disputed)]
        disputed = self.model.disputed[dispute_id]
        client = self.people.client(self.model.living(disputed.client_id))
        if client.telegram_id is None:
            return
        frozen = self.people.frozen_of(disputed)

        async def work(tx: Tx) -> Any:
            actor = await sender(tx, client.telegram_id)
            return await withdraw_dispute(tx, actor=actor, dispute_id=dispute_id, owner_ids={OWNER})

        outcome = self.people.does("withdraw", work, client.id)
        assert isinstance(outcome, Withdrawn), outcome
        assert outcome.points == frozen
        del self.model.disputed[dispute_id]
        others = [that for that in self.model.disputed.values() if that.case_id == disputed.case_id]
        assert not (outcome.is_closed and others), "closed while something else is disputed"
        assert isinstance(self.world.act(work), AnsweredBefore)

    def _open_case(self, n: int) -> int | None:
        """Of those with a dispute, else of all that are open."""
        disputed = {that.case_id for that in self.model.disputed.values()}
        found = sorted(disputed) or [
            case.id
            for case in self.people.table(cases)
            if (case.status, case.kind) == ("open", "complaint")
        ]
        return found[n % len(found)] if found else None

    def settles(self, n: int, apology: int) -> None:
        """A manager closes the case, with points for an apology or without; all of it is free."""
        case_id = self._open_case(n)
        if case_id is None:
            return
        if apology:
            self._apologises(case_id, apology)

        async def work(tx: Tx) -> Any:
            actor = await sender(tx, MANAGER)
            return await close_case(tx, actor=actor, case_id=case_id, owner_ids={OWNER})

        outcome = self.world.act(work)
        self.world.happened[f"settle: {type(outcome).__name__}"] += 1
        assert isinstance(outcome, Closed), outcome
        for dispute_id, disputed in list(self.model.disputed.items()):
            if disputed.case_id == case_id:
                del self.model.disputed[dispute_id]
        assert isinstance(self.world.act(work), ClosedBefore)

    def _apologises(self, case_id: int, points: int) -> None:
        case = next(row for row in self.people.table(cases) if row.id == case_id)
        keys = {entry.key for entry in self.people.entries()}

        async def work(tx: Tx) -> Any:
            actor = await sender(tx, MANAGER)
            return await give_apology(tx, actor=actor, case_id=case_id, points=points)

        outcome = self.people.does("apology", work, case.client_id)
        if f"apology:{case_id}" in keys:
            assert isinstance(outcome, GivenBefore), outcome
        else:
            assert isinstance(outcome, ApologyGiven), outcome
            self.model.moves(case.client_id, points)

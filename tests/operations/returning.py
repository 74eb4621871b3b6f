"""Returns in tests: a desk that takes things back, and visits that were paid with points."""

from dataclasses import replace
from datetime import timedelta

from loyalty.points import valid_through
from loyalty.visits import visit_terms
from operations.booking import Booked, book_visit
from operations.desk import ServiceTyped
from operations.ledger import EntryKind, grant, spend
from operations.returnable import Returnable
from operations.returns import (
    Confirmed,
    Previewed,
    Returned,
    ReturnPreview,
    confirm_return,
    preview_return,
)
from operations.senders import Sender
from operations.standing import current_level
from operations.transaction import Tx
from operations.undo import UndoOutcome, undo_visit
from storage import audit, clients, visits
from storage.visits import Visit
from tests.operations.desk_people import Desk
from tests.records import entries_of

__all__ = ["ReturnDesk", "Returnable"]


class ReturnDesk(Desk):
    """A desk where visits come back; every method is a transaction."""

    def tx(self, db: object) -> Tx:
        return Tx(db, self.now, self.programme)  # type: ignore[arg-type]

    async def gives(self, client_id: int, points: int, *, days: int | None = None) -> None:
        """Points out of nowhere, in a lot of their own."""
        async with self.database.write() as db:
            tx = self.tx(db)
            until = valid_through(tx.today, self.programme.points.lifetime_days)
            await grant(
                tx,
                client_id,
                points,
                kind=EntryKind.ADJUSTMENT,
                key=f"given:{client_id}:{await entries_of(db, client_id)}",
                valid_through=tx.today + timedelta(days=days) if days is not None else until,
            )

    async def spends(self, client_id: int, points: int) -> None:
        """Points that went for something that is no visit."""
        async with self.database.write() as db:
            key = f"spent:{client_id}:{await entries_of(db, client_id)}"
            await spend(self.tx(db), client_id, points, kind=EntryKind.REWARD, key=key)

    async def books_with_points(
        self, actor: Sender, client_id: int, bill: int, points: int
    ) -> Booked:
        """A visit part-paid with points: the spend and the visit in one transaction."""
        preview = await self.previews(actor, client_id, bill)
        async with self.database.write() as db:
            tx = self.tx(db)
            client = await clients.lock(db, client_id)
            assert client is not None
            terms = visit_terms(
                self.programme,
                current_level(tx, client),
                bill=bill,
                service_code=None,
                points_spent=points,
            )
            booked = await book_visit(
                tx,
                staff_id=actor.telegram_id,
                client=client,
                terms=terms,
                service=ServiceTyped(),
                branch="Центр",
                preview_id=preview.id,
                redemption_id=preview.id if points else None,
            )
        return replace(booked, balance=(await self.knows(client_id)).balance)

    async def shows_return(
        self, actor: Sender, visit_id: int, amount: int | None = None
    ) -> Previewed:
        async with self.database.write() as db:
            return await preview_return(self.tx(db), actor=actor, visit_id=visit_id, amount=amount)

    async def confirms_return(self, actor: Sender, preview_id: int) -> Confirmed:
        async with self.database.write() as db:
            return await confirm_return(self.tx(db), actor=actor, preview_id=preview_id)

    async def returns(
        self, actor: Sender, visit_id: int, amount: int | None = None
    ) -> tuple[ReturnPreview, Returned]:
        """Shown and confirmed."""
        shown = await self.shows_return(actor, visit_id, amount)
        assert isinstance(shown, ReturnPreview), shown
        outcome = await self.confirms_return(actor, shown.id)
        assert isinstance(outcome, Returned), outcome
        return shown, outcome

    async def undoes(self, actor: Sender, visit_id: int) -> UndoOutcome:
        async with self.database.write() as db:
            return await undo_visit(self.tx(db), visit_id=visit_id, actor=actor)

    async def visit(self, visit_id: int) -> Visit:
        async with self.database.read() as db:
            found = await visits.by_id(db, visit_id)
        assert found is not None
        return found

    async def is_consistent(self) -> bool:
        async with self.database.read() as db:
            return not await audit.differences(db)

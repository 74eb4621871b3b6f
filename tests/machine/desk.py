"""Visits, returns and what is taken back, each with what it must come to."""

from typing import Any

from operations.approvals import Awaited
from operations.desk import ServiceTyped
from operations.returns import Returned, ReturnPreview, confirm_return, preview_return
from operations.transaction import Tx
from operations.undo import Undone, UndoTooLate, undo_visit
from operations.visit_previews import ClientGone, Preview, preview_visit
from operations.visits import (
    Booked,
    PreviewLapsed,
    PreviewRefused,
    ShownAnew,
    confirm_visit,
)
from tests.machine.people import People
from tests.machine.programme import APPROVE_ABOVE, FREE_EVERY
from tests.machine.reckoning import Figures, rest_by_hand, visit_by_hand
from tests.machine.world import CLERK, MANAGER, OWNER, sender


class Desk:
    """The clerk confirms, the manager puts right."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.world = people.world
        self.model = people.model
        self.open_previews: list[int] = []
        self.previewed: dict[int, tuple[int, int, str | None]] = {}
        self.awaited: dict[int, int] = {}  # preview that those who lead were shown, by question
        self.refused: set[int] = set()  # previews that they said no to

    # -- visits

    def previews(self, n: int, bill: int, service: str | None) -> int | None:
        client = self.people.one(n)
        if client is None:
            return None

        async def work(tx: Tx) -> Any:
            return await preview_visit(
                tx,
                actor=await sender(tx, CLERK),
                client_id=client.id,
                bill=bill,
                service=ServiceTyped(code=service),
            )

        preview = self.world.act(work)
        assert isinstance(preview, Preview)
        return self._keeps(preview, client.id, bill, service)

    def comes(self, n: int, bill: int, service: str | None) -> None:
        """Previewed and confirmed in a row."""
        preview_id = self.previews(n, bill, service)
        if preview_id is not None:
            self.confirms(preview_id)

    def _keeps(self, preview: Preview, client_id: int, bill: int, service: str | None) -> int:
        self.open_previews.append(preview.id)
        self.previewed[preview.id] = (client_id, bill, service)
        return preview.id

    def confirms(self, preview_id: int, by: int = CLERK) -> None:
        """Also twice, and by the other of the two: one visit. Large ones wait for a manager."""
        client_id, bill, service = self.previewed[preview_id]
        client = self.people.client(client_id)
        expected = self.figures(client, bill, service, points=0)

        async def work(tx: Tx) -> Any:
            actor = await sender(tx, by)
            return await confirm_visit(tx, preview_id=preview_id, actor=actor, owner_ids={OWNER})

        outcome = self.people.does("confirm", work, client_id)
        if preview_id in self.refused and client.status == "active":
            assert isinstance(outcome, PreviewRefused), "no is no"
            return
        if isinstance(outcome, ShownAnew):
            if outcome.preview.id not in self.previewed:
                fresh = self._keeps(outcome.preview, client_id, bill, service)
                self.confirms(fresh, by)
            return
        if isinstance(outcome, Awaited):
            assert by == CLERK
            assert bill > APPROVE_ABOVE, "nobody has to be asked"
            self.awaited.setdefault(outcome.approval.id, outcome.stored.id)
            return
        if not isinstance(outcome, Booked) or outcome.repeated:
            over = Booked | PreviewLapsed | PreviewRefused | ClientGone
            assert isinstance(outcome, over), outcome
            return
        assert client.status == "active"
        assert by != CLERK or bill <= APPROVE_ABOVE, "rule 23: a manager was to approve"
        self.booked(outcome.visit.id, expected, points=0)

    def confirms_last(self, *, by_manager: bool) -> None:
        """What was previewed last."""
        if self.open_previews:
            self.confirms(self.open_previews[-1], MANAGER if by_manager else CLERK)

    def _is_free(self, client_id: int) -> bool:
        """Two paid changes since the last free one (rule of the stamps, counted by hand)."""
        own = [
            visit
            for visit in self.people.visits()
            if (visit.client_id, visit.service_code, visit.status)
            == (client_id, "filter", "confirmed")
        ]
        paid = 0
        for visit in own:
            paid = paid + 1 if visit.stamp_code is None else 0
        return paid >= FREE_EVERY - 1

    def figures(self, client: Any, bill: int, service: str | None, points: int) -> Figures:
        """What such a visit comes to now."""
        if not points and service == "filter" and self._is_free(client.id):
            return Figures(discount=bill, to_pay=0, eligible=0, earned=0)
        day = self.world.today
        # The sample's promotion runs to the end of April.
        weekday = day.weekday() if (day.year, day.month) <= (2027, 4) else -1
        return visit_by_hand(self.world.programme, client.tier, weekday, bill, service, points)

    def booked(self, visit_id: int, expected: Figures, points: int) -> None:
        """What follows from it."""
        visit = self.people.visit(visit_id)
        found = Figures(visit.discount, visit.to_pay, visit.eligible, visit.points_earned)
        assert found == expected, "rules 5 and 6"
        assert visit.points_spent == points
        is_free = expected.discount == visit.bill
        assert (visit.stamp_code is not None) == is_free
        for what in ("stamp_code", "promotion_code"):
            self.world.happened[what] += getattr(visit, what) is not None
        self.model.moves(visit.client_id, -points)
        rests = self.world.programme.points.pending_days > 0
        self.model.earns(visit.id, visit.client_id, expected.earned, rests=rests)
        month = f"{self.world.today:%Y-%m}"
        programme = self.world.programme
        self.model.friend_came(programme, visit.id, visit.client_id, visit.bill, month)

    # -- rules 8 and 25

    def returns(self, n: int, thousandths: int) -> None:
        visit = self.people.standing_visit(n)
        if visit is not None:
            self.returns_visit(visit, thousandths)

    def returns_visit(self, visit: Any, thousandths: int) -> None:
        amount = max(visit.bill * thousandths // 1000, 1)

        async def previews(tx: Tx) -> Any:
            actor = await sender(tx, MANAGER)
            return await preview_return(tx, actor=actor, visit_id=visit.id, amount=amount)

        shown = self.world.act(previews)
        assert isinstance(shown, ReturnPreview), shown

        async def work(tx: Tx) -> Any:
            return await confirm_return(tx, actor=await sender(tx, MANAGER), preview_id=shown.id)

        outcome = self.people.does("return", work, visit.client_id)
        assert isinstance(outcome, Returned), outcome
        spent, earned = rest_by_hand(visit, visit.bill - amount)
        assert (outcome.visit.points_spent, outcome.visit.points_earned) == (spent, earned)
        self._went(visit, spent=spent, earned=earned, bill_left=visit.bill - amount)
        assert outcome.balance == shown.balance_after == self._balance(visit.client_id)

    def undoes(self, n: int) -> None:
        visit = self.people.standing_visit(n)
        if visit is not None:
            self.undoes_visit(visit)

    def undoes_visit(self, visit: Any) -> None:
        async def work(tx: Tx) -> Any:
            return await undo_visit(tx, visit_id=visit.id, actor=await sender(tx, MANAGER))

        outcome = self.people.does("undo", work, visit.client_id)
        minutes = (self.world.now - visit.at).total_seconds() / 60
        if minutes > self.world.programme.desk.undo_minutes:
            assert isinstance(outcome, UndoTooLate)
            return
        assert isinstance(outcome, Undone)
        self._went(visit, spent=0, earned=0, bill_left=0)

    def _went(self, visit: Any, *, spent: int, earned: int, bill_left: int) -> None:
        self.model.takes_back(visit, spent=spent, earned=earned)
        self.model.friend_went(self.world.programme, visit, bill_left, self.people.visits())
        self.people.may_undermine = True

    def _balance(self, client_id: int) -> int:
        return self.people.client(client_id).balance

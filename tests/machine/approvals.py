"""Large bills, and who leads: approved once, or refused, or nobody answered (rule 23)."""

from typing import Any

from operations.approving import Answered, ApproveAnew, approve_visit, decline_visit
from operations.transaction import Tx
from storage.tables import approvals, redemptions, visit_previews
from templates.approvals import Verdict
from tests.machine.reckoning import largest_redemption
from tests.machine.spending import Spending
from tests.machine.world import MANAGER, OWNER, sender


class Approvals:
    """The manager and the owner are asked; the first answer counts."""

    def __init__(self, spending: Spending) -> None:
        self.spending = spending
        self.desk = spending.desk
        self.people = spending.people
        self.world = spending.world

    def _question(self, n: int) -> Any | None:
        found = [row for row in self.people.table(approvals) if row.id in self.desk.awaited]
        return found[n % len(found)] if found else None

    def _preview(self, preview_id: int) -> Any:
        found = self.people.table(visit_previews)
        return next(row for row in found if row.id == preview_id)

    def _is_open(self, question: Any) -> bool:
        client = self.people.client(question.client_id)
        return (
            question.status == "open"
            and question.expires_at > self.world.now
            and self._preview(question.preview_id).status == "open"
            and client.status == "active"
        )

    def approves(self, n: int, *, by_owner: bool) -> None:
        """And the other of the two right after: nothing more comes of it."""
        question = self._question(n)
        if question is None:
            return
        client = self.people.client(question.client_id)
        preview = self._preview(question.preview_id)
        points = preview.points
        _, bill, service = self.desk.previewed[self.desk.awaited[question.id]]
        expected = self.desk.figures(client, bill, service, points)
        available = self.people.available(client, besides=question.staff_id)
        largest = largest_redemption(self.world.programme, client.tier, bill, available)
        is_open = self._is_open(question)
        outcome = self._taps(question, OWNER if by_owner else MANAGER)
        if isinstance(outcome, ApproveAnew):
            assert is_open, "nothing is left to be approved"
            stored = outcome.awaited.stored
            self.desk.previewed[stored.id] = (client.id, bill, service)
            self.desk.awaited[question.id] = stored.id
            return
        assert isinstance(outcome, Answered), outcome
        if outcome.repeated or outcome.verdict is not Verdict.APPROVED:
            assert not is_open or points > largest, "a question that was open was not answered"
            return
        assert is_open, "approved what was over"
        if outcome.visit_id is not None:
            assert not points, "only the client spends points"
            self.world.happened["approved visit"] += 1
            self.desk.booked(outcome.visit_id, expected, points=0)
        elif outcome.points:
            self._asks_client(client, preview.id)
        else:
            assert points > largest or client.telegram_id is None or self.people.held(client.id)
        other = self._taps(question, MANAGER if by_owner else OWNER)
        assert isinstance(other, Answered), other
        assert other.repeated

    def _taps(self, question: Any, by: int) -> Any:
        seen = self.desk.awaited[question.id]

        async def work(tx: Tx) -> Any:
            return await approve_visit(
                tx,
                approval_id=question.id,
                preview_id=seen,
                actor=await sender(tx, by),
                owner_ids={OWNER},
            )

        return self.people.does("approve", work, question.client_id)

    def _asks_client(self, client: Any, preview_id: int) -> None:
        """The question goes on to the client's phone, and holds the points."""
        found = self.people.table(redemptions)
        hold = next(row for row in reversed(found) if row.preview_id == preview_id)
        self.spending.asked[hold.id] = (preview_id, client.telegram_id)
        self.world.happened["approved points"] += 1

    def declines(self, n: int) -> None:
        question = self._question(n)
        if question is None:
            return
        is_open = self._is_open(question)

        async def work(tx: Tx) -> Any:
            actor = await sender(tx, MANAGER)
            return await decline_visit(tx, approval_id=question.id, actor=actor, owner_ids={OWNER})

        outcome = self.people.does("decline", work, question.client_id)
        assert isinstance(outcome, Answered), outcome
        assert outcome.repeated == (not is_open)
        if is_open:
            self.desk.refused.add(question.preview_id)

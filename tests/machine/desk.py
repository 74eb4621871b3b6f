"""Visits, points that pay, returns, rewards and corrections, with what each must come to."""

from typing import Any

from loyalty.visits import PointsRefused
from operations.adjustments import Asked, Done, ask_adjustment, confirm_adjustment
from operations.desk import ServiceTyped
from operations.holds import Held, HeldByColleague, NotReachable
from operations.ledger import NotEnoughPoints
from operations.redemptions import (
    Agreed,
    AskedAnew,
    Ended,
    confirm_redemption,
    refuse_redemption,
)
from operations.returns import Returned, ReturnPreview, confirm_return, preview_return
from operations.transaction import Tx
from operations.undo import Undone, UndoTooLate, undo_visit
from operations.visit_previews import ClientGone, Preview, preview_visit
from operations.visits import Booked, PreviewLapsed, ShownAnew, confirm_visit, redeem
from storage import clients
from storage.tables import redemptions
from tests.machine.business import FREE_EVERY
from tests.machine.invariants import uncovered
from tests.machine.people import People
from tests.machine.reckoning import Figures, largest_redemption, rest_by_hand, visit_by_hand
from tests.machine.world import CLERK, MANAGER, sender


class Desk:
    """The clerk confirms, the manager puts right."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.world = people.world
        self.model = people.model
        self.open_previews: list[int] = []
        self.previewed: dict[int, tuple[int, int, str | None]] = {}
        self.asked: dict[int, tuple[int, int]] = {}  # preview and account, by redemption

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

    def confirms(self, preview_id: int) -> None:
        """Also twice, and by the other of the two: one visit."""
        client_id, bill, service = self.previewed[preview_id]
        client = self.people.books().client(client_id)
        expected = self._figures(client, bill, service, points=0)
        free = service == "filter" and self._is_free(client_id)
        if free:
            expected = Figures(discount=bill, to_pay=0, eligible=0, earned=0)

        async def work(tx: Tx) -> Any:
            return await confirm_visit(tx, preview_id=preview_id, actor=await sender(tx, CLERK))

        outcome = self.people.does("confirm", work, client_id)
        if isinstance(outcome, ShownAnew):
            if outcome.preview.id not in self.previewed:
                fresh = self._keeps(outcome.preview, client_id, bill, service)
                self.confirms(fresh)
            return
        if not isinstance(outcome, Booked) or outcome.repeated:
            assert isinstance(outcome, Booked | PreviewLapsed | ClientGone), outcome
            return
        assert client.status == "active"
        assert (outcome.visit.stamp_code is not None) == free
        self._booked(outcome.visit.id, expected, points=0)

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

    def _figures(self, client: Any, bill: int, service: str | None, points: int) -> Figures:
        day = self.world.today
        # The sample's promotion runs to the end of April.
        weekday = day.weekday() if (day.year, day.month) <= (2027, 4) else -1
        return visit_by_hand(self.world.programme, client.tier, weekday, bill, service, points)

    def _booked(self, visit_id: int, expected: Figures, points: int) -> None:
        visit = self.people.visit(visit_id)
        found = Figures(visit.discount, visit.to_pay, visit.eligible, visit.points_earned)
        assert found == expected, "rules 5 and 6"
        assert visit.points_spent == points
        for what in ("stamp_code", "promotion_code"):
            self.world.happened[what] += getattr(visit, what) is not None
        self.model.moves(visit.client_id, -points)
        rests = self.world.programme.points.pending_days > 0
        self.model.earns(visit.id, visit.client_id, expected.earned, rests=rests)
        month = f"{self.world.today:%Y-%m}"
        programme = self.world.programme
        self.model.friend_came(programme, visit.id, visit.client_id, visit.bill, month)

    # -- points that pay (rule 7)

    def available(self, client: Any, *, besides: int | None = None) -> int:
        held = [
            hold.points
            for hold in self.people.books().holds
            if hold.client_id == client.id
            and hold.expires_at > self.world.now
            and hold.staff_id != besides
        ]
        return max(client.balance - sum(held), 0)

    def asks(self, n: int, bill: int, thousandths: int, *, by_manager: bool) -> None:
        client = self.people.one(n)
        if client is None:
            return
        staff_id = MANAGER if by_manager else CLERK
        points = max((max(client.balance, 0) + 100) * thousandths // 1000, 1)

        async def work(tx: Tx) -> Any:
            return await redeem(
                tx,
                actor=await sender(tx, staff_id),
                client_id=client.id,
                bill=bill,
                service=ServiceTyped(),
                points=points,
            )

        others = [
            hold
            for hold in self.people.books().holds
            if hold.client_id == client.id
            and hold.staff_id != staff_id
            and hold.expires_at > self.world.now
        ]
        available = self.available(client, besides=staff_id)
        largest = largest_redemption(self.world.programme, client.tier, bill, available)
        outcome: Any
        try:
            outcome = self.world.act(work)
        except PointsRefused as refusal:
            outcome = refusal
        self.world.happened[f"ask: {type(outcome).__name__}"] += 1
        if isinstance(outcome, PointsRefused):
            assert outcome.largest == largest, "rule 7: the largest figure is named"
            assert not 50 <= points <= largest
        elif client.telegram_id is None:
            assert isinstance(outcome, NotReachable)
        elif others:
            assert isinstance(outcome, HeldByColleague)
        else:
            assert isinstance(outcome, Held), outcome
            assert 50 <= points <= largest
            self.previewed[outcome.stored.id] = (client.id, bill, None)
            self.asked[outcome.redemption.id] = (outcome.stored.id, client.telegram_id)

    def _hold(self, n: int) -> Any | None:
        found = [row for row in self.people.table(redemptions) if row.id in self.asked]
        return found[n % len(found)] if found else None

    def agrees(self, n: int) -> None:
        hold = self._hold(n)
        if hold is None:
            return
        preview_id, account = self.asked[hold.id]
        client = self.people.books().client(hold.client_id)
        _, bill, _ = self.previewed[preview_id]
        expected = self._figures(client, bill, None, hold.points)
        is_open = hold.status == "open" and hold.expires_at > self.world.now
        is_covered = hold.points <= client.balance and client.status == "active"

        async def work(tx: Tx) -> Any:
            actor = await sender(tx, account)
            return await confirm_redemption(
                tx, redemption_id=hold.id, preview_id=preview_id, actor=actor
            )

        outcome = self.people.does("agree", work, client.id)
        if isinstance(outcome, AskedAnew):
            assert is_open
            stored = outcome.held.stored
            self.previewed[stored.id] = (client.id, bill, None)
            self.asked[hold.id] = (stored.id, account)
        elif isinstance(outcome, Agreed) and not outcome.repeated:
            assert is_open, "a question that is over was answered"
            assert is_covered, "points that are gone were spent"
            self._booked(outcome.visit.id, expected, hold.points)
        elif is_open and is_covered:
            largest = largest_redemption(self.world.programme, client.tier, bill, client.balance)
            assert isinstance(outcome, Ended), outcome
            assert hold.points > largest, "nothing stood in the way"

    def refuses(self, n: int) -> None:
        hold = self._hold(n)
        if hold is None:
            return
        account = self.asked[hold.id][1]

        async def work(tx: Tx) -> Any:
            actor = await sender(tx, account)
            return await refuse_redemption(tx, redemption_id=hold.id, actor=actor)

        self.people.does("refuse", work, hold.client_id)

    # -- rules 8 and 25

    def returns(self, n: int, thousandths: int) -> None:
        visit = self.people.standing_visit(n)
        if visit is None:
            return
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
        if visit is None:
            return

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
        self.people.undermined |= uncovered(self.people.books(), self.world.now)

    def _balance(self, client_id: int) -> int:
        return self.people.books().balances[client_id]

    # -- corrections

    def spends_all(self, n: int) -> None:
        client = self.people.one(n)
        if client is not None and self.available(client):
            self.adjusts(n, -self.available(client))

    def adjusts(self, n: int, points: int) -> None:
        client = self.people.one(n)
        if client is None:
            return

        async def ask(tx: Tx) -> Any:
            found = await clients.by_id(tx.db, client.id)
            assert found is not None
            return await ask_adjustment(
                tx, actor=await sender(tx, MANAGER), client=found, points=points, reason="Ошибка"
            )

        available = self.available(client)
        try:
            asked = self.world.act(ask)
        except NotEnoughPoints:
            assert -points > available
            return
        assert -points <= available
        assert isinstance(asked, Asked)

        async def work(tx: Tx) -> Any:
            actor = await sender(tx, MANAGER)
            return await confirm_adjustment(tx, actor=actor, adjustment_id=asked.adjustment_id)

        outcome = self.people.does("adjustment", work, client.id)
        assert isinstance(outcome, Done)
        self.model.moves(client.id, points)

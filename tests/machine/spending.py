"""Points that pay, and corrections: nothing is spent that is spoken for (rule 7)."""

from typing import Any

from loyalty.visits import PointsRefused
from operations.adjustments import Asked, Done, ask_adjustment, confirm_adjustment
from operations.approvals import Awaited
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
from operations.transaction import Tx
from operations.visits import redeem
from storage import clients
from storage.tables import redemptions
from tests.machine.desk import Desk
from tests.machine.programme import APPROVE_ABOVE
from tests.machine.reckoning import largest_redemption
from tests.machine.world import CLERK, MANAGER, OWNER, sender


class Spending:
    """The desk asks, the client agrees or refuses; a manager corrects."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.people = desk.people
        self.world = desk.world
        self.model = desk.model
        self.asked: dict[int, tuple[int, int]] = {}  # preview and account, by redemption

    # -- points that pay

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
                owner_ids={OWNER},
            )

        others = [
            hold
            for hold in self.people.holds()
            if hold.client_id == client.id
            and hold.staff_id != staff_id
            and hold.expires_at > self.world.now
        ]
        available = self.people.available(client, besides=staff_id)
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
        elif bill > APPROVE_ABOVE and not by_manager:
            assert isinstance(outcome, Awaited), outcome
            assert 50 <= points <= largest
            self.desk.previewed[outcome.stored.id] = (client.id, bill, None)
            self.desk.awaited[outcome.approval.id] = outcome.stored.id
        else:
            assert isinstance(outcome, Held), outcome
            assert 50 <= points <= largest
            self.desk.previewed[outcome.stored.id] = (client.id, bill, None)
            self.asked[outcome.redemption.id] = (outcome.stored.id, client.telegram_id)

    def _hold(self, n: int) -> Any | None:
        found = [row for row in self.people.table(redemptions) if row.id in self.asked]
        return found[n % len(found)] if found else None

    def agrees(self, n: int) -> None:
        hold = self._hold(n)
        if hold is None:
            return
        preview_id, account = self.asked[hold.id]
        client = self.people.client(hold.client_id)
        _, bill, _ = self.desk.previewed[preview_id]
        expected = self.desk.figures(client, bill, None, hold.points)
        is_open = hold.status == "open" and hold.expires_at > self.world.now
        left = client.balance - self.people.frozen(client.id)
        is_covered = hold.points <= left and client.status == "active"

        async def work(tx: Tx) -> Any:
            actor = await sender(tx, account)
            return await confirm_redemption(
                tx, redemption_id=hold.id, preview_id=preview_id, actor=actor
            )

        outcome = self.people.does("agree", work, client.id)
        if isinstance(outcome, AskedAnew):
            assert is_open
            stored = outcome.held.stored
            self.desk.previewed[stored.id] = (client.id, bill, None)
            self.asked[hold.id] = (stored.id, account)
        elif isinstance(outcome, Agreed) and not outcome.repeated:
            assert is_open, "a question that is over was answered"
            assert is_covered, "points that are gone were spent"
            self.desk.booked(outcome.visit.id, expected, hold.points)
        elif is_open and is_covered:
            largest = largest_redemption(self.world.programme, client.tier, bill, left)
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

    # -- corrections

    def spends_all(self, n: int) -> None:
        client = self.people.one(n)
        if client is not None and self.people.available(client):
            self.adjusts(n, -self.people.available(client))

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

        available = self.people.available(client)
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

"""Whatever a client is booked, returned, taken back and spends: the sums agree (rules 1, 8, 9)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from loyalty.points import earned
from loyalty.programme import Programme
from operations.due import NotDueNow
from operations.ledger import EntryKind
from operations.pending import activate, due_activations
from operations.senders import Role, Sender
from storage import clients, ledger, returns, visits
from storage.database import Database
from storage.ledger import Entry
from storage.tables import lots, pending_points
from storage.visits import Visit
from tests.operations.returning import ReturnDesk

# What happens, to which visit or how much, and a share of it in thousandths.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["book", "book", "pay", "give_back", "give_back", "undo", "spend", "days"]),
        st.integers(0, 20_000_000),
        st.integers(1, 1000),
    ),
    max_size=9,
)
VISITS_MAX = 100


@pytest.fixture
async def desk(database: Database, programme: Programme) -> ReturnDesk:
    desk = ReturnDesk(database, programme)
    await desk.hires(1, role=Role.MANAGER)
    return desk


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, pending_days=st.sampled_from([0, 0, 2]))
async def test_rule_08_whatever_comes_and_goes_the_sums_agree(
    desk: ReturnDesk, programme: Programme, steps: list[tuple[str, int, int]], pending_days: int
) -> None:
    desk.programme = replace(programme, points=replace(programme.points, pending_days=pending_days))
    life = _Life(desk, await desk.sender(1), await desk.client())
    await desk.gives(life.client_id, 400, days=1)  # over before long
    await desk.gives(life.client_id, 600)
    for what, number, thousandths in steps:
        await getattr(life, what)(number, thousandths)
        await life.adds_up()
    assert await desk.is_consistent()
    for visit in await life.visits():
        if visit.counts:
            await desk.returns(life.actor, visit.id)
    await life.adds_up()
    assert await desk.is_consistent()


class _Life:
    """One client, by what is done to them."""

    def __init__(self, desk: ReturnDesk, actor: Sender, client_id: int) -> None:
        self.desk = desk
        self.actor = actor
        self.client_id = client_id
        self.paid_at_first: dict[int, int] = {}

    async def visits(self) -> list[Visit]:
        async with self.desk.database.read() as db:
            return await visits.of_client(db, self.client_id, limit=VISITS_MAX)

    async def book(self, number: int, thousandths: int) -> None:
        booked = await self.desk.books(self.actor, self.client_id, bill=number // 5 + 1)
        self.paid_at_first[booked.visit.id] = booked.visit.to_pay

    async def pay(self, number: int, thousandths: int) -> None:
        """A visit part-paid with points, as many as may pay of it."""
        bill = number // 50 + 1
        balance = (await self.desk.knows(self.client_id)).balance
        share = bill * 30 // 100 * 85 // 100  # under any level's discount
        points = max(min(share // 100, balance), 0) * thousandths // 1000
        booked = await self.desk.books_with_points(self.actor, self.client_id, bill, points)
        self.paid_at_first[booked.visit.id] = booked.visit.to_pay

    async def _one(self, number: int) -> Visit | None:
        standing = [visit for visit in await self.visits() if visit.counts]
        return standing[number % len(standing)] if standing else None

    async def give_back(self, number: int, thousandths: int) -> None:
        visit = await self._one(number)
        if visit is not None:
            amount = max(visit.bill * thousandths // 1000, 1)
            shown, made = await self.desk.returns(self.actor, visit.id, amount)
            assert shown.balance_after == made.balance

    async def undo(self, number: int, thousandths: int) -> None:
        visit = await self._one(number)
        if visit is not None:
            await self.desk.undoes(self.actor, visit.id)

    async def spend(self, number: int, thousandths: int) -> None:
        points = (await self.desk.knows(self.client_id)).balance * thousandths // 1000
        if points > 0:
            await self.desk.spends(self.client_id, points)

    async def days(self, number: int, thousandths: int) -> None:
        """A day passes, and what rested long enough becomes active."""
        self.desk.now += timedelta(days=1)
        async with self.desk.database.write() as db:
            tx = self.desk.tx(db)
            for due in (await due_activations(tx, 0, VISITS_MAX)).found:
                try:
                    await activate(tx, due)
                except NotDueNow:
                    raise AssertionError(due) from None

    async def adds_up(self) -> None:
        async with self.desk.database.read() as db:
            client = await clients.by_id(db, self.client_id)
            entries = await ledger.of_client(db, self.client_id, limit=1000)
            open_lots = select(func.coalesce(func.sum(lots.c.remaining), 0)).where(
                lots.c.client_id == self.client_id
            )
            held = int((await db.execute(open_lots)).scalar_one())
            resting = {
                row.visit_id: row.amount
                for row in await db.execute(
                    select(pending_points).where(pending_points.c.status == "pending")
                )
            }
            found = await visits.of_client(db, self.client_id, limit=VISITS_MAX)
            refunds = {
                visit.id: sum(one.refund for one in await returns.of_visit(db, visit.id))
                for visit in found
            }
        assert client is not None
        assert sum(entry.amount for entry in entries) == client.balance
        assert held - max(-client.balance, 0) == client.balance
        assert client.visits == sum(visit.counts for visit in found)
        for entry in entries:
            if entry.amount < 0 and entry.balance_after < 0:  # by rule 9 alone
                assert entry.kind in (EntryKind.RETURN, EntryKind.UNDO)
        for visit in found:
            self._visit_adds_up(visit, entries, resting.get(visit.id, 0), refunds[visit.id])

    def _visit_adds_up(
        self, visit: Visit, entries: list[Entry], resting: int, refunded: int
    ) -> None:
        figures = (visit.bill, visit.discount, visit.to_pay, visit.eligible, visit.returned)
        assert min(*figures, visit.points_earned, visit.points_spent) >= 0
        # What the rest of the bill earns at the rates that the visit had.
        assert visit.points_earned == earned(visit.eligible, visit.percent, visit.point_value)
        assert visit.to_pay + refunded == self.paid_at_first[visit.id]
        own = [entry for entry in entries if entry.visit_id == visit.id]
        came = {entry.id for entry in own if entry.kind is EntryKind.VISIT}
        paid = {entry.id for entry in own if entry.kind is EntryKind.REDEMPTION}
        on_card = sum(e.amount for e in own if e.id in came or e.reverses_id in came)
        spent = -sum(e.amount for e in own if e.id in paid or e.reverses_id in paid)
        assert on_card + resting == (visit.points_earned if visit.counts else 0)
        assert spent == (visit.points_spent if visit.counts else 0)

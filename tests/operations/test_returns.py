"""Returns on both databases: what comes back, once, by whom, and what goes with it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from loyalty.programme import Programme
from operations.ledger import EntryKind
from operations.lots import RESTORED_LIVES_DAYS
from storage import badges, history, ledger, returns, visit_days, visits
from storage.database import Database
from storage.tables import lots, outbox
from storage.visits import VisitStatus
from templates.contexts import load_context
from templates.visits import Returned as ReturnReceipt
from tests.operations.returning import ReturnDesk
from tests.records import next_expiries


@pytest.fixture
def desk(database: Database, programme: Programme) -> ReturnDesk:
    return ReturnDesk(database, programme)


async def test_rule_08_a_whole_return_leaves_the_client_as_if_it_had_not_been(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    await desk.books(alina, anna, bill=50_000)
    before = await desk.knows(anna)
    desk.now += timedelta(days=3)
    lifting = await desk.books(alina, anna, bill=3_000_000)
    lifted = await desk.knows(anna)
    assert (lifted.tier, lifted.visits) == ("gold", 2)
    desk.now += timedelta(days=3)
    shown, returned = await desk.returns(alina, lifting.visit.id)
    assert (shown.figures.refund, shown.balance_after) == (3_000_000, before.balance)
    assert (returned.balance, returned.is_mine, returned.repeated) == (before.balance, True, False)
    after = await desk.knows(anna)
    assert after == replace(before, tier_since=after.tier_since)
    visit = await desk.visit(lifting.visit.id)
    assert (visit.status, visit.bill, visit.returned) == (VisitStatus.RETURNED, 0, 3_000_000)
    async with desk.database.read() as db:
        held = {grant.badge for grant in await badges.held(db, anna)}
    assert held == {"first_visit"}
    assert await desk.is_consistent()


async def test_rule_08_after_a_part_the_visit_has_earned_what_the_rest_would_have(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=1_500_000)  # a step of 5 %: 750 points
    assert booked.visit.points_earned == 750
    _, first = await desk.returns(alina, booked.visit.id, 1_000_050)
    # 4,999.50 at the 5 % that it had, though alone it would earn 3 %
    assert (first.visit.points_earned, first.balance) == (249, 249)
    _, second = await desk.returns(alina, booked.visit.id, 99_950)
    assert (second.visit.points_earned, second.balance, second.visit.bill) == (200, 200, 400_000)
    _, last = await desk.returns(alina, booked.visit.id)
    assert (last.made.amount, last.balance, last.visit.bill) == (400_000, 0, 0)
    assert last.visit.is_returned
    assert last.visit.bill_at_first == 1_500_000
    assert await desk.is_consistent()


async def test_rule_08_points_that_paid_come_back_into_their_lots(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.gives(anna, 100, days=10)
    await desk.gives(anna, 200, days=40)
    booked = await desk.books_with_points(alina, anna, 100_000, 250)
    assert booked.visit.points_earned == 22  # 3 % of 750
    shown, returned = await desk.returns(alina, booked.visit.id)
    figures = shown.figures
    assert (figures.refund, figures.points_restored, figures.points_taken) == (75_000, 250, 22)
    assert returned.balance == 300
    async with desk.database.read() as db:
        lots_left = await next_expiries(db, anna, limit=5)
    today = date(2027, 2, 1)
    assert [(lot.amount, lot.valid_through) for lot in lots_left] == [
        (100, today + timedelta(days=10)),
        (200, today + timedelta(days=40)),
    ]
    assert await desk.is_consistent()


async def test_rule_08_a_part_gives_points_back_before_money(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.gives(anna, 300)
    booked = await desk.books_with_points(alina, anna, 100_000, 300)
    _, first = await desk.returns(alina, booked.visit.id, 20_000)
    assert (first.made.refund, first.made.points_restored) == (0, 200)
    _, second = await desk.returns(alina, booked.visit.id, 20_000)
    assert (second.made.refund, second.made.points_restored) == (10_000, 100)
    assert second.visit.to_pay == 60_000
    assert await desk.is_consistent()


async def test_rule_08_points_of_a_lot_that_is_over_come_back_to_be_used(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.gives(anna, 100, days=2)
    booked = await desk.books_with_points(alina, anna, 100_000, 100)
    desk.now += timedelta(days=3)
    await desk.returns(alina, booked.visit.id)
    async with desk.database.read() as db:
        found = (await db.execute(select(lots.c.remaining, lots.c.valid_through))).all()
    day = date(2027, 2, 4) + timedelta(days=RESTORED_LIVES_DAYS)
    assert (100, day) in [tuple(row) for row in found]
    assert await desk.is_consistent()


async def test_rule_09_points_already_spent_leave_a_debt_that_later_earnings_fill(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=100_000)
    await desk.spends(anna, 25)
    shown, returned = await desk.returns(alina, booked.visit.id)
    assert (shown.balance_after, returned.balance) == (-25, -25)
    await desk.books(alina, anna, bill=100_000)
    assert (await desk.knows(anna)).balance == 5
    assert await desk.is_consistent()


async def test_rule_24_the_client_is_told_at_once_what_came_back(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    await desk.gives(anna, 100)
    booked = await desk.books_with_points(alina, anna, 100_000, 100)
    _, returned = await desk.returns(alina, booked.visit.id)
    async with desk.database.read() as db:
        query = select(outbox.c.context).where(outbox.c.notice == "visits/returned")
        context = (await db.execute(query)).scalar_one()
    assert load_context("visits/returned", context) == ReturnReceipt(
        visit_id=booked.visit.id,
        at=desk.now,
        amount=100_000,
        bill_left=0,
        refund=90_000,
        points_restored=100,
        points_taken=27,
        points_pending=0,
        balance=returned.balance,
    )


async def test_the_history_adds_up_to_the_balance(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.gives(anna, 300)
    booked = await desk.books_with_points(alina, anna, 100_000, 300)
    await desk.returns(alina, booked.visit.id, 45_000)
    await desk.books(alina, anna, bill=77_700)
    async with desk.database.read() as db:
        events = await history.page(db, [anna], limit=20, offset=0)
    balance = (await desk.knows(anna)).balance
    assert sum(event.points for event in events) == balance
    own = next(event for event in events if event.kind == "visit" and event.returned)
    assert (own.bill, own.returned) == (100_000, 45_000)


async def test_a_twin_is_known_by_the_bill_that_was_typed(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=100_000)
    await desk.returns(alina, booked.visit.id, 60_000)
    async with desk.database.read() as db:
        since = desk.now - timedelta(minutes=2)
        twin = await visits.twin(db, anna, bill=100_000, since=since)
        assert twin is not None
        assert await visits.twin(db, anna, bill=40_000, since=since) is None


async def test_the_day_s_totals_are_of_what_stands_and_returns_are_told_apart(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    yesterday = await desk.books(alina, anna, bill=200_000)
    desk.now += timedelta(days=1)
    today = await desk.books(alina, anna, bill=100_000)
    await desk.returns(alina, yesterday.visit.id)
    await desk.returns(alina, today.visit.id, 30_000)
    async with desk.database.read() as db:
        totals = await visit_days.day_totals(db, date(2027, 2, 2), branch="Центр")
        back = await returns.total_of_day(db, date(2027, 2, 2), branch="Центр")
        elsewhere = await returns.total_of_day(db, date(2027, 2, 2), branch="Вокзал")
    assert [(total.visits, total.bill, total.points) for total in totals] == [(1, 70_000, 21)]
    assert (back.returns, back.amount, back.refund) == (2, 230_000, 230_000)
    assert elsewhere.returns == 0


async def test_entries_of_a_return_name_their_visit_and_who_made_it(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    await desk.returns(alina, booked.visit.id)
    async with desk.database.read() as db:
        entry = (await ledger.of_visit(db, booked.visit.id))[-1]
    assert (entry.kind, entry.amount, entry.actor_id) == (EntryKind.RETURN, -30, 1)
    assert entry.reverses_id is not None

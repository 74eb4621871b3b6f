"""Today's visits and what other rules ask about visits, on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.programme import Programme, QualifyBy
from operations.senders import Role, Sender
from operations.today import PAGE_ROWS, TodayView, visits_today
from operations.transaction import Tx
from storage import qualifying, visits
from storage.database import Database
from storage.visits import Totals
from tests.operations.desk_people import OWNER_ID, Desk


@pytest.fixture
def desk(database: Database, programme: Programme) -> Desk:
    return Desk(database, programme)


async def today(desk: Desk, actor: Sender, page: int = 1) -> TodayView:
    async with desk.database.read() as db:
        return await visits_today(Tx(db, desk.now, desk.programme), actor=actor, page=page)


async def test_a_branch_sees_its_own_day_with_totals(desk: Desk) -> None:
    alina = await desk.hires(1)
    boris = await desk.hires(2, name="Борис", branch="Вокзал")
    anna = await desk.client(tier="gold")
    first = await desk.books(alina, anna, bill=100_000)
    second = await desk.books(alina, anna, bill=200_000)
    await desk.books(boris, anna, bill=300_000)
    third = await desk.books(alina, anna, bill=400_000)
    await desk.undoes_last(alina)
    view = await today(desk, alina)
    assert view.branch == "Центр"
    assert [row.visit.id for row in view.rows] == [
        third.visit.id,
        second.visit.id,
        first.visit.id,
    ]
    assert view.rows[0].visit.is_undone
    (total,) = view.totals
    assert (total.visits, total.bill, total.to_pay) == (2, 300_000, 291_000)
    assert total.points == first.visit.points_earned + second.visit.points_earned


async def test_an_owner_sees_all_branches_grouped(desk: Desk) -> None:
    alina = await desk.hires(1)
    boris = await desk.hires(2, name="Борис", branch="Вокзал")
    anna = await desk.client()
    for actor, bill in ((alina, 100), (boris, 200), (alina, 300)):
        await desk.books(actor, anna, bill=bill)
    view = await today(desk, await desk.sender(OWNER_ID))
    assert [row.visit.branch for row in view.rows] == ["Вокзал", "Центр", "Центр"]
    assert {total.branch: total.bill for total in view.totals} == {"Вокзал": 200, "Центр": 400}
    assert view.staff_names == {1: "Алина", 2: "Борис"}


async def test_many_visits_come_by_pages(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    for bill in range(1, PAGE_ROWS + 2):
        await desk.books(alina, anna, bill=bill * 100)
    first, second = await today(desk, alina), await today(desk, alina, page=7)
    assert (first.page, first.pages, len(first.rows)) == (1, 2, PAGE_ROWS)
    assert (second.page, len(second.rows)) == (2, 1)
    assert first.totals == second.totals
    assert (await today(desk, alina, page=-3)).page == 1


async def test_the_day_begins_at_the_business_s_midnight(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    desk.now = datetime(2027, 2, 1, 20, 59, tzinfo=UTC)  # 23:59 in Moscow
    await desk.books(alina, anna)
    assert len((await today(desk, alina)).rows) == 1
    desk.now += timedelta(minutes=1)
    assert (await today(desk, alina)).rows == ()


async def test_what_the_rules_ask_looks_at_confirmed_visits_only(desk: Desk) -> None:
    alina = await desk.hires(1, role=Role.STAFF)
    anna, other = await desk.client(), await desk.client()
    await desk.books(alina, anna, bill=100_000)
    desk.now += timedelta(days=40)
    await desk.books(alina, anna, bill=250_000)
    await desk.books(alina, anna, bill=900_000)
    await desk.undoes_last(alina)
    await desk.books(alina, other, bill=5_000_000)
    since, day = date(2027, 2, 1), date(2027, 3, 13)
    async with desk.database.read() as db:

        async def value(by: QualifyBy, since: date) -> int:
            return await qualifying.qualifying_value(db, anna, by, since=since)

        assert await value(QualifyBy.SPEND, since) == 350_000
        assert await value(QualifyBy.SPEND, date(2027, 2, 2)) == 250_000
        assert await value(QualifyBy.VISITS, since) == 2
        assert await value(QualifyBy.POINTS, since) == 30 + 75
        assert await value(QualifyBy.SPEND, date(2028, 1, 1)) == 0
        assert await visits.totals(db, anna) == Totals(visits=2, largest_bill=250_000)
        assert await visits.months(db, anna) == {(2027, 2), (2027, 3)}
        assert await visits.last_visit_on(db, anna) == day
        last = await visits.last_of_client(db, anna)
        assert last is not None
        assert last.bill == 250_000
        page = await visits.of_client(db, anna, limit=2)
        assert [visit.bill for visit in page] == [900_000, 250_000]
        rest = await visits.of_client(db, anna, before_id=page[-1].id, limit=2)
        assert [visit.bill for visit in rest] == [100_000]
        assert await visits.totals(db, 4_711) == Totals(visits=0, largest_bill=0)
        assert await visits.months(db, 4_711) == frozenset()

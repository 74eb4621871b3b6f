"""A return before it is made: who may, how much, and for how long what was shown holds."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from loyalty.programme import Programme
from operations.returnable import (
    CardGone,
    NoSuchVisit,
    NothingLeft,
    OtherBranch,
    TooOld,
)
from operations.returns import (
    ReturnDropped,
    Returned,
    ReturnLapsed,
    ReturnPreview,
    ReturnShownAnew,
    ReturnUnknown,
    TooMuch,
    refuse_return,
)
from operations.senders import Role
from operations.undo import ReturnedBefore
from operations.visit_previews import SelfService
from storage import clients, returns
from storage.database import Database
from storage.tables import audit_log
from tests.operations.desk_people import OWNER_ID
from tests.operations.returning import ReturnDesk


@pytest.fixture
def desk(database: Database, programme: Programme) -> ReturnDesk:
    return ReturnDesk(database, programme)


async def test_nothing_is_left_to_undo_of_a_visit_that_was_returned_whole(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    await desk.returns(alina, booked.visit.id)
    assert isinstance(await desk.undoes(alina, booked.visit.id), ReturnedBefore)
    left = await desk.shows_return(alina, booked.visit.id)
    assert isinstance(left, NothingLeft)
    assert left.is_mine


async def test_more_than_is_left_is_refused_with_the_largest_figure(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=100_000)
    await desk.returns(alina, booked.visit.id, 99_999)
    refused = await desk.shows_return(alina, booked.visit.id, 2)
    assert isinstance(refused, TooMuch)
    assert refused.largest == 1
    await desk.returns(alina, booked.visit.id, 1)


async def test_other_figures_than_were_shown_are_shown_again(desk: ReturnDesk) -> None:
    alina, boris = await desk.hires(1), await desk.hires(2)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=100_000)
    shown = await desk.shows_return(alina, booked.visit.id, 30_000)
    await desk.returns(boris, booked.visit.id, 10_000)
    assert isinstance(shown, ReturnPreview)
    anew = await desk.confirms_return(alina, shown.id)
    assert isinstance(anew, ReturnShownAnew)
    assert anew.preview.figures.rest.bill == 60_000
    assert (await desk.visit(booked.visit.id)).bill == 90_000
    assert isinstance(await desk.confirms_return(alina, anew.preview.id), Returned)


async def test_a_preview_lapses_and_a_refused_one_is_gone(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    shown = await desk.shows_return(alina, booked.visit.id)
    assert isinstance(shown, ReturnPreview)
    desk.now += timedelta(minutes=15)
    assert await desk.confirms_return(alina, shown.id) == ReturnLapsed(shown.id)
    async with desk.database.write() as db:
        tx = desk.tx(db)
        assert await refuse_return(tx, actor=alina, preview_id=shown.id) == ReturnDropped()
    assert await desk.confirms_return(alina, shown.id) == ReturnUnknown()
    async with desk.database.write() as db:
        assert await returns.forget_previews(db, desk.now + timedelta(days=1)) == 0
    assert (await desk.visit(booked.visit.id)).returned == 0


async def test_previews_that_led_nowhere_are_forgotten_and_the_others_kept(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    await desk.shows_return(alina, booked.visit.id, 10_000)
    await desk.returns(alina, booked.visit.id, 20_000)
    async with desk.database.write() as db:
        assert await returns.forget_previews(db, desk.now + timedelta(days=1)) == 1


async def test_staff_return_their_branch_s_visits_for_thirty_days_and_managers_all(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1, branch="Центр")
    elsewhere = await desk.hires(2, branch="Вокзал")
    manager = await desk.hires(3, role=Role.MANAGER, branch="Вокзал")
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    assert isinstance(await desk.shows_return(elsewhere, booked.visit.id), OtherBranch)
    desk.now += timedelta(days=30)
    shown = await desk.shows_return(alina, booked.visit.id)
    assert isinstance(shown, ReturnPreview)
    desk.now += timedelta(days=1)
    assert isinstance(await desk.confirms_return(alina, shown.id), TooOld)
    owner = await desk.sender(OWNER_ID)
    assert isinstance(await desk.shows_return(owner, booked.visit.id), ReturnPreview)
    await desk.returns(manager, booked.visit.id)
    async with desk.database.read() as db:
        found = await db.execute(select(audit_log.c.action, audit_log.c.actor_id))
        acts = [tuple(row) for row in found]
    assert [act for act in acts if "return" in act[0]] == [
        ("visit.return_refused", 2),
        ("visit.return_refused", 1),
        ("visit.returned", 3),
    ]


async def test_nobody_returns_a_visit_of_their_own_card(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    manager = await desk.hires(3, role=Role.MANAGER)
    herself = await desk.client(telegram_id=3)
    booked = await desk.books(alina, herself)
    assert await desk.shows_return(manager, booked.visit.id) == SelfService()
    assert await desk.shows_return(alina, 4_711) == NoSuchVisit(4_711)


async def test_the_points_of_an_erased_client_are_nobody_s_to_return(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    async with desk.database.write() as db:
        await clients.change(db, anna, {"status": "erased", "phone": None, "name": None})
    assert isinstance(await desk.shows_return(alina, booked.visit.id), CardGone)

"""Returns and undos of one visit: twice is once, and of two at once one wins (rules 8 and 25)."""

import asyncio

import pytest
from sqlalchemy import select

from loyalty.programme import Programme
from operations.returnable import (
    UndoneBefore,
)
from operations.returns import (
    Returned,
    ReturnPreview,
    TooMuch,
)
from operations.senders import Role
from operations.undo import ReturnedBefore, Undone
from storage import returns
from storage.database import Database
from storage.tables import outbox
from tests.operations.returning import ReturnDesk


@pytest.fixture
def desk(database: Database, programme: Programme) -> ReturnDesk:
    return ReturnDesk(database, programme)


async def test_rule_08_twice_the_same_return_is_one_return(desk: ReturnDesk) -> None:
    alina, boris = await desk.hires(1), await desk.hires(2, name="Борис")
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=100_000)
    shown = await desk.shows_return(alina, booked.visit.id, 30_000)
    assert isinstance(shown, ReturnPreview)
    first = await desk.confirms_return(alina, shown.id)
    again = await desk.confirms_return(boris, shown.id)
    assert isinstance(first, Returned)
    assert isinstance(again, Returned)
    assert (again.made, again.repeated, again.is_mine) == (first.made, True, False)
    assert again.staff_name == "Алина"
    assert (await desk.visit(booked.visit.id)).bill == 70_000


async def test_rule_08_a_tap_repeated_twenty_times_at_once_returns_once(desk: ReturnDesk) -> None:
    team = [await desk.hires(n) for n in range(1, 5)]
    anna = await desk.client(telegram_id=50)
    booked = await desk.books(team[0], anna, bill=100_000)
    shown = await desk.shows_return(team[0], booked.visit.id, 40_000)
    assert isinstance(shown, ReturnPreview)
    outcomes = await asyncio.gather(
        *(desk.confirms_return(team[n % 4], shown.id) for n in range(20))
    )
    made = [outcome for outcome in outcomes if isinstance(outcome, Returned)]
    assert len(made) == 20
    assert [outcome.repeated for outcome in made].count(False) == 1
    client = await desk.knows(anna)
    assert (client.balance, client.visits) == (18, 1)
    async with desk.database.read() as db:
        assert len(await returns.of_visit(db, booked.visit.id)) == 1
        told = await db.execute(select(outbox.c.key).where(outbox.c.notice == "visits/returned"))
        assert len(told.all()) == 1
    assert await desk.is_consistent()


async def test_rule_08_twenty_who_were_shown_the_same_rest_return_it_once(desk: ReturnDesk) -> None:
    team = [await desk.hires(n) for n in range(1, 5)]
    anna = await desk.client()
    booked = await desk.books(team[0], anna, bill=100_000)
    shown = [await desk.shows_return(team[n % 4], booked.visit.id, 60_000) for n in range(20)]
    ids = [one.id for one in shown if isinstance(one, ReturnPreview)]
    outcomes = await asyncio.gather(
        *(desk.confirms_return(team[n % 4], preview) for n, preview in enumerate(ids))
    )
    assert sum(isinstance(outcome, Returned) for outcome in outcomes) == 1
    # The others are told that 400 are left, not 600.
    assert sum(isinstance(outcome, TooMuch) for outcome in outcomes) == 19
    assert (await desk.visit(booked.visit.id)).bill == 40_000
    assert await desk.is_consistent()


async def test_rule_25_a_return_against_an_undo_has_one_winner(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    manager = await desk.hires(3, role=Role.MANAGER)
    for number in range(3):
        anna = await desk.client()
        booked = await desk.books(alina, anna, bill=100_000)
        shown = await desk.shows_return(alina, booked.visit.id)
        assert isinstance(shown, ReturnPreview)
        outcomes = await asyncio.gather(
            *(desk.confirms_return(alina, shown.id) for _ in range(5)),
            *(desk.undoes(manager, booked.visit.id) for _ in range(5)),
        )
        returned = [o for o in outcomes if isinstance(o, Returned) and not o.repeated]
        undone = [o for o in outcomes if isinstance(o, Undone) and not o.repeated]
        assert len(returned) + len(undone) == 1, number
        losers = ReturnedBefore if returned else UndoneBefore
        assert sum(isinstance(outcome, losers) for outcome in outcomes) == 5
        client = await desk.knows(anna)
        assert (client.balance, client.visits, client.last_visit_on) == (0, 0, None)
    assert await desk.is_consistent()


async def test_rule_25_an_undo_after_a_part_takes_back_only_what_is_left(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.gives(anna, 100)
    booked = await desk.books_with_points(alina, anna, 100_000, 100)
    assert booked.balance == 27
    await desk.returns(alina, booked.visit.id, 50_000)
    assert (await desk.knows(anna)).balance == 115
    undone = await desk.undoes(alina, booked.visit.id)
    assert isinstance(undone, Undone)
    assert undone.balance == 100
    assert isinstance(await desk.shows_return(alina, booked.visit.id), UndoneBefore)
    assert await desk.is_consistent()


async def test_rule_25_an_undo_gives_back_the_points_that_paid(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.gives(anna, 100)
    booked = await desk.books_with_points(alina, anna, 100_000, 100)
    undone = await desk.undoes(alina, booked.visit.id)
    assert isinstance(undone, Undone)
    assert undone.balance == 100
    assert await desk.is_consistent()

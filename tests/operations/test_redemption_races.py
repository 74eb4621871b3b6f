"""Questions about points answered, withdrawn and asked anew at the same moment (rule 7)."""

import asyncio

import pytest

from loyalty.programme import Programme
from loyalty.visits import PointsRefused
from operations.holds import Held, HeldByColleague
from operations.redemptions import (
    Agreed,
    Ended,
    Withdrawn,
)
from operations.visits import (
    Booked,
)
from storage.database import Database
from templates.previews import VisitBooked
from tests.operations.spending_desk import SpendingDesk, count_visits, spent

TAPS = 20


@pytest.fixture
def desk(database: Database, programme: Programme) -> SpendingDesk:
    return SpendingDesk(database, programme)


async def test_rule_07_twenty_taps_on_one_question_are_one_visit(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client(100)
    asked = await desk.asks(alina, anna, points=100)
    outcomes = await asyncio.gather(*(desk.agrees(asked) for _ in range(TAPS)))
    agreed = [outcome for outcome in outcomes if isinstance(outcome, Agreed)]
    assert len(agreed) == TAPS
    assert sum(not outcome.repeated for outcome in agreed) == 1
    assert len({outcome.visit.id for outcome in agreed}) == 1
    assert (await count_visits(desk), await spent(desk, anna)) == (1, 100)
    assert len([one for one in await desk.told(1) if isinstance(one, VisitBooked)]) == 1
    assert await desk.is_consistent()


async def test_the_client_s_taps_against_a_withdrawal_have_one_winner(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    asked = await desk.asks(alina, anna)
    *taps, withdrawn = await asyncio.gather(
        *(desk.agrees(asked) for _ in range(5)), desk.withdraws(alina, asked)
    )
    if await count_visits(desk):
        assert all(isinstance(tap, Agreed) for tap in taps)
        assert isinstance(withdrawn, Booked)
        assert await spent(desk, anna) == 100
    else:
        assert isinstance(withdrawn, Withdrawn)
        assert all(isinstance(tap, Ended) for tap in taps)
        assert await spent(desk, anna) == 0


async def test_yes_against_no_has_one_winner(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    asked = await desk.asks(alina, anna)
    yes, no = await asyncio.gather(desk.agrees(asked), desk.refuses(asked))
    assert type(yes) is type(no)
    assert await count_visits(desk) == isinstance(yes, Agreed)


async def test_rule_07_a_question_against_rewards_never_spends_a_point_twice(
    desk: SpendingDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client(300)
    held, *bought = await asyncio.gather(
        _tries(desk.redeems(alina, anna, points=300)),
        *(desk.buys_reward(anna, 300, f"reward:{number}") for number in range(5)),
    )
    assert isinstance(held, Held) + sum(bought) == 1
    if isinstance(held, Held):
        assert isinstance(await desk.agrees(held.redemption), Agreed)
    assert (await desk.knows(anna)).balance < 300
    assert await desk.is_consistent()


async def test_two_questions_at_once_are_one(desk: SpendingDesk) -> None:
    team = [await desk.hires(number, name=f"Сотрудник {number}") for number in range(1, 6)]
    anna = await desk.rich_client(300)
    outcomes = await asyncio.gather(*(desk.redeems(one, anna, points=300) for one in team))
    held = [outcome for outcome in outcomes if isinstance(outcome, Held)]
    told = [outcome for outcome in outcomes if isinstance(outcome, HeldByColleague)]
    assert (len(held), len(told)) == (1, 4)
    assert {one.staff_name for one in told} == {
        f"Сотрудник {held[0].redemption.staff_id}",
    }
    assert isinstance(await desk.agrees(held[0].redemption), Agreed)
    assert await spent(desk, anna) == 300


async def _tries(attempt: object) -> object:
    try:
        return await attempt  # type: ignore[misc]
    except PointsRefused as refusal:
        return refusal

"""Points with an apology, and a card that goes to another account, on both databases."""

import asyncio
from dataclasses import replace

import pytest

from loyalty.programme import FeedbackRules, Programme
from operations.authority import NotAllowed
from operations.feedback import rate
from operations.remedies import (
    ApologyGiven,
    ApologyOffer,
    CardMoved,
    GivenBefore,
    Impossible,
    MoveOffer,
    give_apology,
    move_card,
    offer_apology,
    offer_move,
)
from operations.senders import Role, Sender
from storage import cases, people, phone_cases
from storage.database import Database
from templates.remedies import Apology, CardGone, CardReceived
from tests.movable_clock import MovableClock
from tests.town import OWNER_ID, Town

NEW_PHONE_OWNER = 4_242


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, MovableClock(), programme)


async def complaint(town: Town) -> tuple[int, int]:
    """A client and their case."""
    anna = await town.person(name="Анна")
    sender = await town.as_sender(anna)
    async with town.tx() as tx:
        await rate(tx, actor=sender, about=1, is_visit=False, rating=1, owner_ids=())
        case = await cases.open_complaint_of(tx.db, anna)
    assert case is not None
    return anna, case.id


async def phone_case(town: Town) -> tuple[int, int]:
    """A client and the case of another account that verified their phone."""
    anna = await town.person(name="Анна", balance=0)
    async with town.tx() as tx:
        await people.meet(tx.db, NEW_PHONE_OWNER, "ru", tx.now)
        case_id = await phone_cases.open_phone_case(
            tx.db, client_id=anna, telegram_id=NEW_PHONE_OWNER, now=tx.now
        )
    return anna, case_id


async def manager(town: Town, name: str = "Пётр") -> Sender:
    return await town.sender(await town.hires(name, Role.MANAGER))


async def gives(town: Town, actor: Sender, case_id: int, points: int) -> object:
    async with town.tx() as tx:
        return await give_apology(tx, actor=actor, case_id=case_id, points=points)


async def moves(town: Town, actor: Sender, case_id: int) -> object:
    async with town.tx() as tx:
        return await move_card(tx, actor=actor, case_id=case_id, owner_ids={OWNER_ID})


async def test_points_go_with_an_apology_and_the_client_hears_of_it(town: Town) -> None:
    anna, case_id = await complaint(town)
    peter = await manager(town)
    async with town.tx() as tx:
        offer = await offer_apology(tx, actor=peter, case_id=case_id)
    assert offer == ApologyOffer(case_id, "Анна", (100, 200, 300))
    assert await gives(town, peter, case_id, 200) == ApologyGiven(200)
    (entry,) = await town.entries(anna)
    assert (entry.amount, entry.kind, entry.actor_id) == (200, "apology", peter.telegram_id)
    (told,) = await town.notices(anna)
    assert isinstance(told, Apology)
    assert (told.points, told.balance) == (200, 200)
    assert await town.audited() == ["case.apology_given"]


async def test_two_managers_at_once_give_points_once_and_the_second_hears_who(town: Town) -> None:
    anna, case_id = await complaint(town)
    peter, olga = await manager(town), await manager(town, "Ольга")
    outcomes = await asyncio.gather(
        gives(town, peter, case_id, 300), gives(town, olga, case_id, 100)
    )
    (before,) = [outcome for outcome in outcomes if isinstance(outcome, GivenBefore)]
    (entry,) = await town.entries(anna)
    assert before.points == entry.amount
    assert before.by in ("Пётр", "Ольга")


@pytest.mark.parametrize("points", [0, -5, 301, 2**62])
async def test_no_more_is_given_than_the_programme_lets_staff_give(town: Town, points: int) -> None:
    anna, case_id = await complaint(town)
    assert await gives(town, await manager(town), case_id, points) == Impossible()
    assert await town.entries(anna) == []


async def test_a_programme_without_apology_points_offers_none(
    database: Database, programme: Programme
) -> None:
    poor = replace(programme, feedback=FeedbackRules())
    town = Town(database, MovableClock(), poor)
    _, case_id = await complaint(town)
    peter = await manager(town)
    async with town.tx() as tx:
        outcome = await offer_apology(tx, actor=peter, case_id=case_id)
    assert outcome == Impossible()


async def test_who_may_not_answer_may_not_give_or_move(town: Town) -> None:
    anna, case_id = await complaint(town)
    for actor in (
        await town.as_sender(anna),
        await town.sender(await town.hires("Ира", Role.STAFF)),
    ):
        with pytest.raises(NotAllowed):
            await gives(town, actor, case_id, 100)
        with pytest.raises(NotAllowed):
            await moves(town, actor, case_id)


async def test_a_card_goes_to_the_account_that_verified_its_phone(town: Town) -> None:
    anna, case_id = await phone_case(town)
    peter = await manager(town)
    before = (await town.knows(anna)).telegram_id
    assert before is not None
    async with town.tx() as tx:
        assert isinstance(await offer_move(tx, actor=peter, case_id=case_id), MoveOffer)
    assert await moves(town, peter, case_id) == CardMoved()
    assert (await town.knows(anna)).telegram_id == NEW_PHONE_OWNER
    assert await town.notices_to(before) == [CardGone("Мастер")]
    assert await town.notices_to(NEW_PHONE_OWNER) == [CardReceived("Мастер", 0)]
    assert await town.audited() == ["case.card_moved"]
    assert await moves(town, peter, case_id) == Impossible()


async def test_a_card_does_not_go_to_who_has_one_by_now(town: Town) -> None:
    anna, case_id = await phone_case(town)
    await town.person(telegram_id=NEW_PHONE_OWNER)
    assert await moves(town, await manager(town), case_id) == Impossible()
    assert (await town.knows(anna)).telegram_id != NEW_PHONE_OWNER


async def test_a_complaint_moves_no_card_and_a_phone_earns_no_apology(town: Town) -> None:
    peter = await manager(town)
    _, complaint_id = await complaint(town)
    _, phone_id = await phone_case(town)
    assert await moves(town, peter, complaint_id) == Impossible()
    assert await gives(town, peter, phone_id, 100) == Impossible()

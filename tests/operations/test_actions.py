"""Points for what is not a visit, on both databases: each once."""

import asyncio
from dataclasses import replace

import pytest

from loyalty.birthdays import Birthday
from loyalty.programme import Programme
from operations.actions import birthday_points
from operations.feedback import Rated, add_words, rate
from operations.profile import set_birthday
from storage import audit
from storage.clients import Client
from storage.database import Database
from storage.ledger import EntryKind
from storage.visits import Visit
from templates.actions import Action, Thanked
from tests.movable_clock import MovableClock
from tests.town import OWNER_ID, Town


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, MovableClock(), programme)


async def tells(town: Town, client_id: int, birthday: Birthday | None) -> Client:
    async with town.tx() as tx:
        return await set_birthday(tx, client_id=client_id, birthday=birthday)


async def reviews(town: Town, client_id: int, visit: Visit, words: str) -> None:
    actor = await town.as_sender(client_id)
    async with town.tx() as tx:
        rated = await rate(
            tx, actor=actor, about=visit.id, is_visit=True, rating=5, owner_ids={OWNER_ID}
        )
        if isinstance(rated, Rated):
            await add_words(
                tx,
                actor=actor,
                feedback_id=rated.feedback_id,
                words=words,
                owner_ids={OWNER_ID},
            )


async def thanks(town: Town, client_id: int) -> list[Thanked]:
    return [one for one in await town.notices(client_id) if isinstance(one, Thanked)]


async def test_the_first_birthday_is_paid_at_once_and_told(town: Town) -> None:
    anna = await town.person()
    assert birthday_points(town.programme, await town.knows(anna)) == 50
    client = await tells(town, anna, Birthday(12, 3))
    assert client.balance == 50
    (entry,) = await town.entries(anna)
    assert (entry.kind, entry.key) == (EntryKind.ACTION, f"action:birthday_told:{anna}")
    (told,) = await thanks(town, anna)
    assert (told.action, told.points, told.balance) == (Action.BIRTHDAY_TOLD, 50, 50)
    assert birthday_points(town.programme, client) == 0
    async with town.database.read() as db:
        assert not await audit.differences(db)


async def test_a_birthday_changed_or_taken_out_and_told_again_is_not_paid(town: Town) -> None:
    anna = await town.person()
    await tells(town, anna, Birthday(12, 3))
    for birthday in (Birthday(13, 3), None, Birthday(14, 3)):
        client = await tells(town, anna, birthday)
        assert client.balance == 50
    assert len(await thanks(town, anna)) == 1


async def test_a_birthday_that_an_import_brought_is_not_paid_when_it_is_corrected(
    town: Town,
) -> None:
    anna = await town.person(birthday_day=1, birthday_month=5)
    await tells(town, anna, None)
    assert (await tells(town, anna, Birthday(2, 5))).balance == 0


async def test_an_amount_that_changed_meanwhile_pays_nothing_twice(town: Town) -> None:
    anna = await town.person()
    await tells(town, anna, Birthday(12, 3))
    actions = replace(town.programme.actions, birthday_told=70)
    town.programme = replace(town.programme, actions=actions)
    await tells(town, anna, None)
    assert (await tells(town, anna, Birthday(12, 3))).balance == 50


async def test_a_programme_that_pays_nothing_says_nothing(town: Town) -> None:
    town.programme = replace(
        town.programme, actions=replace(town.programme.actions, birthday_told=0)
    )
    anna = await town.person()
    assert (await tells(town, anna, Birthday(12, 3))).balance == 0
    assert await thanks(town, anna) == []


async def test_twenty_birthdays_told_at_once_are_paid_once(town: Town) -> None:
    anna = await town.person()
    await asyncio.gather(*(tells(town, anna, Birthday(day, 3)) for day in range(1, 21)))
    assert (await town.knows(anna)).balance == 50


async def test_words_about_a_visit_are_paid_once_a_visit(town: Town) -> None:
    anna = await town.person()
    first, second = await town.visit(anna), await town.visit(anna)
    await reviews(town, anna, first, "Всё отлично")
    await reviews(town, anna, first, "И ещё раз отлично")
    assert (await town.knows(anna)).balance == 20
    await reviews(town, anna, second, "Снова хорошо")
    assert (await town.knows(anna)).balance == 40
    told = await thanks(town, anna)
    assert [(one.action, one.visit_id) for one in told] == [
        (Action.REVIEW, first.id),
        (Action.REVIEW, second.id),
    ]


@pytest.mark.parametrize("words", ["", "👍👍👍", "5/5!!!"])
async def test_a_review_without_a_word_is_no_review(town: Town, words: str) -> None:
    anna = await town.person()
    await reviews(town, anna, await town.visit(anna), words)
    assert (await town.knows(anna)).balance == 0

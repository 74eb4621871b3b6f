"""Who was erased and comes back is new, but is not welcomed twice (rules 15 and 21)."""

from datetime import timedelta

import pytest

from loyalty.birthdays import Birthday
from loyalty.programme import Programme
from operations import birthdays
from operations.card_lists import ListedCard, RowFault
from operations.importing import sort_cards
from operations.profile import set_birthday
from storage import (
    job_claims,
)
from storage.database import Database
from tests.operations.erased_people import NAME, PHONE, Business


@pytest.fixture
def desk(database: Database, programme: Programme) -> Business:
    return Business(database, programme)


async def test_rule_15_nobody_is_welcomed_twice_within_twelve_months_of_an_erasure(
    desk: Business,
) -> None:
    boris = await desk.client(telegram_id=60)
    link = (await desk.knows(boris)).referral_code
    first = await desk.registers()
    assert (first.welcome_points, first.came_back) == (100, False)
    await desk.erases(first.client.id)
    desk.now += timedelta(days=364)
    again = await desk.registers(link=link)
    assert again.client.id != first.client.id
    assert (again.welcome_points, again.came_back, again.referrer) == (0, True, None)
    told = await desk.do(
        lambda tx: set_birthday(tx, client_id=again.client.id, birthday=Birthday(7, 8, 1980))
    )
    assert told.balance == 0, "nor thanked for a birthday once more"
    other = await desk.registers(account=63, phone="+79127654323")
    assert other.welcome_points == 100


async def test_rule_15_after_twelve_months_they_are_as_new(desk: Business) -> None:
    first = await desk.registers()
    await desk.erases(first.client.id)
    desk.now += timedelta(days=365)
    again = await desk.registers()
    assert (again.welcome_points, again.came_back) == (100, False)


async def test_rule_15_the_birthday_gift_of_the_year_is_not_given_again(desk: Business) -> None:
    first = await desk.registers()
    await desk.do(
        lambda tx: job_claims.claim(tx.db, birthdays.JOB, first.client.id, "2027", tx.now)
    )
    await desk.erases(first.client.id)
    again = await desk.registers()
    assert not await desk.do(
        lambda tx: job_claims.claim(tx.db, birthdays.JOB, again.client.id, "2027", tx.now)
    )


async def test_rule_21_an_old_list_brings_nobody_back(desk: Business) -> None:
    registered = await desk.registers()
    await desk.erases(registered.client.id)
    cards = [
        ListedCard(1, PHONE, NAME, None, 77, 0),
        ListedCard(2, "+79127654322", None, None, 5, 0),
    ]
    found = await desk.do(lambda tx: sort_cards(tx, cards))
    assert [one.fault for one in found.refused] == [RowFault.ERASED]
    assert [card.line for card in found.new] == [2]
    desk.now += timedelta(days=366)
    assert len((await desk.do(lambda tx: sort_cards(tx, cards))).new) == 2

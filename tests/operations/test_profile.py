"""What clients change about themselves, and what is kept of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from loyalty.birthdays import Birthday
from loyalty.programme import Programme
from operations.profile import (
    birthday_of,
    set_advert_consent,
    set_birthday,
    set_favourite,
    set_language,
    set_name,
    show_profile,
    show_services,
)
from storage import consents
from storage.clients import Client
from storage.database import Database
from tests.operations.conftest import NOW
from tests.operations.newcomers import ANNA, Town

TODAY = NOW.date()


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, programme)


async def test_another_day_counts_as_told_today_and_a_year_alone_does_not(town: Town) -> None:
    """Rule 15: a birthday that is changed is a birthday told anew."""
    anna = await town.new_client(ANNA)

    async def tells(birthday: Birthday | None) -> Client:
        return await town.do(lambda tx: set_birthday(tx, client_id=anna.id, birthday=birthday))

    assert (await tells(Birthday(12, 3))).birthday_told_on == TODAY
    town.now += timedelta(days=10)
    with_year = await tells(Birthday(12, 3, 1985))
    assert with_year.birthday_told_on == TODAY
    assert birthday_of(with_year) == Birthday(12, 3, 1985)
    assert (await tells(Birthday(13, 3, 1985))).birthday_told_on == TODAY + timedelta(days=10)


async def test_taking_the_birthday_out_and_in_again_is_telling_it_anew(town: Town) -> None:
    anna = await town.new_client(ANNA)
    for birthday in (Birthday(12, 3), None, Birthday(12, 3)):
        client = await town.do(
            lambda tx, b=birthday: set_birthday(tx, client_id=anna.id, birthday=b)
        )
        town.now += timedelta(days=10)
    assert client.birthday_told_on == TODAY + timedelta(days=20)


async def test_rule_20_a_consent_given_withdrawn_and_given_keeps_every_step(town: Town) -> None:
    anna = await town.new_client(ANNA)
    for given in (True, True, False, False, True):
        client = await town.do(lambda tx, g=given: set_advert_consent(tx, anna.id, g))
        assert client.advert_consent is given
        town.now += timedelta(minutes=1)
    kept = [
        c for c in await town.do(lambda tx: consents.of_client(tx.db, anna.id)) if c.kind != "data"
    ]
    assert [consent.given for consent in kept] == [True, False, True]
    assert [(consent.at - NOW).seconds // 60 for consent in kept] == [0, 2, 4]


async def test_rule_20_a_consent_withdrawn_five_times_at_once_is_withdrawn_once(town: Town) -> None:
    anna = await town.new_client(ANNA)
    await town.do(lambda tx: set_advert_consent(tx, anna.id, given=True))
    await asyncio.gather(
        *(town.do(lambda tx: set_advert_consent(tx, anna.id, given=False)) for _ in range(5))
    )
    assert len(await town.do(lambda tx: consents.of_client(tx.db, anna.id))) == 3


async def test_favourites_chosen_at_once_are_all_kept(town: Town) -> None:
    anna = await town.new_client(ANNA)
    await asyncio.gather(
        *(
            town.do(lambda tx, c=code: set_favourite(tx, client_id=anna.id, code=c, favourite=True))
            for code in ("certificate", "repair", "filter")
        )
    )
    client = await town.do(lambda tx: set_name(tx, client_id=anna.id, name="Аня"))
    assert client.favourite_services == ("repair", "filter", "certificate")
    assert client.name == "Аня"


async def test_a_service_that_is_not_listed_is_no_favourite(town: Town) -> None:
    anna = await town.new_client(ANNA)
    client = await town.do(
        lambda tx: set_favourite(tx, client_id=anna.id, code="unlisted", favourite=True)
    )
    assert client.favourite_services == ()


async def test_only_a_language_of_the_programme_is_spoken(town: Town) -> None:
    anna = await town.new_client(ANNA)
    assert (await town.do(lambda tx: set_language(tx, client=anna, language="de"))).language == "ru"
    assert (await town.do(lambda tx: set_language(tx, client=anna, language="en"))).language == "en"
    assert (await town.meets(ANNA)).language == "en"


async def test_a_favourite_that_the_programme_dropped_is_shown_no_more(town: Town) -> None:
    anna = await town.new_client(ANNA)
    client = await town.do(
        lambda tx: set_favourite(tx, client_id=anna.id, code="repair", favourite=True)
    )
    fewer = replace(town.programme, services=town.programme.services[1:])
    assert show_profile(town.programme, client, "en").services == ("Repair",)
    assert show_profile(fewer, client, "en").services == ()
    assert [choice.favourite for choice in show_services(fewer, client, "en").choices] == [
        False
    ] * 2

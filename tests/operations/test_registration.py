"""Rules 14, 15, 16 and 18: who becomes a client, with what, and who does not."""

import asyncio
import re
from dataclasses import replace

import pytest

from loyalty.programme import Programme
from operations.deep_links import Source
from operations.registration import AlreadyRegistered, PhoneElsewhere, Registered
from operations.transaction import Tx
from storage import audit, cases, clients, consents, people, referrals
from storage.database import Database
from tests.operations.conftest import NOW, add_client
from tests.operations.newcomers import ANNA, BORIS, GLEB, VERA, Town, phone_of
from tests.records import next_expiries

PHONE = "+79120000001"


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, programme)


async def test_rule_15_a_stranger_becomes_a_client_with_card_code_and_welcome_points(
    town: Town,
) -> None:
    done = await town.registers(ANNA, PHONE, first_name="Анна")
    assert isinstance(done, Registered)
    client = done.client
    assert (client.phone, client.name, client.telegram_id) == (PHONE, "Анна", ANNA)
    assert client.card_number is not None
    assert re.fullmatch(r"[0-9]{6,8}", client.card_number)
    assert client.card_code
    assert client.referral_code
    assert client.card_code != client.referral_code
    assert (client.balance, done.welcome_points, done.known) == (100, 100, False)
    assert (client.registered_at, client.tier) == (NOW, "silver")
    lots = await town.do(lambda tx: next_expiries(tx.db, client.id, limit=5))
    assert [(lot.amount, str(lot.valid_through)) for lot in lots] == [(100, "2028-02-01")]


@pytest.mark.parametrize("adverts", [True, False])
async def test_rule_20_each_consent_is_kept_with_its_text_and_time(
    town: Town, adverts: bool
) -> None:
    done = await town.registers(ANNA, PHONE, adverts=adverts)
    assert isinstance(done, Registered)
    kept = await town.do(lambda tx: consents.of_client(tx.db, done.client.id))
    given = [(consent.kind.value, consent.text_version, consent.at) for consent in kept]
    assert given == [("data", "data-1", NOW), ("advert", "advert-1", NOW)][: 1 + adverts]
    assert done.client.advert_consent is adverts


async def test_the_same_contact_again_changes_nothing(town: Town) -> None:
    first = await town.registers(ANNA, PHONE)
    again = await town.registers(ANNA, PHONE)
    other_phone = await town.registers(ANNA, "+79120000009")
    assert isinstance(first, Registered)
    assert again == other_phone == AlreadyRegistered(first.client)


async def test_the_same_contact_twice_at_once_is_one_client(town: Town) -> None:
    await town.meets(ANNA)
    outcomes = await asyncio.gather(*(town.registers(ANNA, PHONE) for _ in range(4)))
    kinds = sorted(type(outcome).__name__ for outcome in outcomes)
    assert kinds == ["AlreadyRegistered"] * 3 + ["Registered"]
    client = await town.do(lambda tx: clients.by_phone(tx.db, PHONE))
    assert client is not None
    assert client.balance == 100


async def test_rule_18_a_phone_from_two_accounts_at_once_is_one_client_and_one_case(
    town: Town,
) -> None:
    await town.meets(ANNA)
    await town.meets(BORIS)
    outcomes = await asyncio.gather(
        *(town.registers(who, PHONE) for who in (ANNA, BORIS, ANNA, BORIS))
    )
    winners = [outcome for outcome in outcomes if isinstance(outcome, Registered)]
    losers = {outcome for outcome in outcomes if isinstance(outcome, PhoneElsewhere)}
    assert len(winners) == 1
    assert len(losers) == 1
    assert await town.do(lambda tx: cases.count_open(tx.db, winners[0].client.id)) == 1


async def test_rule_18_a_phone_on_another_account_is_never_moved(town: Town) -> None:
    owner = await town.new_client(ANNA)
    outcome = await town.registers(BORIS, phone_of(ANNA))
    assert isinstance(outcome, PhoneElsewhere)
    assert await town.do(lambda tx: clients.by_id(tx.db, owner.id)) == owner
    assert (await town.meets(BORIS)).client is None
    case = await town.do(lambda tx: cases.by_id(tx.db, outcome.case_id))
    assert case is not None
    assert (case.client_id, case.telegram_id, case.kind) == (owner.id, BORIS, "phone")


async def add_imported(town: Town, **values: object) -> int:
    async def add(tx: Tx) -> int:
        bare = {"registered_at": None, "registered_on": None, "card_number": None}
        unnamed = {"referral_code": None, "phone": PHONE, "name": "Анна Ивановна"}
        return await add_client(tx, **{**bare, **unnamed, **values})

    return await town.do(add)


async def test_rule_16_an_imported_client_is_claimed_by_the_verified_contact(town: Town) -> None:
    imported = await add_imported(town)
    done = await town.registers(ANNA, PHONE, first_name="Аня")
    assert isinstance(done, Registered)
    assert done.client.id == imported
    assert done.known
    assert (done.client.name, done.client.balance) == ("Анна Ивановна", 100)
    assert done.client.card_number
    assert done.client.card_code
    assert done.client.registered_at == NOW


async def test_an_imported_card_number_is_kept(town: Town) -> None:
    await add_imported(town, card_number="7654321")
    done = await town.registers(ANNA, PHONE)
    assert isinstance(done, Registered)
    assert done.client.card_number == "7654321"


async def test_two_accounts_claim_an_imported_client_at_once_and_one_does(town: Town) -> None:
    await add_imported(town)
    await town.meets(ANNA)
    await town.meets(BORIS)
    outcomes = await asyncio.gather(*(town.registers(who, PHONE) for who in (ANNA, BORIS)))
    assert {type(outcome) for outcome in outcomes} == {Registered, PhoneElsewhere}


@pytest.mark.parametrize("hostile", ["</b>", '<a href="tg://user?id=1">', "Ж" * 300, "'; DROP --"])
async def test_a_hostile_name_is_a_name(town: Town, hostile: str) -> None:
    done = await town.registers(ANNA, PHONE, first_name=hostile)
    assert isinstance(done, Registered)
    assert done.client.name == hostile[:64]


async def test_a_name_of_nothing_visible_is_no_name(town: Town) -> None:
    done = await town.registers(ANNA, PHONE, first_name="\u202e\u200b \u3164")
    assert isinstance(done, Registered)
    assert done.client.name is None


async def test_a_programme_without_welcome_points_grants_none(
    database: Database, programme: Programme
) -> None:
    mean = replace(programme, points=replace(programme.points, welcome=0))
    done = await Town(database, mean).registers(ANNA, PHONE)
    assert isinstance(done, Registered)
    assert done.client.balance == 0


async def test_rule_14_the_first_link_counts_for_good(town: Town) -> None:
    boris, gleb = await town.new_client(BORIS), await town.new_client(GLEB)
    assert boris.referral_code
    assert gleb.referral_code
    assert await town.opens(ANNA, boris.referral_code)
    await town.opens(ANNA, gleb.referral_code)
    done = await town.registers(ANNA, PHONE)
    assert isinstance(done, Registered)
    assert done.referrer is not None
    assert done.referrer.id == boris.id
    referral = await town.do(lambda tx: referrals.of_friend(tx.db, done.client.id))
    assert referral is not None
    assert (referral.referrer_id, referral.status) == (boris.id, "registered")


@pytest.mark.parametrize("poster_first", [True, False])
async def test_rule_14_a_poster_and_a_friend_s_link_both_count_in_either_order(
    town: Town, poster_first: bool
) -> None:
    boris = await town.new_client(BORIS)
    assert boris.referral_code
    links: list[str | Source] = [Source("window"), boris.referral_code]
    for link in links if poster_first else links[::-1]:
        await town.opens(ANNA, link)
    anna = await town.meets(ANNA)
    assert (anna.referral_code, anna.source_code) == (boris.referral_code, "window")
    done = await town.registers(ANNA, PHONE)
    assert isinstance(done, Registered)
    assert done.referrer is not None
    assert done.referrer.id == boris.id


async def test_rule_14_the_first_poster_is_remembered_for_good(town: Town) -> None:
    await town.opens(ANNA, Source("window"))
    await town.opens(ANNA, Source("tram"))
    assert (await town.meets(ANNA)).source_code == "window"
    await town.new_client(ANNA)
    await town.new_client(BORIS)
    await town.opens(BORIS, Source("tram"))
    assert (await town.meets(BORIS)).source_code is None


async def test_a_link_opened_ten_times_at_once_is_opened_once(town: Town) -> None:
    codes = []
    for who in (BORIS, GLEB):
        client = await town.new_client(who)
        assert client.referral_code
        codes.append(client.referral_code)
    await town.meets(ANNA)
    await asyncio.gather(*(town.opens(ANNA, code) for code in codes * 5))
    kept = (await town.meets(ANNA)).referral_code
    assert kept in codes
    done = await town.registers(ANNA, PHONE)
    assert isinstance(done, Registered)
    assert done.referrer is not None
    assert done.referrer.referral_code == kept


async def test_rule_14_a_client_who_opens_a_link_stays_nobody_s_friend(town: Town) -> None:
    boris, anna = await town.new_client(BORIS), await town.new_client(ANNA)
    assert boris.referral_code
    assert not await town.opens(ANNA, boris.referral_code)
    assert not await town.opens(BORIS, boris.referral_code)
    for client in (boris, anna):
        assert await town.do(lambda tx, c=client: referrals.of_friend(tx.db, c.id)) is None


async def test_rule_14_a_second_account_of_one_phone_brings_nobody(town: Town) -> None:
    anna = await town.new_client(ANNA)
    assert anna.referral_code
    await town.opens(VERA, anna.referral_code)
    assert isinstance(await town.registers(VERA, phone_of(ANNA)), PhoneElsewhere)
    assert await town.do(lambda tx: referrals.counts(tx.db, anna.id)) == {}


async def test_a_guessed_code_gives_nothing_and_leaves_room_for_a_true_one(town: Town) -> None:
    boris = await town.new_client(BORIS)
    assert boris.referral_code
    assert not await town.opens(ANNA, "guessed")
    assert await town.opens(ANNA, boris.referral_code)


async def test_a_programme_without_referrals_keeps_none(
    database: Database, programme: Programme
) -> None:
    town = Town(database, replace(programme, referral=None))
    boris = await town.new_client(BORIS)
    assert boris.referral_code
    await town.opens(ANNA, boris.referral_code)
    done = await town.registers(ANNA, PHONE)
    assert isinstance(done, Registered)
    assert done.referrer is None


async def test_all_of_it_adds_up(town: Town) -> None:
    await add_imported(town)
    await town.registers(ANNA, PHONE)
    await town.new_client(BORIS)
    assert await town.do(lambda tx: audit.differences(tx.db)) == []


async def test_the_account_s_language_goes_over_to_the_client(town: Town) -> None:
    await town.meets(ANNA)
    await town.do(lambda tx: people.choose_language(tx.db, ANNA, "en"))
    done = await town.registers(ANNA, PHONE)
    assert isinstance(done, Registered)
    assert done.client.language == "en"

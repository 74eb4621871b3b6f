"""Rules 16 and 18: another phone is the client's at once, claimed, or a case that people decide."""

import asyncio

import pytest

from loyalty.programme import Programme
from operations.changed_phone import PhoneChanged, PhoneElsewhere, PhoneSame, change_phone
from operations.ledger import EntryKind, grant
from operations.merging import Merged, merge_clients
from operations.remedies import (
    CardMoved,
    ClaimRefused,
    Impossible,
    MoveOffer,
    hand_phone,
    move_card,
    offer_move,
    refuse_claim,
)
from operations.senders import Role, Sender
from storage import cases
from storage.audit import differences
from storage.clients import ClientStatus
from storage.database import Database
from templates.changed_phone import PhoneFreed
from templates.merging import CardsMerged
from templates.remedies import ClaimRefused as Told
from templates.remedies import ClaimRepelled, NumberGone, NumberReceived
from tests.movable_clock import MovableClock
from tests.town import OWNER_ID, Town

OLD, NEW = "+79120000701", "+79120000702"
Outcome = PhoneSame | PhoneChanged | PhoneElsewhere


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, MovableClock(), programme)


async def shares(town: Town, client_id: int, phone: str) -> Outcome:
    async with town.tx() as tx:
        return await change_phone(tx, client_id=client_id, phone=phone)


async def manager(town: Town) -> Sender:
    return await town.sender(await town.hires("Пётр", Role.MANAGER))


async def a_case(town: Town) -> tuple[int, int, int]:
    """Anna has the number, Boris verified it in an account with a card of its own."""
    anna, boris = await town.person(phone=OLD, name="Анна"), await town.person(phone=NEW)
    outcome = await shares(town, boris, OLD)
    assert isinstance(outcome, PhoneElsewhere)
    return anna, boris, outcome.case_id


async def test_rule_16_a_free_number_is_the_client_s_at_once(town: Town) -> None:
    anna = await town.person(phone=OLD)
    assert isinstance(await shares(town, anna, NEW), PhoneChanged)
    assert isinstance(await shares(town, anna, NEW), PhoneSame)
    assert (await town.knows(anna)).phone == NEW
    assert await town.audited() == ["client.phone_changed"]


async def test_rule_16_an_old_card_with_the_number_is_claimed_by_it(town: Town) -> None:
    anna = await town.person(phone=OLD)
    card = await town.person(phone=NEW, telegram_id=None, registered_at=None, name="Анна")
    async with town.tx() as tx:
        await grant(tx, card, 70, kind=EntryKind.IMPORT, key="import", valid_through=None)
    outcome = await shares(town, anna, NEW)
    assert isinstance(outcome, PhoneChanged)
    assert (outcome.joined, outcome.points) == (True, 70)
    known = await town.knows(anna)
    assert (known.phone, known.balance) == (NEW, 70)
    assert (await town.knows(card)).status is ClientStatus.ARCHIVED
    assert [type(told) for told in await town.notices(anna)] == [CardsMerged]
    async with town.database.read() as db:
        assert await differences(db) == []


async def test_rule_18_a_number_of_another_account_is_a_case_and_nothing_moves(town: Town) -> None:
    anna, boris, case_id = await a_case(town)
    assert await shares(town, boris, OLD) == PhoneElsewhere(case_id)
    assert ((await town.knows(anna)).phone, (await town.knows(boris)).phone) == (OLD, NEW)
    peter = await manager(town)
    async with town.tx() as tx:
        offer = await offer_move(tx, actor=peter, case_id=case_id)
        assert isinstance(offer, MoveOffer)
        assert offer.own_card_id == boris
        moved = await move_card(tx, actor=peter, case_id=case_id, owner_ids={OWNER_ID})
    assert moved == Impossible()


async def test_rule_18_a_manager_gives_the_number_and_both_are_told(town: Town) -> None:
    anna, boris, case_id = await a_case(town)
    peter = await manager(town)
    for expected in (CardMoved(), Impossible()):
        async with town.tx() as tx:
            done = await hand_phone(tx, actor=peter, case_id=case_id, owner_ids={OWNER_ID})
        assert done == expected
    assert ((await town.knows(anna)).phone, (await town.knows(boris)).phone) == (None, OLD)
    assert [type(told) for told in await town.notices(anna)] == [NumberGone]
    assert [type(told) for told in await town.notices(boris)] == [NumberReceived]
    assert (await town.audited()).count("case.phone_handed") == 1


async def test_rule_18_a_manager_refuses_and_both_are_told(town: Town) -> None:
    anna, boris, case_id = await a_case(town)
    peter, olga = await manager(town), await manager(town)

    async def refuses(actor: Sender) -> object:
        async with town.tx() as tx:
            return await refuse_claim(tx, actor=actor, case_id=case_id, owner_ids={OWNER_ID})

    outcomes = await asyncio.gather(*(refuses(actor) for actor in (peter, olga) * 10))
    assert outcomes.count(ClaimRefused()) == 1
    assert outcomes.count(Impossible()) == 19
    assert ((await town.knows(anna)).phone, (await town.knows(boris)).phone) == (OLD, NEW)
    assert [type(told) for told in await town.notices(anna)] == [ClaimRepelled]
    account = (await town.knows(boris)).telegram_id
    assert account is not None
    assert [type(told) for told in await town.notices_to(account)] == [Told]


async def test_rule_18_a_number_given_up_ends_the_case_about_it(town: Town) -> None:
    anna, boris, case_id = await a_case(town)
    assert isinstance(await shares(town, anna, "+79120000703"), PhoneChanged)
    account = (await town.knows(boris)).telegram_id
    assert account is not None
    assert [type(told) for told in await town.notices_to(account)] == [PhoneFreed]
    peter = await manager(town)
    async with town.tx() as tx:
        late = await hand_phone(tx, actor=peter, case_id=case_id, owner_ids=())
    assert late == Impossible()
    assert isinstance(await shares(town, boris, OLD), PhoneChanged)


async def test_rule_18_twenty_who_share_one_free_number_have_one_winner(town: Town) -> None:
    everybody = [await town.person() for _ in range(20)]
    outcomes = await asyncio.gather(*(shares(town, one, NEW) for one in everybody))
    assert sum(isinstance(outcome, PhoneChanged) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, PhoneElsewhere) for outcome in outcomes) == 19


async def test_rule_18_two_accounts_of_one_person_are_merged_and_the_case_is_over(
    town: Town,
) -> None:
    anna, boris, case_id = await a_case(town)
    peter = await manager(town)
    async with town.tx() as tx:
        done = await merge_clients(tx, actor=peter, survivor_id=boris, source_id=anna)
        assert isinstance(done, Merged)
        case = await cases.by_id(tx.db, case_id)
    assert case is not None
    assert not case.is_open

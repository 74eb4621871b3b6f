"""Twenty who want the same at once, on both databases: one effect, and the others are told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest

from loyalty.programme import Programme
from operations.due import Due, NotDueNow
from operations.expiry import expire
from operations.ledger import EntryKind, NotEnoughPoints, grant, spend
from operations.pending import ONCE, Activated, activate
from operations.registration import AlreadyRegistered, PhoneElsewhere, Registered
from operations.reviews import review
from operations.senders import Role
from operations.transaction import Tx
from operations.undo import Undone
from operations.visits import Booked
from storage import ledger, tiers
from storage.database import Database
from storage.tables import clients as clients_table
from storage.tables import lots
from tests.operations.newcomers import Town, phone_of
from tests.operations.returning import ReturnDesk
from tests.operations.test_registration import PHONE, add_imported
from tests.operations.visiting import visit

TWENTY = range(20)
T = TypeVar("T")


@pytest.fixture
def desk(database: Database, programme: Programme) -> ReturnDesk:
    return ReturnDesk(database, programme)


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, programme)


async def at_once(desk: ReturnDesk, work: Callable[[Tx, int], Awaitable[T]]) -> list[T]:
    """Twenty transactions side by side."""

    async def one(number: int) -> T:
        async with desk.database.write() as db:
            return await work(desk.tx(db), number)

    return await asyncio.gather(*(one(number) for number in TWENTY))


@pytest.mark.parametrize(("each", "served"), [(30, 3), (5, 20), (100, 1), (101, 0)])
async def test_rule_03_twenty_spends_at_once_of_100_points_never_spend_more(
    desk: ReturnDesk, each: int, served: int
) -> None:
    """Of two lots, so that one spend takes from both."""
    anna = await desk.client()
    await desk.gives(anna, 40, days=5)
    await desk.gives(anna, 60)

    async def take(tx: Tx, number: int) -> bool:
        try:
            await spend(tx, anna, each, kind=EntryKind.REWARD, key=f"spend:{number}")
        except NotEnoughPoints:
            return False
        return True

    assert sum(await at_once(desk, take)) == served
    assert (await desk.knows(anna)).balance == 100 - served * each
    assert await desk.is_consistent()


async def test_rule_05_twenty_who_confirm_one_visit_book_it_and_its_points_once(
    desk: ReturnDesk,
) -> None:
    team = [await desk.hires(number, name=f"Сотрудник {number}") for number in range(1, 21)]
    anna = await desk.client()
    preview = await desk.previews(team[0], anna)
    outcomes = await asyncio.gather(*(desk.confirms(one, preview.id) for one in team))
    booked = [outcome for outcome in outcomes if isinstance(outcome, Booked)]
    assert len(booked) == 20
    assert len({outcome.visit.id for outcome in booked}) == 1
    assert sum(not outcome.repeated for outcome in booked) == 1
    assert len({outcome.staff_name for outcome in booked}) == 1
    client = await desk.knows(anna)
    assert (client.balance, client.visits) == (30, 1)
    assert await desk.is_consistent()


async def test_rule_10_twenty_schedulers_put_resting_points_on_the_card_once(
    desk: ReturnDesk,
) -> None:
    points = replace(desk.programme.points, pending_days=3)
    desk.programme = replace(desk.programme, points=points)
    alina, anna = await desk.hires(1), await desk.client()
    booked = await desk.books(alina, anna)
    desk.now += timedelta(days=4)

    async def wake(tx: Tx, number: int) -> bool:
        try:
            return isinstance(await activate(tx, Due(booked.visit.id, ONCE)), Activated)
        except NotDueNow:
            return False

    assert sum(await at_once(desk, wake)) == 1
    assert (await desk.knows(anna)).balance == 30
    assert await desk.is_consistent()


async def test_rule_11_twenty_schedulers_burn_a_lot_once(desk: ReturnDesk) -> None:
    anna = await desk.client()
    await desk.gives(anna, 100, days=1)
    await desk.gives(anna, 50)
    warned = {"warned_ahead": 1, "warned_on": desk.now.date() - timedelta(days=1)}
    async with desk.database.write() as db:
        await db.execute(lots.update().values(warned))
    desk.now += timedelta(days=3)
    await at_once(desk, lambda tx, _number: expire(tx, [Due(anna, "day")]))
    async with desk.database.read() as db:
        entries = await ledger.of_client(db, anna, limit=100)
    assert [entry.amount for entry in entries if entry.kind is EntryKind.EXPIRY] == [-100]
    assert (await desk.knows(anna)).balance == 50
    assert await desk.is_consistent()


async def test_rule_12_twenty_schedulers_review_a_client_once(desk: ReturnDesk) -> None:
    today = desk.now.date()
    anna = await desk.client(tier="gold", tier_since=today - timedelta(days=400))
    warned = {"tier_warned_for": today, "tier_warned_on": today - timedelta(days=10)}
    async with desk.database.write() as db:
        await db.execute(clients_table.update().values(warned))
    await at_once(desk, lambda tx, _number: review(tx, [Due(anna, "day")]))
    assert (await desk.knows(anna)).tier == "silver"
    async with desk.database.read() as db:
        steps = await db.execute(tiers.tier_changes.select())
        assert [row.to_tier for row in steps if row.from_tier == "gold"] == ["silver"]
    assert await desk.is_consistent()


async def test_rule_14_twenty_visits_of_one_friend_earn_both_one_reward(town: Town) -> None:
    boris = await town.new_client(7_200_000_000)
    assert boris.referral_code is not None
    await town.opens(7_200_000_001, boris.referral_code)
    vera = await town.new_client(7_200_000_001)
    outcomes = await asyncio.gather(
        *(town.do(lambda tx: visit(tx, vera.id, 50_000)) for _ in TWENTY)
    )
    assert sum(outcome.friend_points for _, _, outcome in outcomes) == 150
    async with town.database.read() as db:
        for client_id, amount in ((vera.id, 150), (boris.id, 300)):
            entries = await ledger.of_client(db, client_id, limit=100)
            rewards = [entry.amount for entry in entries if entry.kind is EntryKind.REFERRAL]
            assert rewards == [amount]


async def test_rule_15_twenty_contacts_of_one_phone_welcome_it_once(town: Town) -> None:
    accounts = [7_300_000_000 + number for number in TWENTY]
    for account in accounts:
        await town.meets(account)
    outcomes = await asyncio.gather(*(town.registers(account, PHONE) for account in accounts))
    assert sum(isinstance(outcome, Registered) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, PhoneElsewhere) for outcome in outcomes) == 19
    async with town.database.read() as db:
        welcomed = await db.execute(ledger.ledger_entries.select())
        assert [row.amount for row in welcomed] == [100]


async def test_rule_16_twenty_claims_of_one_old_card_have_one_winner(town: Town) -> None:
    card = await add_imported(town)
    accounts = [7_300_000_000 + number for number in TWENTY]
    for account in accounts:
        await town.meets(account)
    outcomes = await asyncio.gather(*(town.registers(account, PHONE) for account in accounts))
    won = [outcome for outcome in outcomes if isinstance(outcome, Registered)]
    assert [(one.client.id, one.known) for one in won] == [(card, True)]
    assert sum(isinstance(outcome, PhoneElsewhere) for outcome in outcomes) == 19


async def test_rule_16_one_contact_shared_twenty_times_is_one_client(town: Town) -> None:
    account = 7_300_000_000
    await town.meets(account)
    outcomes = await asyncio.gather(*(town.registers(account, phone_of(account)) for _ in TWENTY))
    assert sum(isinstance(outcome, Registered) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, AlreadyRegistered) for outcome in outcomes) == 19


async def test_rule_25_twenty_undos_of_one_visit_take_it_back_once(desk: ReturnDesk) -> None:
    boss, anna = await desk.hires(1, role=Role.MANAGER), await desk.client()
    booked = await desk.books(boss, anna)
    outcomes = await asyncio.gather(*(desk.undoes(boss, booked.visit.id) for _ in TWENTY))
    undone = [outcome for outcome in outcomes if isinstance(outcome, Undone)]
    assert len(undone) == 20
    assert sum(not outcome.repeated for outcome in undone) == 1
    client = await desk.knows(anna)
    assert (client.balance, client.visits) == (0, 0)
    assert await desk.is_consistent()


async def test_rule_04_a_key_is_in_the_transaction_of_its_posting(desk: ReturnDesk) -> None:
    """A posting that is rolled back gives its key free with it."""
    anna = await desk.client()

    async def give(tx: Tx) -> bool:
        posted = await grant(tx, anna, 100, kind=EntryKind.VISIT, key="visit:1", valid_through=None)
        return posted.repeated

    with pytest.raises(ZeroDivisionError):
        async with desk.database.write() as db:
            await give(desk.tx(db))
            1 / 0  # noqa: B018
    async with desk.database.write() as db:
        assert not await give(desk.tx(db))
    async with desk.database.write() as db:
        assert await give(desk.tx(db))
    assert (await desk.knows(anna)).balance == 100

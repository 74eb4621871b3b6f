"""Points put right by hand: once, with a reason, never below zero, and on record."""

import asyncio

import pytest

from loyalty.programme import Programme
from operations.adjustments import (
    AdjustmentTooLarge,
    Asked,
    Done,
    Dropped,
    OwnAccount,
    ReasonMissing,
    Unknown,
    ask_adjustment,
    confirm_adjustment,
    drop_adjustment,
)
from operations.authority import NotAllowed
from operations.ledger import EntryKind, NotEnoughPoints, grant
from operations.senders import Role, Sender
from storage import clients
from storage.database import Database
from templates.adjustments import Adjusted
from tests.movable_clock import MovableClock
from tests.town import Town

REASON = "за долгое ожидание"


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, MovableClock(), programme)


async def hired(town: Town, name: str, role: Role) -> Sender:
    return await town.sender(await town.hires(name, role))


async def leader(town: Town, role: Role = Role.MANAGER) -> Sender:
    return await hired(town, "Пётр", role)


async def asks(town: Town, actor: Sender, client_id: int, points: int, reason: str = REASON) -> int:
    async with town.tx() as tx:
        client = await clients.by_id(tx.db, client_id)
        assert client is not None
        asked = await ask_adjustment(tx, actor=actor, client=client, points=points, reason=reason)
    assert isinstance(asked, Asked)
    return asked.adjustment_id


async def confirms(town: Town, actor: Sender, adjustment_id: int) -> Done | Dropped | Unknown:
    async with town.tx() as tx:
        return await confirm_adjustment(tx, actor=actor, adjustment_id=adjustment_id)


async def test_twenty_taps_move_the_points_once_and_the_client_reads_why(town: Town) -> None:
    petr, anna = await leader(town), await town.person(balance=50)
    adjustment = await asks(town, petr, anna, 100)
    outcomes = await asyncio.gather(*(confirms(town, petr, adjustment) for _ in range(20)))
    assert [outcome.repeated for outcome in outcomes if isinstance(outcome, Done)].count(False) == 1
    assert (await town.knows(anna)).balance == 150
    told = [notice for notice in await town.notices(anna) if isinstance(notice, Adjusted)]
    assert [(notice.points, notice.reason, notice.balance) for notice in told] == [
        (100, REASON, 150)
    ]
    assert (await town.audited()).count("points.adjusted") == 1


async def test_rule_09_no_adjustment_takes_a_balance_below_zero(town: Town) -> None:
    petr, anna = await leader(town), await town.person()
    async with town.tx() as tx:
        await grant(tx, anna, 50, kind=EntryKind.VISIT, key="before", valid_through=None)
    with pytest.raises(NotEnoughPoints):
        await asks(town, petr, anna, -51)
    both = [await asks(town, petr, anna, -30) for _ in range(2)]
    assert isinstance(await confirms(town, petr, both[0]), Done)
    with pytest.raises(NotEnoughPoints):
        await confirms(town, petr, both[1])
    assert (await town.knows(anna)).balance == 20


@pytest.mark.parametrize("reason", ["", "  ", "ок"])
async def test_nobody_adjusts_without_a_reason(town: Town, reason: str) -> None:
    petr, anna = await leader(town), await town.person()
    with pytest.raises(ReasonMissing):
        await asks(town, petr, anna, 10, reason)


@pytest.mark.parametrize("points", [0, 100_001, -100_001])
async def test_a_slip_of_the_finger_is_refused(town: Town, points: int) -> None:
    petr, anna = await leader(town), await town.person()
    with pytest.raises(AdjustmentTooLarge):
        await asks(town, petr, anna, points)


async def test_only_who_asked_decides_and_only_who_leads_asks(town: Town) -> None:
    petr, anna = await leader(town), await town.person(balance=50)
    adjustment = await asks(town, petr, anna, 100)
    other = await hired(town, "Ольга", Role.MANAGER)
    assert isinstance(await confirms(town, other, adjustment), Unknown)
    with pytest.raises(NotAllowed):
        await asks(town, await hired(town, "Алина", Role.STAFF), anna, 10)
    async with town.tx() as tx:
        assert isinstance(await drop_adjustment(tx, actor=petr, adjustment_id=adjustment), Dropped)
    assert isinstance(await confirms(town, petr, adjustment), Dropped)
    assert (await town.knows(anna)).balance == 50


async def test_rule_22_nobody_adjusts_their_own_points(town: Town) -> None:
    anna = await town.person(balance=50)
    sender = await town.as_sender(anna)
    await town.hires("Анна", Role.MANAGER, telegram_id=sender.telegram_id)
    sender = await town.as_sender(anna)
    async with town.tx() as tx:
        client = await clients.by_id(tx.db, anna)
        assert client is not None
        outcome = await ask_adjustment(tx, actor=sender, client=client, points=10, reason=REASON)
    assert isinstance(outcome, OwnAccount)

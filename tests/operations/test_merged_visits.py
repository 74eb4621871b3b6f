"""Visits whose client became another record: what they earned is found there, also in mid-merge."""

import asyncio

import pytest

from loyalty.programme import Programme
from operations.merging import Merged, merge_clients
from operations.returns import Returned
from operations.senders import Role, Sender
from operations.undo import Undone
from operations.visits import Booked, ClientGone
from storage import referrals
from storage.database import Database
from templates.referrals import RewardTakenBack
from tests.operations.returning import ReturnDesk


@pytest.fixture
def desk(database: Database, programme: Programme) -> ReturnDesk:
    return ReturnDesk(database, programme)


@pytest.mark.parametrize("who_stays", ["friend", "referrer"])
async def test_rule_14_after_a_merge_a_return_shows_and_tells_all_that_it_takes(
    desk: ReturnDesk, who_stays: str
) -> None:
    """Both rewards are one person's by then, in entries of two records."""
    boss = await desk.hires(1, role=Role.MANAGER)
    referrer, friend = await desk.client(telegram_id=50), await desk.client(telegram_id=51)
    async with desk.database.write() as db:
        await referrals.add(db, friend_id=friend, referrer_id=referrer, now=desk.now)
    booked = await desk.books(boss, friend, bill=100_000)
    stays, goes = (friend, referrer) if who_stays == "friend" else (referrer, friend)
    async with desk.database.write() as db:
        await merge_clients(desk.tx(db), actor=boss, survivor_id=stays, source_id=goes)
    assert (await desk.knows(stays)).balance == 480
    shown, made = await desk.returns(boss, booked.visit.id)
    assert (shown.referral_points, shown.balance_after, made.balance) == (450, 0, 0)
    account = 51 if who_stays == "friend" else 50
    told = [one for one in await desk.told(account) if isinstance(one, RewardTakenBack)]
    assert [(one.points, one.balance) for one in told] == [(450, 0)]
    assert await desk.is_consistent()


async def test_rule_14_after_a_merge_another_visit_keeps_the_reward(desk: ReturnDesk) -> None:
    boss = await desk.hires(1, role=Role.MANAGER)
    referrer, friend = await desk.client(telegram_id=50), await desk.client()
    other = await desk.client(telegram_id=51)
    async with desk.database.write() as db:
        await referrals.add(db, friend_id=friend, referrer_id=referrer, now=desk.now)
        # Of the two records it is the one that stays which keeps whose friend it was.
        await referrals.add(db, friend_id=other, referrer_id=referrer, now=desk.now)
    first = await desk.books(boss, friend, bill=100_000)
    await desk.books(boss, friend, bill=100_000)
    async with desk.database.write() as db:
        await merge_clients(desk.tx(db), actor=boss, survivor_id=other, source_id=friend)
    shown, _ = await desk.returns(boss, first.visit.id)
    assert shown.referral_points == 0
    assert (await desk.knows(referrer)).balance == 300
    assert await desk.is_consistent()


async def merges(desk: ReturnDesk, boss: Sender, stays: int, goes: int) -> object:
    async with desk.database.write() as db:
        return await merge_clients(desk.tx(db), actor=boss, survivor_id=stays, source_id=goes)


@pytest.mark.parametrize("newer_stays", [True, False])
async def test_rule_17_a_merge_against_undos_of_its_visits_takes_each_back_once(
    desk: ReturnDesk, newer_stays: bool
) -> None:
    boss = await desk.hires(1, role=Role.MANAGER)
    pair = [await desk.client(), await desk.client()]
    stays, goes = pair[::-1] if newer_stays else pair
    booked = [await desk.books(boss, goes, bill=100_000 + n) for n in range(10)]
    outcomes = await asyncio.gather(
        *(desk.undoes(boss, one.visit.id) for one in booked[:5]),
        merges(desk, boss, stays, goes),
        *(desk.undoes(boss, one.visit.id) for one in booked),
    )
    undone = [one for one in outcomes if isinstance(one, Undone)]
    assert sum(isinstance(one, Merged) for one in outcomes) == 1
    assert sum(not one.repeated for one in undone) == 10
    for client_id in pair:
        client = await desk.knows(client_id)
        assert (client.balance, client.visits) == (0, 0)
    assert await desk.is_consistent()


async def test_rule_17_a_merge_against_returns_of_its_visits_returns_each_once(
    desk: ReturnDesk,
) -> None:
    boss = await desk.hires(1, role=Role.MANAGER)
    stays, goes = await desk.client(), await desk.client()
    booked = [await desk.books(boss, goes, bill=100_000 + n) for n in range(6)]
    shown = [await desk.shows_return(boss, one.visit.id) for one in booked]
    outcomes = await asyncio.gather(
        *(desk.confirms_return(boss, one.id) for one in shown[:3]),  # type: ignore[union-attr]
        merges(desk, boss, stays, goes),
        *(desk.confirms_return(boss, one.id) for one in shown),  # type: ignore[union-attr]
    )
    returned = [one for one in outcomes if isinstance(one, Returned)]
    assert len(returned) + 1 == len(outcomes)
    assert sum(not one.repeated for one in returned) == 6
    for client_id in (stays, goes):
        client = await desk.knows(client_id)
        assert (client.balance, client.visits) == (0, 0)
    assert await desk.is_consistent()


async def test_rule_17_a_merge_against_visits_books_each_or_says_that_the_card_is_gone(
    desk: ReturnDesk,
) -> None:
    boss = await desk.hires(1, role=Role.MANAGER)
    stays, goes = await desk.client(), await desk.client()
    previews = [await desk.previews(boss, goes, bill=100_000 + n) for n in range(19)]
    outcomes = await asyncio.gather(
        *(desk.confirms(boss, one.id) for one in previews[:10]),
        merges(desk, boss, stays, goes),
        *(desk.confirms(boss, one.id) for one in previews[10:]),
    )
    booked = sum(isinstance(one, Booked) for one in outcomes)
    gone = sum(isinstance(one, ClientGone) for one in outcomes)
    assert booked + gone == 19
    survivor, source = await desk.knows(stays), await desk.knows(goes)
    assert (survivor.visits, survivor.balance) == (booked, booked * 30)
    assert (source.visits, source.balance) == (0, 0)
    assert await desk.is_consistent()

"""Buying rewards, on both databases: points and stock go once, whoever taps how often."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from loyalty.programme import Programme
from loyalty.rewards import CLAIMS_OPEN_MAX, Obstacle
from operations.reward_claims import Cancelled, ClosedBefore, NotTheirs, release_claims
from operations.rewards import (
    NotRedeemed,
    Offer,
    OfferChanged,
    Redeemed,
    RewardGone,
    show_catalogue,
    show_reward,
)
from operations.senders import Role
from operations.transaction import Tx
from storage import clients, ledger
from storage.database import Database
from storage.ledger import EntryKind
from storage.rewards import ClaimStatus
from storage.tables import audit_log, lots, outbox, reward_stock
from templates.contexts import load_context
from templates.rewards import Catalogue, Reward, SoldOut
from tests.operations.desk_people import OWNER_ID
from tests.operations.reward_people import MUG, RING, Shelf, with_rewards


@pytest.fixture
def shelf(database: Database, programme: Programme) -> Shelf:
    return Shelf(database, with_rewards(programme))


async def told(shelf: Shelf, telegram_id: int) -> list[object]:
    query = select(outbox.c.notice, outbox.c.context).where(outbox.c.chat_id == telegram_id)
    async with shelf.database.read() as db:
        return [load_context(row.notice, row.context) for row in await db.execute(query)]


async def test_a_reward_costs_its_points_at_once_and_gives_a_code(shelf: Shelf) -> None:
    anna = await shelf.buyer(150)
    outcome = await shelf.redeems(anna)
    assert isinstance(outcome, Redeemed)
    claim = outcome.claim
    assert (outcome.balance, outcome.repeated, claim.cost) == (50, False, 100)
    assert claim.valid_through == date(2027, 2, 1) + timedelta(days=30)
    spent = (await shelf.entries(anna))[-1]
    assert (spent.kind, spent.key, spent.amount) == (EntryKind.REWARD, f"reward:{claim.id}", -100)
    async with shelf.database.read() as db:
        actions = list((await db.execute(select(audit_log.c.action))).scalars())
    assert "reward.claimed" in actions
    assert await shelf.differences() == []


async def test_rule_02_a_reward_takes_the_points_that_expire_soonest(shelf: Shelf) -> None:
    anna = await shelf.buyer(0)
    later, sooner = date(2027, 12, 1), date(2027, 3, 1)
    await shelf.gives(anna, 80, valid_through=later, key="later")
    await shelf.gives(anna, 60, valid_through=sooner, key="sooner")
    claim = await shelf.claims(anna)

    async def left() -> dict[date, int]:
        async with shelf.database.read() as db:
            rows = await db.execute(select(lots.c.valid_through, lots.c.remaining))
            return {row.valid_through: row.remaining for row in rows}

    assert await left() == {sooner: 0, later: 40}
    assert isinstance(await shelf.cancels(anna, claim), Cancelled)
    assert await left() == {sooner: 60, later: 80}


async def test_rule_04_a_second_tap_is_the_same_redemption(shelf: Shelf) -> None:
    anna = await shelf.buyer(1_000)
    offer = await shelf.offer(anna, MUG)
    first, again = await shelf.redeems(anna, MUG, offer), await shelf.redeems(anna, MUG, offer)
    assert isinstance(first, Redeemed)
    assert isinstance(again, Redeemed)
    assert again.repeated
    assert again.claim == first.claim
    assert (await shelf.knows(anna)).balance == 900
    third = await shelf.redeems(anna, MUG)
    assert isinstance(third, Redeemed)
    assert not third.repeated
    assert third.claim.code != first.claim.code
    assert (await shelf.knows(anna)).balance == 800


async def test_rule_03_twenty_clients_want_the_last_one_and_one_gets_it(
    database: Database, programme: Programme
) -> None:
    shelf = Shelf(database, with_rewards(programme, rings=1))
    crowd = [await shelf.buyer(500) for _ in range(20)]
    outcomes = await asyncio.gather(*(shelf.redeems(one, RING) for one in crowd))
    winners = [outcome for outcome in outcomes if isinstance(outcome, Redeemed)]
    losers = [outcome for outcome in outcomes if isinstance(outcome, NotRedeemed)]
    assert (len(winners), len(losers)) == (1, 19)
    assert {outcome.obstacle for outcome in losers} == {Obstacle.SOLD_OUT}
    assert await shelf.gone() == 1
    balances = [(await shelf.knows(one)).balance for one in crowd]
    assert sorted(balances) == [0] + [500] * 19
    assert await told(shelf, OWNER_ID) == [SoldOut("Кольцо", 1)]
    assert await shelf.differences() == []


async def test_rule_03_twenty_taps_with_points_for_one_spend_them_once(shelf: Shelf) -> None:
    """Each tap from a screen of its own: as fast as twenty phones of one account can be."""
    anna = await shelf.buyer(150)
    offers = [Offer(place, 100) for place in range(20, 0, -1)]
    outcomes = await asyncio.gather(*(shelf.redeems(anna, MUG, offer) for offer in offers))
    won = [found for found in outcomes if isinstance(found, Redeemed) and not found.repeated]
    assert len(won) == 1
    assert (await shelf.knows(anna)).balance == 50
    assert len(await shelf.entries(anna)) == 2
    assert await shelf.differences() == []


async def test_rule_03_twenty_taps_on_one_button_are_one_redemption(shelf: Shelf) -> None:
    anna = await shelf.buyer(100)
    offer = await shelf.offer(anna, MUG)
    outcomes = await asyncio.gather(*(shelf.redeems(anna, MUG, offer) for _ in range(20)))
    redeemed = [outcome for outcome in outcomes if isinstance(outcome, Redeemed)]
    assert len(redeemed) == 20
    assert [outcome.repeated for outcome in redeemed].count(False) == 1
    assert len({outcome.claim.code for outcome in redeemed}) == 1
    assert (await shelf.knows(anna)).balance == 0
    assert await shelf.differences() == []


async def test_the_catalogue_names_the_level_at_which_a_reward_opens(
    database: Database, programme: Programme
) -> None:
    from dataclasses import replace

    stocked = with_rewards(programme, rings=1)
    mug, ring = stocked.rewards
    ranks = replace(mug, tiers=("gold", "platinum")), replace(ring, tiers=("vip",))
    shelf = Shelf(database, replace(stocked, rewards=ranks))
    anna = await shelf.buyer(5_000)
    async with database.write() as db:
        tx = Tx(db, shelf.now, shelf.programme)
        client = await clients.by_id(db, anna)
        assert client is not None
        shown = await show_catalogue(tx, client, "en")
    assert isinstance(shown, Catalogue)
    assert [line.opens_at for line in shown.lines] == ["Gold", None], "nobody rises to VIP"


async def test_what_stands_in_the_way_is_said_and_costs_nothing(
    database: Database, programme: Programme
) -> None:
    from dataclasses import replace

    stocked = with_rewards(programme, rings=0)
    mug, ring = stocked.rewards
    shelf = Shelf(database, replace(stocked, rewards=(replace(mug, tiers=("gold",)), ring)))
    anna, boris = await shelf.buyer(5_000), await shelf.buyer(99, tier="gold")
    assert await shelf.redeems(anna, MUG) == NotRedeemed(Obstacle.TIER)
    assert await shelf.redeems(anna, RING) == NotRedeemed(Obstacle.SOLD_OUT)
    assert await shelf.redeems(boris, MUG) == NotRedeemed(Obstacle.POINTS)
    assert await shelf.redeems(anna, "gone", Offer(1, 1)) == RewardGone()  # no such reward
    assert (await shelf.knows(anna)).balance == 5_000
    assert await shelf.gone() == 0


async def test_a_cost_that_changed_since_the_screen_is_shown_anew(shelf: Shelf) -> None:
    anna = await shelf.buyer(1_000)
    assert await shelf.redeems(anna, MUG, Offer(1, 90)) == OfferChanged()
    assert await shelf.redeems(anna, MUG, Offer(2, 100)) == OfferChanged()
    await shelf.claims(anna, MUG)
    assert await shelf.redeems(anna, RING, Offer(1, 500)) == OfferChanged()
    assert (await shelf.knows(anna)).balance == 900


async def test_nobody_clears_the_shelf_alone(shelf: Shelf) -> None:
    anna = await shelf.buyer(5_000)
    claims = [await shelf.claims(anna) for _ in range(CLAIMS_OPEN_MAX)]
    assert await shelf.redeems(anna) == NotRedeemed(Obstacle.TOO_MANY)
    await shelf.cancels(anna, claims[0])
    assert isinstance(await shelf.redeems(anna), Redeemed)


async def test_a_cancelled_reward_returns_points_and_stock_once(shelf: Shelf) -> None:
    anna, boris = await shelf.buyer(500), await shelf.buyer(0)
    claim = await shelf.claims(anna, RING)
    assert await shelf.gone() == 1
    assert await shelf.cancels(boris, claim) == NotTheirs()
    outcomes = await asyncio.gather(*(shelf.cancels(anna, claim) for _ in range(20)))
    assert sum(isinstance(outcome, Cancelled) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, ClosedBefore) for outcome in outcomes) == 19
    assert (await shelf.knows(anna)).balance == 500
    assert await shelf.gone() == 0
    assert (await shelf.claim(claim.id)).status is ClaimStatus.CANCELLED
    assert await shelf.differences() == []


async def test_rule_08_points_of_a_cancelled_reward_fill_a_debt_first(shelf: Shelf) -> None:
    from operations.ledger import reverse

    anna = await shelf.buyer(100)
    claim = await shelf.claims(anna)
    (gift, _) = await shelf.entries(anna)
    async with shelf.database.write() as db:
        tx = Tx(db, shelf.now, shelf.programme)
        await reverse(tx, gift.id, kind=EntryKind.RETURN, key="return:gift", amount=70)
    assert (await shelf.knows(anna)).balance == -70
    assert isinstance(await shelf.cancels(anna, claim), Cancelled)
    assert (await shelf.knows(anna)).balance == 30
    assert await shelf.differences() == []


async def test_a_record_that_ends_gives_everything_back(shelf: Shelf) -> None:
    anna = await shelf.buyer(1_000)
    for reward in (MUG, MUG, RING):
        await shelf.claims(anna, reward)
    async with shelf.database.write() as db:
        await clients.lock(db, anna)
        tx = Tx(db, shelf.now, shelf.programme)
        assert await release_claims(tx, client_id=anna, actor_id=None) == 700
    assert (await shelf.knows(anna)).balance == 1_000
    assert await shelf.gone() == 0
    assert await shelf.differences() == []


async def test_owners_on_the_list_hear_of_the_last_one_too(
    database: Database, programme: Programme
) -> None:
    shelf = Shelf(database, with_rewards(programme, rings=2))
    await shelf.hires(7, name="Вера", role=Role.OWNER, branch=None)
    await shelf.hires(8, name="Глеб", role=Role.MANAGER, branch=None)
    anna = await shelf.buyer(2_000)
    await shelf.claims(anna, RING)
    assert await told(shelf, 7) == []
    claim = await shelf.claims(anna, RING)
    assert await told(shelf, 7) == [SoldOut("Кольцо", 2)]
    assert await told(shelf, 8) == []
    await shelf.cancels(anna, claim)
    await shelf.claims(anna, RING)
    assert len(await told(shelf, 7)) == 2


async def test_the_catalogue_says_what_there_is_and_what_is_missing(shelf: Shelf) -> None:
    anna = await shelf.buyer(480)
    await shelf.claims(anna, MUG)
    async with shelf.database.read() as db:
        tx = Tx(db, shelf.now, shelf.programme)
        client = await clients.by_id(db, anna)
        assert client is not None
        shown = await show_catalogue(tx, client, "en", page=99)
        one = await show_reward(tx, client, "ru", RING)
    assert isinstance(shown, Catalogue)
    assert [(line.name, line.left, line.obstacle, line.missing) for line in shown.lines] == [
        ("Mug", None, None, 0),
        ("Ring", 3, Obstacle.POINTS, 120),
    ]
    assert [line.name for line in shown.waiting] == ["Mug"]
    assert (shown.points, shown.page, shown.pages) == (380, 1, 1)
    assert isinstance(one, Reward)
    assert (one.left, one.missing, Offer.of(one.offer)) == (3, 120, Offer(2, 500))


async def test_the_audit_finds_stock_that_nobody_holds(shelf: Shelf) -> None:
    anna = await shelf.buyer(500)
    await shelf.claims(anna, RING)
    async with shelf.database.write() as db:
        await db.execute(update(reward_stock).values(claimed=2))
    (found,) = await shelf.differences()
    assert (found.figure, found.row_id, found.kept, found.recomputed) == (
        "reward stock",
        RING,
        2,
        1,
    )
    async with shelf.database.write() as db:
        await db.execute(reward_stock.delete())
    (found,) = await shelf.differences()
    assert (found.kept, found.recomputed) == (0, 1)


async def test_a_reward_that_the_programme_dropped_is_still_theirs(
    shelf: Shelf, programme: Programme
) -> None:
    from dataclasses import replace

    anna, alina = await shelf.buyer(600), await shelf.hires(1)
    mug, ring = await shelf.claims(anna, MUG), await shelf.claims(anna, RING)
    shelf.programme = replace(shelf.programme, rewards=())
    handed = await shelf.accepts(alina, mug.code)
    assert (await shelf.claim(mug.id)).status is ClaimStatus.ACCEPTED, handed
    assert isinstance(await shelf.cancels(anna, ring), Cancelled)
    assert (await shelf.knows(anna)).balance == 500
    async with shelf.database.read() as db:
        assert await ledger.by_key(db, f"reward:{ring.id}:back") is not None

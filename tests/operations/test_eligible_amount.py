"""Rule 6: what looks at the bill, what at the eligible amount. And rule 7: points are points."""

from datetime import timedelta

import pytest

from loyalty.programme import Programme
from operations.card_lists import ListedCard
from operations.holds import Held
from operations.importing import import_new
from operations.ledger import NotEnoughPoints
from operations.redemptions import Agreed
from operations.senders import Role
from operations.visits import Booked
from storage import badges, clients, referrals
from storage.database import Database
from tests.operations.returning import ReturnDesk
from tests.operations.spending_desk import CLIENT_ID, SpendingDesk

GOLD_FROM = 3_000_000
PLATINUM_FROM = 10_000_000


@pytest.fixture
def desk(database: Database, programme: Programme) -> ReturnDesk:
    return ReturnDesk(database, programme)


async def won(desk: ReturnDesk, client_id: int) -> set[str]:
    async with desk.database.read() as db:
        return {grant.badge for grant in await badges.held(db, client_id)}


async def test_rule_06_a_badge_s_bill_is_the_one_before_discount(desk: ReturnDesk) -> None:
    alina, anna = await desk.hires(1), await desk.client(tier="gold")
    booked = await desk.books(alina, anna, bill=1_999_999)
    assert "big_bill" not in await won(desk, anna)
    booked = await desk.books(alina, anna, bill=2_000_000)
    assert booked.visit.to_pay == 1_940_000
    assert "big_bill" in await won(desk, anna)


async def test_rule_06_the_qualifying_bill_is_the_one_before_discount(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    referrer, friend = await desk.client(), await desk.client(tier="gold")
    async with desk.database.write() as db:
        await referrals.add(db, friend_id=friend, referrer_id=referrer, now=desk.now)
    booked = await desk.books(alina, friend, bill=50_000)
    assert booked.visit.eligible == 48_500
    assert (await desk.knows(referrer)).balance == 300


async def test_rule_06_spend_for_tiers_is_the_eligible_amount(desk: ReturnDesk) -> None:
    boss, anna = await desk.hires(1, role=Role.MANAGER), await desk.client(tier="gold")
    booked = await desk.books(boss, anna, bill=PLATINUM_FROM)
    assert booked.visit.eligible == PLATINUM_FROM * 97 // 100
    assert (await desk.knows(anna)).tier == "gold"
    desk.now += timedelta(hours=1)
    await desk.books(boss, anna, bill=309_279)  # 300,001 kopecks after the discount
    assert (await desk.knows(anna)).tier == "platinum"


async def test_rule_06_an_excluded_service_is_a_visit_and_no_spend(desk: ReturnDesk) -> None:
    alina, anna = await desk.hires(1), await desk.client()
    preview = await desk.previews(alina, anna, bill=GOLD_FROM, service="certificate")
    booked = await desk.confirms(alina, preview.id)
    assert isinstance(booked, Booked)
    assert (booked.visit.eligible, booked.visit.points_earned) == (0, 0)
    client = await desk.knows(anna)
    assert (client.visits, client.tier, client.balance) == (1, "silver", 0)
    assert await won(desk, anna) == {"first_visit", "big_bill"}


async def test_rule_07_points_spend_alike_wherever_they_were_earned(
    database: Database, programme: Programme
) -> None:
    """From an old card and from a visit in one branch, in the other branch, at one time."""
    desk = SpendingDesk(database, programme)
    there, here = await desk.hires(1), await desk.hires(2, name="Борис", branch="Вокзал")
    card = ListedCard(2, "+79120009999", None, None, 70, 0)
    async with database.write() as db:
        await import_new(desk.tx(db), [card])
        client = await clients.by_phone(db, card.phone)
        assert client is not None
    await desk.sender(CLIENT_ID)  # the account is known
    async with database.write() as db:
        await clients.change(db, client.id, {"telegram_id": CLIENT_ID, "registered_at": desk.now})
    await desk.books(there, client.id, bill=100_000)
    outcome = await desk.redeems(here, client.id, points=100, bill=100_000)
    assert isinstance(outcome, Held)
    agreed = await desk.agrees(outcome.redemption)
    assert isinstance(agreed, Agreed)
    assert (agreed.visit.branch, agreed.visit.points_spent) == ("Вокзал", 100)
    assert (await desk.knows(client.id)).balance == 27  # what was paid in money earns
    assert await desk.is_consistent()


async def test_rule_09_nothing_but_taking_back_goes_below_zero(desk: ReturnDesk) -> None:
    """With a debt nothing can be spent, however little, and what is earned fills it first."""
    alina, anna = await desk.hires(1), await desk.client()
    booked = await desk.books(alina, anna)
    await desk.spends(anna, 30)
    await desk.returns(alina, booked.visit.id)
    assert (await desk.knows(anna)).balance == -30
    with pytest.raises(NotEnoughPoints):
        await desk.spends(anna, 1)
    await desk.books(alina, anna, bill=100_000)
    assert (await desk.knows(anna)).balance == 0
    await desk.books(alina, anna, bill=100_001)
    assert (await desk.knows(anna)).balance == 30
    assert await desk.is_consistent()

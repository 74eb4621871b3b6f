"""What hangs on a visit goes with what is returned: badge, level, referral (rules 8, 13, 14)."""

import pytest

from loyalty.programme import Programme
from loyalty.referrals import ReferralState
from storage import badges, referrals
from storage.database import Database
from tests.operations.returning import ReturnDesk


@pytest.fixture
def desk(database: Database, programme: Programme) -> ReturnDesk:
    return ReturnDesk(database, programme)


async def test_rule_13_a_part_takes_a_badge_back_that_the_rest_has_not_earned(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=2_000_000)

    async def held() -> set[str]:
        async with desk.database.read() as db:
            return {grant.badge for grant in await badges.held(db, anna)}

    assert await held() == {"first_visit", "big_bill"}
    await desk.returns(alina, booked.visit.id, 1)
    assert await held() == {"first_visit"}
    await desk.books(alina, anna, bill=2_000_000)
    assert await held() == {"first_visit", "big_bill"}


async def test_rule_13_a_badge_that_another_visit_earned_as_well_stays(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    first = await desk.books(alina, anna, bill=2_000_000)
    second = await desk.books(alina, anna, bill=2_500_000)
    await desk.returns(alina, first.visit.id)
    async with desk.database.read() as db:
        assert {grant.badge for grant in await badges.held(db, anna)} >= {"big_bill"}
    await desk.returns(alina, second.visit.id, 1_000_000)
    async with desk.database.read() as db:
        held = {grant.badge for grant in await badges.held(db, anna)}
    assert held == {"first_visit"}


async def test_rule_08_a_part_takes_the_level_that_the_rest_does_not_reach(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=3_100_000)
    await desk.returns(alina, booked.visit.id, 100_000)
    assert (await desk.knows(anna)).tier == "gold"  # 30,000 exactly
    await desk.returns(alina, booked.visit.id, 1)
    assert (await desk.knows(anna)).tier == "silver"
    assert await desk.is_consistent()


async def test_rule_08_the_rates_are_those_of_the_visit_whatever_the_level_is_now(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    lifting = await desk.books(alina, anna, bill=3_000_000)
    gold = await desk.books(alina, anna, bill=100_000)  # 3 % off, 5 % back
    assert (gold.visit.discount, gold.visit.points_earned) == (3_000, 48)
    await desk.returns(alina, lifting.visit.id)
    assert (await desk.knows(anna)).tier == "silver"
    _, part = await desk.returns(alina, gold.visit.id, 50_000)
    assert (part.visit.discount, part.visit.to_pay, part.visit.points_earned) == (1_500, 48_500, 24)
    assert part.made.refund == 48_500


async def test_rule_14_a_return_below_the_qualifying_bill_takes_both_rewards_back(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    referrer, friend = await desk.client(telegram_id=50), await desk.client(telegram_id=51)
    async with desk.database.write() as db:
        await referrals.add(db, friend_id=friend, referrer_id=referrer, now=desk.now)
    booked = await desk.books(alina, friend, bill=100_000)
    await desk.returns(alina, booked.visit.id, 50_000)  # 500 are enough
    assert (await desk.knows(referrer)).balance == 300
    shown, _ = await desk.returns(alina, booked.visit.id, 1)
    assert (shown.referral_points, shown.balance_after) == (150, 14)
    assert (await desk.knows(friend)).balance == 14
    assert (await desk.knows(referrer)).balance == 0
    async with desk.database.read() as db:
        referral = await referrals.of_friend(db, friend)
    assert referral is not None
    assert referral.status is ReferralState.TAKEN_BACK
    await desk.books(alina, friend, bill=50_000)
    assert (await desk.knows(referrer)).balance == 300
    assert await desk.is_consistent()


async def test_rule_14_the_reward_stays_while_another_visit_qualifies(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    referrer, friend = await desk.client(telegram_id=50), await desk.client(telegram_id=51)
    async with desk.database.write() as db:
        await referrals.add(db, friend_id=friend, referrer_id=referrer, now=desk.now)
    first = await desk.books(alina, friend, bill=100_000)
    second = await desk.books(alina, friend, bill=50_000)
    shown, _ = await desk.returns(alina, first.visit.id)
    assert shown.referral_points == 0
    assert (await desk.knows(referrer)).balance == 300
    last, _ = await desk.returns(alina, second.visit.id)
    assert last.referral_points == 150
    assert (await desk.knows(referrer)).balance == 0
    assert (await desk.knows(friend)).balance == 0
    assert await desk.is_consistent()

"""What was promised before a setting changed stands: people get that or today's, the better one."""

from datetime import timedelta

import pytest

from loyalty.invitations import Term
from loyalty.programme import Programme
from loyalty.referrals import ReferralState
from operations.actions import thank_for_review
from operations.desk import ServiceTyped
from operations.in_force import InForce
from operations.invited_levels import LevelGiven, give_level
from operations.promises import weekly_caps
from operations.registration import (
    ConsentKind,
    Consents,
    Newcomer,
    Registered,
    given,
    register_client,
)
from operations.senders import Client, Role
from operations.visit_previews import Preview, preview_visit
from operations.visits import Booked, confirm_visit
from programmes import SERVICE_CENTRE
from storage.database import Database
from storage.visits import Visit
from tests.movable_clock import MovableClock
from tests.operations.newcomers import Town as Strangers
from tests.operations.newcomers import meet, phone_of
from tests.operations.owner_settings import an_owner, changes
from tests.operations.visiting import visit
from tests.town import Town

ACCOUNT = 7_200_000_000
ENOUGH = 50_000  # the qualifying bill, in kopecks
DAY = timedelta(days=1)


class House(Town):
    """A town whose programme is what its owner makes of the file."""

    def __init__(self, database: Database, programme: Programme) -> None:
        super().__init__(database, MovableClock(), programme)
        self.in_force = InForce.load(SERVICE_CENTRE)
        self.strangers = Strangers(database, programme)

    async def sets(self, **typed: str) -> None:
        """A day later the owner types these; `__` stands for the dot of a key."""
        self.clock.move(DAY)
        owner = await an_owner(self)
        for key, value in typed.items():
            await changes(self, owner, self.in_force, key.replace("__", "."), value)
        self.clock.move(DAY)
        self.programme = self.strangers.programme = self.in_force.programme
        self.strangers.now = self.clock.now()

    async def brings(self, referrer: Client, number: int) -> Client:
        """A friend who comes by the referrer's link."""
        assert referrer.referral_code
        await self.strangers.opens(ACCOUNT + number, referrer.referral_code)
        return await self.strangers.new_client(ACCOUNT + number)

    async def balance(self, client_id: int) -> int:
        return (await self.knows(client_id)).balance

    async def comes(self, client_id: int, bill: int) -> Visit:
        """Through the desk: shown, and confirmed."""
        clerk = await self.sender(await self.hires("Алина", Role.STAFF, branch="Центр"))
        async with self.tx() as tx:
            shown = await preview_visit(
                tx, actor=clerk, client_id=client_id, bill=bill, service=ServiceTyped()
            )
            assert isinstance(shown, Preview)
            booked = await confirm_visit(tx, preview_id=shown.id, actor=clerk)
        assert isinstance(booked, Booked)
        return booked.visit


@pytest.fixture
def house(database: Database, programme: Programme) -> House:
    return House(database, programme)


async def test_rule_14_a_friend_who_came_before_is_paid_as_was_told_or_better(
    house: House,
) -> None:
    boris = await house.strangers.new_client(ACCOUNT)
    before = [await house.brings(boris, number) for number in (1, 2)]
    await house.sets(
        referral__referrer_points="10",
        referral__friend_points="500",
        referral__qualifying_bill="5000",
        referral__monthly_cap="1",
    )
    after = await house.brings(boris, 3)
    outcomes = []
    for friend, bill in [(before[0], ENOUGH), (before[1], ENOUGH), (after, ENOUGH)]:
        async with house.tx() as tx:
            outcomes.append((await visit(tx, friend.id, bill))[2])
    assert [one.friend_points for one in outcomes] == [500, 500, 0], "the larger bill is awaited"
    assert [one.referrer_points for one in outcomes] == [300, 300, 0], "within the old cap"
    async with house.tx() as tx:
        late = (await visit(tx, after.id, 10 * ENOUGH))[2]
    assert (late.state, late.friend_points, late.referrer_points) == (
        ReferralState.CAPPED,
        500,
        0,
    ), "of the new terms, whose cap the others have reached"


async def test_rule_20_an_advert_a_week_less_holds_at_once_and_one_more_for_new_consents(
    house: House,
) -> None:
    async def agrees(number: int) -> int:
        done = await house.strangers.registers(
            ACCOUNT + number, phone_of(ACCOUNT + number), adverts=True
        )
        assert isinstance(done, Registered)
        return done.client.id

    async def caps() -> dict[int, int]:
        async with house.tx() as tx:
            return await weekly_caps(tx, [anna, *after])

    anna, after = await agrees(1), []
    await house.sets(adverts__weekly_cap="1")
    after.append(await agrees(2))
    assert await caps() == {anna: 1, after[0]: 1}
    await house.sets(adverts__weekly_cap="5")
    after.append(await agrees(3))
    assert await caps() == {anna: 2, after[0]: 1, after[1]: 5}, "never more than was agreed to"


@pytest.mark.parametrize(("typed", "welcome"), [("20", 100), ("250", 250)])
async def test_rule_15_welcome_points_are_what_was_read_or_better(
    house: House, typed: str, welcome: int
) -> None:
    """They agreed, the owner changed the figure, they shared their number."""
    agreed_at = house.clock.now()
    await house.sets(points__welcome=typed)
    async with house.tx() as tx:
        await meet(tx, ACCOUNT)
        data = given(ConsentKind.DATA, "data-1", agreed_at)
        newcomer = Newcomer(
            telegram_id=ACCOUNT,
            phone=phone_of(ACCOUNT),
            first_name="Анна",
            language="ru",
            consents=Consents(data, None),
            referral_code=None,
        )
        early = await register_client(tx, newcomer)
    assert isinstance(early, Registered)
    late = await house.strangers.new_client(ACCOUNT + 1)
    assert await house.balance(early.client.id) == welcome
    assert await house.balance(late.id) == int(typed)


async def test_a_review_that_was_asked_for_is_worth_what_was_said(house: House) -> None:
    anna = await house.person()
    before = await house.comes(anna, 10_000)
    await house.sets(actions__review="5")
    after = await house.comes(anna, 10_000)
    held = await house.balance(anna)
    earned = []
    for one in (before, after, before):
        async with house.tx() as tx:
            await thank_for_review(tx, one, "Спасибо")
        earned.append(await house.balance(anna) - held)
        held += earned[-1]
    assert earned == [20, 5, 0]


async def test_rule_12_who_was_invited_earns_and_saves_as_was_promised(house: House) -> None:
    owner = await an_owner(house)

    async def invites() -> int:
        client_id = await house.person()
        async with house.tx() as tx:
            done = await give_level(
                tx, actor=owner, client_id=client_id, level_code="vip", term=Term.YEAR
            )
        assert isinstance(done, LevelGiven)
        return client_id

    anna = await invites()
    await house.sets(tiers__vip__cashback_percent="4", tiers__vip__discount_percent="12")
    boris = await invites()
    old, new = await house.comes(anna, 100_000), await house.comes(boris, 100_000)
    assert (old.percent, old.discount_percent, old.points_earned) == (10, 12, 88)
    assert (new.percent, new.discount_percent, new.points_earned) == (4, 12, 35)

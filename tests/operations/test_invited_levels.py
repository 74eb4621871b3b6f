"""Rule 12: a level by invitation is an owner's to give, for a time or for good."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.invitations import Term
from loyalty.programme import Programme
from operations.authority import NotAllowed
from operations.desk import desk_view
from operations.invited_levels import (
    LevelGiven,
    LevelTaken,
    NotPossible,
    give_level,
    level_choice,
    take_level,
)
from operations.merging import merge_clients
from operations.senders import Role, Sender
from operations.standing import TierReason, move_to_level
from scheduler.business import business_jobs
from scheduler.clockwork import Clockwork
from storage import audit, clients, people
from storage.database import Database
from templates.levels import InvitationEnding, InvitationOver, Invited
from tests.movable_clock import MovableClock
from tests.operations.visiting import visit
from tests.scheduler.conftest import Postbox
from tests.town import OWNER_ID, Town

DAY = timedelta(days=1)
GOLD, PLATINUM = 3_000_000, 10_000_000  # kopecks
Give = Callable[..., Awaitable[LevelGiven | NotPossible]]


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


class House:
    """A town with an owner who invites."""

    def __init__(self, database: Database, programme: Programme) -> None:
        self.clock = MovableClock()
        self.town = Town(database, self.clock, programme)
        jobs = [job for job in business_jobs(()) if job.name in ("invited_levels", "tier_review")]
        self.clockwork = Clockwork(database, self.clock, programme, (), Postbox().offer, jobs=jobs)

    async def owner(self) -> Sender:
        return await self.town.sender(OWNER_ID)

    async def gives(
        self, client_id: int, term: Term = Term.OPEN, level: str = "vip"
    ) -> LevelGiven | NotPossible:
        owner = await self.owner()
        async with self.town.tx() as tx:
            return await give_level(
                tx, actor=owner, client_id=client_id, level_code=level, term=term
            )

    async def takes(self, client_id: int) -> LevelTaken | NotPossible:
        owner = await self.owner()
        async with self.town.tx() as tx:
            return await take_level(tx, actor=owner, client_id=client_id)

    async def spends(self, client_id: int, bill: int) -> None:
        async with self.town.tx() as tx:
            await visit(tx, client_id, bill)

    async def comes_to(self, day: date) -> None:
        self.clock.move_to(noon(day))
        await self.clockwork.catch_up()

    async def level(self, client_id: int) -> str:
        return (await self.town.knows(client_id)).tier

    async def hears(self, client_id: int, kind: type) -> list[object]:
        found = await self.town.notices(client_id)
        return [notice for notice in found if isinstance(notice, kind)]

    async def sound(self) -> bool:
        async with self.town.database.read() as db:
            return not await audit.differences(db)


@pytest.fixture
def house(database: Database, programme: Programme) -> House:
    return House(database, programme)


async def test_an_owner_invites_and_the_client_hears_of_it(house: House) -> None:
    anna = await house.town.person(name="Анна")
    given = await house.gives(anna, Term.QUARTER)
    assert isinstance(given, LevelGiven)
    assert given.until == date(2027, 5, 1)
    client = await house.town.knows(anna)
    assert (client.tier, client.tier_until) == ("vip", date(2027, 5, 1))
    assert await house.hears(anna, Invited) == [
        Invited(
            business="Мастер",
            name="Анна",
            level="VIP",
            until=date(2027, 5, 1),
            prolonged=False,
            cashback=given.level.cashback_percent or 0,  # type: ignore[arg-type]
            discount=given.level.discount_percent,
            perks=("priority", "courier", "personal_manager"),
        )
    ]
    assert await house.town.audited() == ["client.level_given"]
    assert await house.sound()


async def test_rule_12_nobody_gets_into_an_invited_level_by_spend(house: House) -> None:
    anna = await house.town.person()
    await house.spends(anna, 100 * PLATINUM)
    assert await house.level(anna) == "platinum"


async def test_rule_12_neither_visits_nor_reviews_move_who_was_invited(house: House) -> None:
    anna = await house.town.person()
    await house.gives(anna)
    await house.spends(anna, PLATINUM)
    assert await house.level(anna) == "vip"
    for months in range(1, 15):
        await house.comes_to(date(2027 + months // 12, months % 12 + 1, 1))
    assert await house.level(anna) == "vip"
    assert await house.hears(anna, InvitationEnding) == []


async def test_at_its_end_the_window_decides_after_a_warning(house: House) -> None:
    anna = await house.town.person(name="Анна")
    await house.gives(anna, Term.QUARTER)
    await house.spends(anna, GOLD)
    last = date(2027, 5, 1)
    await house.comes_to(last - 15 * DAY)
    assert await house.hears(anna, InvitationEnding) == []
    await house.comes_to(last - 14 * DAY)
    await house.comes_to(last)
    assert await house.hears(anna, InvitationEnding) == [
        InvitationEnding(name="Анна", level="VIP", until=last, falls_to="Золотой")
    ]
    assert await house.level(anna) == "vip"
    await house.comes_to(last + DAY)
    client = await house.town.knows(anna)
    assert (client.tier, client.tier_until) == ("gold", None)
    (over,) = await house.hears(anna, InvitationOver)
    assert isinstance(over, InvitationOver)
    assert (over.level_before, over.level) == ("VIP", "Золотой")
    assert await house.sound()


async def test_an_end_that_was_slept_through_is_warned_of_before_it_comes(house: House) -> None:
    anna = await house.town.person()
    await house.gives(anna, Term.QUARTER)
    await house.comes_to(date(2027, 6, 1))
    assert await house.level(anna) == "vip"
    (warning,) = await house.hears(anna, InvitationEnding)
    assert isinstance(warning, InvitationEnding)
    assert warning.until == date(2027, 6, 1)
    await house.comes_to(date(2027, 6, 2))
    assert await house.level(anna) == "silver"


async def test_an_invitation_may_be_prolonged_after_its_warning(house: House) -> None:
    anna = await house.town.person()
    await house.gives(anna, Term.QUARTER)
    await house.comes_to(date(2027, 4, 25))
    await house.gives(anna, Term.YEAR)
    await house.comes_to(date(2027, 6, 1))
    client = await house.town.knows(anna)
    assert (client.tier, client.tier_until) == ("vip", date(2028, 4, 25))
    await house.gives(anna, Term.OPEN)
    assert (await house.town.knows(anna)).tier_until is None
    assert [one.prolonged for one in await house.hears(anna, Invited)] == [False, True, True]  # type: ignore[attr-defined]
    assert await house.sound()


async def test_what_is_given_twice_is_given_once(house: House) -> None:
    anna = await house.town.person()
    outcomes = await asyncio.gather(*(house.gives(anna, Term.HALF) for _ in range(20)))
    assert sorted(one.repeated for one in outcomes if isinstance(one, LevelGiven)) == (
        [False] + [True] * 19
    )
    assert len(await house.hears(anna, Invited)) == 1
    assert await house.town.audited() == ["client.level_given"]


async def test_a_withdrawn_invitation_leaves_the_level_of_the_window(house: House) -> None:
    anna = await house.town.person()
    await house.spends(anna, GOLD)
    await house.gives(anna)
    taken = await house.takes(anna)
    assert isinstance(taken, LevelTaken)
    assert (taken.level.code, await house.level(anna)) == ("gold", "gold")
    assert len(await house.hears(anna, InvitationOver)) == 1
    assert isinstance(await house.takes(anna), NotPossible)
    assert await house.town.audited() == ["client.level_given", "client.level_withdrawn"]
    assert await house.sound()


async def test_rule_12_an_invitation_taken_back_before_a_review_costs_nobody_their_level(
    house: House,
) -> None:
    house.clock.move_to(noon(date(2026, 2, 2)))
    anna = await house.town.person()
    await house.spends(anna, PLATINUM)
    house.clock.move_to(noon(date(2027, 2, 10)))  # the window is empty, the review not yet due
    await house.gives(anna, Term.QUARTER)
    await house.gives(anna, Term.YEAR)
    await house.takes(anna)
    assert await house.level(anna) == "platinum"
    await house.gives(anna)
    await house.comes_to(date(2027, 3, 2))
    await house.takes(anna)
    assert await house.level(anna) == "silver"


@pytest.mark.parametrize("role", [Role.STAFF, Role.MANAGER])
async def test_only_an_owner_may(house: House, role: Role) -> None:
    anna = await house.town.person()
    manager = await house.town.sender(await house.town.hires("Олег", role))
    async with house.town.tx() as tx:
        for act in (
            level_choice(tx, actor=manager, client_id=anna, level_code="vip"),
            give_level(tx, actor=manager, client_id=anna, level_code="vip", term=Term.OPEN),
            take_level(tx, actor=manager, client_id=anna),
        ):
            with pytest.raises(NotAllowed):
                await act
    client = await house.town.knows(anna)
    async with house.town.tx() as tx:
        assert (await desk_view(tx, actor=manager, client=client)).invitations == ()
    owner = await house.owner()
    async with house.town.tx() as tx:
        view = await desk_view(tx, actor=owner, client=client)
    assert [level.code for level in view.invitations] == ["vip"]


async def test_an_owner_does_not_invite_themselves(house: House) -> None:
    async with house.town.tx() as tx:
        await people.meet(tx.db, OWNER_ID, "ru", tx.now)
    oneself = await house.town.person(telegram_id=OWNER_ID)
    assert isinstance(await house.gives(oneself), NotPossible)
    client, owner = await house.town.knows(oneself), await house.owner()
    async with house.town.tx() as tx:
        assert (await desk_view(tx, actor=owner, client=client)).invitations == ()


@pytest.mark.parametrize("level", ["gold", "no_such_level"])
async def test_a_level_that_is_no_invitation_is_not_given(house: House, level: str) -> None:
    anna = await house.town.person()
    assert isinstance(await house.gives(anna, level=level), NotPossible)
    erased = await house.town.person(status="erased")
    assert isinstance(await house.gives(erased), NotPossible)
    assert isinstance(await house.gives(987_654), NotPossible)


async def test_an_audit_finds_a_level_or_an_end_that_nobody_gave(house: House) -> None:
    anna, boris = await house.town.person(), await house.town.person()
    await house.gives(anna, Term.YEAR)
    async with house.town.tx() as tx:
        await tx.db.exec_driver_sql("UPDATE clients SET tier_until = NULL")
        await tx.db.exec_driver_sql(f"UPDATE clients SET tier = 'gold' WHERE id = {boris}")
    async with house.town.database.read() as db:
        found = await audit.differences(db)
    assert {(one.figure, one.row_id) for one in found} == {
        ("end of an invitation", anna),
        ("tier", boris),
    }


@pytest.mark.parametrize("own", [None, Term.QUARTER, Term.OPEN])
async def test_rule_17_an_invitation_that_a_merge_brings_ends_on_its_own_day(
    house: House, own: Term | None
) -> None:
    """Of two the one that lasts longer goes on; none becomes one without an end."""
    anna = await house.town.person(name="Анна", tier="silver")
    card = await house.town.person(name="Анна", telegram_id=None)
    if own is not None:
        await house.gives(anna, own)
    given = await house.gives(card, Term.HALF)
    assert isinstance(given, LevelGiven)
    manager = await house.town.sender(await house.town.hires("Пётр", Role.MANAGER))
    house.clock.move(DAY)
    async with house.town.tx() as tx:
        await merge_clients(tx, actor=manager, survivor_id=anna, source_id=card)
    merged = await house.town.knows(anna)
    until = None if own is Term.OPEN else given.until
    assert (merged.tier, merged.tier_until) == ("vip", until)
    assert merged.tier_since == house.clock.now().date() - DAY, "as it was promised"
    async with house.town.database.read() as db:
        assert await audit.differences(db) == []
    for after in (0, 1, 2):
        await house.comes_to(given.until + after * DAY if given.until else date(2028, 1, 1))
    assert await house.level(anna) == ("vip" if own is Term.OPEN else "silver")


async def test_rule_12_a_warning_about_the_level_before_a_merge_takes_nothing(
    house: House,
) -> None:
    """Warned of losing gold, then platinum by the other record: no review takes that unsaid."""
    anna = await house.town.person(name="Анна")
    card = await house.town.person(name="Анна", telegram_id=None)
    async with house.town.tx() as tx:
        for client_id, tier in ((anna, "gold"), (card, "platinum")):
            client = await clients.lock(tx.db, client_id)
            level = house.town.programme.tiers.level(tier)
            assert client is not None
            assert level is not None
            await move_to_level(tx, client, level, TierReason.REVIEW)
        warned = {"tier_warned_for": date(2027, 3, 1), "tier_warned_on": tx.today}
        await clients.change(tx.db, anna, warned)
    manager = await house.town.sender(await house.town.hires("Пётр", Role.MANAGER))
    async with house.town.tx() as tx:
        await merge_clients(tx, actor=manager, survivor_id=anna, source_id=card)
    await house.comes_to(date(2027, 3, 1))
    assert await house.level(anna) == "platinum"

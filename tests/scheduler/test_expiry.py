"""Rule 11: points run out by lots, after warnings, and never by surprise. On both databases."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from loyalty.calendar import business_day
from loyalty.programme import Programme
from operations import ledger
from operations.due import Due
from operations.expiry import expire
from operations.ledger import EntryKind, NotEnoughPoints
from operations.lots import RESTORED_LIVES_DAYS
from scheduler.business import business_jobs
from scheduler.clockwork import Clockwork
from scheduler.jobs import Together
from storage import audit
from storage.database import Database
from storage.tables import lots, telegram_accounts
from templates.expiry import Expired, ExpiresOn, Upcoming
from tests.movable_clock import MovableClock
from tests.scheduler.conftest import Postbox
from tests.town import Town

DAY = timedelta(days=1)
START = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)  # eleven in Moscow
LAST_DAY = date(2027, 4, 1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


class Calendar:
    """A town whose points have their days."""

    def __init__(self, database: Database, clock: MovableClock, programme: Programme) -> None:
        self.town = Town(database, clock, programme)
        self.clock = clock
        self.postbox = Postbox()
        self.clockwork = self.another()
        self._granted = 0
        clock.move_to(START)

    def another(self, database: Database | None = None) -> Clockwork:
        jobs = [job for job in business_jobs(()) if job.name.startswith("expiry")]
        return Clockwork(
            database or self.town.database,
            self.clock,
            self.town.programme,
            (),
            self.postbox.offer,
            jobs=jobs,
        )

    async def comes_to(self, moment: datetime) -> None:
        self.clock.move_to(moment)
        await self.clockwork.catch_up()

    async def grants(
        self, client_id: int, points: int, until: date | None, kind: EntryKind = EntryKind.VISIT
    ) -> int:
        self._granted += 1
        async with self.town.tx() as tx:
            posted = await ledger.grant(
                tx, client_id, points, kind=kind, key=f"test:{self._granted}", valid_through=until
            )
        return posted.entry_id

    async def gone(self, client_id: int) -> list[int]:
        entries = await self.town.entries(client_id)
        return [-entry.amount for entry in entries if entry.kind is EntryKind.EXPIRY]

    async def warnings(self, client_id: int) -> list[Upcoming]:
        found = await self.town.notices(client_id)
        return [notice for notice in found if isinstance(notice, Upcoming)]

    async def sound(self) -> bool:
        async with self.town.database.read() as db:
            return not await audit.differences(db)


@pytest.fixture
def calendar(database: Database, clock: MovableClock, programme: Programme) -> Calendar:
    return Calendar(database, clock, programme)


async def test_rule_11_warnings_come_30_7_and_1_days_ahead_and_then_the_points_go(
    calendar: Calendar,
) -> None:
    anna = await calendar.town.person()
    await calendar.grants(anna, 100, LAST_DAY)
    warned_on = []
    for ahead in range(45, -5, -1):
        day = LAST_DAY - ahead * DAY
        before = len(await calendar.warnings(anna))
        await calendar.comes_to(noon(day))
        if len(await calendar.warnings(anna)) > before:
            warned_on.append(ahead)
        assert await calendar.gone(anna) == ([] if day <= LAST_DAY else [100])
    assert warned_on == [30, 7, 1]
    (told,) = [one for one in await calendar.town.notices(anna) if isinstance(one, Expired)]
    (entry,) = (await calendar.town.entries(anna))[1:]
    assert told == Expired(points=100, balance=0, following=None, entry_id=entry.id)
    assert entry.key == f"expiry:{anna}:{LAST_DAY + DAY}"
    assert await calendar.sound()


async def test_rule_11_each_warning_lists_every_upcoming_expiry(calendar: Calendar) -> None:
    anna = await calendar.town.person(name="Анна")
    for points, until in ((50, LAST_DAY + 300 * DAY), (30, LAST_DAY), (20, LAST_DAY), (7, None)):
        await calendar.grants(anna, points, until)
    await calendar.comes_to(noon(LAST_DAY - 7 * DAY))
    (warning,) = await calendar.warnings(anna)
    assert warning == Upcoming(
        name="Анна",
        balance=107,
        expiring=(ExpiresOn(50, LAST_DAY), ExpiresOn(50, LAST_DAY + 300 * DAY)),
    )


async def test_rule_11_so_many_days_that_no_message_holds_them_are_summed_up(
    calendar: Calendar,
) -> None:
    anna = await calendar.town.person()
    for number in range(25):
        await calendar.grants(anna, 10, LAST_DAY + number * 60 * DAY)
    await calendar.comes_to(noon(LAST_DAY - DAY))
    (warning,) = await calendar.warnings(anna)
    assert len(warning.expiring) == 20
    assert warning.later == ExpiresOn(50, LAST_DAY + 24 * 60 * DAY)


async def test_rule_11_a_clock_that_jumps_burns_nothing_unannounced(calendar: Calendar) -> None:
    anna = await calendar.town.person()
    await calendar.grants(anna, 100, LAST_DAY)
    await calendar.comes_to(noon(LAST_DAY + 40 * DAY))
    assert await calendar.gone(anna) == []
    (warning,) = await calendar.warnings(anna)
    assert warning.expiring == (ExpiresOn(100, LAST_DAY + 40 * DAY),)
    await calendar.comes_to(noon(LAST_DAY + 40 * DAY) + timedelta(hours=11))
    assert await calendar.gone(anna) == []
    await calendar.comes_to(noon(LAST_DAY + 41 * DAY))
    assert await calendar.gone(anna) == [100]
    assert len(await calendar.warnings(anna)) == 1


async def test_rule_11_a_clock_set_back_and_forth_warns_once_and_burns_once(
    calendar: Calendar,
) -> None:
    anna = await calendar.town.person()
    await calendar.grants(anna, 100, LAST_DAY)
    for days in (-1, -3, -1, 0, -1, 1, -7, 1, 2):
        await calendar.comes_to(noon(LAST_DAY + days * DAY))
    assert len(await calendar.warnings(anna)) == 1
    assert await calendar.gone(anna) == [100]


async def test_rule_11_warnings_wait_for_the_morning(calendar: Calendar) -> None:
    anna = await calendar.town.person()
    await calendar.grants(anna, 100, LAST_DAY)
    morning = datetime(2027, 3, 25, 7, 0, tzinfo=UTC)  # ten in Moscow, a week ahead
    await calendar.comes_to(morning - timedelta(hours=6))
    await calendar.comes_to(morning - timedelta(seconds=1))
    assert await calendar.warnings(anna) == []
    await calendar.comes_to(morning)
    assert len(await calendar.warnings(anna)) == 1
    assert all(letter.keeps_quiet for letter in calendar.postbox.letters)


async def test_rule_11_shortening_or_turning_expiry_on_burns_nothing_promised_for_longer(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    calendar = Calendar(database, clock, programme)
    anna = await calendar.town.person()
    await calendar.grants(anna, 10, None)
    await calendar.grants(anna, 20, LAST_DAY)
    shorter = replace(programme, points=replace(programme.points, lifetime_days=1))
    calendar = Calendar(database, clock, shorter)
    for ahead in (50, 30, 7, 1, 0):
        await calendar.comes_to(noon(LAST_DAY - ahead * DAY))
        assert await calendar.gone(anna) == []
    await calendar.comes_to(noon(LAST_DAY + DAY))
    assert await calendar.gone(anna) == [20]
    await calendar.comes_to(noon(LAST_DAY + 4000 * DAY))
    assert await calendar.gone(anna) == [20]


async def test_rule_11_a_promise_once_made_stands_when_points_live_longer_or_for_ever(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    for_ever = replace(programme, points=replace(programme.points, lifetime_days=0))
    calendar = Calendar(database, clock, for_ever)
    anna = await calendar.town.person()
    await calendar.grants(anna, 20, LAST_DAY, EntryKind.BIRTHDAY)
    await calendar.comes_to(noon(LAST_DAY - DAY))
    await calendar.comes_to(noon(LAST_DAY + DAY))
    assert await calendar.gone(anna) == [20]


async def test_rule_11_a_gift_of_two_weeks_is_not_warned_of_on_the_day_it_is_given(
    calendar: Calendar,
) -> None:
    anna = await calendar.town.person()
    until = date(2027, 2, 15)
    await calendar.grants(anna, 300, until, EntryKind.BIRTHDAY)
    moved = await calendar.town.person()
    await calendar.grants(moved, 300, until, EntryKind.IMPORT)
    days_warned: dict[int, list[int]] = {anna: [], moved: []}
    for ahead in range(14, -1, -1):
        for person, days in days_warned.items():
            before = len(await calendar.warnings(person))
            await calendar.comes_to(noon(until - ahead * DAY))
            if len(await calendar.warnings(person)) > before:
                days.append(ahead)
    assert days_warned[anna] == [7, 1]
    assert len(await calendar.warnings(moved)) == 3


async def test_who_cannot_be_told_is_warned_on_record_and_loses_the_points_in_time(
    calendar: Calendar,
) -> None:
    imported = await calendar.town.person(telegram_id=None)
    blocked = await calendar.town.person()
    for person in (imported, blocked):
        await calendar.grants(person, 100, LAST_DAY)
    telegram_id = (await calendar.town.knows(blocked)).telegram_id
    async with calendar.town.tx() as tx:
        await tx.db.execute(
            update(telegram_accounts)
            .where(telegram_accounts.c.telegram_id == telegram_id)
            .values(unreachable_since=tx.now)
        )
    await calendar.comes_to(noon(LAST_DAY + DAY))
    assert await calendar.gone(imported) == await calendar.gone(blocked) == []
    await calendar.comes_to(noon(LAST_DAY + 2 * DAY))
    assert await calendar.gone(imported) == await calendar.gone(blocked) == [100]


async def test_points_of_who_is_no_longer_a_client_are_left_alone(calendar: Calendar) -> None:
    gone = await calendar.town.person(status="erased")
    await calendar.grants(gone, 100, LAST_DAY)
    for days in (0, 1, 2):
        await calendar.comes_to(noon(LAST_DAY + days * DAY))
    assert await calendar.town.notices(gone) == []
    assert await calendar.gone(gone) == []


async def test_points_that_come_back_after_their_day_are_warned_of_anew(
    calendar: Calendar,
) -> None:
    anna = await calendar.town.person()
    await calendar.grants(anna, 100, LAST_DAY)
    await calendar.comes_to(noon(LAST_DAY - DAY))
    async with calendar.town.tx() as tx:
        spent = await ledger.spend(tx, anna, 60, kind=EntryKind.REDEMPTION, key="test:spend")
    await calendar.comes_to(noon(LAST_DAY + DAY))
    assert await calendar.gone(anna) == [40]
    async with calendar.town.tx() as tx:
        await ledger.reverse(tx, spent.entry_id, kind=EntryKind.RETURN, key="test:return")
    lives_on = LAST_DAY + DAY + RESTORED_LIVES_DAYS * DAY
    await calendar.clockwork.catch_up()
    assert await calendar.gone(anna) == [40]
    assert (await calendar.warnings(anna))[-1].expiring[0].points == 60
    for days in range(RESTORED_LIVES_DAYS + 1):
        await calendar.comes_to(noon(LAST_DAY + (days + 1) * DAY))
    assert await calendar.gone(anna) == [40]
    await calendar.comes_to(noon(lives_on + DAY))
    assert await calendar.gone(anna) == [40, 60]
    assert await calendar.sound()


async def test_what_an_open_hold_would_take_stays_until_it_is_over(
    calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = await calendar.town.person()
    for points in (30, 50, 20):
        await calendar.grants(anna, points, LAST_DAY)
    held = {anna: 31}

    async def held_points(_tx: object, _clients: Sequence[int]) -> dict[int, int]:
        return held

    monkeypatch.setattr("operations.expiry.held_points", held_points)
    await calendar.comes_to(noon(LAST_DAY))
    await calendar.comes_to(noon(LAST_DAY + DAY))
    assert await calendar.gone(anna) == [20]
    held.clear()
    await calendar.comes_to(noon(LAST_DAY + DAY) + timedelta(hours=1))
    assert await calendar.gone(anna) == [20]  # one entry and one message a day
    await calendar.comes_to(noon(LAST_DAY + 2 * DAY))
    assert await calendar.gone(anna) == [20, 80]


async def test_two_schedulers_warn_and_burn_once(calendar: Calendar, other: Database) -> None:
    people = [await calendar.town.person() for _ in range(30)]
    for person in people:
        await calendar.grants(person, 100, LAST_DAY)
    second = calendar.another(other)
    for day in (LAST_DAY - DAY, LAST_DAY + DAY):
        calendar.clock.move_to(noon(day))
        await asyncio.gather(calendar.clockwork.catch_up(), second.catch_up())
    for person in people:
        assert len(await calendar.warnings(person)) == 1
        assert await calendar.gone(person) == [100]
    assert len(calendar.postbox.letters) == 60
    assert await calendar.sound()


async def test_rule_11_twenty_spends_and_expiries_of_one_lot_have_one_winner(
    calendar: Calendar,
) -> None:
    anna = await calendar.town.person()
    await calendar.grants(anna, 100, LAST_DAY)
    await calendar.comes_to(noon(LAST_DAY))
    calendar.clock.move_to(noon(LAST_DAY + DAY))

    async def burn() -> None:
        async with calendar.town.tx() as tx:
            await expire(tx, [Due(anna, "any")])

    async def spend(number: int) -> bool:
        try:
            async with calendar.town.tx() as tx:
                await ledger.spend(
                    tx, anna, 100, kind=EntryKind.REDEMPTION, key=f"test:spend:{number}"
                )
        except NotEnoughPoints:
            return False
        return True

    acts = [spend(n // 2) if n % 2 else burn() for n in range(20)]
    outcomes = await asyncio.gather(*acts)
    spends = sum(outcome is True for outcome in outcomes)
    assert (min(spends, 1), sum(await calendar.gone(anna))) in ((0, 100), (1, 0))
    assert (await calendar.town.knows(anna)).balance == 0
    assert await calendar.sound()


async def test_one_client_who_fails_stops_nobody_else_in_the_page(
    calendar: Calendar, programme: Programme
) -> None:
    people = [await calendar.town.person() for _ in range(7)]
    for person in people:
        await calendar.grants(person, 100, LAST_DAY)
    await calendar.comes_to(noon(LAST_DAY))
    (job,) = [job for job in business_jobs(()) if job.name == "expiry"]
    together = job.act
    assert isinstance(together, Together)

    async def act(tx: ledger.Tx, some: Sequence[Due]) -> int:
        left = await together.act(tx, some)
        if people[4] in [due.subject for due in some]:
            raise ZeroDivisionError
        return left

    calendar.clock.move_to(noon(LAST_DAY + DAY))
    broken = replace(job, act=replace(together, act=act))
    town = calendar.town
    round_ = Clockwork(
        town.database, calendar.clock, programme, (), calendar.postbox.offer, jobs=[broken]
    )
    await round_.catch_up()
    gone = [await calendar.gone(person) for person in people]
    assert gone == [[100]] * 4 + [[]] + [[100]] * 2
    assert await calendar.sound()


async def test_pages_leave_nobody_out_and_take_nobody_twice(
    calendar: Calendar, programme: Programme
) -> None:
    people = [await calendar.town.person() for _ in range(11)]
    for number, person in enumerate(people):
        for lot in range(3):
            await calendar.grants(person, 10, LAST_DAY - (number + lot) % 3 * DAY)
    jobs = [
        replace(job, act=replace(job.act, page_max=2, subjects_max=3))
        for job in business_jobs(())
        if job.name.startswith("expiry") and isinstance(job.act, Together)
    ]
    town = calendar.town
    round_ = Clockwork(
        town.database, calendar.clock, programme, (), calendar.postbox.offer, jobs=jobs
    )
    for days in (0, 1):
        calendar.clock.move_to(noon(LAST_DAY + days * DAY))
        await round_.catch_up()
    for person in people:
        assert len(await calendar.warnings(person)) == 1
        assert await calendar.gone(person) == [30]


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    lives=st.lists(st.integers(1, 70), min_size=1, max_size=5),
    jumps=st.lists(st.integers(-24 * 10, 24 * 90), min_size=1, max_size=9),
)
async def test_rule_11_however_the_clock_jumps_no_lot_goes_unwarned_or_early(
    calendar: Calendar, lives: list[int], jumps: list[int]
) -> None:
    calendar.clock.move_to(START)
    anna = await calendar.town.person()
    for life in lives:
        await calendar.grants(anna, 10, date(2027, 2, 1) + life * DAY)
    zone = calendar.town.programme.business.timezone
    for hours in jumps:
        today = business_day(START + timedelta(hours=hours), zone)
        before = (await calendar.town.knows(anna)).balance
        async with calendar.town.database.read() as db:
            query = select(lots.c.valid_through, lots.c.warned_ahead, lots.c.warned_on).where(
                lots.c.client_id == anna, lots.c.remaining > 0
            )
            may_go = [
                row
                for row in await db.execute(query)
                if row.valid_through < today and row.warned_ahead == 1 and row.warned_on < today
            ]
        await calendar.comes_to(START + timedelta(hours=hours))
        assert before - (await calendar.town.knows(anna)).balance in (0, 10 * len(may_go))
    keys = [entry.key for entry in await calendar.town.entries(anna)]
    assert len(keys) == len(set(keys))
    assert await calendar.sound()

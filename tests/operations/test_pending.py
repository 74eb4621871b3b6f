"""Points that rest until the return window ends, on both databases (rule 10)."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from loyalty.calendar import day_starts
from loyalty.programme import Programme
from operations.client_card import show_balance, show_card, show_history
from operations.due import Due
from operations.pending import JOB, ONCE, due_activations
from operations.undo import Undone
from scheduler.business import business_jobs
from scheduler.clockwork import Clockwork
from storage import clients, ledger, pending
from storage.database import Database
from storage.outbox import Letter
from storage.pending import PendingDay, PendingStatus
from storage.tables import outbox
from templates.client import Awaited
from templates.contexts import load_context
from templates.pending import PointsActive
from templates.visits import Receipt
from tests.movable_clock import MovableClock
from tests.operations.returning import ReturnDesk
from tests.records import next_expiries

WINDOW_DAYS = 14
BOOKED_ON = date(2027, 2, 1)
ACTIVE_ON = date(2027, 2, 15)


class PatientDesk(ReturnDesk):
    """A desk whose points rest, and the scheduler that wakes them."""

    def __init__(self, database: Database, programme: Programme) -> None:
        super().__init__(database, programme)
        self.letters: list[Letter] = []

    async def wakes(self, *, at: datetime | None = None) -> None:
        """The scheduler looks what is due."""
        self.now = at or self.now
        await self.clockwork().catch_up()

    def clockwork(self) -> Clockwork:
        jobs = [job for job in business_jobs(()) if job.name == JOB]
        clock = MovableClock(self.now)
        return Clockwork(self.database, clock, self.programme, (), self.letters.extend, jobs=jobs)

    async def due(self) -> tuple[Due, ...]:
        async with self.database.read() as db:
            return (await due_activations(self.tx(db), 0, 100)).found


def patient(programme: Programme, days: int = WINDOW_DAYS, zone: str | None = None) -> Programme:
    business = programme.business
    if zone is not None:
        business = replace(business, timezone=ZoneInfo(zone))
    points = replace(programme.points, pending_days=days)
    return replace(programme, points=points, business=business)


@pytest.fixture
def desk(database: Database, programme: Programme) -> PatientDesk:
    return PatientDesk(database, patient(programme))


def midnight(day: date, zone: str = "Europe/Moscow") -> datetime:
    return day_starts(day, ZoneInfo(zone))


async def test_rule_10_the_receipt_says_at_once_how_many_points_and_when(
    desk: PatientDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    booked = await desk.books(alina, anna, bill=100_000)
    assert (booked.balance, booked.active_on) == (0, ACTIVE_ON)
    async with desk.database.read() as db:
        query = select(outbox.c.context).where(outbox.c.notice == "visits/receipt")
        receipt = load_context("visits/receipt", (await db.execute(query)).scalar_one())
        assert await ledger.of_visit(db, booked.visit.id) == []
    assert isinstance(receipt, Receipt)
    assert (receipt.points, receipt.active_on, receipt.balance) == (30, ACTIVE_ON, 0)
    assert receipt.valid_through is None
    assert await desk.is_consistent()


async def test_rule_10_pending_points_are_active_with_the_first_moment_after_the_window(
    desk: PatientDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    booked = await desk.books(alina, anna, bill=100_000)
    await desk.wakes(at=midnight(ACTIVE_ON) - timedelta(seconds=1))
    assert (await desk.knows(anna)).balance == 0
    assert desk.letters == []
    await desk.wakes(at=midnight(ACTIVE_ON))
    assert (await desk.knows(anna)).balance == 30
    until = ACTIVE_ON + timedelta(days=365)  # from activation on, not from the visit
    assert [load_context(letter.notice or "", letter.context) for letter in desk.letters] == [
        PointsActive(visit_id=booked.visit.id, points=30, balance=30, valid_through=until)
    ]
    assert desk.letters[0].keeps_quiet
    async with desk.database.read() as db:
        (lot,) = await next_expiries(db, anna, limit=5)
        (entry,) = await ledger.of_visit(db, booked.visit.id)
    assert lot.valid_through == until
    assert entry.key == f"visit:{booked.visit.preview_id}"
    assert await desk.is_consistent()


async def test_rule_10_earned_is_announced_once_however_many_schedulers_run(
    desk: PatientDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    await desk.books(alina, anna, bill=100_000)
    desk.now = midnight(ACTIVE_ON) + timedelta(days=3)
    await asyncio.gather(*(desk.clockwork().catch_up() for _ in range(4)))
    await desk.wakes(at=desk.now + timedelta(days=1))
    assert (await desk.knows(anna)).balance == 30
    assert len(desk.letters) == 1
    # The machine slept through three days: they live from when they were there to be used.
    assert desk.letters[0].context is not None
    told = load_context("pending/points_active", desk.letters[0].context)
    assert isinstance(told, PointsActive)
    assert told.valid_through == date(2027, 2, 18) + timedelta(days=365)


@pytest.mark.parametrize(
    ("zone", "booked_at", "days", "active_on"),
    [
        # Clocks go forward on 28 March, back on 31 October: a day is a day.
        ("Europe/Berlin", datetime(2027, 3, 27, 22, 59, tzinfo=UTC), 1, date(2027, 3, 28)),
        ("Europe/Berlin", datetime(2027, 3, 27, 23, 1, tzinfo=UTC), 1, date(2027, 3, 29)),
        ("Europe/Berlin", datetime(2027, 10, 30, 12, 0, tzinfo=UTC), 2, date(2027, 11, 1)),
        # Cuba skips its midnight on 14 March: the day begins at one.
        ("America/Havana", datetime(2027, 3, 13, 12, 0, tzinfo=UTC), 1, date(2027, 3, 14)),
        ("Europe/Moscow", datetime(2027, 1, 31, 9, 0, tzinfo=UTC), 30, date(2027, 3, 2)),
        ("Europe/Moscow", datetime(2028, 2, 15, 9, 0, tzinfo=UTC), 14, date(2028, 2, 29)),
        ("Europe/Moscow", datetime(2027, 12, 31, 20, 59, tzinfo=UTC), 1, date(2028, 1, 1)),
        ("Europe/Moscow", datetime(2027, 12, 31, 21, 0, tzinfo=UTC), 1, date(2028, 1, 2)),
    ],
)
async def test_rule_10_the_window_s_days_are_the_business_s_own(
    database: Database,
    programme: Programme,
    zone: str,
    booked_at: datetime,
    days: int,
    active_on: date,
) -> None:
    desk = PatientDesk(database, patient(programme, days, zone))
    desk.now = booked_at
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=100_000)
    assert booked.active_on == active_on
    await desk.wakes(at=midnight(active_on, zone) - timedelta(seconds=1))
    assert (await desk.knows(anna)).balance == 0
    await desk.wakes(at=midnight(active_on, zone))
    assert (await desk.knows(anna)).balance == 30


async def test_rule_10_a_return_takes_what_is_pending_before_the_ledger(
    desk: PatientDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.gives(anna, 500)
    booked = await desk.books(alina, anna, bill=100_000)
    shown, part = await desk.returns(alina, booked.visit.id, 60_000)
    assert (shown.active_on, shown.balance_after) == (ACTIVE_ON, 500)
    assert (part.made.points_pending, part.made.points_taken, part.balance) == (18, 0, 500)
    async with desk.database.read() as db:
        assert await pending.of_client(db, anna) == [PendingDay(12, ACTIVE_ON)]
    assert await desk.is_consistent()
    await desk.wakes(at=midnight(ACTIVE_ON))
    assert (await desk.knows(anna)).balance == 512
    _, rest = await desk.returns(alina, booked.visit.id)
    assert (rest.made.points_pending, rest.made.points_taken, rest.balance) == (0, 12, 500)
    assert await desk.is_consistent()


@pytest.mark.parametrize("way", ["undo", "return"])
async def test_rule_10_nothing_becomes_active_of_a_visit_that_went(
    desk: PatientDesk, way: str
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    booked = await desk.books(alina, anna, bill=100_000)
    if way == "undo":
        undone = await desk.undoes(alina, booked.visit.id)
        assert isinstance(undone, Undone)
    else:
        await desk.returns(alina, booked.visit.id)
    async with desk.database.read() as db:
        resting = await pending.of_visit(db, booked.visit.id)
        assert await pending.of_client(db, anna) == []
        assert await ledger.of_visit(db, booked.visit.id) == []
    assert resting is not None
    assert resting.status is PendingStatus.CANCELLED
    await desk.wakes(at=midnight(ACTIVE_ON))
    assert (await desk.knows(anna)).balance == 0
    assert desk.letters == []
    assert await desk.is_consistent()


async def test_rule_10_a_return_against_the_activation_loses_no_point(desk: PatientDesk) -> None:
    alina = await desk.hires(1)
    people = [await desk.client() for _ in range(5)]
    booked = [await desk.books(alina, anna, bill=100_000) for anna in people]
    desk.now = midnight(ACTIVE_ON)
    await asyncio.gather(
        desk.clockwork().catch_up(),
        *(desk.returns(alina, one.visit.id, 40_000) for one in booked),
        desk.clockwork().catch_up(),
    )
    await desk.wakes()
    assert [(await desk.knows(anna)).balance for anna in people] == [18] * 5
    assert await desk.is_consistent()


async def test_rule_10_balance_card_and_history_show_what_is_pending_and_when(
    desk: PatientDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(card_code="CODEofAnna2345")
    await desk.books(alina, anna, bill=100_000)
    desk.now += timedelta(days=1)
    await desk.books(alina, anna, bill=200_000)
    async with desk.database.read() as db:
        tx = desk.tx(db)
        client = await clients.by_id(db, anna)
        assert client is not None
        balance = await show_balance(tx, client, "ru")
        card = await show_card(tx, client, "ru", "svoi_bot")
        lines = (await show_history(tx, client, "ru", 1)).lines
    later = ACTIVE_ON + timedelta(days=1)
    assert balance.points == 0
    assert balance.awaited == (Awaited(30, ACTIVE_ON), Awaited(60, later))
    assert balance.awaited_points == 90
    assert (card.balance, card.awaited_points, card.awaited_on) == (0, 90, ACTIVE_ON)
    assert [(line.points, line.active_on) for line in lines] == [(60, later), (30, ACTIVE_ON)]


async def test_rule_10_pending_points_count_for_the_level_when_they_are_earned(
    database: Database, programme: Programme
) -> None:
    levels = tuple(
        replace(level, from_=None if level.from_ is None else level.from_ // 10_000)
        for level in programme.tiers.levels
    )
    by_points = replace(programme.tiers, qualify_by="points", levels=levels)
    desk = PatientDesk(database, replace(patient(programme), tiers=by_points))
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=1_000_000)
    assert booked.visit.points_earned == 500
    assert (await desk.knows(anna)).tier == "gold"
    await desk.returns(alina, booked.visit.id, 500_000)
    assert (await desk.knows(anna)).tier == "silver"


async def test_what_was_promised_stays_when_the_window_is_changed(
    desk: PatientDesk, programme: Programme
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.books(alina, anna, bill=100_000)
    desk.programme = programme  # no window any more
    later = await desk.books(alina, anna, bill=200_000)
    assert (later.balance, later.active_on) == (60, None)
    await desk.wakes(at=midnight(ACTIVE_ON))
    assert (await desk.knows(anna)).balance == 90


async def test_the_points_of_a_card_that_was_erased_or_merged(desk: PatientDesk) -> None:
    alina = await desk.hires(1)
    erased, merged, kept = [await desk.client() for _ in range(3)]
    for client in (erased, merged):
        await desk.books(alina, client, bill=100_000)
    async with desk.database.write() as db:
        await clients.change(db, erased, {"status": "erased"})
        await clients.change(db, merged, {"status": "archived", "merged_into_id": kept})
    await desk.wakes(at=midnight(ACTIVE_ON))
    assert [(await desk.knows(one)).balance for one in (erased, merged, kept)] == [0, 0, 30]
    assert await desk.due() == ()


async def test_one_that_is_due_is_asked_for_by_its_visit(desk: PatientDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    assert await desk.due() == ()
    desk.now = midnight(ACTIVE_ON)
    assert await desk.due() == (Due(booked.visit.id, ONCE),)

"""When clients are asked how it was, and when those who answer are reminded."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty.programme import FeedbackRules, Programme
from operations.case_answers import reply_to_case
from operations.feedback import rate
from operations.senders import Role
from scheduler.business import business_jobs
from scheduler.clockwork import Clockwork
from storage import cases, phone_cases
from storage.database import Database
from templates.case_notices import Opened, Overdue, Topic
from templates.feedback import Request
from tests.movable_clock import MovableClock
from tests.scheduler.conftest import Postbox
from tests.town import OWNER_ID, Town

HOUR = timedelta(hours=1)


class Week:
    """A town in which time passes."""

    def __init__(self, database: Database, clock: MovableClock, programme: Programme) -> None:
        self.town = Town(database, clock, programme)
        self.clock = clock
        self.postbox = Postbox()
        self.clockwork = self.another(database)

    def another(self, database: Database) -> Clockwork:
        return Clockwork(
            database,
            self.clock,
            self.town.programme,
            {OWNER_ID},
            self.postbox.offer,
            jobs=business_jobs({OWNER_ID}),
        )

    async def passes(self, by: timedelta) -> None:
        self.clock.move(by)
        await self.clockwork.catch_up()

    async def asked(self, client_id: int) -> list[int]:
        found = await self.town.notices(client_id)
        return [notice.visit.number for notice in found if isinstance(notice, Request)]


@pytest.fixture
def week(database: Database, clock: MovableClock, programme: Programme) -> Week:
    return Week(database, clock, programme)


async def test_the_question_comes_three_hours_after_the_visit_and_once(week: Week) -> None:
    anna = await week.town.person()
    visit = await week.town.visit(anna)
    await week.passes(3 * HOUR - timedelta(seconds=1))
    assert await week.asked(anna) == []
    await week.passes(timedelta(seconds=1))
    assert await week.asked(anna) == [visit.id]
    for _ in range(30):
        await week.passes(5 * HOUR)
    assert await week.asked(anna) == [visit.id]
    assert [letter.keeps_quiet for letter in week.postbox.letters] == [True]


async def test_of_several_visits_on_a_day_the_last_is_asked_about(week: Week) -> None:
    anna = await week.town.person()
    await week.town.visit(anna)
    await week.passes(2 * HOUR)
    last = await week.town.visit(anna)
    await week.passes(2 * HOUR)
    assert await week.asked(anna) == []
    await week.passes(HOUR)
    assert await week.asked(anna) == [last.id]


async def test_a_visit_that_was_taken_back_is_not_asked_about(week: Week) -> None:
    anna = await week.town.person()
    first = await week.town.visit(anna)
    undone = await week.town.visit(anna, week.clock.now() + timedelta(minutes=5))
    await week.town.undoes(undone)
    await week.passes(4 * HOUR)
    assert await week.asked(anna) == [first.id]


async def test_a_visit_that_was_rated_already_is_not_asked_about(week: Week) -> None:
    anna = await week.town.person()
    visit = await week.town.visit(anna)
    sender = await week.town.as_sender(anna)
    async with week.town.tx() as tx:
        await rate(tx, actor=sender, about=visit.id, is_visit=True, rating=5, owner_ids=())
    await week.passes(3 * HOUR)
    assert await week.asked(anna) == []


async def test_a_bot_that_slept_asks_the_next_day_but_not_about_last_week(week: Week) -> None:
    anna, boris = await week.town.person(), await week.town.person()
    old = await week.town.visit(anna)
    assert old
    week.clock.move(timedelta(days=3))
    fresh = await week.town.visit(boris)
    await week.passes(timedelta(days=1))
    assert await week.asked(anna) == []
    assert await week.asked(boris) == [fresh.id]


async def test_a_programme_that_asks_nobody_asks_nobody(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    week = Week(database, clock, replace(programme, feedback=FeedbackRules()))
    anna = await week.town.person()
    await week.town.visit(anna)
    await week.passes(5 * HOUR)
    assert await week.asked(anna) == []


async def test_three_hours_are_three_hours_when_the_clocks_change(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    business = replace(programme.business, timezone=ZoneInfo("Europe/Berlin"))
    week = Week(database, clock, replace(programme, business=business))
    anna = await week.town.person()
    week.clock.move_to(datetime(2027, 3, 28, 0, 30, tzinfo=UTC))
    visit = await week.town.visit(anna)
    await week.passes(3 * HOUR - timedelta(seconds=1))
    assert await week.asked(anna) == []
    await week.passes(timedelta(seconds=1))
    assert await week.asked(anna) == [visit.id]


async def test_a_clock_set_back_asks_nobody_again(week: Week) -> None:
    anna = await week.town.person()
    visit = await week.town.visit(anna)
    for by in (3 * HOUR, -HOUR, HOUR, 24 * HOUR, -24 * HOUR, HOUR):
        await week.passes(by)
    assert await week.asked(anna) == [visit.id]


async def test_two_schedulers_ask_once(week: Week, other: Database) -> None:
    people = [await week.town.person() for _ in range(12)]
    for person in people:
        await week.town.visit(person)
    week.clock.move(3 * HOUR)
    await asyncio.gather(week.clockwork.catch_up(), week.another(other).catch_up())
    assert [len(await week.asked(person)) for person in people] == [1] * 12


async def test_a_phone_case_that_registration_opened_is_told_by_the_clock(week: Week) -> None:
    anna = await week.town.person(name="Анна")
    manager = await week.town.hires("Пётр", Role.MANAGER)
    async with week.town.tx() as tx:
        await phone_cases.open_phone_case(tx.db, client_id=anna, telegram_id=77, now=tx.now)
    await week.passes(timedelta(seconds=30))
    await week.passes(timedelta(seconds=30))
    (alert,) = await week.town.notices_to(manager)
    assert isinstance(alert, Opened)
    assert (alert.heading.topic, alert.heading.client) == (Topic.PHONE, "Анна")


async def test_an_answer_that_is_late_is_reminded_of_once_for_each_promise(week: Week) -> None:
    anna = await week.town.person()
    visit = await week.town.visit(anna)
    sender = await week.town.as_sender(anna)
    async with week.town.tx() as tx:
        await rate(tx, actor=sender, about=visit.id, is_visit=True, rating=1, owner_ids=())
    for _ in range(30):
        await week.passes(HOUR)
    assert await _reminders(week) == 1
    async with week.town.tx() as tx:
        case = await cases.open_complaint_of(tx.db, anna)
        assert case is not None
        await cases.note_answered(tx.db, case.id, tx.now)
    for _ in range(30):
        await week.passes(HOUR)
    assert await _reminders(week) == 1
    async with week.town.tx() as tx:
        await reply_to_case(tx, actor=sender, case_id=case.id, words="Ну как?", owner_ids=())
    for _ in range(30):
        await week.passes(HOUR)
    assert await _reminders(week) == 2


async def _reminders(week: Week) -> int:
    return len([n for n in await week.town.notices_to(OWNER_ID) if isinstance(n, Overdue)])

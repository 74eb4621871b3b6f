"""Owners hear of odd visits; each is told once, and counts all the same (rule 23)."""

import asyncio
from datetime import timedelta

import pytest

from loyalty.oddities import Oddity
from loyalty.programme import Programme
from scheduler.business import business_jobs
from scheduler.clockwork import Clockwork
from storage.database import Database
from templates.contexts import load_context
from templates.owner import OddVisit
from tests.movable_clock import MovableClock
from tests.scheduler.conftest import Postbox
from tests.town import OWNER_ID, Town


class Desk:
    """A town whose owner is told."""

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

    @property
    def alerts(self) -> list[OddVisit]:
        found = []
        for letter in self.postbox.letters:
            if letter.chat_id == OWNER_ID and letter.notice is not None:
                notice = load_context(letter.notice, letter.context or "{}")
                if isinstance(notice, OddVisit):
                    found.append(notice)
        return found


@pytest.fixture
def desk(database: Database, clock: MovableClock, programme: Programme) -> Desk:
    return Desk(database, clock, programme)


async def test_rule_23_the_fourth_visit_of_a_client_in_a_day_is_told_at_once(desk: Desk) -> None:
    anna, boris = await desk.town.person(), await desk.town.person()
    visits = [await desk.town.visit(anna) for _ in range(3)]
    await desk.town.visit(boris)
    await desk.clockwork.catch_up()
    assert desk.alerts == []
    visits.append(await desk.town.visit(anna))
    await desk.clockwork.catch_up()
    (alert,) = desk.alerts
    assert (alert.visit_id, alert.oddities) == (visits[-1].id, (Oddity.TOO_MANY,))
    assert alert.visits_today == 4


async def test_rule_23_an_alert_comes_once_however_many_processes_look(
    desk: Desk, database: Database
) -> None:
    anna = await desk.town.person()
    for _ in range(4):
        await desk.town.visit(anna)
    other = Database(database.url.render_as_string(hide_password=False))
    second = desk.another(other)
    await asyncio.gather(desk.clockwork.catch_up(), second.catch_up())
    await desk.clockwork.catch_up()
    await other.close()
    assert len(desk.alerts) == 1


async def test_rule_23_a_visit_at_night_is_told_and_one_of_the_next_morning_is_not(
    desk: Desk,
) -> None:
    anna = await desk.town.person()
    desk.clock.move(timedelta(hours=11))  # 23:00 in Moscow
    await desk.town.visit(anna)
    await desk.clockwork.catch_up()
    desk.clock.move(timedelta(hours=10))
    await desk.town.visit(anna)
    await desk.clockwork.catch_up()
    assert [alert.oddities for alert in desk.alerts] == [(Oddity.ODD_HOUR,)]


async def test_rule_23_a_bill_is_odd_once_the_usual_one_is_known(desk: Desk) -> None:
    people = [await desk.town.person() for _ in range(16)]
    await desk.town.visit(people[0], bill=40_000_00)
    for person in people[1:]:
        for _ in range(2):
            await desk.town.visit(person, bill=1_000_00)
    await desk.clockwork.catch_up()
    assert desk.alerts == [], "who could tell, at the first visit, what is usual?"
    odd = await desk.town.visit(people[0], bill=45_000_00)
    await desk.clockwork.catch_up()
    assert [(alert.visit_id, alert.oddities) for alert in desk.alerts] == [
        (odd.id, (Oddity.ODD_SIZE,))
    ]

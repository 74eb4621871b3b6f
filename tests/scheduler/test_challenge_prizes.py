"""The end of a contest by the clock, on both databases: prizes once, however many of us run."""

import asyncio
from datetime import timedelta

import pytest

from loyalty.programme import Programme
from operations import challenge_prizes
from operations.challenge_prizes import JOB, PAY_JOB, PLACES_JOB, TELL_JOB, write_places
from operations.due import Due
from operations.erasure import erase_client
from scheduler.business import business_jobs
from scheduler.clockwork import Clockwork
from storage import audit
from storage.database import Database
from storage.ledger import EntryKind
from templates.challenges import Ended, Prize
from tests.movable_clock import MovableClock
from tests.operations.contest import AFTER, Contest, with_challenge
from tests.scheduler.conftest import Postbox
from tests.town import OWNER_ID


@pytest.fixture
def spring(database: Database, clock: MovableClock, programme: Programme) -> Contest:
    return Contest(database, clock, with_challenge(programme))


def clockwork(
    spring: Contest,
    database: Database | None = None,
    names: tuple[str, ...] = (JOB, PLACES_JOB, PAY_JOB, TELL_JOB),
) -> Clockwork:
    jobs = [job for job in business_jobs({OWNER_ID}) if job.name in names]
    return Clockwork(
        database or spring.database, spring.clock, spring.programme, (), Postbox().offer, jobs=jobs
    )


async def balances(spring: Contest, people: list[int]) -> list[int]:
    return [(await spring.knows(one)).balance for one in people]


async def test_at_ten_on_the_day_after_everybody_hears_how_it_ended(spring: Contest) -> None:
    people = [await spring.person(name="Анна") for _ in range(5)]
    for number, one in enumerate(people):
        await spring.comes(one, 5 - number)
    bell = clockwork(spring)
    spring.now.move_to(AFTER - timedelta(minutes=1))
    await bell.catch_up()
    assert await balances(spring, people) == [0] * 5
    spring.now.move_to(AFTER)
    await bell.catch_up()
    assert await balances(spring, people) == [1000, 500, 300, 0, 0]
    told = [type((await spring.notices(one))[0]) for one in people]
    assert told == [Prize, Prize, Prize, Ended, Ended]
    for _ in range(3):
        spring.now.move(timedelta(days=1))
        await clockwork(spring).catch_up()
    assert await balances(spring, people) == [1000, 500, 300, 0, 0]
    assert [len(await spring.notices(one)) for one in people] == [1] * 5


async def test_a_machine_that_slept_gives_the_prizes_when_it_wakes(spring: Contest) -> None:
    anna = await spring.person(name="Анна")
    await spring.comes(anna)
    spring.now.move_to(AFTER + timedelta(days=40))
    await clockwork(spring).catch_up()
    assert await balances(spring, [anna]) == [1000]


async def test_rule_04_two_processes_give_the_prizes_once(spring: Contest, other: Database) -> None:
    people = [await spring.person(name="Анна") for _ in range(20)]
    for one in people:
        await spring.comes(one)
    spring.now.move_to(AFTER)
    machines = [clockwork(spring, database) for database in (spring.database, other)] * 2
    await asyncio.gather(*(machine.catch_up() for machine in machines))
    await clockwork(spring).catch_up()
    assert await balances(spring, people) == [1000, 500, 300, *[0] * 17]
    entries = [entry for one in people for entry in await spring.entries(one)]
    assert sorted(entry.key for entry in entries) == [f"prize:spring:{n}" for n in (1, 2, 3)]
    assert {entry.kind for entry in entries} == {EntryKind.PRIZE}
    assert [len(await spring.notices(one)) for one in people] == [1] * 20
    async with spring.database.read() as db:
        assert await audit.differences(db) == []


@pytest.fixture
def few_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a contest of thousands: more take part than get a row in one transaction."""
    monkeypatch.setattr(challenge_prizes, "PLACES_MAX", 2)


@pytest.mark.usefixtures("few_places")
async def test_rule_04_a_crash_between_any_two_steps_repeats_nothing(spring: Contest) -> None:
    people = [await spring.person(name="Анна") for _ in range(5)]
    visits = [await spring.comes(one, 5 - number) for number, one in enumerate(people)]
    spring.now.move_to(AFTER)
    await clockwork(spring, names=(JOB, PAY_JOB, TELL_JOB)).catch_up()
    async with spring.tx() as tx:
        await write_places(tx, [Due(3, "spring")])  # a process that was quicker, and then died
    await clockwork(spring, names=(JOB, PAY_JOB, TELL_JOB)).catch_up()
    assert await balances(spring, people) == [0] * 5, "nobody is told before all is kept"
    assert not (await spring.looks(people[0])).is_closed
    for visit in visits[0]:
        await spring.takes_back(visit)
    await clockwork(spring, names=(PLACES_JOB,)).catch_up()
    assert (await spring.looks(people[0])).is_closed
    await clockwork(spring, names=(PLACES_JOB, PAY_JOB)).catch_up()
    for _ in range(2):
        await clockwork(spring).catch_up()
    assert await balances(spring, people) == [1000, 500, 300, 0, 0]
    told = [type((await spring.notices(one))[0]) for one in people]
    assert told == [Prize, Prize, Prize, Ended, Ended]
    assert [len(await spring.notices(one)) for one in people] == [1] * 5
    async with spring.database.read() as db:
        assert await audit.differences(db) == []


@pytest.mark.usefixtures("few_places")
async def test_rule_04_of_equal_scores_the_first_wins_however_many_give_the_prizes(
    spring: Contest, other: Database
) -> None:
    people = [await spring.person(name="Анна") for _ in range(7)]
    for one in reversed(people):
        await spring.comes(one)
    spring.now.move_to(AFTER)
    machines = [clockwork(spring, database) for database in (spring.database, other)] * 2
    await asyncio.gather(*(machine.catch_up() for machine in machines))
    await clockwork(spring).catch_up()
    assert await balances(spring, people) == [0, 0, 0, 0, 300, 500, 1000]
    assert [len(await spring.notices(one)) for one in people] == [1] * 7


async def test_rule_21_the_prize_of_who_was_erased_meanwhile_goes_to_nobody(
    spring: Contest,
) -> None:
    anna, boris = [await spring.person(name=name) for name in ("Анна", "Борис")]
    await spring.comes(anna, 2)
    await spring.comes(boris)
    account = (await spring.knows(anna)).telegram_id
    assert account is not None
    spring.now.move_to(AFTER)
    await clockwork(spring, names=(JOB,)).catch_up()
    async with spring.tx() as tx:
        await erase_client(tx, anna, by=None)
    await clockwork(spring).catch_up()
    assert await balances(spring, [anna, boris]) == [0, 500]
    assert await spring.notices_to(account) == []

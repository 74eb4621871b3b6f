"""What is due is done once, in one transaction each, whatever fails and however many of us run."""

import asyncio
import sqlite3
from collections import Counter

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from loyalty.programme import Programme
from operations.due import Due, DuePage, NotDueNow
from operations.ledger import KeyReused
from operations.outgoing import Recipient, notify
from operations.senders import Role
from operations.transaction import Tx
from scheduler.clockwork import Clockwork
from scheduler.jobs import Job
from scheduler.rounds import Round
from storage import job_claims
from storage.database import Database
from storage.tables import audit_log, outbox
from storage.tables import job_claims as claims_table
from templates.every_chat import Apology
from tests.movable_clock import MovableClock
from tests.scheduler.conftest import Postbox
from tests.town import OWNER_ID, Town

CHAT_FIRST = 100
LOCKED = OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))


class Numbers:
    """A job whose subjects are the numbers up to `last`; doing one writes to chat 100 + number."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.looks = 0
        self.failing: dict[int, list[Exception]] = {}
        self.not_yet: set[int] = set()

    async def due(self, tx: Tx, after: int, limit: int) -> DuePage:
        self.looks += 1
        done = set((await tx.db.execute(select(claims_table.c.subject))).scalars())
        ids = [n for n in range(after + 1, self.last + 1) if str(n) not in done][:limit]
        found = tuple(Due(n, "once") for n in ids)
        return DuePage(found, ids[-1] if len(ids) == limit else None)

    async def act(self, tx: Tx, due: Due) -> None:
        await notify(tx, Recipient(CHAT_FIRST + due.subject, "ru"), Apology())
        if self.failing.get(due.subject):
            raise self.failing[due.subject].pop(0)
        if due.subject in self.not_yet:
            raise NotDueNow("not-yet")

    def as_job(self) -> Job:
        return Job("numbers", self.due, self.act)


async def written_to(database: Database) -> Counter[int]:
    async with database.read() as db:
        return Counter((await db.execute(select(outbox.c.chat_id))).scalars())


async def test_everything_due_is_done_page_by_page_and_offered_after_its_commit(
    database: Database, programme: Programme, clock: MovableClock, postbox: Postbox
) -> None:
    numbers = Numbers(last=230)
    clockwork = Clockwork(
        database, clock, programme, {OWNER_ID}, postbox.offer, jobs=[numbers.as_job()]
    )
    await clockwork.catch_up()
    assert numbers.looks == 3
    assert sorted(letter.chat_id for letter in postbox.letters) == list(range(101, 331))
    assert all(letter.id for letter in postbox.letters)
    await clockwork.catch_up()
    assert len(postbox.letters) == 230


async def test_two_at_once_never_do_a_thing_twice(
    database: Database,
    other: Database,
    programme: Programme,
    clock: MovableClock,
    postbox: Postbox,
) -> None:
    both = [
        Clockwork(one, clock, programme, {OWNER_ID}, postbox.offer, jobs=[Numbers(60).as_job()])
        for one in (database, other)
    ]
    await asyncio.gather(*(clockwork.catch_up() for clockwork in both))
    assert await written_to(database) == Counter(range(101, 161))
    assert len(postbox.letters) == 60


async def test_a_subject_that_fails_stops_nobody_and_the_owners_hear_of_it_once(
    database: Database, programme: Programme, clock: MovableClock, postbox: Postbox
) -> None:
    numbers = Numbers(last=5)
    numbers.failing = {2: [ZeroDivisionError()] * 9, 4: [ZeroDivisionError()] * 9}
    clockwork = Clockwork(
        database, clock, programme, {OWNER_ID}, postbox.offer, jobs=[numbers.as_job()]
    )
    await clockwork.catch_up()
    await clockwork.catch_up()
    assert await written_to(database) == Counter([101, 103, 105, OWNER_ID])
    assert postbox.to(OWNER_ID) == ["jobs/job_failed"]


async def test_an_owner_who_joined_by_an_invitation_hears_of_a_failed_job_too(
    database: Database, programme: Programme, clock: MovableClock, postbox: Postbox
) -> None:
    town = Town(database, clock, programme)
    joined = await town.hires("Ольга", Role.OWNER)
    manager = await town.hires("Марк", Role.MANAGER)
    numbers = Numbers(last=1)
    numbers.failing = {1: [ZeroDivisionError()]}
    clockwork = Clockwork(
        database, clock, programme, {OWNER_ID, joined}, postbox.offer, jobs=[numbers.as_job()]
    )
    await clockwork.catch_up()
    assert postbox.to(joined) == postbox.to(OWNER_ID) == ["jobs/job_failed"]
    assert postbox.to(manager) == []


async def test_a_job_that_uses_a_key_anew_is_on_record(
    database: Database, programme: Programme, clock: MovableClock, postbox: Postbox
) -> None:
    town = Town(database, clock, programme)
    reused = KeyReused("birthday:7:2027", entry_id=5, client_id=7, kind="birthday", amount=300)
    numbers = Numbers(last=1)
    numbers.failing = {1: [reused]}
    clockwork = Clockwork(database, clock, programme, (), postbox.offer, jobs=[numbers.as_job()])
    await clockwork.catch_up()
    async with database.read() as db:
        row = (await db.execute(select(audit_log))).one()
    assert (row.actor_id, row.client_id, row.subject_id) == (None, 7, 5)
    assert await town.audited() == ["ledger.key_refused"]


async def test_a_subject_that_failed_is_tried_again(
    database: Database, programme: Programme, clock: MovableClock, postbox: Postbox
) -> None:
    numbers = Numbers(last=1)
    numbers.failing = {1: [ZeroDivisionError()]}
    clockwork = Clockwork(database, clock, programme, (), postbox.offer, jobs=[numbers.as_job()])
    await clockwork.catch_up()
    assert postbox.letters == []
    await clockwork.catch_up()
    assert [letter.chat_id for letter in postbox.letters] == [101]


async def test_a_database_that_does_not_answer_is_asked_again(
    database: Database, programme: Programme, clock: MovableClock, postbox: Postbox
) -> None:
    numbers = Numbers(last=2)
    numbers.failing = {1: [LOCKED, LOCKED]}
    clockwork = Clockwork(
        database, clock, programme, {OWNER_ID}, postbox.offer, jobs=[numbers.as_job()]
    )
    await clockwork.catch_up()
    assert await written_to(database) == Counter([101, 102])
    assert postbox.to(OWNER_ID) == []


async def test_what_turns_out_not_to_be_due_yet_keeps_no_claim(
    database: Database, programme: Programme, clock: MovableClock, postbox: Postbox
) -> None:
    numbers = Numbers(last=1)
    numbers.not_yet = {1}
    clockwork = Clockwork(database, clock, programme, (), postbox.offer, jobs=[numbers.as_job()])
    await clockwork.catch_up()
    async with database.read() as db:
        query = select(func.count()).select_from(claims_table)
        assert (await db.execute(query)).scalar_one() == 0
    assert postbox.letters == []
    numbers.not_yet = set()
    await clockwork.catch_up()
    assert len(postbox.letters) == 1


async def test_a_query_that_fails_alerts_the_owner_and_the_other_jobs_go_on(
    database: Database, programme: Programme, clock: MovableClock, postbox: Postbox
) -> None:
    async def broken(tx: Tx, after: int, limit: int) -> DuePage:
        raise ZeroDivisionError

    numbers = Numbers(last=1)
    clockwork = Clockwork(
        database,
        clock,
        programme,
        {OWNER_ID},
        postbox.offer,
        jobs=[Job("broken", broken, numbers.act), numbers.as_job()],
    )
    await clockwork.catch_up()
    assert postbox.to(OWNER_ID) == ["jobs/job_failed"]
    assert postbox.to(101) == ["common/apology"]


async def test_a_clockwork_that_starts_does_what_was_due_while_nobody_ran(
    database: Database, programme: Programme, clock: MovableClock
) -> None:
    done = asyncio.Event()
    clockwork = Clockwork(
        database, clock, programme, (), lambda _: done.set(), jobs=[Numbers(1).as_job()]
    )
    async with asyncio.TaskGroup() as tasks:
        run = tasks.create_task(clockwork.run())
        await done.wait()
        run.cancel()
    assert await written_to(database) == Counter([101])


async def test_what_was_begun_is_finished_when_we_are_told_to_stop(
    database: Database, programme: Programme, clock: MovableClock, postbox: Postbox
) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()
    numbers = Numbers(last=2)

    async def slow(tx: Tx, due: Due) -> None:
        await numbers.act(tx, due)
        begun.set()
        await may_end.wait()

    clockwork = Clockwork(
        database, clock, programme, (), postbox.offer, jobs=[Job("numbers", numbers.due, slow)]
    )
    async with asyncio.TaskGroup() as tasks:
        run = tasks.create_task(clockwork.run())
        await begun.wait()
        run.cancel()
        await asyncio.sleep(0)
        may_end.set()
    assert await written_to(database) == Counter([101])


async def test_many_are_looked_at_once_an_epoch_and_meanwhile_only_what_is_new(
    database: Database, programme: Programme, clock: MovableClock, postbox: Postbox
) -> None:
    numbers, fresh = Numbers(last=0), Numbers(last=0)
    epoch: list[str | None] = [None]
    job = Job(
        "numbers",
        numbers.due,
        numbers.act,
        epoch=lambda *_: epoch[0],
        meanwhile=fresh.due,
    )
    each = Round(job, database, clock, programme, (), postbox.offer)
    await each.go()
    assert (numbers.looks, fresh.looks) == (0, 0)
    epoch[0] = "monday"
    await each.go()
    await each.go()
    assert (numbers.looks, fresh.looks) == (1, 1)
    epoch[0] = "tuesday"
    await each.go()
    assert (numbers.looks, fresh.looks) == (2, 1)
    await each.go(anew=True)
    assert (numbers.looks, fresh.looks) == (3, 1)


async def test_a_claim_is_made_once_a_period(database: Database, clock: MovableClock) -> None:
    async with database.write() as db:
        made = [
            await job_claims.claim(db, "birthday", 7, period, clock.now())
            for period in ("2027", "2027", "2028")
        ]
    assert made == [True, False, True]

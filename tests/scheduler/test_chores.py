"""Housekeeping: once an hour, and only what nobody needs."""

import sqlite3
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from loyalty.programme import Programme
from operations.transaction import Tx
from scheduler.chores import Chores
from scheduler.clockwork import Clockwork
from storage import job_claims, outbox
from storage.database import Database
from storage.outbox import Lane, Letter, Mark
from storage.tables import job_claims as claims_table
from storage.tables import outbox as outbox_table
from storage.tables import visit_previews
from tests.movable_clock import MovableClock
from tests.scheduler.conftest import Postbox
from tests.town import Town

DAY = timedelta(days=1)


async def sent(database: Database, at: datetime) -> int:
    """A letter that was sent at that moment; its id."""
    async with database.write() as db:
        letter = Letter(Lane.REPLY, 1, method="sendMessage", payload={"text": "Привет"})
        (queued,) = await outbox.queue(db, [letter], at)
        await outbox.mark(db, [Mark(queued.id, "sent")], at)
    return queued.id


async def test_bodies_are_emptied_thirty_days_after_sending_the_rows_stay(
    database: Database, clock: MovableClock
) -> None:
    old = await sent(database, clock.now() - 30 * DAY - timedelta(seconds=1))
    fresh = await sent(database, clock.now() - 29 * DAY)
    await Chores(database, clock).go()
    async with database.read() as db:
        rows = await db.execute(select(outbox_table.c.id, outbox_table.c.payload))
        bodies = {row.id: row.payload for row in rows}
    assert bodies[old] is None
    assert bodies[fresh] is not None


async def test_claims_outlive_their_year(database: Database, clock: MovableClock) -> None:
    async with database.write() as db:
        for days in (399, 401):
            await job_claims.claim(db, "birthday", days, "2026", clock.now() - days * DAY)
    await Chores(database, clock).go()
    async with database.read() as db:
        assert list((await db.execute(select(claims_table.c.subject))).scalars()) == ["399"]


async def test_lapsed_previews_go_after_a_week(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    town = Town(database, clock, programme)
    anna = await town.person()
    async with town.tx() as tx:
        for days in (6, 8):
            await _preview(tx, anna, clock.now() - days * DAY)
    await Chores(database, clock).go()
    async with database.read() as db:
        query = select(func.count()).select_from(visit_previews)
        assert (await db.execute(query)).scalar_one() == 1


async def _preview(tx: Tx, client_id: int, at: datetime) -> None:
    await tx.db.execute(
        visit_previews.insert().values(
            staff_id=1,
            client_id=client_id,
            branch="Центр",
            bill=1,
            terms="",
            created_at=at,
            expires_at=at,
            status="open",
        )
    )


async def test_a_chore_is_done_once_an_hour_of_business_time(
    database: Database, clock: MovableClock, programme: Programme, postbox: Postbox
) -> None:
    done: list[datetime] = []

    async def chore() -> None:
        done.append(clock.now())

    clockwork = Clockwork(database, clock, programme, (), postbox.offer, jobs=[])
    clockwork.add_chore("mine", chore)
    for minutes in (0, 30, 29, 1, 59, 1):
        clock.move(timedelta(minutes=minutes))
        await clockwork.catch_up()
    assert len(done) == 3


async def test_a_chore_that_fails_stops_no_other_and_a_passing_failure_is_tried_again(
    database: Database, clock: MovableClock
) -> None:
    tries: list[str] = []

    async def broken() -> None:
        tries.append("broken")
        raise ZeroDivisionError

    async def locked() -> None:
        tries.append("locked")
        raise OperationalError("", {}, sqlite3.OperationalError("database is locked"))

    async def sound() -> None:
        tries.append("sound")

    chores = Chores(database, clock)
    for name, chore in (("broken", broken), ("locked", locked), ("sound", sound)):
        chores.add(name, chore)
    await chores.go()
    await chores.go()
    assert tries == ["broken", "locked", "sound", "locked"]

"""What is stored of updates: once each, however often they come."""

from datetime import UTC, datetime, timedelta

from storage import inbox
from storage.database import Database
from storage.inbox import Arrival

NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


def made(update_id: int, content: str = "a", chat: int = 1) -> Arrival:
    return Arrival(update_id, f"{content}-digest", chat, f'{{"update_id": {update_id}}}')


async def test_an_update_delivered_a_hundred_times_is_stored_once(database: Database) -> None:
    stored = 0
    for _ in range(10):
        async with database.write() as db:
            stored += len(await inbox.store(db, [made(7)] * 10, NOW))
    assert stored == 1


async def test_an_equal_id_with_other_content_is_a_new_update(database: Database) -> None:
    async with database.write() as db:
        stored = await inbox.store(db, [made(7, "old"), made(7, "new"), made(3, "lower")], NOW)
        assert len(stored) == 3
        assert [row.id for row in stored] == sorted(row.id for row in stored)


async def test_an_update_is_claimed_by_one_transaction_only(database: Database) -> None:
    async with database.write() as db:
        (row,) = await inbox.store(db, [made(1)], NOW)
        assert await inbox.mark_done(db, row.id, NOW)
        assert not await inbox.mark_done(db, row.id, NOW)
        assert await inbox.waiting(db, after_id=0, limit=10) == []


async def test_what_was_done_two_days_ago_is_forgotten_and_its_id_may_come_again(
    database: Database,
) -> None:
    async with database.write() as db:
        (row,) = await inbox.store(db, [made(1)], NOW)
        await inbox.mark_done(db, row.id, NOW)
        await inbox.forget(db, NOW - timedelta(seconds=1))
        assert await inbox.store(db, [made(1)], NOW) == []
        await inbox.forget(db, NOW + timedelta(seconds=1))
        (again,) = await inbox.store(db, [made(1)], NOW)
        assert again.id > row.id


async def test_a_parked_update_keeps_its_traceback_and_loses_its_content(
    database: Database,
) -> None:
    async with database.write() as db:
        (row,) = await inbox.store(db, [made(1)], NOW)
        await inbox.note_failure(db, row.id, attempts=3, traceback="Trace", parked_at=NOW)
        assert await inbox.waiting(db, after_id=0, limit=10) == []
        await inbox.forget(db, NOW + timedelta(days=3))
        assert await inbox.store(db, [made(1)], NOW) == []

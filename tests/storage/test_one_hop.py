"""The thin connection under SQLAlchemy: what travels along must still happen, or not at all."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage import database as opening
from storage.database import Database
from storage.failures import is_passing
from storage.one_hop import _Kind, _kind
from tests.databases import is_sound

LONG_READ = (
    "SELECT count(*) FROM (WITH RECURSIVE c(n) AS"
    " (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000) SELECT n FROM c)"
)


@pytest.fixture
async def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setattr(opening, "BUSY_TIMEOUT_MS", 1)
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    async with database.write() as db:
        await db.execute(text("CREATE TABLE t (n INTEGER)"))
    return database


async def rows(database: Database) -> list[int]:
    async with database.read() as db:
        return list((await db.execute(text("SELECT n FROM t ORDER BY n"))).scalars())


async def test_a_locked_file_fails_the_first_statement_and_the_next_try_works(
    counted: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError) as failure:
        async with counted.write() as db:
            await db.execute(text("INSERT INTO t VALUES (1)"))
    assert is_passing(failure.value)
    other.execute("ROLLBACK")
    other.close()
    async with counted.write() as db:
        await db.execute(text("INSERT INTO t VALUES (2)"))
    assert await rows(counted) == [2]
    await counted.close()


async def test_a_transaction_without_statements_commits_and_leaves_nothing_open(
    counted: Database,
) -> None:
    async with counted.write():
        pass
    with pytest.raises(RuntimeError):
        async with counted.write():
            raise RuntimeError
    async with counted.write() as db, db.begin_nested():
        pass
    async with counted.write() as db:
        await db.execute(text("INSERT INTO t VALUES (1)"))
    assert await rows(counted) == [1]
    await counted.close()


async def test_savepoints_that_travel_are_taken_back_in_their_order(
    counted: Database, tmp_path: Path
) -> None:
    async with counted.write() as db:
        await db.execute(text("INSERT INTO t VALUES (1)"))
        with pytest.raises(RuntimeError):
            async with db.begin_nested():
                async with db.begin_nested():
                    await db.execute(text("INSERT INTO t VALUES (2)"))
                raise RuntimeError
        async with db.begin_nested():
            await db.execute(text("INSERT INTO t VALUES (3)"))
        with pytest.raises(RuntimeError):
            async with db.begin_nested():
                raise RuntimeError
    assert await rows(counted) == [1, 3]
    await counted.close()
    assert is_sound(tmp_path / "a.db")


async def test_what_did_not_commit_is_not_there_for_the_next_transaction(
    counted: Database,
) -> None:
    for number in range(3):
        with pytest.raises(RuntimeError):
            async with counted.write() as db:
                await db.execute(text("INSERT INTO t VALUES (:n)"), {"n": number})
                raise RuntimeError
    assert await rows(counted) == []
    await counted.close()


class _Turns:
    """How often others on the event loop had their turn."""

    count = 0

    async def take(self) -> None:
        while True:
            self.count += 1
            await asyncio.sleep(0)


@asynccontextmanager
async def turns_of_others() -> AsyncIterator[_Turns]:
    turns = _Turns()
    async with asyncio.TaskGroup() as tasks:
        taking = tasks.create_task(turns.take())
        await asyncio.sleep(0)
        yield turns
        taking.cancel()


async def test_in_a_transaction_one_row_is_written_and_read_without_leaving_the_loop(
    counted: Database,
) -> None:
    async with counted.write() as db, turns_of_others() as turns:
        await db.execute(text("INSERT INTO t VALUES (1)"))  # crosses: somebody may hold the lock
        assert turns.count > 1
        before = turns.count
        await db.execute(text("INSERT INTO t VALUES (2)"))
        assert (await db.execute(text("SELECT sum(n) FROM t"))).scalar() == 3
        assert turns.count == before
    await counted.close()


async def test_a_long_read_is_begun_again_where_nobody_waits_for_it(counted: Database) -> None:
    async with counted.write() as db, turns_of_others() as turns:
        await db.execute(text("INSERT INTO t VALUES (1)"))
        before = turns.count
        assert (await db.execute(text(LONG_READ))).scalar() == 1_000_000
        assert turns.count > before
        await db.execute(text("INSERT INTO t VALUES (2)"))
    assert await rows(counted) == [1, 2]
    await counted.close()


async def test_a_large_blob_is_written_where_nobody_waits_for_it(counted: Database) -> None:
    async with counted.write() as db, turns_of_others() as turns:
        await db.execute(text("CREATE TABLE files (body BLOB)"))
        before = turns.count
        await db.execute(text("INSERT INTO files VALUES (:body)"), {"body": bytes(1_000_000)})
        assert turns.count > before
    await counted.close()


async def test_after_a_cancelled_wait_the_next_transaction_is_whole(counted: Database) -> None:
    async with asyncio.TaskGroup() as tasks:

        async def wait_long() -> None:
            async with counted.write() as db:
                await db.execute(text("INSERT INTO t VALUES (1)"))
                await db.execute(text(LONG_READ))

        waiting = tasks.create_task(wait_long())
        await asyncio.sleep(0.05)
        waiting.cancel()
    async with counted.write() as db:
        await db.execute(text("INSERT INTO t VALUES (2)"))
        await db.execute(text("INSERT INTO t VALUES (3)"))
    assert await rows(counted) in ([2, 3], [1, 2, 3])
    await counted.close()


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE t SET n=? WHERE t.id = ? OR t.n > ?",
        "UPDATE t SET n=(SELECT max(u.n) FROM u) WHERE t.id = ?",
        "UPDATE t SET n=? WHERE t.n = ?",
        "INSERT INTO t (n) SELECT u.n FROM u",
        "DELETE FROM t WHERE t.id = ?",
    ],
)
def test_what_may_touch_many_rows_goes_to_the_thread(sql: str) -> None:
    assert _kind(sql) is _Kind.OTHER

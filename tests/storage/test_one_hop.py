"""The thin connection under SQLAlchemy: what travels along must still happen, or not at all."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from storage import database as opening
from storage.database import Database
from storage.failures import is_passing
from tests.databases import is_sound


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

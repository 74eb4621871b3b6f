"""What the recipe for SQLite, and the pool for PostgreSQL, must hold under load."""

import asyncio
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from storage.columns import UtcDateTime
from storage.database import Database, DatabaseUrlInvalid, driver_url


async def test_a_hundred_concurrent_increments_lose_none(database: Database) -> None:
    async with database.write() as db:
        await db.execute(text("CREATE TABLE counter (n INTEGER)"))
        await db.execute(text("INSERT INTO counter VALUES (0)"))

    lock = "" if database.is_sqlite else " FOR UPDATE"

    async def increment() -> None:
        async with database.write() as db:
            n = (await db.execute(text(f"SELECT n FROM counter{lock}"))).scalar_one()
            await db.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    await asyncio.gather(*(increment() for _ in range(100)))
    async with database.read() as db:
        assert (await db.execute(text("SELECT n FROM counter"))).scalar_one() == 100


async def test_a_savepoint_takes_back_only_what_is_inside_it(database: Database) -> None:
    async with database.write() as db:
        await db.execute(text("CREATE TABLE counter (n INTEGER)"))
        await db.execute(text("INSERT INTO counter VALUES (1)"))
        with pytest.raises(RuntimeError):
            async with db.begin_nested():
                await db.execute(text("INSERT INTO counter VALUES (2)"))
                raise RuntimeError
        await db.execute(text("INSERT INTO counter VALUES (3)"))
    async with database.read() as db:
        rows = (await db.execute(text("SELECT n FROM counter ORDER BY n"))).scalars().all()
    assert list(rows) == [1, 3]


async def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    async with database.write() as db:
        await db.execute(text("CREATE TABLE counter (n INTEGER)"))
    async with database.write() as writer, database.read() as reader:
        await writer.execute(text("INSERT INTO counter VALUES (1)"))
        seen = (await reader.execute(text("SELECT count(*) FROM counter"))).scalar_one()
    assert seen == 0


@pytest.mark.parametrize(
    "url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "not an address", ""]
)
def test_an_address_of_neither_kind_is_refused(url: str) -> None:
    with pytest.raises(DatabaseUrlInvalid):
        driver_url(url)


def test_a_naive_moment_is_refused_rather_than_guessed_at() -> None:
    from sqlalchemy.dialects import sqlite

    naive = datetime(2027, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(naive, sqlite.dialect())

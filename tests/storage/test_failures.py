"""Which failures pass by themselves, shown with the real errors of both databases."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import fsm
from storage.database import Database
from storage.failures import is_passing
from tests.databases import Postgres

Work = Callable[[AsyncConnection], Awaitable[None]]


async def save(db: AsyncConnection, chat_id: int = 1, size: int = 1) -> None:
    await fsm.save(db, chat_id=chat_id, user_id=1, state="s", data={"x": "y" * size})


async def failure(database: Database, work: Work) -> Exception:
    """What the work raises, at the door through which it was let in."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is the question
        async with database.write() as db:
            await work(db)
    return caught.value


async def saved_chats(database: Database) -> list[int]:
    async with database.read() as db:
        rows = await db.execute(text("SELECT chat_id FROM fsm_states ORDER BY chat_id"))
        return list(rows.scalars())


async def limit_pages(database: Database, most: int | None = None) -> None:
    """The disk is full from now on, as far as the writer can tell; with a number, up to there."""
    async with database.write() as db:
        pages = most or (await db.execute(text("PRAGMA page_count"))).scalar_one()
        await db.execute(text(f"PRAGMA max_page_count = {pages}"))


@pytest.fixture
def sqlite(tmp_path: Path, sqlite_template: Path) -> Path:
    file = tmp_path / "svoi.db"
    file.write_bytes(sqlite_template.read_bytes())
    return file


async def test_a_locked_file_passes_and_the_next_write_succeeds(sqlite: Path) -> None:
    database = Database(f"sqlite:///{sqlite}")
    other = sqlite3.connect(sqlite, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert is_passing(await failure(database, save))
    other.execute("ROLLBACK")
    other.close()
    async with database.write() as db:
        await save(db)
    assert await saved_chats(database) == [1]
    await database.close()


@pytest.mark.parametrize("nested", [False, True])
async def test_a_full_disk_passes_inside_a_savepoint_too(sqlite: Path, *, nested: bool) -> None:
    database = Database(f"sqlite:///{sqlite}")
    await limit_pages(database)

    async def work(db: AsyncConnection) -> None:
        for number in range(100):
            await save(db, 100 + number, size=4_000)

    async def in_savepoint(db: AsyncConnection) -> None:
        async with db.begin_nested():
            await work(db)

    assert is_passing(await failure(database, in_savepoint if nested else work))
    await limit_pages(database, 1_000_000)
    async with database.write() as db:
        await save(db)
    assert await saved_chats(database) == [1], "nothing of the failed work is left"
    await database.close()


async def test_a_write_that_is_cancelled_leaves_nothing_and_blocks_nobody(
    database: Database,
) -> None:
    begun = asyncio.Event()

    async def work() -> None:
        async with database.write() as db:
            await save(db, 5)
            begun.set()
            await asyncio.Event().wait()

    writing = asyncio.ensure_future(work())
    await begun.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    async with database.write() as db:
        await save(db, 6)
    assert await saved_chats(database) == [6]


async def test_a_fault_of_the_work_does_not_pass(database: Database) -> None:
    async def twice(db: AsyncConnection) -> None:
        for _ in range(2):
            await db.execute(
                text("INSERT INTO fsm_states (chat_id, user_id, data) VALUES (1,1,'')")
            )

    async def misspelt(db: AsyncConnection) -> None:
        await db.execute(text("SELECT nothing FROM nowhere"))

    for work in (twice, misspelt):
        assert not is_passing(await failure(database, work))


async def test_an_error_tells_no_values_of_people(database: Database) -> None:
    async def work(db: AsyncConnection) -> None:
        statement = text("INSERT INTO nowhere (phone) VALUES (:phone)")
        await db.execute(statement, {"phone": "+79120000001"})

    assert "79120000001" not in str(await failure(database, work))


class TestPostgres:
    """What only a server can do to us."""

    @pytest.fixture
    def database_kind(self) -> str:
        return "postgresql"

    @pytest.mark.parametrize("moment", ["idle", "in mid-work", "in a savepoint", "before commit"])
    async def test_connections_killed_at_any_moment_pass(
        self, database: Database, server: Postgres, moment: str
    ) -> None:
        name = database.url.database

        async def kill() -> None:
            await server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{name}' AND pid <> pg_backend_pid()"
            )

        async def work(db: AsyncConnection) -> None:
            await save(db)
            if moment == "in a savepoint":
                async with db.begin_nested():
                    await kill()
                    await save(db, 2)
            elif moment != "idle":
                await kill()
            if moment == "in mid-work":
                await save(db, 2)

        async with database.write() as db:
            await save(db, 9)
        if moment == "idle":
            await kill()
        assert is_passing(await failure(database, work))
        async with database.write() as db:
            await save(db, 3)
        assert await saved_chats(database) == [3, 9]

    async def test_of_two_that_deadlock_one_passes_and_may_try_again(
        self, database: Database
    ) -> None:
        async with database.write() as db:
            await save(db, 1)
            await save(db, 2)
        both = asyncio.Barrier(2)

        async def crossed(first: int, second: int) -> None:
            async with database.write() as db:
                await save(db, first, size=2)
                await both.wait()
                await save(db, second, size=2)

        ends = await asyncio.gather(crossed(1, 2), crossed(2, 1), return_exceptions=True)
        (lost,) = [end for end in ends if end is not None]
        assert isinstance(lost, DBAPIError)
        assert is_passing(lost)

    async def test_a_serialization_failure_passes(self, database: Database) -> None:
        both = asyncio.Barrier(2)

        async def counted(chat_id: int) -> None:
            async with database.write() as db:
                await db.execute(text("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"))
                await db.execute(text("SELECT count(*) FROM fsm_states"))
                await both.wait()
                await save(db, chat_id)

        ends = await asyncio.gather(counted(1), counted(2), return_exceptions=True)
        (lost,) = [end for end in ends if end is not None]
        assert is_passing(lost)

    async def test_a_row_that_somebody_holds_for_too_long_passes(self, database: Database) -> None:
        async def impatient(db: AsyncConnection) -> None:
            await db.execute(text("SET LOCAL lock_timeout = '50ms'"))
            await save(db)

        async with database.write() as db:
            await save(db)
            assert is_passing(await failure(database, impatient))

    async def test_a_server_that_is_stopped_passes_until_it_is_back(
        self, own_server: Postgres
    ) -> None:
        database = Database(own_server.admin_url)
        async with database.write() as db:
            await db.execute(text("CREATE TABLE t (n int)"))

        async def work(db: AsyncConnection) -> None:
            await db.execute(text("INSERT INTO t VALUES (1)"))

        await asyncio.to_thread(own_server.halt)
        for _ in range(3):
            assert is_passing(await failure(database, work))
        await asyncio.to_thread(own_server.resume)
        async with database.write() as db:
            await work(db)
        await database.close()

    @pytest.mark.parametrize("where", ["127.0.0.1:1", "localhost:1", "no-such-host.invalid:5432"])
    async def test_a_server_that_is_not_there_passes(self, where: str) -> None:
        database = Database(f"postgresql://nobody@{where}/svoi")
        assert is_passing(await failure(database, save))
        await database.close()

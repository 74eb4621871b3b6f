"""A real process killed in mid-migration leaves the old schema whole, and the next one migrates."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from storage.database import Database
from storage.schema import HEAD, current_revision, migrate
from tests.bot.processes import ran, running
from tests.databases import Postgres, is_sound

IN_THE_MIDDLE = "CREATE TABLE ledger_entries"
LAST_STATEMENT = f"UPDATE alembic_version SET version_num='{HEAD}'"


@pytest.fixture
async def empty_url(
    database_kind: str, server: Postgres | None, tmp_path: Path
) -> AsyncIterator[str]:
    """The address of a database without any schema."""
    if server is None:
        yield f"sqlite:///{tmp_path / 'svoi.db'}"
        return
    name = await server.create(empty=True)
    yield server.url(name)
    await server.drop(name)


async def tables(database: Database) -> set[str]:
    async with database.read() as db:
        return await db.run_sync(lambda connection: set(inspect(connection).get_table_names()))


@pytest.mark.parametrize(
    ("before", "killed_at"),
    [(None, IN_THE_MIDDLE), ("0003", LAST_STATEMENT)],
)
async def test_a_migration_that_is_killed_leaves_the_old_schema_and_the_next_start_migrates(
    empty_url: str, tmp_path: Path, before: str | None, killed_at: str
) -> None:
    database = Database(empty_url)
    if before is not None:
        await migrate(database, before)
        async with database.write() as db:
            row = "INSERT INTO telegram_accounts (telegram_id, first_seen_at) VALUES (7, {now})"
            now = "CURRENT_TIMESTAMP" if db.dialect.name == "postgresql" else "'2027-02-01'"
            await db.execute(text(row.format(now=now)))
    old = await tables(database) if before is not None else set()
    await database.close()

    env = {"SVOI_DATABASE_URL": empty_url}
    module = "tests.crash.dying_migration"
    async with running(killed_at, env=env, cwd=tmp_path, module=module) as process:
        killed = await process.ended()
    assert killed.code == -signal.SIGKILL, killed.err

    database = Database(empty_url)
    assert await tables(database) == old
    async with database.write() as db:
        assert await current_revision(db) == before
    await database.close()
    migrated = await ran("migrate", env=env, cwd=tmp_path)
    assert migrated.code == 0, migrated.err
    database = Database(empty_url)
    async with database.write() as db:
        assert await current_revision(db) == HEAD
        kept = (await db.execute(text("SELECT count(*) FROM telegram_accounts"))).scalar()
        assert kept == (0 if before is None else 1)
    await database.close()
    if empty_url.startswith("sqlite"):
        assert is_sound(tmp_path / "svoi.db")

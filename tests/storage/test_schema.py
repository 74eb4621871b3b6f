"""Migrations on both databases: every step up and down, and no database ahead of the code."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from storage import schema
from storage.database import Database
from storage.schema import SchemaNewerThanCode, current_revision, migrate
from storage.tables import metadata
from tests.databases import Postgres


@pytest.fixture
async def empty(
    database_kind: str, server: Postgres | None, tmp_path: Path
) -> AsyncIterator[Database]:
    """A database without any schema."""
    name = ""
    if server is None:
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    else:
        name = await server.create(empty=True)
        database = Database(server.url(name))
    yield database
    await database.close()
    if server is not None:
        await server.drop(name)


def test_the_list_of_revisions_is_the_folder_of_migrations() -> None:
    from alembic.script import ScriptDirectory

    script = ScriptDirectory.from_config(schema.alembic_config())
    found = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(found)) == schema.REVISIONS


async def test_every_step_goes_up_down_and_up_again(empty: Database) -> None:
    for before, revision in zip(("base", *schema.REVISIONS), schema.REVISIONS, strict=False):
        await migrate(empty, revision)
        await migrate(empty, before)
        await migrate(empty, revision)
        async with empty.write() as db:
            assert await current_revision(db) == revision
    assert await migrate(empty) == ()


async def test_the_migrated_schema_is_the_one_that_the_tables_describe(database: Database) -> None:
    def compare(connection: Connection) -> list[Any]:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))

    async with database.write() as db:
        assert await db.run_sync(compare) == []


async def test_a_database_newer_than_the_code_is_refused(database: Database) -> None:
    async with database.write() as db:
        await db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaNewerThanCode) as refusal:
        await migrate(database)
    assert refusal.value.found == "9999"


async def test_a_migration_that_fails_leaves_the_old_schema(
    empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(empty, "0002")

    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("the power went out")

    monkeypatch.setattr("storage.migrations.append_only.op.execute", explode)
    with pytest.raises(RuntimeError):
        await migrate(empty)
    monkeypatch.undo()
    async with empty.write() as db:
        assert await current_revision(db) == "0002"
    assert await migrate(empty) == schema.REVISIONS[2:]


async def test_two_processes_that_migrate_at_once_do_it_once(empty: Database) -> None:
    import asyncio

    other = Database(empty.url.render_as_string(hide_password=False))
    try:
        steps = await asyncio.gather(migrate(empty), migrate(other))
    finally:
        await other.close()
    assert sorted(steps) == sorted([(), schema.REVISIONS])

"""Fixtures that all tests share: databases of both kinds, a clock to move, a running bot."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from storage.database import Database
from storage.schema import migrate
from tests.databases import KINDS, Postgres, fresh_url

# A busy machine is no bug: hypothesis's own time limit for an example is switched off.
settings.register_profile("svoi", deadline=None)
settings.load_profile("svoi")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file; copying it is quicker than migrating for each test."""
    file = tmp_path_factory.mktemp("template") / "svoi.db"

    async def make() -> None:
        database = Database(f"sqlite:///{file}")
        await migrate(database)
        await database.close()

    asyncio.run(make())
    return file


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL server, up for the whole run, with a migrated template database."""
    server = Postgres(tmp_path_factory.mktemp("pg"))

    async def make() -> None:
        await server.execute(f"CREATE DATABASE {server.TEMPLATE}")
        database = Database(server.url(server.TEMPLATE))
        await migrate(database)
        await database.close()

    asyncio.run(make())
    yield server
    server.stop()


@pytest.fixture(scope="session")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A PostgreSQL server that a test may stop, started only if one wants to."""
    server = Postgres(tmp_path_factory.mktemp("own-pg"))
    yield server
    server.stop()


@pytest.fixture(params=KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each test that asks for a database runs once on each kind."""
    return str(request.param)


@pytest.fixture
def server(database_kind: str, request: pytest.FixtureRequest) -> Postgres | None:
    """The PostgreSQL server, started only if a test wants it."""
    found: Postgres | None = None
    if database_kind == "postgresql":
        found = request.getfixturevalue("postgres")
    return found


@pytest.fixture
async def database_url(
    database_kind: str, server: Postgres | None, tmp_path: Path, sqlite_template: Path
) -> AsyncIterator[str]:
    """The address of a fresh, migrated database."""
    async with fresh_url(database_kind, tmp_path, sqlite_template, server) as url:
        yield url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh, migrated database, open."""
    database = Database(database_url)
    yield database
    await database.close()

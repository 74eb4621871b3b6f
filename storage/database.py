"""Opens the database: who may write, how a transaction begins, and what SQLite needs to be safe.

The recipe for SQLite is in docs/decisions/sqlite.md; each line of it answers a measured loss.
"""

import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage import one_hop

BUSY_TIMEOUT_MS = 5_000
OPENING_PAUSES_S = (0.01, 0.03, 0.1, 0.3)
WRITE_QUEUE_TIMEOUT_S = 600
READ_POOL_MAX = 4
POSTGRES_POOL_MAX = 12
POSTGRES_CONNECT_TIMEOUT_S = 10
POSTGRES_ANSWER_TIMEOUT_S = 120  # a network that went silent must not hold a worker for good
POSTGRES_SETTINGS = {
    "application_name": "svoi",
    "lock_timeout": "10s",
    # Whoever vanished in mid-transaction lets go of the rows.
    "idle_in_transaction_session_timeout": "60s",
}
_POSTGRES_OPTIONS = frozenset({"host", "port", "ssl"})

ConnectSqlite = Callable[..., one_hop.OneHopConnection]


class DatabaseUrlInvalid(ValueError):
    """The address does not name a SQLite file or a PostgreSQL database."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Database:
    """Two doors to one database: `write()` is a transaction, `read()` a snapshot.

    On SQLite a single connection writes, so that everyone who writes waits in a fair queue; on
    PostgreSQL both doors open on one pool and rows are locked where it matters.
    """

    def __init__(self, url: str, *, connect_sqlite: ConnectSqlite = one_hop.connect) -> None:
        self.url = driver_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            self._writer = _sqlite_engine(self.url, connect_sqlite, writes=True)
            self._reader = _sqlite_engine(self.url, connect_sqlite, writes=False)
        else:
            self._writer = self._reader = _postgres_engine(self.url)

    @property
    def engine(self) -> AsyncEngine:
        """The writing engine, for migrations."""
        return self._writer

    def write(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        return self._writer.begin()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that only reads; on SQLite it never waits for the writer."""
        async with self._reader.connect() as db:
            yield db

    async def forget_freed_bytes(self) -> None:
        """What was deleted or overwritten is on the disk no more (rule 21).

        SQLite zeroes what it frees in the file (`secure_delete`); the log beside it holds older
        pages until it is emptied. Outside of a transaction, on the one connection that writes. On
        PostgreSQL that is autovacuum's and the server's business.
        """
        if not self.is_sqlite:
            return
        async with self._writer.connect() as db:
            raw = await db.get_raw_connection()
            assert raw.driver_connection is not None, "it was just taken out of the pool"
            # Readers of the moment are waited for no longer than for a lock; then it is tried
            # again with the next batch.
            await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        await self._reader.dispose()
        await self._writer.dispose()


def driver_url(url: str) -> URL:
    """`sqlite:///svoi.db` or `postgresql://…` as SQLAlchemy's asyncio drivers want it.

    Raises:
        DatabaseUrlInvalid: it is neither, or SQLite without a file.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the latter for a port that is no number
        raise DatabaseUrlInvalid("not a database address") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        if not parsed.database or parsed.database == ":memory:" or parsed.host or parsed.query:
            raise DatabaseUrlInvalid("SQLite needs a file, such as sqlite:///svoi.db")
        return parsed.set(drivername="sqlite+aiosqlite")
    if backend in ("postgresql", "postgres"):
        return _for_asyncpg(parsed)
    raise DatabaseUrlInvalid("only sqlite:///FILE and postgresql://… are known")


def _for_asyncpg(url: URL) -> URL:
    """As hosters write it: asyncpg calls `sslmode` by another name."""
    query = dict(url.query)
    if "sslmode" in query:
        query["ssl"] = query.pop("sslmode")
    unknown = sorted(set(query) - _POSTGRES_OPTIONS)
    if unknown:
        raise DatabaseUrlInvalid(f"the option {unknown[0]!r} is not known; leave it out")
    return url.set(drivername="postgresql+asyncpg", query=query)


def _sqlite_engine(url: URL, connect: ConnectSqlite, *, writes: bool) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=1 if writes else READ_POOL_MAX,
        max_overflow=0,
        pool_timeout=WRITE_QUEUE_TIMEOUT_S,
        # An error's text must not carry names and phones into a log.
        hide_parameters=True,
        connect_args={
            "async_creator_fn": connect,
            # sqlite3 must not begin transactions by itself: the `begin` hook below does.
            "isolation_level": None,
            "check_same_thread": False,
        },
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in _pragmas(writes=writes):
            _set(cursor, pragma)
        cursor.close()

    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"

    @event.listens_for(engine.sync_engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _set(cursor: Any, pragma: str) -> None:
    """SQLite does not wait when two processes turn a new file to WAL at once: one is refused."""
    for pause_s in OPENING_PAUSES_S:
        try:
            cursor.execute(f"PRAGMA {pragma}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(pause_s)
        else:
            return
    cursor.execute(f"PRAGMA {pragma}")


def _pragmas(*, writes: bool) -> tuple[str, ...]:
    common = (f"busy_timeout = {BUSY_TIMEOUT_MS}", "foreign_keys = ON", "synchronous = FULL")
    if writes:
        return (*common, "journal_mode = WAL", "secure_delete = ON")
    # Only the writer checkpoints: SQLite below 3.51.3 has a WAL-reset bug with two that do.
    return (*common, "wal_autocheckpoint = 0", "query_only = ON")


def _postgres_engine(url: URL) -> AsyncEngine:
    return create_async_engine(
        url,
        pool_size=POSTGRES_POOL_MAX,
        max_overflow=0,
        pool_timeout=WRITE_QUEUE_TIMEOUT_S,
        pool_pre_ping=False,
        # An error's text must not carry names and phones into a log.
        hide_parameters=True,
        connect_args={
            "async_creator_fn": _connect_postgres,
            "timeout": POSTGRES_CONNECT_TIMEOUT_S,
            "command_timeout": POSTGRES_ANSWER_TIMEOUT_S,
            "server_settings": POSTGRES_SETTINGS,
        },
    )


async def _connect_postgres(*args: Any, **kwargs: Any) -> Any:
    """A server that is not there, in whatever way, is told as PostgreSQL tells that it starts."""
    import asyncpg  # the embedded database does without it

    try:
        return await asyncpg.connect(*args, **kwargs)
    except (OSError, TimeoutError) as error:
        raise asyncpg.CannotConnectNowError(f"no connection: {type(error).__name__}") from error

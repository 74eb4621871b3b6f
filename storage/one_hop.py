"""aiosqlite connections that cross to their thread once a statement, or not at all.

SQLAlchemy's aiosqlite dialect makes three or four crossings for each statement: open a cursor,
execute, fetch, close. The crossing is what costs (see docs/decisions/one-hop.md), so this
connection does the four in a single one. It is handed to SQLAlchemy as `async_creator_fn`.
It always fetches a whole result: large reads are paged by key, not streamed.

Inside a transaction that has begun nothing waits for a lock or for the disk to sync. One row that
is written then, and a read that is over in a moment, do not cross: a read that takes longer than
`MOMENT_S` is broken off and begun again in the thread, so that nobody else waits for it.

BEGIN, SAVEPOINT and RELEASE answer nothing, so they travel with the statement that follows; what
they raise (a locked file) is raised by that one.
"""

import asyncio
import re
import sqlite3
import time
from collections.abc import Iterable, Sequence
from enum import Enum
from functools import lru_cache
from typing import Any, cast

import aiosqlite

MOMENT_S = 0.001
_STEPS_BETWEEN_LOOKS = 1_000  # of SQLite's machine: some 0.05 ms
_ROW_VALUES_MAX = 64  # an INSERT of more is one of many rows
_BLOB_BYTES_MAX = 64 * 1024  # what is larger takes more than a moment to write down

_TRAVELLING = ("BEGIN", "SAVEPOINT ", "RELEASE ")

# One row by its key, whatever else it must fulfil; anything that reads more than that is no such.
_ROW_UPDATED = re.compile(r"UPDATE (?P<table>\w+) SET .* WHERE (?P=table)\.id = \?", re.DOTALL)
_MORE_THAN_A_ROW = re.compile(r"\bSELECT\b|\bOR\b")

_Outcome = tuple[Any, int, int | None, list[Any]]


class _Kind(Enum):
    READ = "read"
    WRITES_ROW = "writes a row"
    OTHER = "other"


@lru_cache(maxsize=1_000)
def _kind(sql: str) -> _Kind:
    if sql.startswith("SELECT "):
        return _Kind.READ
    is_row = sql.startswith("INSERT INTO ") or _ROW_UPDATED.match(sql) is not None
    return _Kind.WRITES_ROW if is_row and not _MORE_THAN_A_ROW.search(sql) else _Kind.OTHER


def _is_small(values: Sequence[Any]) -> bool:
    return len(values) <= _ROW_VALUES_MAX and not any(
        isinstance(value, bytes) and len(value) > _BLOB_BYTES_MAX for value in values
    )


class OneHopCursor:
    """The part of a cursor that SQLAlchemy's buffered adapter uses, rows fetched with execute."""

    description: Any = None
    rowcount: int = -1
    lastrowid: int | None = None
    arraysize: int = 1

    def __init__(self, connection: "OneHopConnection") -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> "OneHopCursor":
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> "OneHopCursor":
        if sql.startswith(_TRAVELLING):
            self._connection.travelling.append(sql)
        else:
            self._keep(await self._connection.execute_whole(sql, parameters))
        return self

    async def executemany(self, sql: str, rows: Iterable[Iterable[Any]]) -> "OneHopCursor":
        self._keep(await self._connection.run(_executemany, sql, rows))
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    def _keep(self, outcome: _Outcome) -> None:
        self.description, self.rowcount, self.lastrowid, self._rows = outcome


def _after(first: Sequence[str], function: Any, connection: sqlite3.Connection, *args: Any) -> Any:
    for sql in first:
        connection.execute(sql).close()
    return function(connection, *args)


def _execute(connection: sqlite3.Connection, sql: str, parameters: Iterable[Any]) -> _Outcome:
    cursor = connection.execute(sql, cast("Sequence[Any]", parameters))
    try:
        rows = cursor.fetchall() if cursor.description else []
        return cursor.description, cursor.rowcount, cursor.lastrowid, rows
    finally:
        cursor.close()


def _read_in_a_moment(
    connection: sqlite3.Connection, sql: str, parameters: Sequence[Any]
) -> _Outcome | None:
    """What is read, or None where it would have taken longer than a moment."""
    until = time.monotonic() + MOMENT_S
    connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS_BETWEEN_LOOKS)
    try:
        return _execute(connection, sql, parameters)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
            raise
        return None
    finally:
        # In the thread each look would have to wait for the interpreter.
        connection.set_progress_handler(None, 0)


def _executemany(
    connection: sqlite3.Connection, sql: str, rows: Iterable[Iterable[Any]]
) -> _Outcome:
    cursor = connection.executemany(sql, cast("Iterable[Sequence[Any]]", rows))
    try:
        return None, cursor.rowcount, cursor.lastrowid, []
    finally:
        cursor.close()


class OneHopConnection(aiosqlite.Connection):
    """An aiosqlite connection whose statements each take one crossing, the short ones none."""

    def cursor(self) -> OneHopCursor:  # type: ignore[override]
        return OneHopCursor(self)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.travelling: list[str] = []
        self._is_thread_at_it = False

    async def execute_whole(self, sql: str, parameters: Iterable[Any]) -> _Outcome:
        """Executes the statement and fetches all its rows, by the shortest way there is."""
        if self._conn.in_transaction and not self.travelling and not self._is_thread_at_it:
            values = cast("Sequence[Any]", parameters)
            match _kind(sql):
                case _Kind.READ:
                    read = _read_in_a_moment(self._conn, sql, values)
                    if read is not None:
                        return read
                case _Kind.WRITES_ROW if _is_small(values):
                    return _execute(self._conn, sql, values)
        outcome: _Outcome = await self.run(_execute, sql, parameters)
        return outcome

    async def run(self, function: Any, *args: Any) -> Any:
        """Runs what travels along, then the function, in one crossing."""
        first, self.travelling = self.travelling, []
        self._is_thread_at_it = True
        try:
            outcome = await self._execute(_after, first, function, self._conn, *args)  # type: ignore[no-untyped-call]
        except asyncio.CancelledError:
            # Whoever waited is gone, the thread is not: SQLAlchemy closes this connection.
            raise
        except BaseException:
            self._is_thread_at_it = False
            raise
        self._is_thread_at_it = False
        return outcome

    async def commit(self) -> None:
        await self.run(sqlite3.Connection.commit)

    async def rollback(self) -> None:
        # What has not travelled yet has not happened. The pool rolls back whatever it is handed
        # back; without a transaction there is nothing to cross over for.
        self.travelling = []
        if self.in_transaction:
            await super().rollback()


def connect(database: str, **kwargs: Any) -> OneHopConnection:
    """An unopened connection; awaiting it opens it, as with `aiosqlite.connect`."""

    def open_file() -> sqlite3.Connection:
        opened: sqlite3.Connection = sqlite3.connect(database, **kwargs)
        return opened

    connection = OneHopConnection(open_file, iter_chunk_size=64)
    connection._thread.daemon = True  # a stuck disk must not hold the process up at exit
    return connection

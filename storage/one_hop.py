"""aiosqlite connections that cross to their thread once a statement.

SQLAlchemy's aiosqlite dialect makes three or four crossings for each statement: open a cursor,
execute, fetch, close. The crossing is what costs (see docs/decisions/one-hop.md), so this
connection does the four in a single one. It is handed to SQLAlchemy as `async_creator_fn`.
It always fetches a whole result: large reads are paged by key, not streamed.

BEGIN, SAVEPOINT and RELEASE answer nothing, so they travel with the statement that follows; what
they raise (a locked file) is raised by that one.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, cast

import aiosqlite

_TRAVELLING = ("BEGIN", "SAVEPOINT ", "RELEASE ")


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
            self._keep(await self._connection.run(_execute, sql, parameters))
        return self

    async def executemany(self, sql: str, rows: Iterable[Iterable[Any]]) -> "OneHopCursor":
        self._keep(await self._connection.run(_executemany, sql, rows))
        return self

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    def _keep(self, outcome: tuple[Any, int, int | None, list[Any]]) -> None:
        self.description, self.rowcount, self.lastrowid, self._rows = outcome


def _after(first: Sequence[str], function: Any, connection: sqlite3.Connection, *args: Any) -> Any:
    for sql in first:
        connection.execute(sql).close()
    return function(connection, *args)


def _execute(
    connection: sqlite3.Connection, sql: str, parameters: Iterable[Any]
) -> tuple[Any, int, int | None, list[Any]]:
    cursor = connection.execute(sql, cast("Sequence[Any]", parameters))
    try:
        rows = cursor.fetchall() if cursor.description else []
        return cursor.description, cursor.rowcount, cursor.lastrowid, rows
    finally:
        cursor.close()


def _executemany(
    connection: sqlite3.Connection, sql: str, rows: Iterable[Iterable[Any]]
) -> tuple[Any, int, int | None, list[Any]]:
    cursor = connection.executemany(sql, cast("Iterable[Sequence[Any]]", rows))
    try:
        return None, cursor.rowcount, cursor.lastrowid, []
    finally:
        cursor.close()


class OneHopConnection(aiosqlite.Connection):
    """An aiosqlite connection whose statements each take one crossing."""

    def cursor(self) -> OneHopCursor:  # type: ignore[override]
        return OneHopCursor(self)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.travelling: list[str] = []

    async def run(self, function: Any, *args: Any) -> Any:
        """Runs what travels along, then the function, in one crossing."""
        first, self.travelling = self.travelling, []
        return await self._execute(_after, first, function, self._conn, *args)  # type: ignore[no-untyped-call]

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

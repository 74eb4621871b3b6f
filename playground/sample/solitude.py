"""A SQLite file that nobody else looks at and that may be lost: written in half the time.

While the sample business comes about there is nobody to wait for, so a statement runs where it is
asked for, without crossing to a thread, and nothing is forced onto the disk.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from storage.database import Database
from storage.one_hop import OneHopConnection


class InlineConnection(OneHopConnection):
    """Its statements keep the loop waiting; its thread only opens and closes the file."""

    async def _execute(  # type: ignore[override]
        self, function: Callable[..., Any], *args: Any, **kwargs: Any
    ) -> Any:
        return function(*args, **kwargs)


def open_alone(file: Path) -> Database:
    """The database of this file, for a process that has nothing else to do."""
    database = Database(f"sqlite:///{file}", connect_sqlite=_connect)

    @event.listens_for(database.engine.sync_engine, "connect")
    def _hurry(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.close()

    return database


def _connect(database: str, **kwargs: Any) -> InlineConnection:
    def open_file() -> sqlite3.Connection:
        opened: sqlite3.Connection = sqlite3.connect(database, **kwargs)
        return opened

    connection = InlineConnection(open_file, iter_chunk_size=64)
    connection._thread.daemon = True
    return connection

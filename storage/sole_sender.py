"""One process at a time empties the outbox: two would say everything twice.

The right to it goes with the process: whoever dies, in whatever way, has let go of it.
"""

import asyncio
import contextlib
import os
import sys
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.failures import is_passing

_LOCK = 7305129  # of this purpose, in this database


class SoleSender:
    """The right to send; on SQLite a locked file beside the database, else an advisory lock."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file: int | None = None
        self._connection: AsyncConnection | None = None

    async def is_ours(self) -> bool:
        """Takes the right if nobody has it, and looks whether we still have it.

        Raises whatever the database raises: then nobody knows.
        """
        if self._database.is_sqlite:
            return self._file is not None or self._lock_file()
        if self._connection is not None and await self._answers(self._connection):
            return True
        return await self._lock_in_postgres()

    async def resign(self) -> None:
        """Lets go of it."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self._connection is not None:
            connection, self._connection = self._connection, None
            # The lock goes with the session, so the session must go.
            with contextlib.suppress(Exception):
                await connection.invalidate()
            await connection.close()

    def _lock_file(self) -> bool:
        if sys.platform == "win32":
            return True  # no such locks there, and nobody runs two
        import fcntl

        file = os.open(_beside(self._database), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
            return False
        self._file = file
        return True

    async def _lock_in_postgres(self) -> bool:
        connection = await self._database.engine.connect()
        try:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            query = text("SELECT pg_try_advisory_lock(:lock)")
            has_it = bool((await connection.execute(query, {"lock": _LOCK})).scalar_one())
        except BaseException:
            await asyncio.shield(connection.close())
            raise
        if has_it:
            self._connection = connection
        else:
            await connection.close()
        return has_it

    async def _answers(self, connection: AsyncConnection) -> bool:
        try:
            await connection.execute(text("SELECT 1"))
        except Exception as error:
            if not is_passing(error):
                raise
            await self.resign()
            return False
        return True


def _beside(database: Database) -> Path:
    return Path(f"{database.url.database}-sender")

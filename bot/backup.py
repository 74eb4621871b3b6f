"""A consistent copy while the bot runs."""

import asyncio
import os
import shutil
import sqlite3
from pathlib import Path

from sqlalchemy.engine import URL

from storage.database import driver_url

PG_DUMP = "pg_dump"
BUSY_TIMEOUT_S = 30


class BackupFailed(Exception):
    """No copy was made: why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def back_up(url: str, target: Path) -> None:
    """Copies a SQLite file by SQLite's own backup; PostgreSQL by its `pg_dump`.

    The copy appears under its name only when it is whole.

    Raises:
        BackupFailed: the target exists already, or there is nothing to copy.
    """
    unfinished = _place_for(target)
    parsed = driver_url(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            await asyncio.to_thread(_copy, Path(parsed.database or ""), unfinished)
        else:
            await _dump(parsed, unfinished)
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _place_for(target: Path) -> Path:
    """Where the copy is made; what an interrupted one left there goes."""
    if target.exists():
        raise BackupFailed(f"{target} exists already; name a new file")
    if not target.parent.is_dir():
        raise BackupFailed(f"the folder {target.parent} does not exist")
    unfinished = target.with_name(target.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    return unfinished


def _copy(source: Path, target: Path) -> None:
    if not source.is_file():
        raise BackupFailed(f"there is no database at {source}")
    try:
        origin = sqlite3.connect(source, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        copy = sqlite3.connect(target, isolation_level=None)
        try:
            origin.execute("PRAGMA wal_autocheckpoint = 0")
            origin.execute("PRAGMA query_only = ON")
            # All pages in one step: in WAL mode that stops no writer, and a copy made step by
            # step would begin anew with each commit between two of them.
            origin.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise BackupFailed("the copy is not sound")
        finally:
            copy.close()
            origin.close()
    except sqlite3.Error as error:
        raise BackupFailed(f"SQLite says: {error}") from None


async def _dump(url: URL, target: Path) -> None:
    if shutil.which(PG_DUMP) is None:
        raise BackupFailed("pg_dump is not installed; it comes with PostgreSQL's client")
    # The password goes by the environment: arguments can be read by everybody on the machine.
    query = {"sslmode" if name == "ssl" else name: value for name, value in url.query.items()}
    address = url.set(drivername="postgresql", password=None, query=query)
    environment = dict(os.environ)
    if url.password is not None:
        environment["PGPASSWORD"] = str(url.password)
    process = await asyncio.create_subprocess_exec(
        PG_DUMP,
        "--format=custom",
        f"--file={target}",
        f"--dbname={address.render_as_string(hide_password=False)}",
        env=environment,
    )
    if await process.wait() != 0:
        raise BackupFailed("pg_dump failed; its message is above")

"""A consistent copy while the bot runs."""

import asyncio
import shutil
import sqlite3
from pathlib import Path

from storage.database import driver_url

PAGES_PER_STEP = 512  # the writer gets its turn in between
PG_DUMP = "pg_dump"


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
    parsed = driver_url(url)
    if parsed.get_backend_name() != "sqlite":
        await _dump(
            parsed.set(drivername="postgresql").render_as_string(hide_password=False), target
        )
        return
    await asyncio.to_thread(_copy, Path(parsed.database or ""), target)


def _copy(source: Path, target: Path) -> None:
    _refuse_overwriting(target)
    if not source.exists():
        raise BackupFailed(f"there is no database at {source}")
    unfinished = target.with_name(target.name + ".unfinished")
    origin = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    copy = sqlite3.connect(unfinished)
    try:
        origin.backup(copy, pages=PAGES_PER_STEP)
        copy.execute("PRAGMA journal_mode = DELETE")
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise BackupFailed("the copy is not sound")
    finally:
        copy.close()
        origin.close()
    unfinished.replace(target)


def _refuse_overwriting(target: Path) -> None:
    if target.exists():
        raise BackupFailed(f"{target} exists already; name a new file")


async def _dump(url: str, target: Path) -> None:
    _refuse_overwriting(target)
    if shutil.which(PG_DUMP) is None:
        raise BackupFailed("pg_dump is not installed; it comes with PostgreSQL's client")
    process = await asyncio.create_subprocess_exec(
        PG_DUMP, "--format=custom", f"--file={target}", f"--dbname={url}"
    )
    if await process.wait() != 0:
        raise BackupFailed("pg_dump failed; its message is above")

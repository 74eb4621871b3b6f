"""Whether the database that the settings name can be used at all, asked before anything runs."""

import asyncio
import sqlite3
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from bot.failures import DatabaseUnusable
from storage.database import Database, driver_url
from storage.failures import is_passing
from storage.schema import HEAD, current_revision

POSTGRES_WITHIN_S = 5.0  # one that is being started beside us is waited for
AGAIN_AFTER_S = 0.25


async def check_database(url: str) -> None:
    """Raises DatabaseUnusable for a file that cannot be written, or a server that is not there."""
    parsed = driver_url(url)
    if parsed.get_backend_name() == "sqlite":
        await asyncio.to_thread(_check_file, Path(parsed.database or ""))
    else:
        await _check_server(url)


async def check_is_ours(url: str) -> None:
    """Raises DatabaseUnusable unless it exists and has the schema of this program.

    Raises:
        SchemaNewerThanCode: a newer program has migrated it.
    """
    if not exists(url):
        raise DatabaseUnusable(f"there is no database at {driver_url(url).database}")
    await check_database(url)
    database = Database(url)
    try:
        async with database.read() as db:
            revision = await current_revision(db)
    finally:
        await database.close()
    if revision != HEAD:
        raise DatabaseUnusable("its schema is not the newest; run svoi migrate first")


def exists(url: str) -> bool:
    """False for a SQLite file that is not there yet; a server is asked when it is used."""
    parsed = driver_url(url)
    return parsed.get_backend_name() != "sqlite" or Path(parsed.database or "").is_file()


def _check_file(file: Path) -> None:
    folder = file.parent
    if not folder.is_dir():
        raise DatabaseUnusable(f"the folder {folder} does not exist")
    if file.is_dir():
        raise DatabaseUnusable(f"{file} is a folder")
    try:
        connection = sqlite3.connect(file, timeout=0, isolation_level=None)
        try:
            # Permissions, a read-only mount: only writing tells. What is written is taken back.
            connection.execute("BEGIN IMMEDIATE")
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {int(version)}")
            connection.execute("ROLLBACK")
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        if "locked" in str(error):
            return  # somebody writes: so it can be written
        reason = "is read-only" if "readonly" in str(error) else f"cannot be opened: {error}"
        raise DatabaseUnusable(f"{file} {reason}") from None
    except sqlite3.DatabaseError:
        raise DatabaseUnusable(f"{file} is not a SQLite database") from None


async def _check_server(url: str) -> None:
    database = Database(url)
    try:
        async with asyncio.timeout(POSTGRES_WITHIN_S):
            while True:
                try:
                    async with database.read() as db:
                        await db.exec_driver_sql("SELECT 1")
                except Exception as error:
                    if not is_passing(error):
                        raise DatabaseUnusable(_refusal(error)) from None
                    await asyncio.sleep(AGAIN_AFTER_S)
                else:
                    return
    except TimeoutError:
        where = database.url
        raise DatabaseUnusable(
            f"no PostgreSQL answers at {where.host}:{where.port or 5432}"
        ) from None
    finally:
        await database.close()


def _refusal(error: Exception) -> str:
    words = str(error.orig) if isinstance(error, DBAPIError) else type(error).__name__
    return f"PostgreSQL refuses us: {words.splitlines()[0]}"

"""Which schema a database has, which one the code wants, and the way from one to the other."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

# Every revision in order, the newest last. Kept here so that an ordinary start, which has nothing
# to migrate, need not import Alembic; a test compares it with the files in migrations/versions.
REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
)
HEAD = REVISIONS[-1]


class SchemaNewerThanCode(Exception):
    """The database was migrated by a newer program; this one must not touch it."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found


async def current_revision(db: AsyncConnection) -> str | None:
    """The revision the database is at; none for an empty one.

    Raises:
        SchemaNewerThanCode: it is at a revision that this code does not know.
    """
    found = await db.run_sync(_read_revision)
    if found is not None and found not in REVISIONS:
        raise SchemaNewerThanCode(found)
    return found


def _read_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def pending_revisions(current: str | None) -> tuple[str, ...]:
    """The steps that are still to be taken, in order."""
    return REVISIONS if current is None else REVISIONS[REVISIONS.index(current) + 1 :]


async def migrate(database: Database, target: str = "head") -> tuple[str, ...]:
    """Brings the schema to `target` in one transaction; returns the steps taken.

    Raises:
        SchemaNewerThanCode: the database is ahead of this code.
    """
    async with database.read() as db:
        if target == "head" and await current_revision(db) == HEAD:
            return ()
    async with database.write() as db:
        if db.dialect.name == "postgresql":
            # Two processes that start at once take the steps one after the other.
            await db.execute(text("SELECT pg_advisory_xact_lock(7305128)"))
        # Read again inside: another process may have been quicker.
        steps = pending_revisions(await current_revision(db))
        if steps or target != "head":
            await db.run_sync(_run, target)
    return steps


def _run(connection: Connection, target: str) -> None:
    from alembic import command

    config = alembic_config()
    config.attributes["connection"] = connection
    current = _read_revision(connection)
    goes_down = target == "base" or (
        target in REVISIONS
        and current is not None
        and REVISIONS.index(target) < REVISIONS.index(current)
    )
    (command.downgrade if goes_down else command.upgrade)(config, target)


def alembic_config() -> "Config":
    """Alembic's settings, made in code: there is no alembic.ini to find at run time."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config

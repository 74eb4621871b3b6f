"""Looks for a person in a whole database: every column of every table, whatever its type."""

from collections.abc import Collection

from sqlalchemy import Connection, MetaData, select

from storage.database import Database

KEYS_OF_MACHINERY = frozenset({"alembic_version"})


async def traces(database: Database, needles: Collection[str | int]) -> list[tuple[str, str, str]]:
    """Where any of these stands: table, column and what was found; digits are found in any text.

    The tables are those that the database has, not those that the code knows of.
    """
    async with database.read() as db:
        return await db.run_sync(_search, [str(needle).casefold() for needle in needles])


def _search(connection: Connection, needles: list[str]) -> list[tuple[str, str, str]]:
    found = MetaData()
    found.reflect(connection)
    places: set[tuple[str, str, str]] = set()
    for table in found.tables.values():
        if table.name in KEYS_OF_MACHINERY:
            continue
        for row in connection.execute(select(table)).mappings():
            for column, value in row.items():
                said = _said(value)
                places |= {(table.name, column, needle) for needle in needles if needle in said}
    return sorted(places)


def _said(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).decode("utf-8", "ignore").casefold()
    return str(value).casefold()

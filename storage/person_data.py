"""Every row that the database has about one client, table by table.

Found through the tables' own foreign keys, so that a new table is in it by itself (rule 21).
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import (
    audit_log,
    clients,
    fsm_states,
    inbox,
    metadata,
    outbox,
    telegram_accounts,
)

ROWS_MAX = 20_000  # of a table, the newest
# Who served, answered or decided: that is another person's, and none of the client's data.
OTHERS = frozenset(
    {
        "staff_id",
        "approved_by",
        "undone_by",
        "closed_by",
        "accepted_by",
        "answered_by",
        "author_id",
        "actor_id",
    }
)
# Ours, and no information about anybody.
MACHINERY = frozenset({"content_hash", "digest", "phone_hash"})

Row = dict[str, Any]


async def rows_about(
    db: AsyncConnection, client_ids: Sequence[int], account: int | None
) -> dict[str, list[Row]]:
    """By table, what is kept of these records and of this Telegram account; empty tables not."""
    found: dict[str, list[Row]] = {}
    for table in metadata.sorted_tables:
        condition = _about(table, client_ids, account)
        if condition is None:
            continue
        rows = [_told(row) for row in (await db.execute(_newest(table, condition))).mappings()]
        if rows:
            found[table.name] = rows
    return found


def _newest(table: Table, condition: ColumnElement[bool]) -> Select[Any]:
    keys = [column.desc() for column in table.primary_key.columns]
    return select(table).where(condition).order_by(*keys).limit(ROWS_MAX)


def _told(row: Any) -> Row:
    return {name: row[name] for name in row if name not in OTHERS | MACHINERY}


def _about(
    table: Table, client_ids: Sequence[int], account: int | None
) -> ColumnElement[bool] | None:
    named = {clients: "id", audit_log: "client_id"}
    if table in named:
        return table.c[named[table]].in_(client_ids)
    of_account = {telegram_accounts: "telegram_id", fsm_states: "user_id", inbox: "order_key"}
    if table in of_account:
        return table.c[of_account[table]] == account
    parts = _by_keys(table, client_ids)
    if table is outbox:
        parts.append(outbox.c.chat_id == account)
    return or_(*parts) if parts else None


def _by_keys(table: Table, client_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    """Through a key to the client, or to something that has one: a visit, a case, a lot."""
    parts = [key.parent.in_(client_ids) for key in _keys(table, clients)]
    if parts:
        return parts
    for key in table.foreign_keys:
        owner = key.column.table
        direct = [own.parent.in_(client_ids) for own in _keys(owner, clients)]
        if owner is not clients and direct:
            theirs = select(key.column).where(or_(*direct))
            parts.append(key.parent.in_(theirs))
    return parts


def _keys(table: Table, target: Table) -> list[Any]:
    found = [key for key in table.foreign_keys if key.column.table is target]
    return sorted(found, key=lambda key: str(key.parent.name))

"""Alembic runs this; the open connection is handed over by `storage.schema`."""

from typing import Any, Literal

from alembic import context

from storage.columns import UtcDateTime
from storage.tables import metadata


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen_context.imports.add("from storage.columns import UtcDateTime")
        return "UtcDateTime()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    compare_type=True,
    # One transaction for all steps: a process killed half-way leaves the old schema whole.
    transaction_per_migration=False,
)
context.run_migrations()

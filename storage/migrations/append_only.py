"""Triggers that keep a table append-only, on both databases."""

from alembic import op


def forbid_changes(table: str, *, unique: tuple[tuple[str, ...], ...]) -> None:
    """From here on the database itself refuses UPDATE and DELETE of the table's rows.

    `unique` are the table's unique keys: SQLite's INSERT OR REPLACE would delete the row that has
    the same one without asking a DELETE trigger.
    """
    if op.get_bind().dialect.name == "sqlite":
        events = {verb.lower(): f"BEFORE {verb} ON {table}" for verb in ("UPDATE", "DELETE")}
        known = " OR ".join(_is_there(table, key) for key in unique)
        events["replace"] = f"BEFORE INSERT ON {table} WHEN {known}"
        for name, event in events.items():
            op.execute(
                f"CREATE TRIGGER {table}_no_{name} {event} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
        f"BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
    )


def permit_changes(table: str) -> None:
    """Takes the triggers away again, for a downgrade."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER {table}_no_{verb}")
        return
    op.execute(f"DROP TRIGGER {table}_append_only ON {table}")
    op.execute(f"DROP FUNCTION {table}_refuse()")


def _is_there(table: str, key: tuple[str, ...]) -> str:
    same = " AND ".join(f"{column} = NEW.{column}" for column in key)
    return f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608 (names of our own)

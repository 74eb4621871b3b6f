"""What owners changed of the programme in the bot."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

# Append-only: the database itself refuses UPDATE and DELETE. What holds is the newest of a key.
programme_changes = Table(
    "programme_changes",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),  # from 1, without gaps
    Column("key", String(64), nullable=False),  # the path in the programme's file
    Column("old", Text, nullable=False),  # JSON, as the file would have it: what held before
    Column("new", Text),  # the same; none: from then on as the file says
    Column("actor_id", BigInteger, nullable=False),  # a Telegram id
    Column("at", UtcDateTime, nullable=False),
)

# Shown to an owner, and waiting for their ✅.
programme_drafts = Table(
    "programme_drafts",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("actor_id", BigInteger, nullable=False),
    Column("key", String(64), nullable=False),
    Column("seen", Text, nullable=False),  # what held as the preview was shown
    Column("new", Text),
    Column("created_at", UtcDateTime, nullable=False),
    Column("status", String(16), nullable=False),  # open | done | dropped
    Column("version", Integer, ForeignKey("programme_changes.version")),  # what became of it
    Index("ix_programme_drafts_actor_id", "actor_id", "status"),
)

"""What is put right by hand."""

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, String, Table

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

adjustments = Table(
    "adjustments",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False, index=True),
    Column("points", Integer, nullable=False),  # signed
    # In the words of who adjusts; the client reads it.
    Column("reason", String(200), nullable=False),
    Column("actor_id", BigInteger, nullable=False),  # a Telegram id
    Column("created_at", UtcDateTime, nullable=False),
    Column("status", String(16), nullable=False),  # open | done | dropped
    Column("decided_at", UtcDateTime),
    CheckConstraint("points <> 0", name="moves_something"),
)

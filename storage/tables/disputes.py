"""What clients dispute: a visit, an entry of the ledger, or points that are about to run out."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, String, Table, text

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

disputes = Table(
    "disputes",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("case_id", Identity64, ForeignKey("cases.id"), nullable=False, index=True),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False),
    # What it is about: while a dispute is open there is no second one about the same.
    Column("key", String(64), nullable=False),
    Column("visit_id", Identity64, ForeignKey("visits.id")),
    Column("entry_id", Identity64, ForeignKey("ledger_entries.id")),
    # The last day of points that are about to run out, and how many they were.
    Column("until", Date),
    Column("points", Integer, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("released_at", UtcDateTime),  # until then the points it is about are frozen
    Index(
        "uq_disputes_key_open",
        "key",
        unique=True,
        sqlite_where=text("released_at IS NULL"),
        postgresql_where=text("released_at IS NULL"),
    ),
    Index(
        "ix_disputes_client_id_open",
        "client_id",
        sqlite_where=text("released_at IS NULL"),
        postgresql_where=text("released_at IS NULL"),
    ),
)

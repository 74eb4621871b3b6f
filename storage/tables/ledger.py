"""The append-only ledger of points, and the lots that points live in."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    text,
)

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False),
    Column("kind", String(24), nullable=False),  # storage.ledger.EntryKind
    Column("amount", Integer, nullable=False),  # points, signed
    Column("balance_before", Integer, nullable=False),
    Column("balance_after", Integer, nullable=False),
    # What it is about: the same key is the same posting, once.
    Column("key", String(128), nullable=False, unique=True),
    Column("content_hash", String(64), nullable=False),
    Column("reverses_id", Identity64, ForeignKey("ledger_entries.id")),
    Column("visit_id", Identity64, ForeignKey("visits.id")),
    Column("actor_id", BigInteger),  # see operations.actors; none is the programme itself
    Column("reason", String(64)),  # a code, never free text
    Column("at", UtcDateTime, nullable=False),
    CheckConstraint("balance_before + amount = balance_after", name="adds_up"),
    CheckConstraint("amount <> 0", name="moves_something"),
    Index("ix_ledger_entries_client_id", "client_id", "id"),
    Index("ix_ledger_entries_visit_id", "visit_id"),
    Index("ix_ledger_entries_reverses_id", "reverses_id"),
)

lots = Table(
    "lots",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False),
    Column("entry_id", Identity64, ForeignKey("ledger_entries.id"), nullable=False, unique=True),
    Column("amount", Integer, nullable=False),
    Column("remaining", Integer, nullable=False),  # a cache: amount + its movements
    Column("valid_through", Date),  # the last business day it can be spent on; none: for ever
    # The nearest of the warnings given (rule 11): how many days ahead it stands for, and when.
    Column("warned_ahead", SmallInteger),
    Column("warned_on", Date),
    CheckConstraint("amount > 0", name="positive"),
    CheckConstraint("remaining >= 0 AND remaining <= amount", name="within"),
    Index(
        "ix_lots_open",
        "client_id",
        "valid_through",
        "id",
        sqlite_where=text("remaining > 0"),
        postgresql_where=text("remaining > 0"),
    ),
    # What the rounds of expiry ask is answered by this index alone.
    Index(
        "ix_lots_expiring",
        "valid_through",
        "client_id",
        "warned_ahead",
        "warned_on",
        sqlite_where=text("remaining > 0 AND valid_through IS NOT NULL"),
        postgresql_where=text("remaining > 0 AND valid_through IS NOT NULL"),
    ),
)

lot_movements = Table(
    "lot_movements",
    metadata,
    Column("entry_id", Identity64, ForeignKey("ledger_entries.id"), primary_key=True),
    Column("lot_id", Identity64, ForeignKey("lots.id"), primary_key=True),
    Column("amount", Integer, nullable=False),  # taken: below zero; put back: above
    CheckConstraint("amount <> 0", name="moves_something"),
    Index("ix_lot_movements_lot_id", "lot_id"),
)

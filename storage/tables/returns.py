"""What came back of visits, and the points that rest until nothing can come back any more."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

# Money is in minor units.
return_previews = Table(
    "return_previews",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("visit_id", Identity64, ForeignKey("visits.id"), nullable=False),
    Column("amount", BigInteger, nullable=False),  # of the bill
    Column("returned_before", BigInteger, nullable=False),  # when it was shown
    Column("staff_id", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Index("ix_return_previews_expires_at", "expires_at"),
)

visit_returns = Table(
    "visit_returns",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("visit_id", Identity64, ForeignKey("visits.id"), nullable=False),
    Column("preview_id", Identity64, ForeignKey("return_previews.id"), nullable=False, unique=True),
    # With the visit: of two that were shown the same rest, one returns it.
    Column("returned_before", BigInteger, nullable=False),
    Column("amount", BigInteger, nullable=False),  # of the bill, before discount
    Column("refund", BigInteger, nullable=False),  # money given back
    Column("points_restored", Integer, nullable=False),  # of those that had paid
    Column("points_taken", Integer, nullable=False),  # of those earned, off the card
    Column("points_pending", Integer, nullable=False),  # of those earned, not yet on the card
    Column("staff_id", BigInteger, nullable=False),  # a Telegram id
    Column("branch", String(64), nullable=False),  # the visit's
    Column("at", UtcDateTime, nullable=False),
    Column("on_day", Date, nullable=False),  # the business day
    CheckConstraint("amount > 0", name="returns_something"),
    CheckConstraint(
        "refund >= 0 AND points_restored >= 0 AND points_taken >= 0 AND points_pending >= 0",
        name="never_negative",
    ),
    UniqueConstraint("visit_id", "returned_before"),
    Index("ix_visit_returns_on_day", "on_day", "branch"),
)

pending_points = Table(
    "pending_points",
    metadata,
    Column("visit_id", Identity64, ForeignKey("visits.id"), primary_key=True, autoincrement=False),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False),
    Column("key", String(64), nullable=False, unique=True),  # of the entry that they will be
    Column("amount", Integer, nullable=False),  # points, less what was returned since
    Column("active_on", Date, nullable=False),  # the business day on which they are on the card
    Column("status", String(16), nullable=False),  # pending | active | cancelled
    Column("settled_at", UtcDateTime),
    CheckConstraint("amount >= 0", name="never_negative"),
    Index(
        "ix_pending_points_due",
        "active_on",
        sqlite_where=text("status = 'pending'"),
        postgresql_where=text("status = 'pending'"),
    ),
    Index(
        "ix_pending_points_client_id",
        "client_id",
        sqlite_where=text("status = 'pending'"),
        postgresql_where=text("status = 'pending'"),
    ),
)

"""What waits for a second person: points held for a client's ✅, large bills for a manager's."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, text

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

redemptions = Table(
    "redemptions",
    metadata,
    Column("id", Identity64, primary_key=True),
    # The terms that the client is shown. Not a foreign key: a preview that led to no visit is
    # forgotten after a week, the answer to it is not.
    Column("preview_id", Identity64, nullable=False),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False),
    Column("staff_id", BigInteger, nullable=False),  # who asked, a Telegram id
    Column("approved_by", BigInteger),  # the manager, where the bill needed one
    Column("points", Integer, nullable=False),
    # open | confirmed | refused | lapsed | withdrawn | void: its terms allow it no more
    Column("status", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("visit_id", Identity64, ForeignKey("visits.id")),
    Index(
        "uq_redemptions_client_id_open",
        "client_id",
        unique=True,
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
    Index(
        "ix_redemptions_expires_at",
        "expires_at",
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
    Index("ix_redemptions_client_id", "client_id", "id"),
)

approvals = Table(
    "approvals",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("preview_id", Identity64, nullable=False),  # the terms that managers are shown
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False),
    Column("staff_id", BigInteger, nullable=False),  # who asked, a Telegram id
    Column("branch", String(64), nullable=False),
    # open | approved | refused | lapsed | withdrawn | void
    Column("status", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("answered_by", BigInteger),
    Index(
        "uq_approvals_preview_id_open",
        "preview_id",
        unique=True,
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
    Index(
        "ix_approvals_expires_at",
        "expires_at",
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
)

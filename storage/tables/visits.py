"""Visits, and the previews that staff confirm them from. Money is in minor units."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

visits = Table(
    "visits",
    metadata,
    Column("id", Identity64, primary_key=True),  # the № that people see
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False),
    Column("branch", String(64), nullable=False),
    Column("service_code", String(32)),
    Column("service_text", String(64)),  # as typed, where it is not listed
    Column("bill", BigInteger, nullable=False),  # before any discount
    Column("discount", BigInteger, nullable=False),
    Column("points_spent", Integer, nullable=False),
    Column("to_pay", BigInteger, nullable=False),
    Column("eligible", BigInteger, nullable=False),
    Column("percent", String(32), nullable=False),  # an exact fraction, as "7/2"
    Column("points_earned", Integer, nullable=False),
    Column("tier", String(32), nullable=False),  # held before the visit
    Column("staff_id", BigInteger, nullable=False),  # a Telegram id
    Column("approved_by", BigInteger),  # the manager, where the bill needed one
    Column("at", UtcDateTime, nullable=False),
    Column("on_day", Date, nullable=False),  # the business day
    Column("preview_id", Identity64, ForeignKey("visit_previews.id"), unique=True),
    Column("status", String(16), nullable=False),  # confirmed | undone
    Column("undone_at", UtcDateTime),
    Column("undone_by", BigInteger),
    Index("ix_visits_client_id", "client_id", "on_day"),
    Index("ix_visits_on_day", "on_day", "branch"),
    Index("ix_visits_staff_id", "staff_id", "id"),
    Index("ix_visits_at", "at"),
)

visit_previews = Table(
    "visit_previews",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("staff_id", BigInteger, nullable=False),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False),
    Column("branch", String(64)),  # none: whoever confirms says in which
    Column("service_code", String(32)),
    Column("service_text", String(64)),
    Column("bill", BigInteger, nullable=False),
    # Above 0: the client is asked to pay so much in points, and their ✅ confirms.
    Column("points", Integer, nullable=False, server_default="0"),
    # The terms that were shown, as JSON: other terms at the tap are shown anew, not booked.
    Column("terms", Text, nullable=False),
    Column("twin_id", Identity64),  # a visit just booked with the same bill, of which it warned
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("status", String(16), nullable=False),  # open | confirmed | refused | stale
    Column("visit_id", Identity64),
    Column("replaced_by_id", Identity64),  # the preview that shows the new terms
    Index("ix_visit_previews_expires_at", "expires_at"),
)

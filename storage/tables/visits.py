"""Visits, and the previews that staff confirm them from. Money is in minor units."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
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
    # The rates that it had: a return is reckoned at them, whatever the programme says by then.
    Column("discount_percent", String(32), nullable=False, server_default="0"),  # as "7/2"
    Column("point_value", BigInteger, nullable=False, server_default="100"),
    Column("points_spent", Integer, nullable=False),
    Column("to_pay", BigInteger, nullable=False),
    Column("eligible", BigInteger, nullable=False),
    Column("percent", String(32), nullable=False),  # an exact fraction, as "7/2"
    Column("points_earned", Integer, nullable=False),
    # The promotion that counted, as it was: a return, later, is reckoned with it.
    Column("promotion_code", String(32)),
    Column("promotion_factor", String(32), nullable=False, server_default="1"),  # as "3/2"
    Column("promotion_add", Integer, nullable=False, server_default="0"),
    Column("stamp_code", String(32)),  # the stamps that made the visit free
    Column("tier", String(32), nullable=False),  # held before the visit
    Column("staff_id", BigInteger, nullable=False),  # a Telegram id
    Column("approved_by", BigInteger),  # the manager, where the bill needed one
    Column("at", UtcDateTime, nullable=False),
    Column("on_day", Date, nullable=False),  # the business day
    Column("preview_id", Identity64, ForeignKey("visit_previews.id"), unique=True),
    Column("status", String(16), nullable=False),  # confirmed | undone | returned
    Column("undone_at", UtcDateTime),
    Column("undone_by", BigInteger),
    # A cache: so much of the bill came back. All figures above are those of what is left of it.
    Column("returned", BigInteger, nullable=False, server_default="0"),
    Column("returned_at", UtcDateTime),  # last
    # All that levels, badges and stamps count in a client's history, which may be of thousands.
    Index(
        "ix_visits_client_id",
        "client_id",
        "on_day",
        "status",
        "eligible",
        "points_earned",
        "bill",
        "service_code",
        "stamp_code",
        "id",
    ),
    Index("ix_visits_on_day", "on_day", "branch"),
    Index("ix_visits_staff_id", "staff_id", "id"),
    Index("ix_visits_at", "at"),
    # All that a contest's scores look at: the visits themselves need not be read.
    Index(
        "ix_visits_scores",
        "on_day",
        "client_id",
        "eligible",
        "at",
        "id",
        sqlite_where=text("status = 'confirmed'"),
        postgresql_where=text("status = 'confirmed'"),
    ),
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
    # The client keeps the visit that stamps have made free for another day.
    Column("keeps_free_visit", Boolean, nullable=False, server_default=text("false")),
    Column("twin_id", Identity64),  # a visit just booked with the same bill, of which it warned
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("status", String(16), nullable=False),  # open | confirmed | refused | stale
    Column("visit_id", Identity64),
    Column("replaced_by_id", Identity64),  # the preview that shows the new terms
    Index("ix_visit_previews_expires_at", "expires_at"),
)

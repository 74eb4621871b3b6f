"""What time set off: job claims, win-backs; and the log of who did what."""

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
)

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

job_claims = Table(
    "job_claims",
    metadata,
    Column("job", String(32), primary_key=True),
    Column("subject", String(32), primary_key=True),
    Column("period", String(32), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_job_claims_at", "at"),
)

win_backs = Table(
    "win_backs",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False),
    Column("on_day", Date, nullable=False),
    Column("holdout", Boolean, nullable=False),  # got nothing, so that the effect can be seen
    Column("points", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_win_backs_client_id", "client_id", "on_day"),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("actor_id", BigInteger),  # see operations.actors; none is the programme itself
    Column("action", String(48), nullable=False),
    Column("client_id", Identity64),
    Column("subject_id", BigInteger),
    Column("details", Text, nullable=False, server_default="{}"),  # JSON: ids and numbers only
    Index("ix_audit_log_client_id", "client_id", "id"),
    Index("ix_audit_log_actor_id", "actor_id", "id"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", String(32), primary_key=True),  # what the key is for
    Column("value", String(128), nullable=False),
)

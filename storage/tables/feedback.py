"""What clients say, and the cases that somebody must answer."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, SmallInteger, String, Table, Text

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

feedback = Table(
    "feedback",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False, index=True),
    Column("visit_id", Identity64, ForeignKey("visits.id"), unique=True),
    # What was asked: the same question is answered once.
    Column("key", String(64), nullable=False, unique=True),
    Column("rating", SmallInteger, nullable=False),  # 1 to 5
    Column("words", Text),
    Column("at", UtcDateTime, nullable=False),
)

cases = Table(
    "cases",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # complaint | phone
    Column("feedback_id", Identity64, ForeignKey("feedback.id"), unique=True),
    Column("visit_id", Identity64, ForeignKey("visits.id")),
    Column("telegram_id", BigInteger),  # the account that claims the phone
    Column("status", String(16), nullable=False),  # open | closed
    Column("opened_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime),  # an answer is owed by then; none: it is the client's turn
    Column("reminded_at", UtcDateTime),  # that it is late
    Column("answered_at", UtcDateTime),  # first
    Column("closed_at", UtcDateTime),
    Column("closed_by", BigInteger),
    Index("ix_cases_status", "status", "due_at"),
)

case_messages = Table(
    "case_messages",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("case_id", Identity64, ForeignKey("cases.id"), nullable=False, index=True),
    Column("author", String(16), nullable=False),  # client | staff
    Column("author_id", BigInteger),  # a Telegram id
    Column("rating", SmallInteger),  # that the client gave with it
    Column("words", Text),
    Column("at", UtcDateTime, nullable=False),
)

"""What came from Telegram, what goes to it, and where each conversation stands."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

inbox = Table(
    "inbox",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("update_id", BigInteger, nullable=False),
    # Of the raw text: Telegram may restart its ids, so an equal id with other content is new.
    Column("digest", String(64), nullable=False),
    # The chat, else the person, else 0: updates with one key are handled in order.
    Column("order_key", BigInteger, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("raw", Text),  # emptied 48 hours after it is done
    Column("status", String(16), nullable=False),  # waiting | done | parked | dropped
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("done_at", UtcDateTime),
    Column("traceback", Text),
    UniqueConstraint("update_id", "digest"),
    Index(
        "ix_inbox_waiting",
        "id",
        sqlite_where=text("status = 'waiting'"),
        postgresql_where=text("status = 'waiting'"),
    ),
    Index("ix_inbox_done_at", "done_at"),
    sqlite_autoincrement=True,  # rows are deleted here, and an id must never come again
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("lane", SmallInteger, nullable=False),  # storage.outbox.Lane
    Column("chat_id", BigInteger, nullable=False),
    # Either a finished call …
    Column("method", String(64)),
    Column("payload", Text),  # JSON: the call's fields as Telegram takes them
    # … or a notice, rendered as it is sent
    Column("notice", String(64)),
    Column("context", Text),  # JSON
    Column("language", String(8)),
    Column("client_id", Identity64, ForeignKey("clients.id")),
    # Said once: a second row with the same key is not queued.
    Column("key", String(128), unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("not_before", UtcDateTime),  # business time
    Column("keeps_quiet", Boolean, nullable=False, server_default=text("false")),
    Column("status", String(16), nullable=False),  # waiting | sent | failed | skipped
    Column("reason", String(64)),  # why it was skipped or failed, by name
    Column("attempts", SmallInteger, nullable=False, server_default="0"),
    Column("message_id", BigInteger),
    Column("done_at", UtcDateTime),
    Column("has_files", Boolean, nullable=False, server_default=text("false")),
    Index(
        "ix_outbox_waiting",
        "lane",
        "id",
        sqlite_where=text("status = 'waiting'"),
        postgresql_where=text("status = 'waiting'"),
    ),
    Index("ix_outbox_client_id", "client_id"),
    Index("ix_outbox_done_at", "done_at"),
)

outbox_files = Table(
    "outbox_files",
    metadata,
    Column("outbox_id", Identity64, ForeignKey("outbox.id"), primary_key=True),
    Column("field", String(64), primary_key=True),  # the name behind attach://
    Column("file_name", String(128), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

fsm_states = Table(
    "fsm_states",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("state", String(128)),
    Column("data", Text, nullable=False, server_default="{}"),
)

chat_waits = Table(
    "chat_waits",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    # Telegram said: nothing to this chat before. Real time, whatever the business clock says.
    Column("until", UtcDateTime, nullable=False),
)

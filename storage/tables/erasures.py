"""Who asked for their data, and who asked to be forgotten: of these nothing says who it was."""

from sqlalchemy import Column, ForeignKey, SmallInteger, String, Table

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

# The record and when it was made: a restored backup has the same two, and no other record has.
erasures = Table(
    "erasures",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False, unique=True),
    Column("client_created_at", UtcDateTime, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # Messages that were under way then are forgotten too.
    Column("tidied_at", UtcDateTime),
)

# So that nobody is welcomed twice in a year (rule 15). It names no record: nothing leads from a
# phone to the visits that stay in the books.
erased_phones = Table(
    "erased_phones",
    metadata,
    Column("phone_hash", String(64), primary_key=True),  # keyed, see operations.erasure
    Column("at", UtcDateTime, nullable=False),
    Column("birthday_year", SmallInteger),  # the latest whose gift was given
)

# The file that a client asked for, while it is being made.
data_requests = Table(
    "data_requests",
    metadata,
    Column(
        "client_id", Identity64, ForeignKey("clients.id"), primary_key=True, autoincrement=False
    ),
    Column("language", String(8), nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
)

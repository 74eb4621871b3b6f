"""What points buy: how much of the stock is gone, and who holds a code for what."""

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
    Text,
    text,
)

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

reward_stock = Table(
    "reward_stock",
    metadata,
    Column("code", String(32), primary_key=True),  # the reward's
    # A cache: claims that are open or were handed out. What there is in all stands in the file.
    Column("claimed", Integer, nullable=False),
    CheckConstraint("claimed >= 0", name="not_negative"),
)

reward_claims = Table(
    "reward_claims",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False),
    Column("place", Integer, nullable=False),  # the client's n-th: a double tap asks for one place
    Column("reward", String(32), nullable=False),
    # As it was called when it was bought, JSON by language: the programme may drop the reward.
    Column("name", Text, nullable=False),
    Column("cost", Integer, nullable=False),  # points
    Column("code", String(8), nullable=False, unique=True),
    Column("status", String(16), nullable=False),  # open | accepted | cancelled | lapsed
    Column("claimed_at", UtcDateTime, nullable=False),
    Column("valid_through", Date, nullable=False),  # the last business day it can be handed out on
    Column("closed_at", UtcDateTime),
    Column("accepted_by", BigInteger),  # a Telegram id
    Column("accepted_branch", String(64)),
    Index("ix_reward_claims_client_id", "client_id", "place", unique=True),
    Index("ix_reward_claims_reward", "reward"),
    Index(
        "ix_reward_claims_open",
        "valid_through",
        "id",
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
)

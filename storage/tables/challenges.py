"""Contests that are over: who took which place, kept as it was when the prizes were given."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    text,
)

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

challenge_endings = Table(
    "challenge_endings",
    metadata,
    Column("code", String(32), primary_key=True),  # the challenge's
    Column("participants", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # Everybody in order, until each has a row of their own: `storage.challenge_ends` packs it.
    Column("ranking", LargeBinary),
)

challenge_places = Table(
    "challenge_places",
    metadata,
    Column("code", String(32), ForeignKey("challenge_endings.code"), primary_key=True),
    Column("client_id", Identity64, ForeignKey("clients.id"), primary_key=True),
    Column("place", Integer, nullable=False),
    Column("score", BigInteger, nullable=False),  # visits, minor units of spend, friends
    Column("prize", Integer, nullable=False),  # points; 0: none
    Column("told", Boolean, nullable=False),  # how it ended
    Index("ix_challenge_places_place", "code", "place", unique=True),
    Index(
        "ix_challenge_places_untold",
        "client_id",
        sqlite_where=text("NOT told"),
        postgresql_where=text("NOT told"),
    ),
)

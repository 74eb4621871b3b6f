"""Clients, staff, and the Telegram accounts that either of them writes from."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

telegram_accounts = Table(
    "telegram_accounts",
    metadata,
    Column("telegram_id", BigInteger, primary_key=True, autoincrement=False),
    Column("language_code", String(16)),  # as Telegram reports it
    Column("language", String(8)),  # of the first contact, until they choose one in /profile
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("unreachable_since", UtcDateTime),  # they blocked the bot
    # Of each kind the first link that a stranger opens counts, for good: a friend's, and where the
    # link hung. Neither stands in the other's way.
    Column("referral_code", String(64)),
    Column("referral_at", UtcDateTime),
    Column("source_code", String(64)),
    Column("source_at", UtcDateTime),
    # Whose card it was, and is no longer: an erasure takes the account along. No foreign key: the
    # two tables would hold each other.
    Column("former_client_id", Identity64),
    Index(
        "ix_telegram_accounts_former_client_id",
        "former_client_id",
        sqlite_where=text("former_client_id IS NOT NULL"),
        postgresql_where=text("former_client_id IS NOT NULL"),
    ),
    Index("ix_telegram_accounts_referral_code", "referral_code"),
)

clients = Table(
    "clients",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("telegram_id", BigInteger, ForeignKey("telegram_accounts.telegram_id"), unique=True),
    Column("phone", String(16), unique=True),  # E.164
    Column("name", String(64)),
    Column("birthday_day", SmallInteger),
    Column("birthday_month", SmallInteger),
    Column("birthday_year", SmallInteger),
    Column("birthday_told_on", Date),  # entered or last changed, a business day
    Column("language", String(8), nullable=False),
    Column("card_number", String(8), unique=True),  # what staff type
    Column("card_code", String(32), unique=True),  # in the card's QR link, not to be guessed
    Column("referral_code", String(32), unique=True),
    Column("favourite_services", Text, nullable=False, server_default="[]"),  # JSON: codes
    Column("advert_consent", Boolean, nullable=False, server_default=text("false")),
    # Takes part in challenges without being named in their tables.
    Column("leaderboard_hidden", Boolean, nullable=False, server_default=text("false")),
    Column("status", String(16), nullable=False),  # active | archived | erased
    Column("merged_into_id", Identity64, ForeignKey("clients.id")),
    Column("registered_at", UtcDateTime),  # in the bot; none for who is only imported
    Column("registered_on", Date),  # the same, as a business day
    Column("created_at", UtcDateTime, nullable=False),
    # Caches, each rebuilt and compared by `svoi audit`
    Column("balance", Integer, nullable=False, server_default="0"),
    Column("tier", String(32), nullable=False),
    Column("tier_since", Date, nullable=False),
    Column("tier_until", Date),  # the last day of a level held by invitation; none: no end
    # The day on which the level may be lost, as the client was warned, and when they were.
    Column("tier_warned_for", Date),
    Column("tier_warned_on", Date),
    Column("tier_reviewed_on", Date),  # the latest review that has looked at the client
    Column("visits", Integer, nullable=False, server_default="0"),
    Column("last_visit_on", Date),
    Index("ix_clients_birthday", "birthday_month", "birthday_day"),
    Index("ix_clients_last_visit_on", "last_visit_on"),
    Index(
        "ix_clients_merged_into_id",
        "merged_into_id",
        sqlite_where=text("merged_into_id IS NOT NULL"),
        postgresql_where=text("merged_into_id IS NOT NULL"),
    ),
    Index(
        "ix_clients_tier_until",
        "tier_until",
        sqlite_where=text("tier_until IS NOT NULL"),
        postgresql_where=text("tier_until IS NOT NULL"),
    ),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("client_id", Identity64, ForeignKey("clients.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # data | advert
    Column("given", Boolean, nullable=False),
    Column("text_version", String(16), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("telegram_id", BigInteger, nullable=False, unique=True),
    Column("name", String(64), nullable=False),
    Column("role", String(16), nullable=False),  # staff | manager | owner
    Column("branch", String(64)),  # none for who works in all of them
    Column("joined_at", UtcDateTime, nullable=False),
    Column("invited_by", BigInteger),
    Column("dismissed_at", UtcDateTime),
)

staff_invitations = Table(
    "staff_invitations",
    metadata,
    Column("id", Identity64, primary_key=True),
    Column("code_hash", String(64), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("branch", String(64)),
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_by", BigInteger),
    Column("used_at", UtcDateTime),
    Column("withdrawn_at", UtcDateTime),
)

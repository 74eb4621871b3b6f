"""People: clients, staff and their Telegram accounts."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Identity64, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=True),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("invited_by", sa.BigInteger(), nullable=True),
        sa.Column("dismissed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_staff_telegram_id")),
    )
    op.create_table(
        "staff_invitations",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=True),
        sa.Column("created_by", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_by", sa.BigInteger(), nullable=True),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_invitations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_staff_invitations_code_hash")),
    )
    op.create_table(
        "telegram_accounts",
        sa.Column("telegram_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("language_code", sa.String(length=16), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("first_seen_at", UtcDateTime(), nullable=False),
        sa.Column("unreachable_since", UtcDateTime(), nullable=True),
        sa.Column("referral_code", sa.String(length=64), nullable=True),
        sa.Column("referral_at", UtcDateTime(), nullable=True),
        sa.Column("source_code", sa.String(length=64), nullable=True),
        sa.Column("source_at", UtcDateTime(), nullable=True),
        sa.Column("former_client_id", Identity64, nullable=True),
        sa.PrimaryKeyConstraint("telegram_id", name=op.f("pk_telegram_accounts")),
    )
    op.create_index(
        "ix_telegram_accounts_former_client_id",
        "telegram_accounts",
        ["former_client_id"],
        unique=False,
        sqlite_where=sa.text("former_client_id IS NOT NULL"),
        postgresql_where=sa.text("former_client_id IS NOT NULL"),
    )
    op.create_index(
        "ix_telegram_accounts_referral_code",
        "telegram_accounts",
        ["referral_code"],
        unique=False,
    )
    op.create_table(
        "clients",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=True),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("name", sa.String(length=64), nullable=True),
        sa.Column("birthday_day", sa.SmallInteger(), nullable=True),
        sa.Column("birthday_month", sa.SmallInteger(), nullable=True),
        sa.Column("birthday_year", sa.SmallInteger(), nullable=True),
        sa.Column("birthday_told_on", sa.Date(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("card_number", sa.String(length=8), nullable=True),
        sa.Column("card_code", sa.String(length=32), nullable=True),
        sa.Column("referral_code", sa.String(length=32), nullable=True),
        sa.Column("favourite_services", sa.Text(), server_default="[]", nullable=False),
        sa.Column(
            "advert_consent", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
        ),
        sa.Column(
            "leaderboard_hidden", sa.Boolean(), server_default=sa.text("(false)"), nullable=False
        ),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("merged_into_id", Identity64, nullable=True),
        sa.Column("registered_at", UtcDateTime(), nullable=True),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("balance", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tier", sa.String(length=32), nullable=False),
        sa.Column("tier_since", sa.Date(), nullable=False),
        sa.Column("tier_until", sa.Date(), nullable=True),
        sa.Column("tier_warned_for", sa.Date(), nullable=True),
        sa.Column("tier_warned_on", sa.Date(), nullable=True),
        sa.Column("tier_reviewed_on", sa.Date(), nullable=True),
        sa.Column("visits", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_visit_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["clients.id"], name=op.f("fk_clients_merged_into_id")
        ),
        sa.ForeignKeyConstraint(
            ["telegram_id"], ["telegram_accounts.telegram_id"], name=op.f("fk_clients_telegram_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clients")),
        sa.UniqueConstraint("card_code", name=op.f("uq_clients_card_code")),
        sa.UniqueConstraint("card_number", name=op.f("uq_clients_card_number")),
        sa.UniqueConstraint("phone", name=op.f("uq_clients_phone")),
        sa.UniqueConstraint("referral_code", name=op.f("uq_clients_referral_code")),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_clients_telegram_id")),
    )
    op.create_index(
        "ix_clients_birthday", "clients", ["birthday_month", "birthday_day"], unique=False
    )
    op.create_index("ix_clients_last_visit_on", "clients", ["last_visit_on"], unique=False)
    op.create_index(
        "ix_clients_merged_into_id",
        "clients",
        ["merged_into_id"],
        unique=False,
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )
    op.create_index(
        "ix_clients_tier_until",
        "clients",
        ["tier_until"],
        unique=False,
        sqlite_where=sa.text("tier_until IS NOT NULL"),
        postgresql_where=sa.text("tier_until IS NOT NULL"),
    )
    op.create_table(
        "consents",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("text_version", sa.String(length=16), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_consents_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(op.f("ix_consents_client_id"), "consents", ["client_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_consents_client_id"), table_name="consents")
    op.drop_table("consents")
    op.drop_index(
        "ix_clients_tier_until",
        table_name="clients",
        sqlite_where=sa.text("tier_until IS NOT NULL"),
        postgresql_where=sa.text("tier_until IS NOT NULL"),
    )
    op.drop_index("ix_clients_merged_into_id", table_name="clients")
    op.drop_index("ix_clients_last_visit_on", table_name="clients")
    op.drop_index("ix_clients_birthday", table_name="clients")
    op.drop_table("clients")
    op.drop_index("ix_telegram_accounts_referral_code", table_name="telegram_accounts")
    op.drop_index(
        "ix_telegram_accounts_former_client_id",
        table_name="telegram_accounts",
        sqlite_where=sa.text("former_client_id IS NOT NULL"),
        postgresql_where=sa.text("former_client_id IS NOT NULL"),
    )
    op.drop_table("telegram_accounts")
    op.drop_table("staff_invitations")
    op.drop_table("staff")

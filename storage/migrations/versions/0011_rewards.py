"""Rewards and the codes for them; challenges that are over."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Identity64, UtcDateTime

revision = "0011"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "challenge_endings",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("participants", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("ranking", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_challenge_endings")),
    )
    op.create_table(
        "challenge_places",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("score", sa.BigInteger(), nullable=False),
        sa.Column("prize", sa.Integer(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_challenge_places_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["code"], ["challenge_endings.code"], name=op.f("fk_challenge_places_code")
        ),
        sa.PrimaryKeyConstraint("code", "client_id", name=op.f("pk_challenge_places")),
    )
    op.create_index("ix_challenge_places_place", "challenge_places", ["code", "place"], unique=True)
    op.create_index(
        "ix_challenge_places_untold",
        "challenge_places",
        ["client_id"],
        unique=False,
        sqlite_where=sa.text("NOT told"),
        postgresql_where=sa.text("NOT told"),
    )
    op.create_table(
        "reward_claims",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("reward", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cost", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("accepted_by", sa.BigInteger(), nullable=True),
        sa.Column("accepted_branch", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_reward_claims_client_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_claims")),
        sa.UniqueConstraint("code", name=op.f("uq_reward_claims_code")),
    )
    op.create_index(
        "ix_reward_claims_client_id", "reward_claims", ["client_id", "place"], unique=True
    )
    op.create_index(
        "ix_reward_claims_open",
        "reward_claims",
        ["valid_through", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )
    op.create_index("ix_reward_claims_reward", "reward_claims", ["reward"], unique=False)
    op.create_table(
        "reward_stock",
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.CheckConstraint("claimed >= 0", name=op.f("ck_reward_stock_not_negative")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_reward_stock")),
    )


def downgrade() -> None:
    op.drop_table("reward_stock")
    op.drop_index("ix_reward_claims_reward", table_name="reward_claims")
    op.drop_index("ix_reward_claims_open", table_name="reward_claims")
    op.drop_index("ix_reward_claims_client_id", table_name="reward_claims")
    op.drop_table("reward_claims")
    op.drop_index("ix_challenge_places_untold", table_name="challenge_places")
    op.drop_index("ix_challenge_places_place", table_name="challenge_places")
    op.drop_table("challenge_places")
    op.drop_table("challenge_endings")

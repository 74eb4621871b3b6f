"""Standing: tiers, badges and referrals."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Identity64, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "badge_grants",
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("badge", sa.String(length=32), nullable=False),
        sa.Column("visit_id", Identity64, nullable=True),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_badge_grants_client_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_badge_grants_visit_id")),
        sa.PrimaryKeyConstraint("client_id", "badge", name=op.f("pk_badge_grants")),
    )
    op.create_index("ix_badge_grants_visit_id", "badge_grants", ["visit_id"], unique=False)
    op.create_table(
        "referrals",
        sa.Column("friend_id", Identity64, nullable=False),
        sa.Column("referrer_id", Identity64, nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("visit_id", Identity64, nullable=True),
        sa.Column("rewarded_at", UtcDateTime(), nullable=True),
        sa.Column("posted_visit_id", Identity64, nullable=True),
        sa.ForeignKeyConstraint(["friend_id"], ["clients.id"], name=op.f("fk_referrals_friend_id")),
        sa.ForeignKeyConstraint(
            ["referrer_id"], ["clients.id"], name=op.f("fk_referrals_referrer_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_referrals_visit_id")),
        sa.ForeignKeyConstraint(
            ["posted_visit_id"], ["visits.id"], name=op.f("fk_referrals_posted_visit_id")
        ),
        sa.PrimaryKeyConstraint("friend_id", name=op.f("pk_referrals")),
    )
    op.create_index(
        "ix_referrals_referrer_id", "referrals", ["referrer_id", "rewarded_at"], unique=False
    )
    op.create_index("ix_referrals_visit_id", "referrals", ["visit_id"], unique=False)
    op.create_table(
        "tier_changes",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("from_tier", sa.String(length=32), nullable=True),
        sa.Column("to_tier", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("visit_id", Identity64, nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_tier_changes_client_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_tier_changes_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tier_changes")),
    )
    op.create_index(op.f("ix_tier_changes_client_id"), "tier_changes", ["client_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_tier_changes_client_id"), table_name="tier_changes")
    op.drop_table("tier_changes")
    op.drop_index("ix_referrals_visit_id", table_name="referrals")
    op.drop_index("ix_referrals_referrer_id", table_name="referrals")
    op.drop_table("referrals")
    op.drop_index("ix_badge_grants_visit_id", table_name="badge_grants")
    op.drop_table("badge_grants")

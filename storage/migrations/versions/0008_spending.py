"""What waits for a second person: a client's ✅ for their points, a manager's for a large bill."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Identity64, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    op.create_table(
        "redemptions",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("preview_id", Identity64, nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("visit_id", Identity64, nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_redemptions_client_id")
        ),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_redemptions_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemptions")),
    )
    op.create_index(
        "uq_redemptions_client_id_open",
        "redemptions",
        ["client_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "ix_redemptions_expires_at",
        "redemptions",
        ["expires_at"],
        unique=False,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_redemptions_client_id", "redemptions", ["client_id", "id"], unique=False)
    op.create_table(
        "approvals",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("preview_id", Identity64, nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_approvals_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index(
        "uq_approvals_preview_id_open",
        "approvals",
        ["preview_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "ix_approvals_expires_at",
        "approvals",
        ["expires_at"],
        unique=False,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )


def downgrade() -> None:
    op.drop_index("ix_approvals_expires_at", table_name="approvals")
    op.drop_index("uq_approvals_preview_id_open", table_name="approvals")
    op.drop_table("approvals")
    op.drop_index("ix_redemptions_client_id", table_name="redemptions")
    op.drop_index("ix_redemptions_expires_at", table_name="redemptions")
    op.drop_index("uq_redemptions_client_id_open", table_name="redemptions")
    op.drop_table("redemptions")

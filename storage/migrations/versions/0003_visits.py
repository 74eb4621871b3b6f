"""Visits and their previews."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Identity64, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "visit_previews",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=True),
        sa.Column("service_code", sa.String(length=32), nullable=True),
        sa.Column("service_text", sa.String(length=64), nullable=True),
        sa.Column("bill", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.Integer(), server_default="0", nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column(
            "keeps_free_visit", sa.Boolean(), server_default=sa.text("false"), nullable=False
        ),
        sa.Column("twin_id", Identity64, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("visit_id", Identity64, nullable=True),
        sa.Column("replaced_by_id", Identity64, nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_visit_previews_client_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_previews")),
    )
    op.create_index("ix_visit_previews_expires_at", "visit_previews", ["expires_at"], unique=False)
    op.create_table(
        "visits",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=False),
        sa.Column("service_code", sa.String(length=32), nullable=True),
        sa.Column("service_text", sa.String(length=64), nullable=True),
        sa.Column("bill", sa.BigInteger(), nullable=False),
        sa.Column("discount", sa.BigInteger(), nullable=False),
        sa.Column("discount_percent", sa.String(length=32), server_default="0", nullable=False),
        sa.Column("point_value", sa.BigInteger(), server_default="100", nullable=False),
        sa.Column("points_spent", sa.Integer(), nullable=False),
        sa.Column("to_pay", sa.BigInteger(), nullable=False),
        sa.Column("eligible", sa.BigInteger(), nullable=False),
        sa.Column("percent", sa.String(length=32), nullable=False),
        sa.Column("points_earned", sa.Integer(), nullable=False),
        sa.Column("promotion_code", sa.String(length=32), nullable=True),
        sa.Column("promotion_factor", sa.String(length=32), server_default="1", nullable=False),
        sa.Column("promotion_add", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stamp_code", sa.String(length=32), nullable=True),
        sa.Column("tier", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.BigInteger(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("preview_id", Identity64, nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by", sa.BigInteger(), nullable=True),
        sa.Column("returned", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("returned_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_visits_client_id")),
        sa.ForeignKeyConstraint(
            ["preview_id"], ["visit_previews.id"], name=op.f("fk_visits_preview_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visits")),
        sa.UniqueConstraint("preview_id", name=op.f("uq_visits_preview_id")),
    )
    op.create_index("ix_visits_at", "visits", ["at"], unique=False)
    op.create_index(
        "ix_visits_client_id",
        "visits",
        [
            "client_id",
            "on_day",
            "status",
            "eligible",
            "points_earned",
            "bill",
            "service_code",
            "stamp_code",
            "id",
        ],
        unique=False,
    )
    op.create_index("ix_visits_on_day", "visits", ["on_day", "branch"], unique=False)
    op.create_index(
        "ix_visits_scores",
        "visits",
        ["on_day", "client_id", "eligible", "at", "id"],
        unique=False,
        sqlite_where=sa.text("status = 'confirmed'"),
        postgresql_where=sa.text("status = 'confirmed'"),
    )
    op.create_index("ix_visits_staff_id", "visits", ["staff_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_visits_scores", table_name="visits")
    op.drop_index("ix_visits_staff_id", table_name="visits")
    op.drop_index("ix_visits_on_day", table_name="visits")
    op.drop_index("ix_visits_client_id", table_name="visits")
    op.drop_index("ix_visits_at", table_name="visits")
    op.drop_table("visits")
    op.drop_index("ix_visit_previews_expires_at", table_name="visit_previews")
    op.drop_table("visit_previews")

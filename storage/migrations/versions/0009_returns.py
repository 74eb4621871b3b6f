"""Returns, and points that rest until the return window ends."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Identity64, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "return_previews",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("visit_id", Identity64, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("returned_before", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visits.id"], name=op.f("fk_return_previews_visit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_return_previews")),
    )
    op.create_index(
        "ix_return_previews_expires_at", "return_previews", ["expires_at"], unique=False
    )
    op.create_table(
        "visit_returns",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("visit_id", Identity64, nullable=False),
        sa.Column("preview_id", Identity64, nullable=False),
        sa.Column("returned_before", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("refund", sa.BigInteger(), nullable=False),
        sa.Column("points_restored", sa.Integer(), nullable=False),
        sa.Column("points_taken", sa.Integer(), nullable=False),
        sa.Column("points_pending", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("branch", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_visit_returns_returns_something")),
        sa.CheckConstraint(
            "refund >= 0 AND points_restored >= 0 AND points_taken >= 0 AND points_pending >= 0",
            name=op.f("ck_visit_returns_never_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visits.id"], name=op.f("fk_visit_returns_visit_id")
        ),
        sa.ForeignKeyConstraint(
            ["preview_id"], ["return_previews.id"], name=op.f("fk_visit_returns_preview_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_returns")),
        sa.UniqueConstraint("preview_id", name=op.f("uq_visit_returns_preview_id")),
        sa.UniqueConstraint(
            "visit_id", "returned_before", name=op.f("uq_visit_returns_visit_id_returned_before")
        ),
    )
    op.create_index("ix_visit_returns_on_day", "visit_returns", ["on_day", "branch"], unique=False)
    op.create_table(
        "pending_points",
        sa.Column("visit_id", Identity64, autoincrement=False, nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("active_on", sa.Date(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_pending_points_never_negative")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_pending_points_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visits.id"], name=op.f("fk_pending_points_visit_id")
        ),
        sa.PrimaryKeyConstraint("visit_id", name=op.f("pk_pending_points")),
        sa.UniqueConstraint("key", name=op.f("uq_pending_points_key")),
    )
    for name, column in (("due", "active_on"), ("client_id", "client_id")):
        op.create_index(
            f"ix_pending_points_{name}",
            "pending_points",
            [column],
            unique=False,
            sqlite_where=sa.text("status = 'pending'"),
            postgresql_where=sa.text("status = 'pending'"),
        )


def downgrade() -> None:
    for name in ("client_id", "due"):
        op.drop_index(f"ix_pending_points_{name}", table_name="pending_points")
    op.drop_table("pending_points")
    op.drop_index("ix_visit_returns_on_day", table_name="visit_returns")
    op.drop_table("visit_returns")
    op.drop_index("ix_return_previews_expires_at", table_name="return_previews")
    op.drop_table("return_previews")

"""Disputes: what a case is about, and which points it freezes."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Identity64, UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OPEN = sa.text("released_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("case_id", Identity64, nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("visit_id", Identity64, nullable=True),
        sa.Column("entry_id", Identity64, nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_disputes_case_id")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_disputes_client_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visits.id"], name=op.f("fk_disputes_visit_id")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.id"], name=op.f("fk_disputes_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
    )
    op.create_index(op.f("ix_disputes_case_id"), "disputes", ["case_id"], unique=False)
    op.create_index(
        "uq_disputes_key_open",
        "disputes",
        ["key"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_disputes_client_id_open",
        "disputes",
        ["client_id"],
        unique=False,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_index("ix_disputes_client_id_open", table_name="disputes")
    op.drop_index("uq_disputes_key_open", table_name="disputes")
    op.drop_index(op.f("ix_disputes_case_id"), table_name="disputes")
    op.drop_table("disputes")

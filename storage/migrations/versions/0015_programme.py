"""The programme as owners change it in the bot: versions, and what waits for a ✅."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Identity64, UtcDateTime
from storage.migrations.append_only import forbid_changes, permit_changes

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme_changes",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("old", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_programme_changes")),
    )
    forbid_changes("programme_changes", unique=(("version",),))
    op.create_table(
        "programme_drafts",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version"], ["programme_changes.version"], name=op.f("fk_programme_drafts_version")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_drafts")),
    )
    op.create_index(
        "ix_programme_drafts_actor_id", "programme_drafts", ["actor_id", "status"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_programme_drafts_actor_id", table_name="programme_drafts")
    op.drop_table("programme_drafts")
    permit_changes("programme_changes")
    op.drop_table("programme_changes")

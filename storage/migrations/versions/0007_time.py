"""Time's work, and the log of who did what, append-only."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Identity64, UtcDateTime
from storage.migrations.append_only import forbid_changes, permit_changes

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=48), nullable=False),
        sa.Column("client_id", Identity64, nullable=True),
        sa.Column("subject_id", sa.BigInteger(), nullable=True),
        sa.Column("details", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_actor_id", "audit_log", ["actor_id", "id"], unique=False)
    op.create_index("ix_audit_log_client_id", "audit_log", ["client_id", "id"], unique=False)
    op.create_table(
        "job_claims",
        sa.Column("job", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("period", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("job", "subject", "period", name=op.f("pk_job_claims")),
    )
    op.create_index("ix_job_claims_at", "job_claims", ["at"], unique=False)
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.String(length=128), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    op.create_table(
        "win_backs",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("holdout", sa.Boolean(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_win_backs_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_win_backs")),
    )
    op.create_index("ix_win_backs_client_id", "win_backs", ["client_id", "on_day"], unique=False)
    forbid_changes("audit_log", unique=(("id",),))


def downgrade() -> None:
    permit_changes("audit_log")
    op.drop_index("ix_win_backs_client_id", table_name="win_backs")
    op.drop_table("win_backs")
    op.drop_table("secrets")
    op.drop_index("ix_job_claims_at", table_name="job_claims")
    op.drop_table("job_claims")
    op.drop_index("ix_audit_log_client_id", table_name="audit_log")
    op.drop_index("ix_audit_log_actor_id", table_name="audit_log")
    op.drop_table("audit_log")

"""Who asked for their data, and who asked to be forgotten."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Identity64, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("client_created_at", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("tidied_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_erasures_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("client_id", name=op.f("uq_erasures_client_id")),
    )
    op.create_table(
        "erased_phones",
        sa.Column("phone_hash", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("birthday_year", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("phone_hash", name=op.f("pk_erased_phones")),
    )
    op.create_table(
        "data_requests",
        sa.Column("client_id", Identity64, autoincrement=False, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_data_requests_client_id")
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_data_requests")),
    )


def downgrade() -> None:
    op.drop_table("data_requests")
    op.drop_table("erased_phones")
    op.drop_table("erasures")

"""Cards from before the bot."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Identity64, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_cards",
        sa.Column("client_id", Identity64, autoincrement=False, nullable=False),
        sa.Column("counts_for_id", Identity64, nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("spend", sa.BigInteger(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_imported_cards_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["counts_for_id"], ["clients.id"], name=op.f("fk_imported_cards_counts_for_id")
        ),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_imported_cards")),
    )
    op.create_index(
        op.f("ix_imported_cards_counts_for_id"), "imported_cards", ["counts_for_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_imported_cards_counts_for_id"), table_name="imported_cards")
    op.drop_table("imported_cards")

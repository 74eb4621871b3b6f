"""Partners' codes."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Identity64, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "partner_codes",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("partner", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("client_id", Identity64, nullable=True),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_partner_codes_client_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_codes")),
        sa.UniqueConstraint("partner", "code", name=op.f("uq_partner_codes_partner_code")),
        sa.UniqueConstraint(
            "partner", "client_id", name=op.f("uq_partner_codes_partner_client_id")
        ),
    )


def downgrade() -> None:
    op.drop_table("partner_codes")

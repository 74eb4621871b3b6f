"""The ledger, append-only."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Identity64, UtcDateTime
from storage.migrations.append_only import forbid_changes, permit_changes

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ledger_entries",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("balance_before", sa.Integer(), nullable=False),
        sa.Column("balance_after", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("reverses_id", Identity64, nullable=True),
        sa.Column("visit_id", Identity64, nullable=True),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=64), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_ledger_entries_moves_something")),
        sa.CheckConstraint(
            "balance_before + amount = balance_after", name=op.f("ck_ledger_entries_adds_up")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["clients.id"], name=op.f("fk_ledger_entries_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["ledger_entries.id"], name=op.f("fk_ledger_entries_reverses_id")
        ),
        sa.ForeignKeyConstraint(
            ["visit_id"], ["visits.id"], name=op.f("fk_ledger_entries_visit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_entries")),
        sa.UniqueConstraint("key", name=op.f("uq_ledger_entries_key")),
    )
    op.create_index(
        "ix_ledger_entries_client_id", "ledger_entries", ["client_id", "id"], unique=False
    )
    op.create_index(
        "ix_ledger_entries_reverses_id", "ledger_entries", ["reverses_id"], unique=False
    )
    op.create_index("ix_ledger_entries_visit_id", "ledger_entries", ["visit_id"], unique=False)
    op.create_table(
        "lots",
        sa.Column("id", Identity64, nullable=False),
        sa.Column("client_id", Identity64, nullable=False),
        sa.Column("entry_id", Identity64, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("remaining", sa.Integer(), nullable=False),
        sa.Column("valid_through", sa.Date(), nullable=True),
        sa.Column("warned_ahead", sa.SmallInteger(), nullable=True),
        sa.Column("warned_on", sa.Date(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_lots_positive")),
        sa.CheckConstraint("remaining >= 0 AND remaining <= amount", name=op.f("ck_lots_within")),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"], name=op.f("fk_lots_client_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["ledger_entries.id"], name=op.f("fk_lots_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lots")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_lots_entry_id")),
    )
    op.create_index(
        "ix_lots_open",
        "lots",
        ["client_id", "valid_through", "id"],
        unique=False,
        sqlite_where=sa.text("remaining > 0"),
        postgresql_where=sa.text("remaining > 0"),
    )
    op.create_index(
        "ix_lots_expiring",
        "lots",
        ["valid_through", "client_id", "warned_ahead", "warned_on"],
        unique=False,
        sqlite_where=sa.text("remaining > 0 AND valid_through IS NOT NULL"),
        postgresql_where=sa.text("remaining > 0 AND valid_through IS NOT NULL"),
    )
    op.create_table(
        "lot_movements",
        sa.Column("entry_id", Identity64, nullable=False),
        sa.Column("lot_id", Identity64, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("ck_lot_movements_moves_something")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["ledger_entries.id"], name=op.f("fk_lot_movements_entry_id")
        ),
        sa.ForeignKeyConstraint(["lot_id"], ["lots.id"], name=op.f("fk_lot_movements_lot_id")),
        sa.PrimaryKeyConstraint("entry_id", "lot_id", name=op.f("pk_lot_movements")),
    )
    op.create_index("ix_lot_movements_lot_id", "lot_movements", ["lot_id"], unique=False)
    forbid_changes("ledger_entries", unique=(("id",), ("key",)))
    forbid_changes("lot_movements", unique=(("entry_id", "lot_id"),))


def downgrade() -> None:
    permit_changes("ledger_entries")
    permit_changes("lot_movements")
    op.drop_index("ix_lot_movements_lot_id", table_name="lot_movements")
    op.drop_table("lot_movements")
    op.drop_index(
        "ix_lots_expiring",
        table_name="lots",
        sqlite_where=sa.text("remaining > 0 AND valid_through IS NOT NULL"),
        postgresql_where=sa.text("remaining > 0 AND valid_through IS NOT NULL"),
    )
    op.drop_index(
        "ix_lots_open",
        table_name="lots",
        sqlite_where=sa.text("remaining > 0"),
        postgresql_where=sa.text("remaining > 0"),
    )
    op.drop_table("lots")
    op.drop_index("ix_ledger_entries_visit_id", table_name="ledger_entries")
    op.drop_index("ix_ledger_entries_reverses_id", table_name="ledger_entries")
    op.drop_index("ix_ledger_entries_client_id", table_name="ledger_entries")
    op.drop_table("ledger_entries")

"""Partners' codes, each given out once."""

from sqlalchemy import Column, ForeignKey, String, Table, UniqueConstraint

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

partner_codes = Table(
    "partner_codes",
    metadata,
    Column("id", Identity64, primary_key=True),  # rising in the file's order
    Column("partner", String(32), nullable=False),
    Column("code", String(64), nullable=False),
    Column("client_id", Identity64, ForeignKey("clients.id")),  # who has it; none: nobody yet
    Column("taken_at", UtcDateTime),
    UniqueConstraint("partner", "code"),
    UniqueConstraint("partner", "client_id"),  # one for each client
)

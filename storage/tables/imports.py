"""Cards from before the bot, as the business's old list told them."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Integer, Table

from storage.columns import Identity64, UtcDateTime
from storage.tables.base import metadata

imported_cards = Table(
    "imported_cards",
    metadata,
    # The record that the card was put on, for good: a card is imported once.
    Column(
        "client_id", Identity64, ForeignKey("clients.id"), primary_key=True, autoincrement=False
    ),
    # Whose level its spend counts for: another's after a merge.
    Column("counts_for_id", Identity64, ForeignKey("clients.id"), nullable=False, index=True),
    Column("balance", Integer, nullable=False),  # points
    Column("spend", BigInteger, nullable=False),  # minor units
    Column("on_day", Date, nullable=False),  # the business day that the spend counts from
    Column("at", UtcDateTime, nullable=False),
)

"""Cards from before the bot: hundreds of rows to a statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.clients import ClientStatus
from storage.tables import clients, imported_cards, ledger_entries, lots, tier_changes
from storage.tiers import TierReason


@dataclass(frozen=True)
class Holder:
    """Who has a phone, and the card that was imported for them, if one was."""

    client_id: int
    phone: str
    status: ClientStatus
    is_imported: bool
    balance: int | None  # as the list told it
    spend: int | None


@dataclass(frozen=True)
class ImportedCard:
    """What was imported; money in minor units."""

    client_id: int
    balance: int
    spend: int
    on_day: date


_HOLDERS = (
    select(
        clients.c.id,
        clients.c.phone,
        clients.c.status,
        imported_cards.c.client_id.label("imported"),
        imported_cards.c.balance,
        imported_cards.c.spend,
    )
    .select_from(clients)
    .outerjoin(imported_cards, imported_cards.c.client_id == clients.c.id)
    .where(clients.c.phone.in_(bindparam("phones", expanding=True)))
)


async def holders(db: AsyncConnection, phones: Sequence[str]) -> dict[str, Holder]:
    """Whoever has these phones, by phone."""
    rows = await db.execute(_HOLDERS, {"phones": list(phones)})
    return {
        row.phone: Holder(
            client_id=row.id,
            phone=row.phone,
            status=ClientStatus(row.status),
            is_imported=row.imported is not None,
            balance=row.balance,
            spend=row.spend,
        )
        for row in rows
    }


async def add_clients(db: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """New clients' ids by phone; a phone that is somebody's by now is not among them.

    As with every new client, the first level is kept with the row.
    """
    upsert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    statement = (
        upsert(clients)
        .on_conflict_do_nothing(index_elements=["phone"])
        .returning(clients.c.id, clients.c.phone, clients.c.tier, clients.c.created_at)
    )
    added = (await db.execute(statement, list(rows))).all()
    steps = [
        {
            "client_id": row.id,
            "to_tier": row.tier,
            "reason": TierReason.ENROLMENT.value,
            "at": row.created_at,
        }
        for row in added
    ]
    if steps:
        await db.execute(insert(tier_changes), steps)
    return {row.phone: row.id for row in added}


async def add_entries(db: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Entries of the ledger, one a client; their ids by client."""
    statement = insert(ledger_entries).returning(ledger_entries.c.id, ledger_entries.c.client_id)
    return {row.client_id: row.id for row in await db.execute(statement, list(rows))}


async def add_lots(db: AsyncConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    await db.execute(insert(lots), list(rows))


async def add_cards(db: AsyncConnection, cards: Sequence[ImportedCard], *, now: datetime) -> None:
    """Marks the clients as imported, each counting for themselves."""
    rows = [
        {
            "client_id": card.client_id,
            "counts_for_id": card.client_id,
            "balance": card.balance,
            "spend": card.spend,
            "on_day": card.on_day,
            "at": now,
        }
        for card in cards
    ]
    await db.execute(insert(imported_cards), rows)


async def is_imported(db: AsyncConnection, client_id: int) -> bool:
    """Whether a card was put on this record; asked with the client locked."""
    query = select(imported_cards.c.client_id).where(imported_cards.c.client_id == client_id)
    return (await db.execute(query)).first() is not None


async def spend_of(db: AsyncConnection, client_ids: Sequence[int]) -> dict[int, int]:
    """All imported spend that counts for these clients, minor units."""
    query = (
        select(imported_cards.c.counts_for_id, func.sum(imported_cards.c.spend).label("spend"))
        .where(imported_cards.c.counts_for_id.in_(client_ids))
        .group_by(imported_cards.c.counts_for_id)
    )
    return {row.counts_for_id: int(row.spend) for row in await db.execute(query)}

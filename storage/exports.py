"""All clients, page by page, with what their visits and their old cards add up to."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import imports
from storage.clients import COLUMNS, Client, ClientStatus, client_from
from storage.consents import ConsentKind
from storage.tables import clients, consents, visits
from storage.visits import VisitStatus


@dataclass(frozen=True)
class Exported:
    """A client as a list of clients tells them; money in minor units."""

    client: Client
    spend: int  # of all visits that stand, and of the old card
    data_consent: bool
    registered_on: date | None


async def count(db: AsyncConnection) -> int:
    """How many clients there are to export."""
    query = select(func.count()).where(clients.c.status == ClientStatus.ACTIVE)
    return int((await db.execute(query)).scalar_one())


async def page(db: AsyncConnection, *, after_id: int, limit: int) -> list[Exported]:
    """Clients by id; merged and erased ones are none."""
    consented = exists().where(
        consents.c.client_id == clients.c.id,
        consents.c.kind == ConsentKind.DATA,
        consents.c.given,
    )
    query = (
        select(*COLUMNS, consented.label("data_consent"))
        .where(clients.c.status == ClientStatus.ACTIVE, clients.c.id > after_id)
        .order_by(clients.c.id)
        .limit(limit)
    )
    rows = (await db.execute(query)).mappings().all()
    ids = [row["id"] for row in rows]
    imported = await imports.spend_of(db, ids)
    spent = await _spent(db, ids)
    return [
        Exported(
            client=client_from(row),
            spend=spent.get(row["id"], 0) + imported.get(row["id"], 0),
            data_consent=bool(row["data_consent"]),
            registered_on=row["registered_on"],
        )
        for row in rows
    ]


async def _spent(db: AsyncConnection, client_ids: list[int]) -> dict[int, int]:
    query = (
        select(visits.c.client_id, func.sum(visits.c.eligible).label("spend"))
        .where(visits.c.client_id.in_(client_ids), visits.c.status == VisitStatus.CONFIRMED)
        .group_by(visits.c.client_id)
    )
    return {row.client_id: int(row.spend) for row in await db.execute(query)}

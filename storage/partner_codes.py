"""The codes that partners gave us: filled from their files, each given out once."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import partner_codes as table

_LOCK_CLASS = 730_513  # of PostgreSQL's advisory locks


@dataclass(frozen=True)
class Stock:
    """A partner's codes in numbers."""

    total: int
    taken: int

    @property
    def left(self) -> int:
        return self.total - self.taken


NO_STOCK = Stock(0, 0)


async def lock(db: AsyncConnection, partner: str) -> None:
    """Until this transaction ends nobody else gives out codes of this partner.

    On SQLite the one writing connection is the lock. Who locks a client too does that before.
    """
    if db.dialect.name == "postgresql":
        await db.execute(
            text("SELECT pg_advisory_xact_lock(:class, hashtext(:partner))"),
            {"class": _LOCK_CLASS, "partner": partner},
        )


async def known(db: AsyncConnection, partner: str) -> dict[str, bool]:
    """Every code that is there, and whether somebody has it."""
    query = select(table.c.code, table.c.client_id.is_not(None)).where(table.c.partner == partner)
    return {row[0]: bool(row[1]) for row in await db.execute(query)}


async def add(db: AsyncConnection, partner: str, codes: Iterable[str]) -> None:
    """Adds these, in this order; those that are there stay as they are."""
    rows = [{"partner": partner, "code": code} for code in codes]
    if rows:
        insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
        await db.execute(insert(table).on_conflict_do_nothing(), rows)


async def withdraw(db: AsyncConnection, partner: str, codes: Collection[str]) -> None:
    """Takes these out, unless somebody has them."""
    await db.execute(
        delete(table).where(
            table.c.partner == partner, table.c.code.in_(codes), table.c.client_id.is_(None)
        )
    )


async def of_client(db: AsyncConnection, client_id: int) -> dict[str, str]:
    """The codes that the client has, by partner."""
    query = select(table.c.partner, table.c.code).where(table.c.client_id == client_id)
    return {row.partner: row.code for row in await db.execute(query)}


_NEXT = (
    select(table.c.id)
    .where(table.c.partner == bindparam("of_partner"), table.c.client_id.is_(None))
    .order_by(table.c.id)
    .limit(1)
    .scalar_subquery()
)
_TAKE = (
    update(table)
    .where(table.c.id == _NEXT)
    .values(client_id=bindparam("taker"), taken_at=bindparam("now"))
    .returning(table.c.code)
)


async def take(db: AsyncConnection, partner: str, *, client_id: int, now: datetime) -> str | None:
    """Gives the client the next code; None where none is left. The partner is locked."""
    values = {"of_partner": partner, "taker": client_id, "now": now}
    row = (await db.execute(_TAKE, values)).first()
    return None if row is None else str(row.code)


async def stocks(db: AsyncConnection) -> Mapping[str, Stock]:
    """The numbers of every partner that has ever had codes."""
    query = select(
        table.c.partner, func.count().label("total"), func.count(table.c.client_id).label("taken")
    ).group_by(table.c.partner)
    return {row.partner: Stock(int(row.total), int(row.taken)) for row in await db.execute(query)}


async def stock(db: AsyncConnection, partner: str) -> Stock:
    """The numbers of this partner."""
    query = select(func.count(), func.count(table.c.client_id)).where(table.c.partner == partner)
    total, taken = (await db.execute(query)).one()
    return Stock(int(total), int(taken))


async def move_to(db: AsyncConnection, *, from_id: int, to_id: int) -> None:
    """At a merge: codes of the one record become the other's, unless it has the partner's own."""
    has = select(table.c.partner).where(table.c.client_id == to_id)
    await db.execute(
        update(table)
        .where(table.c.client_id == from_id, table.c.partner.not_in(has))
        .values(client_id=to_id)
    )

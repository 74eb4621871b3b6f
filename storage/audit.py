"""Recomputes every cache from what it is a cache of, and finds where they part."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import clients, ledger_entries, lot_movements, lots, tier_changes, visits

DIFFERENCES_MAX = 1_000


@dataclass(frozen=True)
class Difference:
    """A figure that is not what it should be: of what, whose, kept and recomputed."""

    figure: str
    row_id: int
    kept: object
    recomputed: object


async def counts(db: AsyncConnection) -> dict[str, int]:
    """How many rows were looked at."""
    found = {}
    for table in (clients, ledger_entries, lots, visits):
        query = select(func.count()).select_from(table)
        found[table.name] = int((await db.execute(query)).scalar_one())
    return found


async def differences(db: AsyncConnection) -> list[Difference]:
    """The differences there are, `DIFFERENCES_MAX` of each figure at the most."""
    return [
        Difference(figure, row[0], row[1], row[2])
        for figure, query in _queries()
        for row in await db.execute(query.limit(DIFFERENCES_MAX))
    ]


def _queries() -> list[tuple[str, Select[Any]]]:
    return [
        ("balance", _balances()),
        ("balance before an entry", _chains()),
        ("lot", _lots()),
        ("balance and open lots", _lots_against_balances()),
        ("lot larger than its entry", _lot_sizes()),
        ("tier", _tiers()),
        ("visits", _visits()),
        ("last visit", _last_visits()),
    ]


def _balances() -> Select[Any]:
    summed = (
        select(ledger_entries.c.client_id, func.sum(ledger_entries.c.amount).label("total"))
        .group_by(ledger_entries.c.client_id)
        .subquery()
    )
    total = func.coalesce(summed.c.total, 0)
    return (
        select(clients.c.id, clients.c.balance, total)
        .outerjoin(summed, summed.c.client_id == clients.c.id)
        .where(clients.c.balance != total)
    )


def _chains() -> Select[Any]:
    previous = func.lag(ledger_entries.c.balance_after, 1, 0).over(
        partition_by=ledger_entries.c.client_id, order_by=ledger_entries.c.id
    )
    chain = select(
        ledger_entries.c.id, ledger_entries.c.balance_before, previous.label("previous")
    ).subquery()
    return select(chain.c.id, chain.c.balance_before, chain.c.previous).where(
        chain.c.balance_before != chain.c.previous
    )


def _lots() -> Select[Any]:
    moved = (
        select(lot_movements.c.lot_id, func.sum(lot_movements.c.amount).label("total"))
        .group_by(lot_movements.c.lot_id)
        .subquery()
    )
    left = lots.c.amount + func.coalesce(moved.c.total, 0)
    return (
        select(lots.c.id, lots.c.remaining, left)
        .outerjoin(moved, moved.c.lot_id == lots.c.id)
        .where(lots.c.remaining != left)
    )


def _lots_against_balances() -> Select[Any]:
    held = (
        select(lots.c.client_id, func.sum(lots.c.remaining).label("total"))
        .group_by(lots.c.client_id)
        .subquery()
    )
    total = func.coalesce(held.c.total, 0)
    spendable = case((clients.c.balance > 0, clients.c.balance), else_=0)
    return (
        select(clients.c.id, clients.c.balance, total)
        .outerjoin(held, held.c.client_id == clients.c.id)
        .where(spendable != total)
    )


def _lot_sizes() -> Select[Any]:
    """A merge takes a lot along; the entry that opened it stays with the record of that time."""
    return (
        select(lots.c.id, lots.c.amount, ledger_entries.c.amount)
        .join(ledger_entries, ledger_entries.c.id == lots.c.entry_id)
        .join(clients, clients.c.id == ledger_entries.c.client_id)
        .where(
            or_(
                lots.c.amount > ledger_entries.c.amount,
                and_(
                    lots.c.client_id != ledger_entries.c.client_id,
                    clients.c.merged_into_id.is_(None),
                ),
            )
        )
    )


def _tiers() -> Select[Any]:
    newest = (
        select(tier_changes.c.client_id, func.max(tier_changes.c.id).label("id"))
        .group_by(tier_changes.c.client_id)
        .subquery()
    )
    return (
        select(clients.c.id, clients.c.tier, tier_changes.c.to_tier)
        .join(newest, newest.c.client_id == clients.c.id)
        .join(tier_changes, tier_changes.c.id == newest.c.id)
        .where(clients.c.tier != tier_changes.c.to_tier)
    )


def _confirmed() -> Any:
    return (
        select(
            visits.c.client_id,
            func.count().label("number"),
            func.max(visits.c.on_day).label("last"),
        )
        .where(visits.c.status == "confirmed")
        .group_by(visits.c.client_id)
        .subquery()
    )


def _visits() -> Select[Any]:
    confirmed = _confirmed()
    number = func.coalesce(confirmed.c.number, 0)
    return (
        select(clients.c.id, clients.c.visits, number)
        .outerjoin(confirmed, confirmed.c.client_id == clients.c.id)
        .where(clients.c.visits != number)
    )


def _last_visits() -> Select[Any]:
    confirmed = _confirmed()
    kept, last = clients.c.last_visit_on, confirmed.c.last
    return (
        select(clients.c.id, kept, last)
        .outerjoin(confirmed, confirmed.c.client_id == clients.c.id)
        .where(
            or_(
                kept != last,
                and_(kept.is_(None), last.is_not(None)),
                and_(kept.is_not(None), last.is_(None)),
            )
        )
    )

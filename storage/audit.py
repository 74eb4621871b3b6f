"""Recomputes every cache from what it is a cache of, and finds where they part."""

import functools
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Select, and_, case, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import (
    clients,
    ledger_entries,
    lot_movements,
    lots,
    pending_points,
    reward_claims,
    reward_stock,
    tier_changes,
    visit_returns,
    visits,
)

DIFFERENCES_MAX = 1_000


@dataclass(frozen=True)
class Difference:
    """A figure that is not what it should be: of what, whose, kept and recomputed."""

    figure: str
    row_id: int | str  # of a reward its code
    kept: object
    recomputed: object


async def counts(db: AsyncConnection) -> dict[str, int]:
    """How many rows were looked at."""
    found = {}
    for table in (clients, ledger_entries, lots, visits, reward_claims):
        query = select(func.count()).select_from(table)
        found[table.name] = int((await db.execute(query)).scalar_one())
    return found


async def differences(db: AsyncConnection) -> list[Difference]:
    """The differences there are, `DIFFERENCES_MAX` of each figure at the most."""
    return [
        Difference(figure, row[0], row[1], row[2])
        for figure, query in queries()
        for row in await db.execute(query)
    ]


@functools.cache
def queries() -> tuple[tuple[str, Select[Any]], ...]:
    """What finds the differences of each figure.

    Built once: building them costs more than running them over a small business."""
    return tuple((figure, query.limit(DIFFERENCES_MAX)) for figure, query in _figures())


def _figures() -> list[tuple[str, Select[Any]]]:
    return [
        ("balance", _balances()),
        ("balance before an entry", _chains()),
        ("lot", _lots()),
        ("balance and open lots", _lots_against_balances()),
        ("lot larger than its entry", _lot_sizes()),
        ("tier", _tiers()),
        ("end of an invitation", _invitations()),
        ("tier before a change", _tier_chains()),
        ("visits", _visits()),
        ("last visit", _last_visits()),
        ("reward stock", _reward_stock()),
        ("returned of a visit", _returned()),
        ("pending points", _pending()),
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
    """A level is where the last step led: a visit's, a review's, an invitation's."""
    return _last_steps(clients.c.tier, tier_changes.c.to_tier)


def _invitations() -> Select[Any]:
    return _last_steps(clients.c.tier_until, tier_changes.c.until)


def _last_steps(kept: Column[Any], told: Column[Any]) -> Select[Any]:
    newest = (
        select(tier_changes.c.client_id, func.max(tier_changes.c.id).label("id"))
        .group_by(tier_changes.c.client_id)
        .subquery()
    )
    return (
        select(clients.c.id, kept, told)
        .outerjoin(newest, newest.c.client_id == clients.c.id)
        .outerjoin(tier_changes, tier_changes.c.id == newest.c.id)
        .where(kept.is_distinct_from(told))
    )


def _tier_chains() -> Select[Any]:
    """Each step begins where the one before it led; the first one begins at no level."""
    previous = func.lag(tier_changes.c.to_tier).over(
        partition_by=tier_changes.c.client_id, order_by=tier_changes.c.id
    )
    chain = select(
        tier_changes.c.id, tier_changes.c.from_tier, previous.label("previous")
    ).subquery()
    return select(chain.c.id, chain.c.from_tier, chain.c.previous).where(
        chain.c.from_tier.is_distinct_from(chain.c.previous)
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


def _reward_stock() -> Select[Any]:
    """Each reward, also one that only the claims or only the stock know."""
    taken = (
        select(reward_claims.c.reward, func.count().label("number"))
        .where(reward_claims.c.status.in_(("open", "accepted")))
        .group_by(reward_claims.c.reward)
        .subquery()
    )
    codes = union(select(reward_stock.c.code), select(reward_claims.c.reward)).subquery()
    code = codes.c.code
    kept, number = func.coalesce(reward_stock.c.claimed, 0), func.coalesce(taken.c.number, 0)
    return (
        select(code, kept, number)
        .outerjoin(reward_stock, reward_stock.c.code == code)
        .outerjoin(taken, taken.c.reward == code)
        .where(kept != number)
    )


def _returned() -> Select[Any]:
    summed = (
        select(visit_returns.c.visit_id, func.sum(visit_returns.c.amount).label("total"))
        .group_by(visit_returns.c.visit_id)
        .subquery()
    )
    total = func.coalesce(summed.c.total, 0)
    return (
        select(visits.c.id, visits.c.returned, total)
        .outerjoin(summed, summed.c.visit_id == visits.c.id)
        .where(visits.c.returned != total)
    )


def _pending() -> Select[Any]:
    """Points that rest are all that their visit has earned, and of a visit that counts."""
    earned = case((visits.c.status == "confirmed", visits.c.points_earned), else_=0)
    return (
        select(pending_points.c.visit_id, pending_points.c.amount, earned)
        .join(visits, visits.c.id == pending_points.c.visit_id)
        .where(pending_points.c.status == "pending", pending_points.c.amount != earned)
    )

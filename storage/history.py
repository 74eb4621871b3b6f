"""A client's history: visits and ledger entries as one list, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import clients, ledger_entries, pending_points, visit_returns, visits

# What a visit earned or was paid with is told on the visit's own line.
_TOLD_BY_VISIT = ("visit", "redemption")
VISIT = "visit"
TRANSFER = "transfer"
MERGES_FOLLOWED_MAX = 8


@dataclass(frozen=True)
class Event:
    """A visit, or an entry of the ledger; the points of all of them add up to the balance.

    `points` of a visit are what it earned less what it spent, as it was booked: what an undo or a
    return moved since is an entry of its own. Less what was pending and will not come.
    """

    kind: str  # "visit", or storage.ledger.EntryKind
    id: int
    at: datetime
    points: int
    visit_id: int | None
    service_code: str | None
    service_text: str | None
    bill: int | None  # before anything was returned
    status: str | None
    returned: int  # of a visit's bill
    active_on: date | None  # a visit's points rest until then


def _events(client_ids: Sequence[int]) -> Any:
    told_by_visit = ledger_entries.c.visit_id.is_not(None) & ledger_entries.c.kind.in_(
        _TOLD_BY_VISIT
    )
    # Of records that are one by now, what went from the one to the other is neither gone nor come.
    moved_within = ledger_entries.c.kind == TRANSFER
    resting = pending_points
    moved = (
        select(
            visit_returns.c.visit_id,
            func.sum(visit_returns.c.points_taken).label("taken"),
            func.sum(visit_returns.c.points_restored).label("restored"),
        )
        .join(visits, visits.c.id == visit_returns.c.visit_id)
        .where(visits.c.client_id.in_(client_ids))
        .group_by(visit_returns.c.visit_id)
        .subquery()
    )
    booked: Select[Any] = select(
        literal(VISIT).label("kind"),
        visits.c.id.label("id"),
        visits.c.at.label("at"),
        (
            visits.c.points_earned
            - visits.c.points_spent
            + func.coalesce(moved.c.taken, 0)
            - func.coalesce(moved.c.restored, 0)
        ).label("points"),
        visits.c.id.label("visit_id"),
        visits.c.service_code.label("service_code"),
        visits.c.service_text.label("service_text"),
        (visits.c.bill + visits.c.returned).label("bill"),
        visits.c.status.label("status"),
        visits.c.returned.label("returned"),
        resting.c.active_on.label("active_on"),
    )
    booked = (
        booked.select_from(visits)
        .outerjoin(moved, moved.c.visit_id == visits.c.id)
        .outerjoin(resting, (resting.c.visit_id == visits.c.id) & (resting.c.status == "pending"))
        .where(visits.c.client_id.in_(client_ids))
    )
    # The reward for a friend names the friend's visit, which is nobody else's to see.
    own_visit = (visits.c.id == ledger_entries.c.visit_id) & (visits.c.client_id.in_(client_ids))
    posted: Select[Any] = (
        select(
            ledger_entries.c.kind,
            ledger_entries.c.id,
            ledger_entries.c.at,
            ledger_entries.c.amount,
            visits.c.id,
            null(),
            null(),
            null(),
            null(),
            literal(0),
            null(),
        )
        .select_from(ledger_entries)
        .outerjoin(visits, own_visit)
        .where(ledger_entries.c.client_id.in_(client_ids), ~told_by_visit, ~moved_within)
    )
    return union_all(booked, posted).subquery("events")


async def records_of(db: AsyncConnection, client_id: int) -> list[int]:
    """The client's record, and those that were merged into it (rule 17): their entries stay."""
    found, newest = [client_id], [client_id]
    for _ in range(MERGES_FOLLOWED_MAX):
        query = select(clients.c.id).where(clients.c.merged_into_id.in_(newest))
        newest = list((await db.execute(query)).scalars())
        if not newest:
            break
        found += newest
    return found


async def count(db: AsyncConnection, client_ids: Sequence[int]) -> int:
    """How many events there are."""
    query = select(func.count()).select_from(_events(client_ids))
    return int((await db.execute(query)).scalar_one())


async def page(
    db: AsyncConnection, client_ids: Sequence[int], *, limit: int, offset: int
) -> tuple[Event, ...]:
    """Events of these records, which are one person's, from this place on, the newest first."""
    events = _events(client_ids)
    query = (
        select(events)
        .order_by(events.c.at.desc(), events.c.kind == VISIT, events.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return tuple(Event(**row) for row in (await db.execute(query)).mappings())

"""A client's history: visits and ledger entries as one list, newest first."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, literal, null, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import ledger_entries, pending_points, visit_returns, visits

# What a visit earned or was paid with is told on the visit's own line.
_TOLD_BY_VISIT = ("visit", "redemption")
VISIT = "visit"


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


def _events(client_id: int) -> Any:
    told_by_visit = ledger_entries.c.visit_id.is_not(None) & ledger_entries.c.kind.in_(
        _TOLD_BY_VISIT
    )
    resting = pending_points
    moved = (
        select(
            visit_returns.c.visit_id,
            func.sum(visit_returns.c.points_taken).label("taken"),
            func.sum(visit_returns.c.points_restored).label("restored"),
        )
        .join(visits, visits.c.id == visit_returns.c.visit_id)
        .where(visits.c.client_id == client_id)
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
        .where(visits.c.client_id == client_id)
    )
    # The reward for a friend names the friend's visit, which is nobody else's to see.
    own_visit = (visits.c.id == ledger_entries.c.visit_id) & (visits.c.client_id == client_id)
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
        .where(ledger_entries.c.client_id == client_id, ~told_by_visit)
    )
    return union_all(booked, posted).subquery("events")


async def count(db: AsyncConnection, client_id: int) -> int:
    """How many events there are."""
    query = select(func.count()).select_from(_events(client_id))
    return int((await db.execute(query)).scalar_one())


async def page(
    db: AsyncConnection, client_id: int, *, limit: int, offset: int
) -> tuple[Event, ...]:
    """Events from this place on, the newest first."""
    events = _events(client_id)
    query = (
        select(events)
        .order_by(events.c.at.desc(), events.c.kind == VISIT, events.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return tuple(Event(**row) for row in (await db.execute(query)).mappings())

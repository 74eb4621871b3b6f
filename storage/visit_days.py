"""The visits of a business day, as the desk looks at them; money in minor units."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import clients, visits
from storage.visits import COLUMNS, CONFIRMED, Visit, visit_from


@dataclass(frozen=True)
class NamedVisit:
    """A visit with its client's name."""

    visit: Visit
    client_name: str | None


@dataclass(frozen=True)
class DayTotal:
    """A branch's day; money in minor units."""

    branch: str
    visits: int
    bill: int
    to_pay: int
    points: int


async def of_day(
    db: AsyncConnection, day: date, *, branch: str | None, offset: int, limit: int
) -> list[NamedVisit]:
    """A page of the day's visits, those taken back too: by branch, then newest first."""
    query = (
        select(*COLUMNS, clients.c.name.label("client_name"))
        .join(clients, clients.c.id == visits.c.client_id)
        .where(_on_day(day, branch))
        .order_by(visits.c.branch, visits.c.id.desc())
        .offset(offset)
        .limit(limit)
    )
    rows = (await db.execute(query)).mappings()
    return [NamedVisit(visit_from(row), row["client_name"]) for row in rows]


async def count_of_day(db: AsyncConnection, day: date, *, branch: str | None) -> int:
    """How many lines `of_day` has."""
    query = select(func.count()).select_from(visits).where(_on_day(day, branch))
    return int((await db.execute(query)).scalar_one())


async def day_totals(db: AsyncConnection, day: date, *, branch: str | None) -> list[DayTotal]:
    """The day's confirmed visits, summed up by branch."""
    query = (
        select(
            visits.c.branch,
            func.count().label("visits"),
            func.sum(visits.c.bill).label("bill"),
            func.sum(visits.c.to_pay).label("to_pay"),
            func.sum(visits.c.points_earned).label("points"),
        )
        .where(_on_day(day, branch), CONFIRMED)
        .group_by(visits.c.branch)
        .order_by(visits.c.branch)
    )
    return [
        DayTotal(row.branch, int(row.visits), int(row.bill), int(row.to_pay), int(row.points))
        for row in await db.execute(query)
    ]


def _on_day(day: date, branch: str | None) -> ColumnElement[bool]:
    condition = visits.c.on_day == day
    return condition if branch is None else and_(condition, visits.c.branch == branch)

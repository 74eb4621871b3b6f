"""Visits as they were booked, and what the rules ask about a client's history of them.

A visit taken back counts for nothing: every figure here is over confirmed visits, unless its name
says otherwise. Money is in minor units.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    extract,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.badges import YearMonth
from loyalty.programme import QualifyBy
from storage.tables import clients, imported_cards, visits


class VisitStatus(StrEnum):
    CONFIRMED = "confirmed"
    UNDONE = "undone"


@dataclass(frozen=True)
class Visit:
    """A visit as the table knows it; `id` is the № that people see."""

    id: int
    client_id: int
    branch: str
    service_code: str | None
    service_text: str | None  # as typed, where it is not listed
    bill: int  # before any discount
    discount: int
    points_spent: int
    to_pay: int
    eligible: int
    percent: Fraction
    points_earned: int
    tier: str  # held before the visit
    staff_id: int  # a Telegram id
    at: datetime
    on_day: date
    preview_id: int | None
    status: VisitStatus
    undone_at: datetime | None
    undone_by: int | None

    @property
    def is_undone(self) -> bool:
        return self.status is VisitStatus.UNDONE


@dataclass(frozen=True)
class History:
    """What badges look at in a client's visits."""

    visits: int
    largest_bill: int
    months: frozenset[YearMonth]  # with at least one visit


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


COLUMNS = tuple(visits.c[name] for name in Visit.__dataclass_fields__)
_CONFIRMED = visits.c.status == VisitStatus.CONFIRMED


def visit_from(row: Mapping[Any, Any], prefix: str = "") -> Visit:
    """The visit that a row holds, its columns perhaps labelled with a prefix."""
    values = {name: row[prefix + name] for name in Visit.__dataclass_fields__}
    values["percent"] = Fraction(values["percent"])
    values["status"] = VisitStatus(values["status"])
    return Visit(**values)


async def add(db: AsyncConnection, values: Mapping[str, Any]) -> Visit:
    """A new confirmed visit; IntegrityError where its preview was booked already."""
    written = {**values, "percent": str(values["percent"]), "status": VisitStatus.CONFIRMED}
    row = await db.execute(insert(visits).values(**written).returning(*COLUMNS))
    return visit_from(row.mappings().one())


async def by_id(db: AsyncConnection, visit_id: int) -> Visit | None:
    """The visit of this №, whatever became of it."""
    return await _first(db, select(*COLUMNS).where(visits.c.id == visit_id))


async def mark_undone(db: AsyncConnection, visit_id: int, *, by: int, now: datetime) -> bool:
    """Takes the visit back; False if somebody already did."""
    result = await db.execute(
        update(visits)
        .where(visits.c.id == visit_id, _CONFIRMED)
        .values(status=VisitStatus.UNDONE, undone_at=now, undone_by=by)
    )
    return result.rowcount == 1


async def of_client(
    db: AsyncConnection, client_id: int, *, before_id: int | None = None, limit: int
) -> list[Visit]:
    """A page of the client's visits, those taken back too, newest first."""
    query = select(*COLUMNS).where(visits.c.client_id == client_id)
    if before_id is not None:
        query = query.where(visits.c.id < before_id)
    return await _all(db, query.order_by(visits.c.id.desc()).limit(limit))


async def last_of_client(db: AsyncConnection, client_id: int) -> Visit | None:
    """The client's newest visit."""
    query = select(*COLUMNS).where(visits.c.client_id == client_id, _CONFIRMED)
    return await _first(db, query.order_by(visits.c.id.desc()).limit(1))


async def last_by_staff(db: AsyncConnection, staff_id: int) -> Visit | None:
    """What this member of staff confirmed last, even if it was taken back since."""
    query = select(*COLUMNS).where(visits.c.staff_id == staff_id)
    return await _first(db, query.order_by(visits.c.id.desc()).limit(1))


async def booked_since(
    db: AsyncConnection, since: datetime, *, branch: str | None, limit: int
) -> list[Visit]:
    """The branch's visits from this moment on (all branches' without one), newest first.

    Those taken back are among them.
    """
    condition = visits.c.at >= since
    if branch is not None:
        condition = and_(condition, visits.c.branch == branch)
    query = select(*COLUMNS).where(condition).order_by(visits.c.id.desc()).limit(limit)
    return await _all(db, query)


async def twin(db: AsyncConnection, client_id: int, *, bill: int, since: datetime) -> Visit | None:
    """The newest visit of this client with the same bill, from this moment on."""
    query = (
        select(*COLUMNS)
        .where(visits.c.client_id == client_id, visits.c.bill == bill, visits.c.at >= since)
        .where(_CONFIRMED)
        .order_by(visits.c.id.desc())
        .limit(1)
    )
    return await _first(db, query)


async def qualifying_value(
    db: AsyncConnection, client_id: int, qualify_by: QualifyBy, *, since: date
) -> int:
    """What lifts the client to a level, over the window that begins on this day (rule 12).

    Minor units of spend, visits, or points, as the programme qualifies.
    """
    value, _ = await qualifying_values(db, client_id, qualify_by, since=(since, since))
    return value


_MEASURED: Mapping[QualifyBy, ColumnElement[Any]] = {
    QualifyBy.SPEND: visits.c.eligible,
    QualifyBy.VISITS: literal_column("1"),
    QualifyBy.POINTS: visits.c.points_earned,
}


def _imported(measure: QualifyBy, day: str) -> ColumnElement[Any]:
    """What a card from before the bot adds: its spend, from the day of its import."""
    if measure is not QualifyBy.SPEND:
        return literal_column("0")
    return func.coalesce(
        select(func.sum(imported_cards.c.spend))
        .where(
            imported_cards.c.counts_for_id == bindparam("client"),
            imported_cards.c.on_day >= bindparam(day),
        )
        .scalar_subquery(),
        0,
    )


# Built once: building it took longer than running it.
_QUALIFYING = {
    measure: select(
        *(
            func.coalesce(func.sum(case((visits.c.on_day >= bindparam(day), what), else_=0)), 0)
            + _imported(measure, day)
            for day in ("first", "second")
        )
    ).where(
        visits.c.client_id == bindparam("client"),
        visits.c.on_day >= bindparam("earliest"),
        _CONFIRMED,
    )
    for measure, what in _MEASURED.items()
}


async def qualifying_values(
    db: AsyncConnection, client_id: int, qualify_by: QualifyBy, *, since: tuple[date, date]
) -> tuple[int, int]:
    """The same over two windows, read in one query."""
    first, second = since
    values = {"client": client_id, "first": first, "second": second, "earliest": min(since)}
    row = (await db.execute(_QUALIFYING[qualify_by], values)).one()
    return int(row[0]), int(row[1])


async def history(db: AsyncConnection, client_id: int) -> History:
    """How many visits, the largest bill, and in which months."""
    mine = and_(visits.c.client_id == client_id, _CONFIRMED)
    totals = (
        await db.execute(
            select(func.count(), func.coalesce(func.max(visits.c.bill), 0)).where(mine)
        )
    ).one()
    year, month = extract("year", visits.c.on_day), extract("month", visits.c.on_day)
    months = await db.execute(select(year, month).where(mine).distinct())
    return History(
        visits=int(totals[0]),
        largest_bill=int(totals[1]),
        months=frozenset((int(found[0]), int(found[1])) for found in months),
    )


async def days_of_visits(
    db: AsyncConnection, client_id: int, *, limit: int = 1_000
) -> tuple[date, ...]:
    """The distinct business days with a visit, the oldest first; of very many the newest."""
    query = (
        select(visits.c.on_day)
        .where(visits.c.client_id == client_id, _CONFIRMED)
        .distinct()
        .order_by(visits.c.on_day.desc())
        .limit(limit)
    )
    return tuple(sorted((await db.execute(query)).scalars()))


async def last_visit_on(db: AsyncConnection, client_id: int) -> date | None:
    """The business day of the newest visit: what the client's row caches."""
    query = select(func.max(visits.c.on_day)).where(visits.c.client_id == client_id, _CONFIRMED)
    found: date | None = (await db.execute(query)).scalar_one()
    return found


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
        .where(_on_day(day, branch), _CONFIRMED)
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


async def _first(db: AsyncConnection, query: Select[Any]) -> Visit | None:
    row = (await db.execute(query)).mappings().first()
    return None if row is None else visit_from(row)


async def _all(db: AsyncConnection, query: Select[Any]) -> list[Visit]:
    return [visit_from(row) for row in (await db.execute(query)).mappings()]

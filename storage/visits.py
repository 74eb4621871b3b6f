"""Visits as they were booked, and what the rules ask about a client's history of them.

A visit taken back, or returned whole, counts for nothing: every figure here is over confirmed
visits, unless its name says otherwise. Of one returned in part the rest counts: its columns hold
what is left. Money is in minor units.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Any

from sqlalchemy import (
    BigInteger,
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
from loyalty.promotions import base_of
from storage.tables import clients, imported_cards, visits


class VisitStatus(StrEnum):
    CONFIRMED = "confirmed"
    UNDONE = "undone"
    RETURNED = "returned"  # whole; of a part, the visit stands with the rest of its figures


@dataclass(frozen=True)
class Visit:
    """A visit as the table knows it; `id` is the № that people see.

    Bill, discount, points and the rest are those of what is left of it after returns.
    """

    id: int
    client_id: int
    branch: str
    service_code: str | None
    service_text: str | None  # as typed, where it is not listed
    bill: int  # before any discount
    discount: int
    discount_percent: Fraction
    point_value: int  # minor units, at the visit
    points_spent: int
    to_pay: int
    eligible: int
    percent: Fraction
    points_earned: int
    promotion_code: str | None
    promotion_factor: Fraction
    promotion_add: int
    stamp_code: str | None  # the stamps that made it free
    tier: str  # held before the visit
    staff_id: int  # a Telegram id
    approved_by: int | None  # the manager, where the bill needed one
    at: datetime
    on_day: date
    preview_id: int | None
    status: VisitStatus
    undone_at: datetime | None
    undone_by: int | None
    returned: int  # of the bill
    returned_at: datetime | None  # last

    @property
    def is_undone(self) -> bool:
        return self.status is VisitStatus.UNDONE

    @property
    def promotion_points(self) -> int:
        """How many of the points earned are the promotion's."""
        factor, addition = self.promotion_factor, self.promotion_add
        return self.points_earned - base_of(self.points_earned, factor=factor, addition=addition)

    @property
    def is_returned(self) -> bool:
        """Whole."""
        return self.status is VisitStatus.RETURNED

    @property
    def counts(self) -> bool:
        """Whether it stands: neither taken back nor returned whole."""
        return self.status is VisitStatus.CONFIRMED

    @property
    def bill_at_first(self) -> int:
        """Before anything was returned."""
        return self.bill + self.returned


@dataclass(frozen=True)
class Totals:
    """A client's visits, summed up."""

    visits: int
    largest_bill: int  # minor units, before any discount


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


_FRACTIONS = ("percent", "discount_percent", "promotion_factor")
COLUMNS = tuple(visits.c[name] for name in Visit.__dataclass_fields__)
_CONFIRMED = visits.c.status == VisitStatus.CONFIRMED


def visit_from(row: Mapping[Any, Any], prefix: str = "") -> Visit:
    """The visit that a row holds, its columns perhaps labelled with a prefix."""
    values = {name: row[prefix + name] for name in Visit.__dataclass_fields__}
    values["percent"] = Fraction(values["percent"])
    values["promotion_factor"] = Fraction(values["promotion_factor"])
    values["discount_percent"] = Fraction(values["discount_percent"])
    values["status"] = VisitStatus(values["status"])
    return Visit(**values)


# Built once: building a statement takes longer than running it.
_ADD = insert(visits).returning(*COLUMNS)
_ONE = select(*COLUMNS).where(visits.c.id == bindparam("visit"))


async def add(db: AsyncConnection, values: Mapping[str, Any]) -> Visit:
    """A new confirmed visit; IntegrityError where its preview was booked already."""
    exact = {name: str(values[name]) for name in _FRACTIONS if name in values}
    written = {**values, **exact, "status": VisitStatus.CONFIRMED}
    row = await db.execute(_ADD, written)
    return visit_from(row.mappings().one())


async def by_id(db: AsyncConnection, visit_id: int) -> Visit | None:
    """The visit of this №, whatever became of it."""
    return await _first(db, _ONE, {"visit": visit_id})


async def mark_undone(db: AsyncConnection, visit_id: int, *, by: int, now: datetime) -> bool:
    """Takes the visit back; False if somebody already did."""
    result = await db.execute(
        update(visits)
        .where(visits.c.id == visit_id, _CONFIRMED)
        .values(status=VisitStatus.UNDONE, undone_at=now, undone_by=by)
    )
    return result.rowcount == 1


async def lower(
    db: AsyncConnection, visit_id: int, values: Mapping[str, Any], *, whole: bool, now: datetime
) -> None:
    """Writes what a return left of the visit, whose client the caller holds locked."""
    status = VisitStatus.RETURNED if whole else VisitStatus.CONFIRMED
    await db.execute(
        update(visits)
        .where(visits.c.id == visit_id, _CONFIRMED)
        .values(**values, status=status, returned_at=now)
    )


def _newest(*conditions: ColumnElement[bool]) -> Select[Any]:
    """The newest visits of a client; the index alone says which, however many there were."""
    ids = (
        select(visits.c.id)
        .where(visits.c.client_id == bindparam("client"), *conditions)
        .order_by(visits.c.id.desc())
        .limit(bindparam("most"))
    )
    return select(*COLUMNS).where(visits.c.id.in_(ids)).order_by(visits.c.id.desc())


_ID_MAX = 2**63 - 1
_OF_CLIENT = _newest(visits.c.id < bindparam("before", type_=BigInteger))
_LAST_OF_CLIENT = _newest(_CONFIRMED)


async def of_client(
    db: AsyncConnection, client_id: int, *, before_id: int | None = None, limit: int
) -> list[Visit]:
    """A page of the client's visits, those taken back or returned too, newest first."""
    before = _ID_MAX if before_id is None else before_id
    values = {"client": client_id, "before": before, "most": limit}
    return [visit_from(row) for row in (await db.execute(_OF_CLIENT, values)).mappings()]


async def last_of_client(db: AsyncConnection, client_id: int) -> Visit | None:
    """The client's newest visit."""
    return await _first(db, _LAST_OF_CLIENT, {"client": client_id, "most": 1})


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


_TWIN = (
    select(*COLUMNS)
    .where(
        visits.c.client_id == bindparam("client"),
        # Says no more than the moment does: it keeps the other years of a regular out of it.
        visits.c.on_day >= bindparam("day"),
        visits.c.at >= bindparam("moment"),
        visits.c.bill + visits.c.returned == bindparam("typed"),
        _CONFIRMED,
    )
    .order_by(visits.c.id.desc())
    .limit(1)
)


async def twin(db: AsyncConnection, client_id: int, *, bill: int, since: datetime) -> Visit | None:
    """The newest visit of this client with the same bill, from this moment on.

    The bill as it was typed: something may have been returned since.
    """
    day = since.astimezone(UTC).date() - timedelta(days=1)  # in no zone was it earlier
    values = {"client": client_id, "day": day, "moment": since, "typed": bill}
    return await _first(db, _TWIN, values)


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
QUALIFYING = {
    measure: select(
        *(
            (
                func.coalesce(func.sum(case((visits.c.on_day >= bindparam(day), what), else_=0)), 0)
                + _imported(measure, day)
            ).label(f"since_{day}")
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
    row = (await db.execute(QUALIFYING[qualify_by], values)).one()
    return int(row[0]), int(row[1])


_QUALIFYING_OF = {
    measure: select(visits.c.client_id, func.sum(what).label("value"))
    .where(
        visits.c.client_id.in_(bindparam("clients", expanding=True)),
        visits.c.on_day >= bindparam("since"),
        _CONFIRMED,
    )
    .group_by(visits.c.client_id)
    for measure, what in _MEASURED.items()
}


_IMPORTED_OF = (
    select(imported_cards.c.counts_for_id, func.sum(imported_cards.c.spend).label("value"))
    .where(
        imported_cards.c.counts_for_id.in_(bindparam("clients", expanding=True)),
        imported_cards.c.on_day >= bindparam("since"),
    )
    .group_by(imported_cards.c.counts_for_id)
)


async def qualifying_values_of(
    db: AsyncConnection, client_ids: Sequence[int], qualify_by: QualifyBy, *, since: date
) -> dict[int, int]:
    """The same for many clients over one window; who has nothing in it is left out."""
    values = {"clients": list(client_ids), "since": since}
    rows = await db.execute(_QUALIFYING_OF[qualify_by], values)
    found = {row.client_id: int(row.value) for row in rows}
    if qualify_by is QualifyBy.SPEND:
        for row in await db.execute(_IMPORTED_OF, values):
            found[row.counts_for_id] = found.get(row.counts_for_id, 0) + int(row.value)
    return found


async def first_with_bill(
    db: AsyncConnection, client_id: int, *, at_least: int, since: datetime, but: int
) -> Visit | None:
    """The client's first visit from this moment on, but this one, whose bill reaches so much."""
    query = select(*COLUMNS).where(
        visits.c.client_id == client_id,
        visits.c.at >= since,
        visits.c.id != but,
        visits.c.bill >= max(at_least, 1),
        _CONFIRMED,
    )
    return await _first(db, query.order_by(visits.c.id).limit(1))


_MINE = and_(visits.c.client_id == bindparam("client"), _CONFIRMED)
_TOTALS = select(func.count(), func.coalesce(func.max(visits.c.bill), 0)).where(_MINE)
_MONTHS = (
    select(extract("year", visits.c.on_day), extract("month", visits.c.on_day))
    .where(_MINE)
    .distinct()
)


async def totals(db: AsyncConnection, client_id: int) -> Totals:
    """How many visits, and the largest bill."""
    row = (await db.execute(_TOTALS, {"client": client_id})).one()
    return Totals(visits=int(row[0]), largest_bill=int(row[1]))


async def months(db: AsyncConnection, client_id: int) -> frozenset[YearMonth]:
    """The months with at least one visit; of a regular of years some milliseconds' work."""
    rows = await db.execute(_MONTHS, {"client": client_id})
    return frozenset((int(year), int(month)) for year, month in rows)


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


async def _first(
    db: AsyncConnection, query: Select[Any], values: Mapping[str, Any] | None = None
) -> Visit | None:
    row = (await db.execute(query, values)).mappings().first()
    return None if row is None else visit_from(row)


async def _all(db: AsyncConnection, query: Select[Any]) -> list[Visit]:
    return [visit_from(row) for row in (await db.execute(query)).mappings()]

"""Visits as they were booked, and what the rules ask about a client's history of them.

A visit taken back, or returned whole, counts for nothing: every figure here is over confirmed
visits, unless its name says otherwise. Of one returned in part the rest counts: its columns hold
what is left. Money is in minor units.
"""

from collections.abc import Mapping
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
    extract,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.badges import YearMonth
from loyalty.promotions import base_of
from storage.tables import visits


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


_FRACTIONS = ("percent", "discount_percent", "promotion_factor")
COLUMNS = tuple(visits.c[name] for name in Visit.__dataclass_fields__)
CONFIRMED = visits.c.status == VisitStatus.CONFIRMED


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
        .where(visits.c.id == visit_id, CONFIRMED)
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
        .where(visits.c.id == visit_id, CONFIRMED)
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
_LAST_OF_CLIENT = _newest(CONFIRMED)


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
        CONFIRMED,
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


async def first_with_bill(
    db: AsyncConnection, client_id: int, *, at_least: int, since: datetime, but: int
) -> Visit | None:
    """The client's first visit from this moment on, but this one, whose bill reaches so much."""
    query = select(*COLUMNS).where(
        visits.c.client_id == client_id,
        visits.c.at >= since,
        visits.c.id != but,
        visits.c.bill >= max(at_least, 1),
        CONFIRMED,
    )
    return await _first(db, query.order_by(visits.c.id).limit(1))


_MINE = and_(visits.c.client_id == bindparam("client"), CONFIRMED)
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


async def last_visit_on(db: AsyncConnection, client_id: int) -> date | None:
    """The business day of the newest visit: what the client's row caches."""
    query = select(func.max(visits.c.on_day)).where(visits.c.client_id == client_id, CONFIRMED)
    found: date | None = (await db.execute(query)).scalar_one()
    return found


async def _first(
    db: AsyncConnection, query: Select[Any], values: Mapping[str, Any] | None = None
) -> Visit | None:
    row = (await db.execute(query, values)).mappings().first()
    return None if row is None else visit_from(row)


async def _all(db: AsyncConnection, query: Select[Any]) -> list[Visit]:
    return [visit_from(row) for row in (await db.execute(query)).mappings()]

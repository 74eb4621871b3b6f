"""Visits as somebody looks at them who watches over the desk."""

from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.job_claims import unclaimed
from storage.tables import visits
from storage.visits import Visit, VisitStatus

USUAL_OF_VISITS = 200  # the latest ones

_STANDS = visits.c.status == VisitStatus.CONFIRMED.value


async def unseen(
    db: AsyncConnection, job: str, period: str, *, since: datetime, after_id: int, limit: int
) -> list[int]:
    """The next visits confirmed since then that this job has not looked at."""
    query = (
        select(visits.c.id)
        .where(
            visits.c.at >= since,
            visits.c.id > after_id,
            _STANDS,
            unclaimed(job, visits.c.id, period),
        )
        .order_by(visits.c.id)
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


_PLACE_IN_DAY = (
    select(func.count())
    .select_from(visits)
    .where(
        visits.c.client_id == bindparam("client"),
        visits.c.on_day == bindparam("day"),
        visits.c.id <= bindparam("visit"),
        _STANDS,
    )
)


async def place_in_day(db: AsyncConnection, visit: Visit) -> int:
    """Which visit of its client on its day it is, from 1; what was taken back does not count."""
    values = {"client": visit.client_id, "day": visit.on_day, "visit": visit.id}
    return int((await db.execute(_PLACE_IN_DAY, values)).scalar_one())


_latest = (
    select(visits.c.bill)
    .where(visits.c.id < bindparam("visit"), _STANDS)
    .order_by(visits.c.id.desc())
    .limit(USUAL_OF_VISITS)
    .subquery()
)
_USUAL = select(func.count(), func.coalesce(func.sum(_latest.c.bill), 0))


async def usual_bill(db: AsyncConnection, before_id: int, *, visits_min: int) -> int | None:
    """The mean bill of the latest visits before this one, minor units; None: there are too few."""
    count, total = (await db.execute(_USUAL, {"visit": before_id})).one()
    return int(total) // int(count) if count >= visits_min else None

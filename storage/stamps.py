"""Stamps, as the visits tell them: nothing of them is kept."""

from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import visits
from storage.visits import VisitStatus

# One that stamps made free gathers none itself, for these stamps or for others.
_LAST_FREE = (
    select(func.coalesce(func.max(visits.c.id), 0))
    .where(
        visits.c.client_id == bindparam("client"),
        visits.c.stamp_code == bindparam("stamp"),
        visits.c.status == VisitStatus.CONFIRMED,
    )
    .scalar_subquery()
)
_PAID_SINCE_FREE = select(func.count()).where(
    visits.c.client_id == bindparam("client"),
    visits.c.service_code == bindparam("service"),
    visits.c.stamp_code.is_(None),
    visits.c.id > _LAST_FREE,
    visits.c.status == VisitStatus.CONFIRMED,
)


async def any_collected(db: AsyncConnection, service_code: str) -> bool:
    """Whether anybody has come for this service at all."""
    query = select(visits.c.id).where(
        visits.c.service_code == service_code, visits.c.status == VisitStatus.CONFIRMED
    )
    return (await db.execute(query.limit(1))).first() is not None


async def paid_since_free(
    db: AsyncConnection, client_id: int, *, service_code: str, stamp_code: str
) -> int:
    """How many visits for this service the client has paid since these stamps made one free."""
    values = {"client": client_id, "service": service_code, "stamp": stamp_code}
    return int((await db.execute(_PAID_SINCE_FREE, values)).scalar_one())

"""Claims of due work: who inserts `(job, subject, period)` first does it, in that transaction."""

from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, delete, exists, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import job_claims

FORGET_BATCH_MAX = 1_000

_KEY = (job_claims.c.job, job_claims.c.subject, job_claims.c.period)


async def claim(db: AsyncConnection, job: str, subject: int, period: str, now: datetime) -> bool:
    """False if it was claimed before. One that is being claimed elsewhere is waited for."""
    make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    statement = (
        make(job_claims)
        .values(job=job, subject=str(subject), period=period, at=now)
        .on_conflict_do_nothing(index_elements=["job", "subject", "period"])
        .returning(job_claims.c.period)
    )
    return (await db.execute(statement)).first() is not None


def unclaimed(
    job: str, subject: ColumnElement[int], period: str | ColumnElement[str]
) -> ColumnElement[bool]:
    """For the query of what is due: nobody has done it yet."""
    return ~exists().where(
        job_claims.c.job == job,
        job_claims.c.subject == cast(subject, String),
        job_claims.c.period == period,
    )


async def forget(db: AsyncConnection, before: datetime) -> int:
    """Deletes a batch of the claims made before that moment; returns how many."""
    old = select(*_KEY).where(job_claims.c.at < before).limit(FORGET_BATCH_MAX)
    result = await db.execute(delete(job_claims).where(tuple_(*_KEY).in_(old)))
    return result.rowcount

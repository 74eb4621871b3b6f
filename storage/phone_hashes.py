"""The keyed hashes of erased phones: all that is kept of a person, for a year (rule 15)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import erased_phones, job_claims, secrets

SECRET_NAME = "erased_phones"  # noqa: S105 (what the key is for, not the key)


@dataclass(frozen=True)
class ErasedPhone:
    """When a phone was erased, and the latest year whose birthday gift it had got."""

    at: datetime
    birthday_year: int | None


async def key(db: AsyncConnection, *, made: str | None = None) -> str | None:
    """The secret that phones are hashed with; `made` becomes it where there is none yet."""
    if made is not None:
        make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
        await db.execute(
            make(secrets)
            .values(name=SECRET_NAME, value=made)
            .on_conflict_do_nothing(index_elements=["name"])
        )
    query = select(secrets.c.value).where(secrets.c.name == SECRET_NAME)
    found: str | None = (await db.execute(query)).scalar()
    return found


async def remember(
    db: AsyncConnection, phone_hash: str, *, now: datetime, birthday_year: int | None
) -> None:
    """Keeps the phone's hash; of two erasures the later one counts."""
    make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    statement = make(erased_phones).values(
        phone_hash=phone_hash, at=now, birthday_year=birthday_year
    )
    await db.execute(
        statement.on_conflict_do_update(
            index_elements=["phone_hash"],
            set_={
                "at": now,
                "birthday_year": func.coalesce(
                    statement.excluded.birthday_year, erased_phones.c.birthday_year
                ),
            },
        )
    )


async def erased(db: AsyncConnection, hashes: Collection[str]) -> dict[str, ErasedPhone]:
    """Those of these that were erased."""
    query = select(erased_phones).where(erased_phones.c.phone_hash.in_(sorted(hashes)))
    return {
        row.phone_hash: ErasedPhone(row.at, row.birthday_year) for row in await db.execute(query)
    }


async def forget(db: AsyncConnection, before: datetime) -> int:
    """Deletes the hashes of phones that were erased before that moment; how many."""
    result = await db.execute(delete(erased_phones).where(erased_phones.c.at < before))
    return result.rowcount


async def latest_claim(db: AsyncConnection, ids: Collection[int], job: str) -> int | None:
    """The latest year for which a job that is done once a year was done for these records."""
    query = select(func.max(job_claims.c.period)).where(
        job_claims.c.job == job, job_claims.c.subject.in_([str(one) for one in ids])
    )
    found: str | None = (await db.execute(query)).scalar()
    return int(found) if found is not None and found.isdigit() else None

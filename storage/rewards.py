"""Rewards that were claimed, and how much of their stock is gone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.programme.text import Text
from storage.job_claims import unclaimed
from storage.tables import reward_claims, reward_stock


class ClaimStatus(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"  # handed out
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class Claim:
    """A reward that a client bought; `name` and `cost` as they were then."""

    id: int
    client_id: int
    place: int  # the client's n-th claim
    reward: str
    name: Text
    cost: int
    code: str
    status: ClaimStatus
    claimed_at: datetime
    valid_through: date
    closed_at: datetime | None
    accepted_by: int | None  # a Telegram id
    accepted_branch: str | None

    @property
    def is_open(self) -> bool:
        return self.status is ClaimStatus.OPEN


@dataclass(frozen=True)
class Claims:
    """How many rewards a client ever claimed, and how many of them wait."""

    ever: int
    open: int


_COLUMNS = tuple(reward_claims.c[name] for name in Claim.__dataclass_fields__)
_IS_OPEN = text("status = 'open'")  # as the partial index says it


def _claim(row: Mapping[Any, Any]) -> Claim:
    name, status = Text(json.loads(row["name"])), ClaimStatus(row["status"])
    return Claim(**{**row, "name": name, "status": status})


# -- stock


async def claimed_counts(db: AsyncConnection) -> dict[str, int]:
    """How many of each reward are gone; a reward that nobody took is not among them."""
    rows = await db.execute(select(reward_stock.c.code, reward_stock.c.claimed))
    return {row.code: int(row.claimed) for row in rows}


async def claimed_count(db: AsyncConnection, reward: str) -> int:
    """How many of this reward are gone."""
    query = select(reward_stock.c.claimed).where(reward_stock.c.code == reward)
    return int((await db.execute(query)).scalar() or 0)


async def take_one(db: AsyncConnection, reward: str, *, stock: int | None) -> int | None:
    """Takes one off the shelf and says how many are gone by now; None: there was none left.

    One conditional statement: of any number at once, each gets one that nobody else got.
    """
    insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    await db.execute(
        insert(reward_stock)
        .values(code=reward, claimed=0)
        .on_conflict_do_nothing(index_elements=["code"])
    )
    take = update(reward_stock).where(reward_stock.c.code == reward)
    if stock is not None:
        take = take.where(reward_stock.c.claimed < stock)
    statement = take.values(claimed=reward_stock.c.claimed + 1).returning(reward_stock.c.claimed)
    taken = (await db.execute(statement)).scalar()
    return None if taken is None else int(taken)


async def put_back(db: AsyncConnection, reward: str) -> None:
    """One that was not fetched is on the shelf again."""
    await db.execute(
        update(reward_stock)
        .where(reward_stock.c.code == reward)
        .values(claimed=reward_stock.c.claimed - 1)
    )


# -- claims


async def add(db: AsyncConnection, values: Mapping[str, Any], *, name: Text) -> Claim | None:
    """A new open claim; None where its code is somebody's already."""
    insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    written = {
        **values,
        "name": json.dumps(dict(name), ensure_ascii=False),
        "status": ClaimStatus.OPEN,
    }
    statement = (
        insert(reward_claims)
        .values(**written)
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(*_COLUMNS)
    )
    row = (await db.execute(statement)).mappings().first()
    return None if row is None else _claim(row)


async def by_id(db: AsyncConnection, claim_id: int) -> Claim | None:
    query = select(*_COLUMNS).where(reward_claims.c.id == claim_id)
    row = (await db.execute(query)).mappings().first()
    return None if row is None else _claim(row)


async def by_code(db: AsyncConnection, code: str) -> Claim | None:
    """The claim of this code, whatever became of it."""
    query = select(*_COLUMNS).where(reward_claims.c.code == code)
    row = (await db.execute(query)).mappings().first()
    return None if row is None else _claim(row)


async def by_place(db: AsyncConnection, client_id: int, place: int) -> Claim | None:
    """The client's n-th claim."""
    query = select(*_COLUMNS).where(
        reward_claims.c.client_id == client_id, reward_claims.c.place == place
    )
    row = (await db.execute(query)).mappings().first()
    return None if row is None else _claim(row)


async def open_of(db: AsyncConnection, client_id: int, *, limit: int) -> list[Claim]:
    """What waits for this client, what lapses soonest first."""
    query = (
        select(*_COLUMNS)
        .where(reward_claims.c.client_id == client_id, _IS_OPEN)
        .order_by(reward_claims.c.valid_through, reward_claims.c.id)
        .limit(limit)
    )
    return [_claim(row) for row in (await db.execute(query)).mappings()]


async def counts(db: AsyncConnection, client_id: int) -> Claims:
    """Of this client's claims, ever made and still open."""
    is_open = reward_claims.c.status == ClaimStatus.OPEN
    query = select(
        func.coalesce(func.max(reward_claims.c.place), 0), func.count().filter(is_open)
    ).where(reward_claims.c.client_id == client_id)
    row = (await db.execute(query)).one()
    return Claims(int(row[0]), int(row[1]))


async def close(
    db: AsyncConnection,
    claim_id: int,
    status: ClaimStatus,
    *,
    now: datetime,
    by: int | None = None,
    branch: str | None = None,
) -> bool:
    """Ends an open claim; False if it was ended before."""
    result = await db.execute(
        update(reward_claims)
        .where(reward_claims.c.id == claim_id, reward_claims.c.status == ClaimStatus.OPEN)
        .values(status=status, closed_at=now, accepted_by=by, accepted_branch=branch)
    )
    return result.rowcount == 1


# -- time


async def lapsed(db: AsyncConnection, today: date, *, after_id: int, limit: int) -> list[int]:
    """Open claims whose last day is over, by rising id."""
    query = (
        select(reward_claims.c.id)
        .where(_IS_OPEN, reward_claims.c.valid_through < today, reward_claims.c.id > after_id)
        .order_by(reward_claims.c.id)
        .limit(limit)
    )
    return [int(found) for found in (await db.execute(query)).scalars()]


async def to_remind(
    db: AsyncConnection,
    job: str,
    period: str,
    days: tuple[date, date],
    *,
    after_id: int,
    limit: int,
) -> list[int]:
    """Open claims whose last day is one of these and of which nobody reminded, by rising id."""
    query = (
        select(reward_claims.c.id)
        .where(
            _IS_OPEN,
            reward_claims.c.valid_through.between(*days),
            reward_claims.c.id > after_id,
            unclaimed(job, reward_claims.c.id, period),
        )
        .order_by(reward_claims.c.id)
        .limit(limit)
    )
    return [int(found) for found in (await db.execute(query)).scalars()]

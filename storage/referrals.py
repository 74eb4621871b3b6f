"""Who was brought by whom, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.referrals import AWAITING_VISIT, ReferralState
from storage.tables import clients, referrals, telegram_accounts


@dataclass(frozen=True)
class Referral:
    """One friend; `visit_id` is the visit that the reward is due for.

    It was posted for `posted_visit_id`: another one, if that was taken back and a later visit
    qualifies as well.
    """

    friend_id: int
    referrer_id: int
    registered_at: datetime
    status: ReferralState
    visit_id: int | None
    rewarded_at: datetime | None
    posted_visit_id: int | None = None


@dataclass(frozen=True)
class Brought:
    """A friend as their referrer may see them."""

    name: str | None
    status: ReferralState
    registered_at: datetime


_COLUMNS = tuple(referrals.c[name] for name in Referral.__dataclass_fields__)
# Asked with every visit, so built once.
_OF_FRIEND = select(*_COLUMNS).where(referrals.c.friend_id == bindparam("friend"))


def _referral(row: Mapping[Any, Any]) -> Referral:
    return Referral(**{**row, "status": ReferralState(row["status"])})


async def add(db: AsyncConnection, *, friend_id: int, referrer_id: int, now: datetime) -> bool:
    """Keeps who brought this friend; False if somebody had before."""
    insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    result = await db.execute(
        insert(referrals)
        .values(
            friend_id=friend_id,
            referrer_id=referrer_id,
            registered_at=now,
            status=ReferralState.REGISTERED.value,
        )
        .on_conflict_do_nothing(index_elements=["friend_id"])
    )
    return result.rowcount == 1


async def of_friend(db: AsyncConnection, friend_id: int) -> Referral | None:
    """Who brought this client, if anybody did."""
    row = (await db.execute(_OF_FRIEND, {"friend": friend_id})).mappings().first()
    return None if row is None else _referral(row)


async def rewarded_by_visit(db: AsyncConnection, visit_id: int) -> Referral | None:
    """The referral whose reward this visit made due."""
    query = select(*_COLUMNS).where(referrals.c.visit_id == visit_id)
    row = (await db.execute(query)).mappings().first()
    return None if row is None else _referral(row)


async def settle(
    db: AsyncConnection,
    friend_id: int,
    *,
    status: ReferralState,
    visit_id: int | None,
    rewarded_at: datetime | None,
) -> None:
    """Writes where the referral stands now, its reward posted for this visit if for any."""
    await db.execute(
        update(referrals)
        .where(referrals.c.friend_id == friend_id)
        .values(
            status=status.value,
            visit_id=visit_id,
            posted_visit_id=visit_id,
            rewarded_at=rewarded_at,
        )
    )


async def move_to_visit(db: AsyncConnection, friend_id: int, visit_id: int) -> None:
    """The reward stands, for this visit instead."""
    await db.execute(
        update(referrals).where(referrals.c.friend_id == friend_id).values(visit_id=visit_id)
    )


async def rewarded_since(db: AsyncConnection, referrer_id: int, since: datetime) -> int:
    """How many rewards the referrer got from this moment on, without those taken back."""
    query = (
        select(func.count())
        .select_from(referrals)
        .where(
            referrals.c.referrer_id == referrer_id,
            referrals.c.rewarded_at >= since,
            referrals.c.status == ReferralState.REWARDED,
        )
    )
    return int((await db.execute(query)).scalar_one())


async def counts(db: AsyncConnection, referrer_id: int) -> dict[ReferralState, int]:
    """How many friends stand where."""
    query = (
        select(referrals.c.status, func.count().label("friends"))
        .where(referrals.c.referrer_id == referrer_id)
        .group_by(referrals.c.status)
    )
    return {ReferralState(row.status): int(row.friends) for row in await db.execute(query)}


async def came_and_paid(db: AsyncConnection, referrer_id: int) -> int:
    """Friends whose qualifying visit stands, the referrer's cap reached or not."""
    found = await counts(db, referrer_id)
    return sum(
        number
        for status, number in found.items()
        if status not in AWAITING_VISIT and status is not ReferralState.OPENED
    )


async def opened(db: AsyncConnection, referral_code: str) -> int:
    """How many opened this client's link first, and are no clients yet."""
    query = (
        select(func.count())
        .select_from(telegram_accounts)
        .outerjoin(clients, clients.c.telegram_id == telegram_accounts.c.telegram_id)
        .where(
            telegram_accounts.c.referral_code == referral_code,
            clients.c.id.is_(None),
        )
    )
    return int((await db.execute(query)).scalar_one())


async def referrer_of(db: AsyncConnection, friend_id: int) -> int | None:
    """Who brought this client."""
    query = select(referrals.c.referrer_id).where(referrals.c.friend_id == friend_id)
    found: int | None = (await db.execute(query)).scalar()
    return found


async def brought_by(db: AsyncConnection, referrer_id: int, *, limit: int) -> tuple[Brought, ...]:
    """The newest friends that this client brought."""
    query = (
        select(clients.c.name, referrals.c.status, referrals.c.registered_at)
        .join_from(referrals, clients, clients.c.id == referrals.c.friend_id)
        .where(referrals.c.referrer_id == referrer_id)
        .order_by(referrals.c.registered_at.desc(), referrals.c.friend_id.desc())
        .limit(limit)
    )
    return tuple(
        Brought(row.name, ReferralState(row.status), row.registered_at)
        for row in await db.execute(query)
    )

"""Who stands before a review of levels, and what it did (rule 12).

The client's row says when the last review has looked at them and of what they were warned; the
statements are built once and take many clients at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.clients import ClientStatus
from storage.tables import clients, tier_changes
from storage.tiers import TierReason


@dataclass(frozen=True)
class Holder:
    """A client and the level that they hold."""

    id: int
    tier: str


@dataclass(frozen=True)
class Lowered:
    """A client whom the review puts on a lower level."""

    client_id: int
    from_tier: str
    to_tier: str


_IN_LEVELS: Select[Any] = (
    select(clients.c.id, clients.c.tier)
    .where(
        clients.c.id > bindparam("after"),
        clients.c.status == ClientStatus.ACTIVE,
        clients.c.tier.in_(bindparam("tiers", expanding=True)),
    )
    .order_by(clients.c.id)
    .limit(bindparam("most"))
)
_UNREVIEWED = _IN_LEVELS.where(
    # A level that was won since waits for its own first review.
    clients.c.tier_since < bindparam("review"),
    or_(clients.c.tier_reviewed_on.is_(None), clients.c.tier_reviewed_on < bindparam("review")),
)
_UNWARNED = _IN_LEVELS.where(
    or_(clients.c.tier_warned_for.is_(None), clients.c.tier_warned_for < bindparam("review"))
)


async def unreviewed(
    db: AsyncConnection, tiers: Sequence[str], review_on: date, *, after_id: int, limit: int
) -> list[Holder]:
    """Clients in these levels at whom the review of that day has not looked, by rising id."""
    return await _holders(db, _UNREVIEWED, tiers, review_on, after_id, limit)


async def unwarned(
    db: AsyncConnection, tiers: Sequence[str], review_on: date, *, after_id: int, limit: int
) -> list[Holder]:
    """Clients in these levels who have not been warned of that review, by rising id."""
    return await _holders(db, _UNWARNED, tiers, review_on, after_id, limit)


async def _holders(
    db: AsyncConnection,
    query: Select[Any],
    tiers: Sequence[str],
    review_on: date,
    after_id: int,
    limit: int,
) -> list[Holder]:
    if not tiers:
        return []
    values = {"tiers": list(tiers), "review": review_on, "after": after_id, "most": limit}
    return [Holder(row.id, row.tier) for row in await db.execute(query, values)]


_THESE = clients.c.id.in_(bindparam("ids", expanding=True))
_WARN = (
    update(clients)
    .where(_THESE)
    .values(tier_warned_for=bindparam("review"), tier_warned_on=bindparam("today"))
)


async def mark_warned(
    db: AsyncConnection, client_ids: Sequence[int], review_on: date, today: date
) -> None:
    """Records that they were warned of that day; the clients are locked."""
    if client_ids:
        await db.execute(_WARN, {"ids": list(client_ids), "review": review_on, "today": today})


_REVIEWED = update(clients).where(_THESE).values(tier_reviewed_on=bindparam("review"))
_SETTLED = (
    update(clients)
    .where(_THESE, clients.c.tier_warned_for <= bindparam("review"))
    .values(tier_warned_for=None, tier_warned_on=None)
)
_LOWER = (
    update(clients)
    .where(clients.c.id == bindparam("whose"))
    .values(tier=bindparam("level"), tier_since=bindparam("today"), tier_until=None)
)


async def mark_reviewed(
    db: AsyncConnection,
    client_ids: Sequence[int],
    lowered: Sequence[Lowered],
    *,
    review_on: date,
    today: date,
    now: datetime,
) -> None:
    """Records the review of these clients and its effect on some of them; they are locked.

    Whatever they were warned of up to that review is settled by it.
    """
    if not client_ids:
        return
    if lowered:
        await db.execute(
            _LOWER,
            [{"whose": one.client_id, "level": one.to_tier, "today": today} for one in lowered],
        )
        steps = [
            {
                "client_id": one.client_id,
                "from_tier": one.from_tier,
                "to_tier": one.to_tier,
                "reason": TierReason.REVIEW.value,
                "at": now,
            }
            for one in lowered
        ]
        await db.execute(insert(tier_changes), steps)
    ids = {"ids": list(client_ids), "review": review_on}
    await db.execute(_REVIEWED, ids)
    await db.execute(_SETTLED, ids)


_ENDING = (
    select(clients.c.id)
    .where(
        clients.c.tier_until.is_not(None),
        clients.c.id > bindparam("after"),
        clients.c.status == ClientStatus.ACTIVE,
        or_(
            and_(
                clients.c.tier_until <= bindparam("warn_until"),
                or_(
                    clients.c.tier_warned_for.is_(None),
                    clients.c.tier_warned_for != clients.c.tier_until,
                ),
            ),
            and_(
                clients.c.tier_until < bindparam("today"),
                clients.c.tier_warned_for == clients.c.tier_until,
                clients.c.tier_warned_on < bindparam("today"),
            ),
        ),
    )
    .order_by(clients.c.id)
    .limit(bindparam("most"))
)


async def ending_invitations(
    db: AsyncConnection, today: date, *, warn_until: date, after_id: int, limit: int
) -> list[int]:
    """Clients whose invitation ends by `warn_until` and who were not told, or is over, by id."""
    values = {"today": today, "warn_until": warn_until, "after": after_id, "most": limit}
    return list((await db.execute(_ENDING, values)).scalars())

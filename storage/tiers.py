"""How clients came to their levels."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import tier_changes, visits


class TierReason(StrEnum):
    ENROLMENT = "enrolment"  # the client's first level, written with the client's row
    VISIT = "visit"
    UNDO = "undo"
    RETURN = "return"
    REVIEW = "review"
    INVITATION = "invitation"
    IMPORT = "import"
    MERGE = "merge"


@dataclass(frozen=True)
class Lift:
    """A step up that a visit caused, and when that visit was taken back, or returned, if it was.

    One returned in part is weighed anew as well: what is left of it may not reach so high.
    """

    from_tier: str
    to_tier: str
    visit_id: int | None
    at: datetime
    gone_at: datetime | None


async def add_change(
    db: AsyncConnection,
    *,
    client_id: int,
    from_tier: str | None,
    to_tier: str,
    reason: TierReason,
    visit_id: int | None,
    now: datetime,
    until: date | None = None,
) -> None:
    """Keeps a step; the first of a client comes from no level.

    `until`: the last day of an invitation that has an end.
    """
    await db.execute(
        insert(tier_changes).values(
            client_id=client_id,
            from_tier=from_tier,
            to_tier=to_tier,
            reason=reason.value,
            visit_id=visit_id,
            until=until,
            at=now,
        )
    )


async def lifts_since_decision(db: AsyncConnection, client_id: int) -> tuple[Lift, ...]:
    """The steps up, oldest first, since something other than a visit last moved the client."""
    own = tier_changes.c.client_id == client_id
    by_people = (
        TierReason.REVIEW,
        TierReason.INVITATION,
        TierReason.IMPORT,
        TierReason.MERGE,
    )
    decided = (
        select(func.coalesce(func.max(tier_changes.c.id), 0))
        .where(own, tier_changes.c.reason.in_(by_people))
        .scalar_subquery()
    )
    query = (
        select(
            tier_changes.c.from_tier,
            tier_changes.c.to_tier,
            tier_changes.c.visit_id,
            tier_changes.c.at,
            func.coalesce(visits.c.undone_at, visits.c.returned_at).label("gone_at"),
        )
        .outerjoin(visits, visits.c.id == tier_changes.c.visit_id)
        .where(own, tier_changes.c.reason == TierReason.VISIT, tier_changes.c.id > decided)
        .order_by(tier_changes.c.id)
    )
    return tuple(Lift(**row) for row in (await db.execute(query)).mappings())


@dataclass(frozen=True)
class Step:
    """A change of level."""

    from_tier: str
    to_tier: str
    reason: TierReason
    at: datetime


async def newest(db: AsyncConnection, client_id: int, *, limit: int) -> list[Step]:
    """The client's changes of level, the newest first."""
    query = (
        select(
            tier_changes.c.from_tier,
            tier_changes.c.to_tier,
            tier_changes.c.reason,
            tier_changes.c.at,
        )
        .where(tier_changes.c.client_id == client_id)
        .order_by(tier_changes.c.id.desc())
        .limit(limit)
    )
    rows = (await db.execute(query)).mappings()
    return [Step(**{**row, "reason": TierReason(row["reason"])}) for row in rows]

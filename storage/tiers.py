"""How clients came to their levels."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import tier_changes, visits


class TierReason(StrEnum):
    VISIT = "visit"
    UNDO = "undo"
    RETURN = "return"
    REVIEW = "review"
    INVITATION = "invitation"
    IMPORT = "import"
    MERGE = "merge"


@dataclass(frozen=True)
class Lift:
    """A step up that a visit caused, and when that visit was taken back, if it was."""

    from_tier: str
    to_tier: str
    visit_id: int | None
    at: datetime
    undone_at: datetime | None


async def add_change(
    db: AsyncConnection,
    *,
    client_id: int,
    from_tier: str,
    to_tier: str,
    reason: TierReason,
    visit_id: int | None,
    now: datetime,
) -> None:
    """Keeps a step."""
    await db.execute(
        insert(tier_changes).values(
            client_id=client_id,
            from_tier=from_tier,
            to_tier=to_tier,
            reason=reason.value,
            visit_id=visit_id,
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
            visits.c.undone_at,
        )
        .outerjoin(visits, visits.c.id == tier_changes.c.visit_id)
        .where(own, tier_changes.c.reason == TierReason.VISIT, tier_changes.c.id > decided)
        .order_by(tier_changes.c.id)
    )
    return tuple(Lift(**row) for row in (await db.execute(query)).mappings())

"""How clients came to their levels."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import tier_changes


class TierReason(StrEnum):
    VISIT = "visit"
    UNDO = "undo"
    RETURN = "return"
    REVIEW = "review"
    INVITATION = "invitation"


@dataclass(frozen=True)
class TierChange:
    """One step up or down; `visit_id` is the visit that caused it."""

    id: int
    client_id: int
    from_tier: str
    to_tier: str
    reason: TierReason
    visit_id: int | None
    at: datetime


_COLUMNS = tuple(tier_changes.c[name] for name in TierChange.__dataclass_fields__)


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


async def changes_since(
    db: AsyncConnection, client_id: int, *, lifted_by_visit: int
) -> tuple[TierChange, ...]:
    """The lift that this visit caused and every change after it, oldest first; none: it lifted
    nobody."""
    first = (
        select(tier_changes.c.id)
        .where(
            tier_changes.c.client_id == client_id,
            tier_changes.c.visit_id == lifted_by_visit,
            tier_changes.c.reason == TierReason.VISIT,
        )
        .order_by(tier_changes.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(*_COLUMNS)
        .where(tier_changes.c.client_id == client_id, tier_changes.c.id >= first)
        .order_by(tier_changes.c.id)
    )
    return tuple(
        TierChange(**{**row, "reason": TierReason(row["reason"])})
        for row in (await db.execute(query)).mappings()
    )

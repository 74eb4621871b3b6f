"""Badges that clients have won, each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import badge_grants, visits
from storage.visits import VisitStatus


@dataclass(frozen=True)
class BadgeGrant:
    """A badge that is held, and the visit that earned it."""

    badge: str
    visit_id: int | None
    granted_at: datetime
    # That visit was taken back or returned since, if only in part: others had earned it as well.
    shaken: bool


# Asked with every visit, so built once.
_HELD = (
    select(
        badge_grants.c.badge,
        badge_grants.c.visit_id,
        badge_grants.c.granted_at,
        visits.c.status,
        visits.c.returned,
    )
    .outerjoin(visits, visits.c.id == badge_grants.c.visit_id)
    .where(badge_grants.c.client_id == bindparam("client"), badge_grants.c.revoked_at.is_(None))
    .order_by(badge_grants.c.granted_at, badge_grants.c.badge)
)


async def held(db: AsyncConnection, client_id: int) -> tuple[BadgeGrant, ...]:
    """The badges of the client, in the order of winning; those taken back are not among them."""
    return tuple(
        BadgeGrant(
            row.badge,
            row.visit_id,
            row.granted_at,
            shaken=row.visit_id is not None
            and (row.status != VisitStatus.CONFIRMED or row.returned > 0),
        )
        for row in await db.execute(_HELD, {"client": client_id})
    )


async def grant(
    db: AsyncConnection, client_id: int, badge: str, *, visit_id: int | None, now: datetime
) -> bool:
    """Gives the badge, perhaps again after it was taken back; False if it is held already."""
    insert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    values = {"visit_id": visit_id, "granted_at": now, "revoked_at": None}
    statement = (
        insert(badge_grants)
        .values(client_id=client_id, badge=badge, **values)
        .on_conflict_do_update(
            index_elements=["client_id", "badge"],
            set_=values,
            where=badge_grants.c.revoked_at.is_not(None),
        )
        .returning(badge_grants.c.badge)
    )
    return (await db.execute(statement)).first() is not None


async def revoke(
    db: AsyncConnection, client_id: int, badges: Sequence[str], *, now: datetime
) -> None:
    """Takes these badges back."""
    await db.execute(
        update(badge_grants)
        .where(
            badge_grants.c.client_id == client_id,
            badge_grants.c.badge.in_(badges),
            badge_grants.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )

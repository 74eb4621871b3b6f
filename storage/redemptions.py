"""Points held for a client's ✅. Who decides on a redemption has locked its client before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, func, insert, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.tables import clients, redemptions, telegram_accounts


class RedemptionStatus(StrEnum):
    OPEN = "open"  # the client is asked
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    LAPSED = "lapsed"  # the client did not answer in time
    WITHDRAWN = "withdrawn"  # by staff
    VOID = "void"  # by the time of the answer its terms allowed it no more


@dataclass(frozen=True)
class Redemption:
    """A question to a client about their points, and what became of it."""

    id: int
    preview_id: int  # the terms that they were shown last
    client_id: int
    staff_id: int  # who asked, a Telegram id
    approved_by: int | None
    points: int
    status: RedemptionStatus
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    visit_id: int | None

    def holds_at(self, now: datetime) -> bool:
        """Whether its points are spoken for: a question that ran out holds nothing."""
        return self.status is RedemptionStatus.OPEN and now < self.expires_at


_COLUMNS = tuple(redemptions.c[name] for name in Redemption.__dataclass_fields__)
# A literal: SQLite uses a partial index only where it sees the condition.
_OPEN = redemptions.c.status == literal_column("'open'")


async def add(db: AsyncConnection, values: Mapping[str, Any]) -> Redemption:
    """A new open question; IntegrityError while the client has another."""
    statement = insert(redemptions).values(**values, status=RedemptionStatus.OPEN)
    row = (await db.execute(statement.returning(*_COLUMNS))).mappings().one()
    return _redemption(row)


async def by_id(db: AsyncConnection, redemption_id: int) -> Redemption | None:
    query = select(*_COLUMNS).where(redemptions.c.id == redemption_id)
    row = (await db.execute(query)).mappings().first()
    return None if row is None else _redemption(row)


_OPEN_OF = select(*_COLUMNS).where(redemptions.c.client_id == bindparam("client"), _OPEN)
HELD_BY_CLIENT = select(func.coalesce(func.sum(redemptions.c.points), 0).label("points")).where(
    redemptions.c.client_id == bindparam("client"),
    _OPEN,
    redemptions.c.expires_at > bindparam("now"),
)
_HELD_OF = (
    select(redemptions.c.client_id, func.sum(redemptions.c.points).label("points"))
    .where(
        redemptions.c.client_id.in_(bindparam("clients", expanding=True)),
        _OPEN,
        redemptions.c.expires_at > bindparam("now"),
    )
    .group_by(redemptions.c.client_id)
)


async def open_of(db: AsyncConnection, client_id: int) -> Redemption | None:
    """The client's open question, one that ran out unnoticed too."""
    row = (await db.execute(_OPEN_OF, {"client": client_id})).mappings().first()
    return None if row is None else _redemption(row)


async def held_points_of(
    db: AsyncConnection, client_ids: Sequence[int], now: datetime
) -> dict[int, int]:
    """By client, the points that are spoken for at this moment; who has none is left out."""
    rows = await db.execute(_HELD_OF, {"clients": list(client_ids), "now": now})
    return {row.client_id: int(row.points) for row in rows}


async def close(
    db: AsyncConnection,
    redemption_id: int,
    status: RedemptionStatus,
    *,
    now: datetime,
    visit_id: int | None = None,
) -> bool:
    """Ends an open question; False if it was ended before."""
    result = await db.execute(
        update(redemptions)
        .where(redemptions.c.id == redemption_id, _OPEN)
        .values(status=status, answered_at=now, visit_id=visit_id)
    )
    return result.rowcount == 1


async def show(db: AsyncConnection, redemption_id: int, preview_id: int) -> None:
    """From now on an open question is about these terms."""
    await db.execute(
        update(redemptions)
        .where(redemptions.c.id == redemption_id, _OPEN)
        .values(preview_id=preview_id)
    )


async def to_end(db: AsyncConnection, now: datetime, *, after_id: int, limit: int) -> list[int]:
    """Open questions that ran out, or whose client has blocked the bot meanwhile."""
    query = (
        select(redemptions.c.id)
        .join(clients, clients.c.id == redemptions.c.client_id)
        .outerjoin(telegram_accounts, telegram_accounts.c.telegram_id == clients.c.telegram_id)
        .where(
            _OPEN,
            redemptions.c.id > after_id,
            or_(
                redemptions.c.expires_at <= now,
                telegram_accounts.c.unreachable_since.is_not(None),
            ),
        )
        .order_by(redemptions.c.id)
        .limit(limit)
    )
    return list((await db.execute(query)).scalars())


def _redemption(row: Mapping[Any, Any]) -> Redemption:
    return Redemption(**{**row, "status": RedemptionStatus(row["status"])})

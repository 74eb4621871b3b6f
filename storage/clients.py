"""Clients: who they are, and the caches on their rows."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import tiers
from storage.tables import clients, pending_points, visit_previews
from storage.tiers import TierReason


class ClientStatus(StrEnum):
    ACTIVE = "active"
    ARCHIVED = "archived"  # merged into another record
    ERASED = "erased"


@dataclass(frozen=True)
class Client:
    """A client as the tables know them."""

    id: int
    telegram_id: int | None
    phone: str | None  # E.164
    name: str | None
    birthday_day: int | None
    birthday_month: int | None
    birthday_year: int | None
    birthday_told_on: date | None
    language: str
    card_number: str | None
    card_code: str | None  # of the QR link
    referral_code: str | None
    favourite_services: tuple[str, ...]
    advert_consent: bool
    leaderboard_hidden: bool
    status: ClientStatus
    merged_into_id: int | None
    registered_at: datetime | None
    registered_on: date | None
    created_at: datetime
    balance: int
    tier: str
    tier_since: date
    visits: int
    last_visit_on: date | None
    tier_until: date | None = None  # the last day of a level held by invitation; None: no end
    tier_warned_for: date | None = None  # the day on which the level may be lost, as warned
    tier_warned_on: date | None = None
    tier_reviewed_on: date | None = None

    @property
    def is_gone(self) -> bool:
        """Erased, perhaps since this very stimulus was read."""
        return self.status is ClientStatus.ERASED


COLUMNS = tuple(clients.c[name] for name in Client.__dataclass_fields__)


_THESE = (
    select(*COLUMNS)
    .where(clients.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(clients.c.id)
)
_THESE_FREE = _THESE.with_for_update(skip_locked=True)


def client_from(row: Mapping[Any, Any], prefix: str = "") -> Client:
    """The client that a row holds, its columns perhaps labelled with a prefix."""
    values = {name: row[prefix + name] for name in Client.__dataclass_fields__}
    values["favourite_services"] = tuple(json.loads(values["favourite_services"]))
    values["status"] = ClientStatus(values["status"])
    return Client(**values)


# Built once: building a statement takes longer than running it.
_ONE = {
    name: select(*COLUMNS).where(clients.c[name] == bindparam("wanted"))
    for name in ("id", "phone", "telegram_id", "card_number", "card_code", "referral_code")
}
_LOCK = _ONE["id"].with_for_update()  # SQLite's dialect leaves the lock out
_LOCK_OF_PREVIEW = (
    select(*COLUMNS)
    .where(
        clients.c.id
        == select(visit_previews.c.client_id)
        .where(visit_previews.c.id == bindparam("wanted"))
        .scalar_subquery()
    )
    .with_for_update()
)


async def any_points(db: AsyncConnection) -> bool:
    """Whether anybody has points on their card, or waiting to be put there."""
    on_cards = select(clients.c.id).where(clients.c.balance > 0).limit(1)
    resting = select(pending_points.c.visit_id).where(pending_points.c.status == "pending").limit(1)
    for query in (on_cards, resting):
        if (await db.execute(query)).first() is not None:
            return True
    return False


async def by_id(db: AsyncConnection, client_id: int) -> Client | None:
    return await _one(db, _ONE["id"], client_id)


async def by_phone(db: AsyncConnection, phone: str) -> Client | None:
    """The client with this E.164 number."""
    return await _one(db, _ONE["phone"], phone)


async def by_telegram_id(db: AsyncConnection, telegram_id: int) -> Client | None:
    return await _one(db, _ONE["telegram_id"], telegram_id)


async def by_card_number(db: AsyncConnection, number: str) -> Client | None:
    return await _one(db, _ONE["card_number"], number)


async def by_card_code(db: AsyncConnection, code: str) -> Client | None:
    return await _one(db, _ONE["card_code"], code)


async def by_referral_code(db: AsyncConnection, code: str) -> Client | None:
    return await _one(db, _ONE["referral_code"], code)


async def by_ids(db: AsyncConnection, ids: Collection[int]) -> dict[int, Client]:
    """Those of these clients that there are."""
    if not ids:
        return {}
    rows = await db.execute(select(*COLUMNS).where(clients.c.id.in_(sorted(ids))))
    found = [client_from(row) for row in rows.mappings()]
    return {client.id: client for client in found}


async def names_by_telegram_id(
    db: AsyncConnection, telegram_ids: Collection[int]
) -> dict[int, str]:
    """The names of the clients behind these accounts; who has none is left out."""
    if not telegram_ids:
        return {}
    query = select(clients.c.telegram_id, clients.c.name).where(
        clients.c.telegram_id.in_(sorted(telegram_ids)), clients.c.name.is_not(None)
    )
    return {row.telegram_id: row.name for row in await db.execute(query)}


async def lock(db: AsyncConnection, client_id: int) -> Client | None:
    """The client, nobody else changing them until this transaction ends.

    On SQLite the one writing connection is the lock.
    """
    return await _one(db, _LOCK, client_id)


async def lock_of_preview(db: AsyncConnection, preview_id: int) -> Client | None:
    """The client whose visit was previewed, locked as by `lock`."""
    return await _one(db, _LOCK_OF_PREVIEW, preview_id)


async def lock_free(db: AsyncConnection, client_ids: Sequence[int]) -> list[Client]:
    """Those of these clients whom nobody else is changing, locked, by rising id.

    Who is busy is left out rather than waited for: a round must neither hold people up nor meet
    them in a deadlock. On SQLite the one writing connection is the lock.
    """
    rows = await db.execute(_THESE_FREE, {"ids": list(client_ids)})
    return [client_from(row) for row in rows.mappings()]


async def _one(db: AsyncConnection, query: Select[Any], wanted: int | str) -> Client | None:
    row = (await db.execute(query, {"wanted": wanted})).mappings().first()
    return None if row is None else client_from(row)


async def add(db: AsyncConnection, values: Mapping[str, Any]) -> int:
    """A new client's id; IntegrityError where phone, account, card or code is taken."""
    result = await db.execute(insert(clients).values(**values).returning(clients.c.id))
    return await _enrolled(db, int(result.scalar_one()), values)


async def add_unless_taken(db: AsyncConnection, values: Mapping[str, Any]) -> int | None:
    """A new client's id; None where phone, account, card or code is somebody's already."""
    upsert = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    result = await db.execute(
        upsert(clients).values(**values).on_conflict_do_nothing().returning(clients.c.id)
    )
    row = result.first()
    return None if row is None else await _enrolled(db, int(row.id), values)


async def _enrolled(db: AsyncConnection, client_id: int, values: Mapping[str, Any]) -> int:
    """With the row its first level is kept: `svoi audit` follows the levels from there."""
    await tiers.add_change(
        db,
        client_id=client_id,
        from_tier=None,
        to_tier=values["tier"],
        reason=TierReason.ENROLMENT,
        visit_id=None,
        now=values["created_at"],
    )
    return client_id


async def take_phone(db: AsyncConnection, client_id: int, phone: str) -> bool:
    """Gives the client this phone; False if it is somebody's, perhaps since this very moment."""
    try:
        async with db.begin_nested():
            await change(db, client_id, {"phone": phone})
    except IntegrityError:
        return False
    return True


_CHANGE = update(clients).where(
    clients.c.id == bindparam("whose"), clients.c.status != ClientStatus.ERASED
)


async def change(db: AsyncConnection, client_id: int, values: Mapping[str, Any]) -> None:
    """Sets columns of the client's row; who was erased meanwhile takes nothing in any more."""
    await db.execute(_CHANGE, {**values, "whose": client_id})

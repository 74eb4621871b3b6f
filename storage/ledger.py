"""The rows of the ledger and of the lots; the rules of posting are in `operations.ledger`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, exists, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.points import Lot
from storage.tables import clients, ledger_entries, lot_movements, lots

OPEN_LOTS_PAGE_FIRST = 16
OPEN_LOTS_PAGE_GROWS = 8
OPEN_LOTS_PAGE_MAX = 1_024


class EntryKind(StrEnum):
    """What an entry is for; the kind is part of what the client reads in their history."""

    WELCOME = "welcome"
    VISIT = "visit"
    REFERRAL = "referral"
    BIRTHDAY = "birthday"
    WIN_BACK = "win_back"
    ACTION = "action"
    PRIZE = "prize"
    APOLOGY = "apology"
    REDEMPTION = "redemption"
    REWARD = "reward"
    UNDO = "undo"
    RETURN = "return"
    EXPIRY = "expiry"
    ADJUSTMENT = "adjustment"
    TRANSFER = "transfer"
    IMPORT = "import"
    ERASURE = "erasure"


@dataclass(frozen=True)
class Entry:
    """One entry of the ledger."""

    id: int
    client_id: int
    kind: EntryKind
    amount: int
    balance_before: int
    balance_after: int
    key: str
    content_hash: str
    reverses_id: int | None
    visit_id: int | None
    actor_id: int | None
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class OpenLot:
    """A lot with something left, as it is listed to its owner."""

    amount: int
    valid_through: date | None


_COLUMNS = tuple(ledger_entries.c[name] for name in Entry.__dataclass_fields__)


def _entry(row: Any) -> Entry:
    return Entry(**{**row, "kind": EntryKind(row["kind"])})


# Built once: building a statement takes longer than running it.
_BY_KEY = select(*_COLUMNS).where(ledger_entries.c.key == bindparam("wanted"))
_BY_ID = select(*_COLUMNS).where(ledger_entries.c.id == bindparam("wanted"))
_OF_VISIT = (
    select(*_COLUMNS)
    .where(ledger_entries.c.visit_id == bindparam("visit"))
    .order_by(ledger_entries.c.id)
)


async def by_key(db: AsyncConnection, key: str) -> Entry | None:
    """The entry that was posted under this key."""
    row = (await db.execute(_BY_KEY, {"wanted": key})).mappings().first()
    return None if row is None else _entry(row)


async def by_id(db: AsyncConnection, entry_id: int) -> Entry | None:
    row = (await db.execute(_BY_ID, {"wanted": entry_id})).mappings().first()
    return None if row is None else _entry(row)


async def of_visit(db: AsyncConnection, visit_id: int) -> list[Entry]:
    """All that was posted for this visit, in order."""
    return [_entry(row) for row in (await db.execute(_OF_VISIT, {"visit": visit_id})).mappings()]


async def of_client(
    db: AsyncConnection, client_id: int, *, limit: int, offset: int = 0
) -> list[Entry]:
    """The client's entries, newest first."""
    query = (
        select(*_COLUMNS)
        .where(ledger_entries.c.client_id == client_id)
        .order_by(ledger_entries.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [_entry(row) for row in (await db.execute(query)).mappings()]


_REVERSED = select(func.coalesce(func.sum(ledger_entries.c.amount), 0)).where(
    ledger_entries.c.reverses_id == bindparam("entry")
)


async def reversed_amount(db: AsyncConnection, entry_id: int) -> int:
    """How much of an entry has been reversed, signed as the reversals are; 0: nothing."""
    return int((await db.execute(_REVERSED, {"entry": entry_id})).scalar_one())


_ADD_ENTRY = insert(ledger_entries).returning(ledger_entries.c.id)
_WRITTEN = [column for column in ledger_entries.c if column.name != "id"]
# No ON CONFLICT: the trigger that guards the ledger refuses even the attempt at a taken key.
_ADD_ENTRY_ONCE = (
    insert(ledger_entries)
    .from_select(
        [column.name for column in _WRITTEN],
        select(*(bindparam(column.name, type_=column.type) for column in _WRITTEN)).where(
            ~exists().where(ledger_entries.c.key == bindparam("key"))
        ),
    )
    .returning(ledger_entries.c.id)
)
_SET_BALANCE = (
    update(clients)
    .where(clients.c.id == bindparam("whose"), clients.c.balance == bindparam("before"))
    .values(balance=bindparam("after"))
)


async def add_entry(db: AsyncConnection, entry: dict[str, Any]) -> int:
    """Appends; IntegrityError if the key is taken."""
    return int((await db.execute(_ADD_ENTRY, entry)).scalar_one())


async def add_entry_once(db: AsyncConnection, entry: dict[str, Any]) -> int | None:
    """Appends; None, and nothing is written, if the key is taken.

    IntegrityError if another transaction takes it in this very moment: nobody does who holds the
    client that the key is about.
    """
    added: int | None = (await db.execute(_ADD_ENTRY_ONCE, entry)).scalar()
    return added


async def set_balance(db: AsyncConnection, client_id: int, *, before: int, after: int) -> None:
    """Refreshes the cache on the client's row, which the caller has read under its lock."""
    values = {"whose": client_id, "before": before, "after": after}
    result = await db.execute(_SET_BALANCE, values)
    assert result.rowcount == 1, "the balance has moved since the client was locked"


async def add_lot(
    db: AsyncConnection,
    *,
    client_id: int,
    entry_id: int,
    amount: int,
    valid_through: date | None,
    warned_ahead: int | None = None,
    warned_on: date | None = None,
) -> int:
    """A new lot; `warned_ahead` and `warned_on` where its grant stands for a warning."""
    lot = {
        "client_id": client_id,
        "entry_id": entry_id,
        "amount": amount,
        "remaining": amount,
        "valid_through": valid_through,
        "warned_ahead": warned_ahead,
        "warned_on": warned_on,
    }
    return int((await db.execute(_ADD_LOT, lot)).scalar_one())


_ADD_LOT = insert(lots).returning(lots.c.id)
# In the order of the index on open lots, whose first rows are read and no others.
_OPEN_LOTS = (
    select(lots.c.id, lots.c.remaining, lots.c.valid_through)
    .where(lots.c.client_id == bindparam("client"), text("remaining > 0"))
    .order_by(lots.c.valid_through.nulls_last(), lots.c.id)
    .limit(bindparam("most"))
    .offset(bindparam("known"))
)


async def open_lots(db: AsyncConnection, client_id: int, *, covering: int) -> list[Lot]:
    """The lots that expire soonest, as many as it takes to cover so many points.

    Read by pages that grow: most spends take a few lots, some take thousands.
    """
    found: list[Lot] = []
    covered, most = 0, OPEN_LOTS_PAGE_FIRST
    while covered < covering:
        values = {"client": client_id, "most": most, "known": len(found)}
        page = [Lot(*row) for row in await db.execute(_OPEN_LOTS, values)]
        found += page
        covered += sum(lot.remaining for lot in page)
        if len(page) < most:
            break
        most = min(most * OPEN_LOTS_PAGE_GROWS, OPEN_LOTS_PAGE_MAX)
    return found


NEXT_EXPIRIES = (
    select(lots.c.valid_through, func.sum(lots.c.remaining).label("points"))
    .where(
        lots.c.client_id == bindparam("client"),
        text("remaining > 0"),
        lots.c.valid_through.is_not(None),
    )
    .group_by(lots.c.valid_through)
    .order_by(lots.c.valid_through)
    .limit(bindparam("most"))
)


_LOT_OF_ENTRY = select(lots.c.id, lots.c.remaining, lots.c.valid_through).where(
    lots.c.entry_id == bindparam("entry")
)


async def lot_of_entry(db: AsyncConnection, entry_id: int) -> Lot | None:
    """The lot that this grant opened; none if a debt swallowed it whole."""
    row = (await db.execute(_LOT_OF_ENTRY, {"entry": entry_id})).first()
    return None if row is None else Lot(*row)


@dataclass(frozen=True)
class Movement:
    """Points taken from a lot (below zero) or put back into it (above)."""

    lot_id: int
    amount: int


async def movements_of(db: AsyncConnection, entry_id: int) -> list[Movement]:
    """Which lots this entry moved, and its reversals too."""
    reversals = select(ledger_entries.c.id).where(ledger_entries.c.reverses_id == entry_id)
    query = (
        select(lot_movements.c.lot_id, func.sum(lot_movements.c.amount).label("amount"))
        .where((lot_movements.c.entry_id == entry_id) | lot_movements.c.entry_id.in_(reversals))
        .group_by(lot_movements.c.lot_id)
        .order_by(lot_movements.c.lot_id)
    )
    return [Movement(row.lot_id, int(row.amount)) for row in await db.execute(query)]


_ADD_MOVEMENT = insert(lot_movements)
_MOVE = (
    update(lots)
    .where(lots.c.id == bindparam("lot"))
    .values(remaining=lots.c.remaining + bindparam("moved"))
)


async def move_lots(db: AsyncConnection, entry_id: int, movements: Sequence[Movement]) -> None:
    """Records the movements and refreshes what the lots have left."""
    if not movements:
        return
    rows = [
        {"entry_id": entry_id, "lot_id": movement.lot_id, "amount": movement.amount}
        for movement in movements
    ]
    await db.execute(_ADD_MOVEMENT, rows)
    moves = [{"lot": movement.lot_id, "moved": movement.amount} for movement in movements]
    await db.execute(_MOVE, moves)


async def prolong_lots(
    db: AsyncConnection, lot_ids: Sequence[int], *, over_before: date, until: date
) -> None:
    """Gives those of these lots whose last day lies before that day another one."""
    if lot_ids:
        await db.execute(
            update(lots)
            .where(lots.c.id.in_(lot_ids), lots.c.valid_through < over_before)
            .values(valid_through=until)
        )

"""Lots that run out: whom to warn, what goes, and what was warned of (rule 11).

The rows say what is done: a lot carries its last warning, an entry its day. Statements are built
once; a round runs them thousands of times.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Date,
    Select,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.points import Lot
from storage.tables import clients, ledger_entries, lot_movements, lots


class Place(NamedTuple):
    """Where a page ends: pages go by last day, then by client."""

    last_day: date
    client_id: int


@dataclass(frozen=True)
class Pile:
    """A client's points that run out on one day, as far as they were warned of together."""

    client_id: int
    valid_through: date
    points: int
    warned_ahead: int | None


@dataclass(frozen=True)
class Warned:
    """The warning that a client's lots of one day have had."""

    client_id: int
    valid_through: date
    ahead: int


@dataclass(frozen=True)
class WriteOff:
    """What goes from one client's lots under one entry of the ledger."""

    entry: dict[str, Any]  # the row
    lots: tuple[Lot, ...]


_OPEN = text("remaining > 0")
# Named as the index has it, so that SQLite sees that the partial index answers.
_DATED = text("valid_through IS NOT NULL")
_BEHIND = tuple_(lots.c.valid_through, lots.c.client_id) > tuple_(
    bindparam("day", type_=Date), bindparam("client", type_=BigInteger)
)
_PAGE: Select[Any] = (
    select(lots.c.valid_through, lots.c.client_id)
    .where(_OPEN, _DATED, _BEHIND)
    .order_by(lots.c.valid_through, lots.c.client_id)
    .limit(bindparam("most"))
)


@functools.cache
def _unwarned(warnings: int) -> Select[Any]:
    """For so many warnings: `ahead_n` days ahead, which is due for lots up to `until_n`."""
    due = (
        and_(
            lots.c.valid_through <= bindparam(f"until_{n}", type_=Date),
            or_(lots.c.warned_ahead.is_(None), lots.c.warned_ahead > bindparam(f"ahead_{n}")),
        )
        for n in range(warnings)
    )
    return _PAGE.where(lots.c.valid_through <= bindparam("horizon", type_=Date), or_(*due))


async def unwarned(
    db: AsyncConnection, until: dict[int, date], *, after: Place, limit: int
) -> list[Place]:
    """Where a warning is due; `until` maps each (days ahead) to the last of the days it is for.

    One place may be found several times over; it is the place of a client's lots of one day.
    """
    values: dict[str, Any] = {"horizon": max(until.values()), **_after(after, limit)}
    for n, (ahead, day) in enumerate(until.items()):
        values |= {f"ahead_{n}": ahead, f"until_{n}": day}
    return [Place(*row) for row in await db.execute(_unwarned(len(until)), values)]


def _after(after: Place, limit: int) -> dict[str, Any]:
    return {"day": after.last_day, "client": after.client_id, "most": limit}


_ANNOUNCED = and_(
    lots.c.valid_through < bindparam("today", type_=Date),
    lots.c.warned_ahead <= bindparam("nearest"),
    lots.c.warned_on < bindparam("today", type_=Date),
)
_PAST = _PAGE.where(_ANNOUNCED)


async def past(
    db: AsyncConnection, today: date, *, nearest: int, after: Place, limit: int
) -> list[Place]:
    """Where lots may go: past their day, and warned of `nearest` days ahead on an earlier day."""
    values = {"today": today, "nearest": nearest, **_after(after, limit)}
    return [Place(*row) for row in await db.execute(_PAST, values)]


_THEIRS = lots.c.client_id.in_(bindparam("clients", expanding=True))
_PILES = (
    select(
        lots.c.client_id,
        lots.c.valid_through,
        func.sum(lots.c.remaining).label("points"),
        lots.c.warned_ahead,
    )
    .where(_OPEN, _DATED, _THEIRS)
    .group_by(lots.c.client_id, lots.c.valid_through, lots.c.warned_ahead)
    .order_by(lots.c.client_id, lots.c.valid_through, lots.c.warned_ahead)
)


async def piles(db: AsyncConnection, client_ids: Sequence[int]) -> dict[int, list[Pile]]:
    """Everything of these clients' that will run out, by last day, the soonest first."""
    found: dict[int, list[Pile]] = {client_id: [] for client_id in client_ids}
    for row in await db.execute(_PILES, {"clients": list(client_ids)}):
        pile = Pile(row.client_id, row.valid_through, int(row.points), row.warned_ahead)
        found[pile.client_id].append(pile)
    return found


_MARK = (
    update(lots)
    .where(
        _OPEN,
        lots.c.client_id == bindparam("whose"),
        lots.c.valid_through == bindparam("day"),
        or_(lots.c.warned_ahead.is_(None), lots.c.warned_ahead > bindparam("ahead")),
    )
    .values(warned_ahead=bindparam("ahead"), warned_on=bindparam("on_day"))
)


async def mark_warned(db: AsyncConnection, warned: Sequence[Warned], today: date) -> None:
    """Records the warnings on the lots; the clients are locked."""
    if warned:
        rows = [
            {"whose": one.client_id, "day": one.valid_through, "ahead": one.ahead, "on_day": today}
            for one in warned
        ]
        await db.execute(_MARK, rows)


_FORGET = (
    update(lots)
    .where(lots.c.id == bindparam("lot"), lots.c.valid_through.is_not(None))
    .values(warned_ahead=None, warned_on=None)
)


async def forget_warnings(db: AsyncConnection, lot_ids: Sequence[int]) -> None:
    """Points have come back into these lots: nobody was warned of those."""
    if lot_ids:
        await db.execute(_FORGET, [{"lot": lot_id} for lot_id in lot_ids])


_PAST_LOTS = (
    select(lots.c.client_id, lots.c.id, lots.c.remaining, lots.c.valid_through)
    .where(_OPEN, _DATED, _THEIRS, _ANNOUNCED)
    .order_by(lots.c.client_id, lots.c.valid_through, lots.c.id)
)


async def past_lots(
    db: AsyncConnection, client_ids: Sequence[int], today: date, *, nearest: int
) -> dict[int, list[Lot]]:
    """The lots of these clients that may go, the soonest first; the clients are locked."""
    values = {"clients": list(client_ids), "today": today, "nearest": nearest}
    found: dict[int, list[Lot]] = {client_id: [] for client_id in client_ids}
    for row in await db.execute(_PAST_LOTS, values):
        found[row.client_id].append(Lot(row.id, row.remaining, row.valid_through))
    return found


_KEYS = select(ledger_entries.c.key).where(
    ledger_entries.c.key.in_(bindparam("keys", expanding=True))
)


async def posted(db: AsyncConnection, keys: Sequence[str]) -> set[str]:
    """Which of these keys the ledger has already."""
    return set((await db.execute(_KEYS, {"keys": list(keys)})).scalars())


# Told apart by key: SQLite keeps the order of several rows only one row a statement.
_ENTRIES = insert(ledger_entries).returning(ledger_entries.c.id, ledger_entries.c.key)
_EMPTY = update(lots).where(lots.c.id == bindparam("lot")).values(remaining=0)
_BALANCES = (
    update(clients).where(clients.c.id == bindparam("whose")).values(balance=bindparam("left"))
)


async def write_off(db: AsyncConnection, write_offs: Sequence[WriteOff]) -> dict[str, int]:
    """Appends the entries, empties the lots whole, refreshes the balances; the clients are locked.

    Returns the entries' ids by their keys. IntegrityError if a key is taken.
    """
    if not write_offs:
        return {}
    posted = await db.execute(_ENTRIES, [one.entry for one in write_offs])
    ids = {row.key: row.id for row in posted}
    movements = [
        {"entry_id": ids[one.entry["key"]], "lot_id": lot.id, "amount": -lot.remaining}
        for one in write_offs
        for lot in one.lots
    ]
    await db.execute(insert(lot_movements), movements)
    await db.execute(_EMPTY, [{"lot": movement["lot_id"]} for movement in movements])
    balances = [
        {"whose": one.entry["client_id"], "left": one.entry["balance_after"]} for one in write_offs
    ]
    await db.execute(_BALANCES, balances)
    return ids

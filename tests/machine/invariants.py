"""What holds after every step, whatever was done: read from the rows."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all

from loyalty.programme import Programme
from operations.held_points import held_points
from operations.transaction import Tx
from storage import audit
from storage.tables import (
    clients,
    ledger_entries,
    lot_movements,
    lots,
    outbox,
    pending_points,
    redemptions,
    reward_stock,
    visits,
)

# By rule 9 a return takes what is spent already; a debt goes along with a merged record.
MAY_OWE = ("undo", "return", "transfer")


@dataclass(frozen=True)
class Books:
    """All rows that say who has how many points, as they are now."""

    clients: list[Any]
    entries: list[Any]
    lots: list[Any]
    moved: dict[int, int]  # what movements came to, by lot
    redemptions: list[Any]
    spoken_for: Mapping[int, int]  # points by client, as the operations know it
    stock: dict[str, int]
    visits: list[Any]
    pending: dict[int, int]  # points that rest, by visit
    told: Counter[int]  # messages by chat

    @property
    def balances(self) -> dict[int, int]:
        return {row.id: row.balance for row in self.clients}


async def audited(tx: Tx) -> None:
    """`svoi audit` finds nothing."""
    if (await tx.db.execute(_DIFFERENCES)).first() is not None:
        raise AssertionError(await audit.differences(tx.db))


# All that the audit asks, in one statement: for most steps, is there anything at all?
_DIFFERENCES = union_all(
    *(select(literal(figure)).where(query.exists()) for figure, query in audit.queries())
)
# Built once: building them takes longer than running them.
_CLIENTS = select(clients).order_by(clients.c.id)
_ENTRIES = select(ledger_entries).order_by(ledger_entries.c.id)
_LOTS = select(lots).order_by(lots.c.id)
_MOVED = select(lot_movements.c.lot_id, func.sum(lot_movements.c.amount)).group_by(
    lot_movements.c.lot_id
)
_REDEMPTIONS = select(redemptions).order_by(redemptions.c.id)
_STOCK = select(reward_stock.c.code, reward_stock.c.claimed)
_VISITS = select(visits).order_by(visits.c.id)
_PENDING = select(pending_points.c.visit_id, pending_points.c.amount).where(
    pending_points.c.status == "pending"
)
_TOLD = select(outbox.c.chat_id, func.count()).group_by(outbox.c.chat_id)


async def _pairs(tx: Tx, query: Select[Any]) -> list[tuple[Any, Any]]:
    return [(key, value) for key, value in await tx.db.execute(query)]


async def open_books(tx: Tx) -> Books:
    """As they are."""
    db = tx.db
    people = list(await db.execute(_CLIENTS))
    active = [row.id for row in people if row.status == "active"]
    return Books(
        clients=people,
        entries=list(await db.execute(_ENTRIES)),
        lots=list(await db.execute(_LOTS)),
        moved={lot_id: int(total) for lot_id, total in await _pairs(tx, _MOVED)},
        redemptions=list(await db.execute(_REDEMPTIONS)),
        spoken_for={one: at for one, at in (await held_points(tx, active)).items() if at},
        stock=dict(await _pairs(tx, _STOCK)),
        visits=list(await db.execute(_VISITS)),
        pending=dict(await _pairs(tx, _PENDING)),
        told=Counter(dict(await _pairs(tx, _TOLD))),
    )


def check_books(books: Books, programme: Programme) -> None:
    """Rules 1, 2, 4 and 9, and the stock."""
    check_sums(books)
    check_chains(books)
    check_lots(books)
    check_stock(books, programme)


def check_sums(books: Books) -> None:
    """Sum of entries = sum of balances = sum of open lots less the debts: of each, and of all."""
    entries: dict[int, int] = defaultdict(int)
    open_lots: dict[int, int] = defaultdict(int)
    for entry in books.entries:
        entries[entry.client_id] += entry.amount
    for lot in books.lots:
        open_lots[lot.client_id] += lot.remaining
    for row in books.clients:
        debt = max(-row.balance, 0)
        assert row.balance == entries[row.id] == open_lots[row.id] - debt, row.id
        assert not (debt and open_lots[row.id]), "who owes has nothing to spend"
    debts = sum(max(-row.balance, 0) for row in books.clients)
    assert sum(entries.values()) == sum(books.balances.values())
    assert sum(entries.values()) == sum(open_lots.values()) - debts


def check_chains(books: Books) -> None:
    """Each entry begins where the one before it ended; a key has one effect."""
    balance: dict[int, int] = defaultdict(int)
    reversed_by: dict[int, int] = defaultdict(int)
    amounts = {entry.id: entry.amount for entry in books.entries}
    keys: set[str] = set()
    for entry in books.entries:
        assert entry.balance_before == balance[entry.client_id], "a gap in the chain"
        assert entry.balance_before + entry.amount == entry.balance_after
        balance[entry.client_id] = entry.balance_after
        assert entry.key not in keys, "two effects of one key"
        keys.add(entry.key)
        if entry.amount < 0 and entry.balance_after < 0:
            assert entry.kind in MAY_OWE, f"{entry.kind} took a balance below zero"
        if entry.reverses_id is not None:
            reversed_by[entry.reverses_id] += entry.amount
    for entry_id, amount in reversed_by.items():
        assert amount * amounts[entry_id] < 0, "a reversal goes the other way"
        assert abs(amount) <= abs(amounts[entry_id]), "more came back than went"


def check_lots(books: Books) -> None:
    """No lot is spent twice, none holds more than was put in."""
    granted = {entry.id: entry.amount for entry in books.entries}
    for lot in books.lots:
        assert 0 <= lot.remaining <= lot.amount <= granted[lot.entry_id], lot.id
        assert lot.remaining == lot.amount + books.moved.get(lot.id, 0), lot.id


def check_stock(books: Books, programme: Programme) -> None:
    """Never less than nothing, and never more given than there is in all."""
    for reward in programme.rewards:
        gone = books.stock.get(reward.code, 0)
        assert 0 <= gone <= (gone if reward.stock is None else reward.stock), reward.code


def check_forgotten(rows: dict[str, list[tuple[Any, ...]]], traces: Collection[object]) -> None:
    """Nothing that names an erased person is in any table: no phone, no name, no account."""
    texts = [str(trace) for trace in traces]
    for table, found in rows.items():
        for row in found:
            for value in row:
                cell = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                assert not any(text in cell for text in texts), f"a trace in {table}"

"""What holds after every step, whatever was done: read from the rows, without the operations."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from loyalty.programme import Programme
from operations.transaction import Tx
from storage import audit
from storage.tables import (
    clients,
    ledger_entries,
    lot_movements,
    lots,
    redemptions,
    reward_stock,
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
    holds: list[Any]
    stock: dict[str, int]

    def client(self, client_id: int) -> Any:
        return next(row for row in self.clients if row.id == client_id)

    @property
    def balances(self) -> dict[int, int]:
        return {row.id: row.balance for row in self.clients}


async def open_books(tx: Tx) -> Books:
    """As they are; `svoi audit` finds nothing in them."""
    db = tx.db
    found = await audit.differences(db)
    assert not found, found
    moved = select(lot_movements.c.lot_id, func.sum(lot_movements.c.amount)).group_by(
        lot_movements.c.lot_id
    )
    return Books(
        clients=list(await db.execute(select(clients).order_by(clients.c.id))),
        entries=list(await db.execute(select(ledger_entries).order_by(ledger_entries.c.id))),
        lots=list(await db.execute(select(lots).order_by(lots.c.id))),
        moved={lot_id: int(total) for lot_id, total in await db.execute(moved)},
        holds=list(await db.execute(select(redemptions).where(redemptions.c.status == "open"))),
        stock={row.code: row.claimed for row in await db.execute(select(reward_stock))},
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


def uncovered(books: Books, now: datetime) -> set[int]:
    """Open holds of clients who have fewer points than are held."""
    active = {row.id: row.balance for row in books.clients if row.status == "active"}
    return {
        hold.id
        for hold in books.holds
        if hold.expires_at > now and hold.points > active.get(hold.client_id, hold.points)
    }


def check_forgotten(rows: dict[str, list[tuple[Any, ...]]], traces: Collection[object]) -> None:
    """Nothing that names an erased person is in any table: no phone, no name, no account."""
    texts = [str(trace) for trace in traces]
    for table, found in rows.items():
        for row in found:
            for value in row:
                cell = value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                assert not any(text in cell for text in texts), f"a trace in {table}"

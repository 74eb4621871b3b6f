"""Which lots points come from, and which they go back into (rules 2, 8 and 9)."""

from datetime import date, timedelta
from typing import Any

from loyalty.expiry import told_by_grant
from loyalty.points import fill_debt, take_from_lots
from operations.transaction import Tx
from storage import expiry, ledger
from storage.clients import Client
from storage.ledger import Entry, EntryKind, Movement

RESTORED_LIVES_DAYS = 30  # points that come back into a lot whose last day is over


def told_already(tx: Tx, kind: EntryKind, valid_through: date | None) -> dict[str, Any]:
    """The warnings that the message of the grant stands for: it says the last day itself.

    Nobody is told of points that move with a record, or come from an old card base.
    """
    if valid_through is None or kind in (EntryKind.TRANSFER, EntryKind.IMPORT):
        return {}
    ahead = told_by_grant(valid_through, tx.programme.points.warn_days, tx.today)
    return {} if ahead is None else {"warned_ahead": ahead, "warned_on": tx.today}


async def take_out(tx: Tx, client_id: int, entry_id: int, amount: int) -> None:
    """A spend: from the lots that expire soonest."""
    lots = await ledger.open_lots(tx.db, client_id, covering=amount)
    taking = take_from_lots(lots, amount)
    assert taking.shortfall == 0, "the balance promised more than the lots hold"
    movements = [Movement(take.lot_id, -take.amount) for take in taking.takes]
    await ledger.move_lots(tx.db, entry_id, movements)


async def take_back(tx: Tx, client: Client, original: Entry, entry_id: int, amount: int) -> None:
    """From the grant's own lot, then from the soonest to expire; the rest is debt."""
    own = await ledger.lot_of_entry(tx.db, original.id)
    from_own = 0 if own is None else min(own.remaining, amount)
    moves = {own.id: -from_own} if own is not None and from_own else {}
    rest = amount - from_own
    if rest:
        own_id = None if own is None else own.id
        others = [
            lot
            for lot in await ledger.open_lots(tx.db, client.id, covering=rest + from_own)
            if lot.id != own_id
        ]
        for take in take_from_lots(others, rest).takes:
            moves[take.lot_id] = -take.amount
    movements = [Movement(lot_id, moved) for lot_id, moved in sorted(moves.items())]
    await ledger.move_lots(tx.db, entry_id, movements)


async def put_back(tx: Tx, client: Client, original: Entry, entry_id: int, amount: int) -> None:
    """Into the lots it came from, the latest to expire first: what is left of a debt comes off."""
    to_lots = fill_debt(client.balance, amount).to_lot
    taken = [move for move in await ledger.movements_of(tx.db, original.id) if move.amount < 0]
    movements: list[Movement] = []
    for move in reversed(taken):
        back = min(-move.amount, to_lots)
        if back:
            movements.append(Movement(move.lot_id, back))
            to_lots -= back
    assert to_lots == 0, "a spend came out of lots"
    await ledger.move_lots(tx.db, entry_id, movements)
    # Into their lots (rule 8), but not into the grave: see docs/decisions/returns.md.
    await ledger.prolong_lots(
        tx.db,
        [movement.lot_id for movement in movements],
        over_before=tx.today,
        until=tx.today + timedelta(days=RESTORED_LIVES_DAYS),
    )
    await expiry.forget_warnings(tx.db, [movement.lot_id for movement in movements])

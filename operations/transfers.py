"""All the points of one record to another: a pair of entries, and the lots as they are.

The lots keep their last days and what they were opened by, so that a later return finds them; the
entries stay with the record of their time, for the ledger is appended to and never changed.
"""

from dataclasses import dataclass

from loyalty.points import take_from_lots
from operations.ledger import EntryKind, grant_hash
from operations.transaction import Tx
from storage import ledger, merges
from storage.clients import Client
from storage.ledger import Movement


@dataclass(frozen=True)
class Transferred:
    """The target's balance now, and the entry of what came; 0: nothing did."""

    balance: int
    entry_id: int


async def transfer_all(
    tx: Tx, source: Client, target: Client, *, actor_id: int | None
) -> Transferred:
    """Posts the pair for lots that were moved already.

    A debt goes along as it is (rule 9): it takes from the lots of the other, and only what they
    do not cover is still owed. The caller holds both rows locked.
    """
    after = target.balance + source.balance
    if source.balance == 0:
        return Transferred(after, 0)
    await _post(tx, source, -source.balance, side="out", actor_id=actor_id)
    entry_id = await _post(tx, target, source.balance, side="in", actor_id=actor_id, of=source.id)
    surplus = await merges.open_points(tx.db, target.id) - max(after, 0)
    if surplus:
        lots = await ledger.open_lots(tx.db, target.id, covering=surplus)
        takes = take_from_lots(lots, surplus).takes
        await ledger.move_lots(tx.db, entry_id, [Movement(t.lot_id, -t.amount) for t in takes])
    return Transferred(after, entry_id)


async def _post(
    tx: Tx, client: Client, amount: int, *, side: str, actor_id: int | None, of: int | None = None
) -> int:
    entry_id = await ledger.add_entry(
        tx.db,
        {
            "client_id": client.id,
            "kind": EntryKind.TRANSFER.value,
            "amount": amount,
            "balance_before": client.balance,
            "balance_after": client.balance + amount,
            "key": f"merge:{of or client.id}:{side}",
            "content_hash": grant_hash(client.id, amount, EntryKind.TRANSFER),
            "actor_id": actor_id,
            "at": tx.now,
        },
    )
    after = client.balance + amount
    await ledger.set_balance(tx.db, client.id, before=client.balance, after=after)
    return entry_id

"""Posting points: every grant, spend and reversal goes through here, under a key made beforehand.

The balance is the sum of the entries; points are in lots. Between the two stands the debt:
``balance = sum of open lots − debt``, and there is a debt only while no lot is open (rule 9).
"""

from datetime import date
from typing import Any

from loyalty.points import fill_debt
from loyalty.refusals import Refusal
from operations.lots import put_back, take_back, take_out, told_already
from operations.postings import (
    Draft,
    KeyReused,
    NoSuchClient,
    Posted,
    as_repeat,
    entry_row,
    living_holder,
    locked_client,
    post,
    post_once,
    posted_before,
)
from operations.transaction import Tx
from storage import ledger
from storage.clients import Client
from storage.ledger import EntryKind

__all__ = [
    "EntryKind",
    "KeyReused",
    "NoSuchClient",
    "NotEnoughPoints",
    "Posted",
    "expiry_entry",
    "grant",
    "grant_hash",
    "reverse",
    "spend",
]


class NotEnoughPoints(Refusal):
    """More is asked for than there is."""

    def __init__(self, balance: int, wanted: int) -> None:
        super().__init__(balance, wanted)
        self.balance = balance
        self.wanted = wanted


class NothingLeftToReverse(Refusal):
    """The entry has been reversed already, or not so much of it is left."""

    def __init__(self, entry_id: int, left: int) -> None:
        super().__init__(entry_id, left)
        self.entry_id = entry_id
        self.left = left


def grant_hash(client_id: int, amount: int, kind: EntryKind) -> str:
    """The content hash of a plain grant: of one that an import posts among thousands."""
    return Draft(client_id, amount, kind, key="").content_hash()


async def grant(
    tx: Tx,
    client_id: int,
    amount: int,
    *,
    kind: EntryKind,
    key: str,
    valid_through: date | None,
    visit_id: int | None = None,
    actor_id: int | None = None,
    reason: str | None = None,
    locked: Client | None = None,
) -> Posted:
    """Gives points, once for this key; they fill a debt first, the rest is a lot of its own.

    Args:
        amount: points, above zero.
        locked: the client, where the caller has read them under the lock and nothing was posted
            since; an older reading is refused with an AssertionError.
        valid_through: the last business day on which they can be spent; None: for ever.

    Raises:
        KeyReused: the key stands for another posting.
    """
    assert amount > 0, "a grant gives something"
    draft = Draft(
        client_id,
        amount,
        kind,
        key,
        valid_through=valid_through,
        visit_id=visit_id,
        actor_id=actor_id,
        reason=reason,
    )
    client = locked or await locked_client(tx, client_id)
    posted = await post_once(tx, client, draft)
    if posted.repeated:
        return posted
    to_lot = fill_debt(client.balance, amount).to_lot
    if to_lot:
        await ledger.add_lot(
            tx.db,
            client_id=client_id,
            entry_id=posted.entry_id,
            amount=to_lot,
            valid_through=valid_through,
            **told_already(tx, kind, valid_through),
        )
    return posted


async def spend(
    tx: Tx,
    client_id: int,
    amount: int,
    *,
    kind: EntryKind,
    key: str,
    visit_id: int | None = None,
    actor_id: int | None = None,
    reason: str | None = None,
) -> Posted:
    """Takes points, once for this key, from the lots that expire soonest (rule 2).

    Args:
        amount: points, above zero.

    Raises:
        NotEnoughPoints: the balance is lower.
        KeyReused: the key stands for another posting.
    """
    assert amount > 0, "a spend takes something"
    draft = Draft(
        client_id, -amount, kind, key, visit_id=visit_id, actor_id=actor_id, reason=reason
    )
    client = await locked_client(tx, client_id)
    if client.balance < amount:
        known = await posted_before(tx, draft)
        if known is None:
            raise NotEnoughPoints(client.balance, amount)
        return known
    posted = await post_once(tx, client, draft)
    if posted.repeated:
        return posted
    await take_out(tx, client_id, posted.entry_id, amount)
    return posted


async def reverse(
    tx: Tx,
    entry_id: int,
    *,
    kind: EntryKind,
    key: str,
    amount: int | None = None,
    visit_id: int | None = None,
    actor_id: int | None = None,
    reason: str | None = None,
) -> Posted:
    """Takes an entry back, whole or in part, once for this key.

    A grant is taken from its own lot first, then from others, then below zero (rule 9). A spend
    goes back into the lots that it came from (rule 8).

    Args:
        amount: points, above zero; None: all that is not reversed yet.

    Raises:
        NothingLeftToReverse: not so much of it is left.
        KeyReused: the key stands for another posting.
    """
    original = await ledger.by_id(tx.db, entry_id)
    if original is None:
        raise LookupError(entry_id)
    client = await living_holder(tx, original.client_id)
    sign = -1 if original.amount > 0 else 1
    repeat = await ledger.by_key(tx.db, key)
    left = abs(original.amount) - abs(await ledger.reversed_amount(tx.db, entry_id))
    wanted = (
        abs(repeat.amount) if repeat and amount is None else (left if amount is None else amount)
    )
    draft = Draft(
        client.id,
        sign * wanted,
        kind,
        key,
        reverses_id=entry_id,
        visit_id=visit_id,
        actor_id=actor_id,
        reason=reason,
    )
    if repeat is not None:
        return as_repeat(repeat, draft)
    if not 0 < wanted <= left:
        raise NothingLeftToReverse(entry_id, left)
    posted = await post(tx, client, draft)
    if sign < 0:
        await take_back(tx, client, original, posted.entry_id, wanted)
    else:
        await put_back(tx, client, original, posted.entry_id, wanted)
    return posted


def expiry_entry(tx: Tx, client: Client, points: int, *, key: str) -> dict[str, Any]:
    """The row that writes off points of a client who is locked; the round posts many at once."""
    return entry_row(tx, client, Draft(client.id, -points, EntryKind.EXPIRY, key))

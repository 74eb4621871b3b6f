"""Posting points: every grant, spend and reversal goes through here, under a key made beforehand.

The balance is the sum of the entries; points are in lots. Between the two stands the debt:
``balance = sum of open lots − debt``, and there is a debt only while no lot is open (rule 9).
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from loyalty.expiry import told_by_grant
from loyalty.points import fill_debt, take_from_lots
from loyalty.refusals import Refusal
from operations.transaction import Tx
from storage import clients, expiry, ledger
from storage.clients import Client
from storage.ledger import Entry, EntryKind, Movement

RESTORED_LIVES_DAYS = 30  # points that come back into a lot whose last day is over

__all__ = [
    "RESTORED_LIVES_DAYS",
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


class KeyReused(Refusal):
    """The key was used before for something else: a fault or a forgery, never a repeat.

    `entry_id` is the entry that has the key; the others say what was asked for under it.
    """

    def __init__(self, key: str, *, entry_id: int, client_id: int, kind: str, amount: int) -> None:
        super().__init__(key)
        self.key = key
        self.entry_id = entry_id
        self.client_id = client_id
        self.kind = kind
        self.amount = amount


class NoSuchClient(LookupError):
    """Points are moved for a client that is not there: a fault of the caller."""

    def __init__(self, client_id: int) -> None:
        super().__init__(client_id)
        self.client_id = client_id


class NothingLeftToReverse(Refusal):
    """The entry has been reversed already, or not so much of it is left."""

    def __init__(self, entry_id: int, left: int) -> None:
        super().__init__(entry_id, left)
        self.entry_id = entry_id
        self.left = left


@dataclass(frozen=True)
class Posted:
    """An entry as it stands in the ledger; `repeated` if an earlier call had posted it."""

    entry_id: int
    amount: int
    balance_before: int
    balance_after: int
    repeated: bool


@dataclass(frozen=True)
class _Draft:
    """What an entry is about, before the balance is known."""

    client_id: int
    amount: int
    kind: EntryKind
    key: str
    valid_through: date | None = None
    reverses_id: int | None = None
    visit_id: int | None = None
    actor_id: int | None = None
    reason: str | None = None

    def content_hash(self) -> str:
        """Of what the posting is about. Not of when it lapses, nor of who asked: a repeat after
        midnight, or by a colleague, is a repeat."""
        content = [
            self.client_id,
            self.amount,
            self.kind.value,
            self.reverses_id,
            self.visit_id,
            self.reason,
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def grant_hash(client_id: int, amount: int, kind: EntryKind) -> str:
    """The content hash of a plain grant: of one that an import posts among thousands."""
    return _Draft(client_id, amount, kind, key="").content_hash()


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
    draft = _Draft(
        client_id,
        amount,
        kind,
        key,
        valid_through=valid_through,
        visit_id=visit_id,
        actor_id=actor_id,
        reason=reason,
    )
    client = locked or await _locked(tx, client_id)
    posted = await _post_once(tx, client, draft)
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
            **_told_already(tx, kind, valid_through),
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
    draft = _Draft(
        client_id, -amount, kind, key, visit_id=visit_id, actor_id=actor_id, reason=reason
    )
    client = await _locked(tx, client_id)
    if client.balance < amount:
        known = await _known(tx, draft)
        if known is None:
            raise NotEnoughPoints(client.balance, amount)
        return known
    posted = await _post_once(tx, client, draft)
    if posted.repeated:
        return posted
    await _take(tx, client_id, posted.entry_id, amount)
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
    client = await _living(tx, original.client_id)
    sign = -1 if original.amount > 0 else 1
    repeat = await ledger.by_key(tx.db, key)
    left = abs(original.amount) - abs(await ledger.reversed_amount(tx.db, entry_id))
    wanted = (
        abs(repeat.amount) if repeat and amount is None else (left if amount is None else amount)
    )
    draft = _Draft(
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
        return _as_repeat(repeat, draft)
    if not 0 < wanted <= left:
        raise NothingLeftToReverse(entry_id, left)
    posted = await _post(tx, client, draft)
    if sign < 0:
        await _take_back(tx, client, original, posted.entry_id, wanted)
    else:
        await _put_back(tx, client, original, posted.entry_id, wanted)
    return posted


def expiry_entry(tx: Tx, client: Client, points: int, *, key: str) -> dict[str, Any]:
    """The row that writes off points of a client who is locked; the round posts many at once."""
    return _row(tx, client, _Draft(client.id, -points, EntryKind.EXPIRY, key))


def _told_already(tx: Tx, kind: EntryKind, valid_through: date | None) -> dict[str, Any]:
    """The warnings that the message of the grant stands for: it says the last day itself.

    Nobody is told of points that move with a record, or come from an old card base.
    """
    if valid_through is None or kind in (EntryKind.TRANSFER, EntryKind.IMPORT):
        return {}
    ahead = told_by_grant(valid_through, tx.programme.points.warn_days, tx.today)
    return {} if ahead is None else {"warned_ahead": ahead, "warned_on": tx.today}


async def _locked(tx: Tx, client_id: int) -> Client:
    client = await clients.lock(tx.db, client_id)
    if client is None:
        raise NoSuchClient(client_id)
    return client


async def _living(tx: Tx, client_id: int) -> Client:
    """The client whom an entry concerns now: a merge takes the lots along, the entries stay.

    Locks nobody but them: whoever holds the living record would else wait for the archived one, as
    who holds that one may wait for the living.
    """
    while True:
        found = await clients.by_id(tx.db, client_id)
        if found is not None and found.merged_into_id is not None:
            client_id = found.merged_into_id
            continue
        client = await _locked(tx, client_id)
        if client.merged_into_id is None:
            return client


async def _known(tx: Tx, draft: _Draft) -> Posted | None:
    entry = await ledger.by_key(tx.db, draft.key)
    return None if entry is None else _as_repeat(entry, draft)


def _as_repeat(entry: Entry, draft: _Draft) -> Posted:
    if entry.content_hash != draft.content_hash():
        raise KeyReused(
            draft.key,
            entry_id=entry.id,
            client_id=draft.client_id,
            kind=draft.kind.value,
            amount=draft.amount,
        )
    return Posted(entry.id, entry.amount, entry.balance_before, entry.balance_after, repeated=True)


def _row(tx: Tx, client: Client, draft: _Draft) -> dict[str, Any]:
    return {
        "client_id": draft.client_id,
        "kind": draft.kind.value,
        "amount": draft.amount,
        "balance_before": client.balance,
        "balance_after": client.balance + draft.amount,
        "key": draft.key,
        "content_hash": draft.content_hash(),
        "reverses_id": draft.reverses_id,
        "visit_id": draft.visit_id,
        "actor_id": draft.actor_id,
        "reason": draft.reason,
        "at": tx.now,
    }


async def _post_once(tx: Tx, client: Client, draft: _Draft) -> Posted:
    """Posts it, or finds what was posted under its key."""
    entry_id = await ledger.add_entry_once(tx.db, _row(tx, client, draft))
    if entry_id is None:
        known = await _known(tx, draft)
        assert known is not None, "the key is taken"
        return known
    return await _posted(tx, client, draft, entry_id)


async def _post(tx: Tx, client: Client, draft: _Draft) -> Posted:
    entry_id = await ledger.add_entry(tx.db, _row(tx, client, draft))
    return await _posted(tx, client, draft, entry_id)


async def _posted(tx: Tx, client: Client, draft: _Draft, entry_id: int) -> Posted:
    after = client.balance + draft.amount
    await ledger.set_balance(tx.db, client.id, before=client.balance, after=after)
    return Posted(entry_id, draft.amount, client.balance, after, repeated=False)


async def _take(tx: Tx, client_id: int, entry_id: int, amount: int) -> None:
    lots = await ledger.open_lots(tx.db, client_id, covering=amount)
    taking = take_from_lots(lots, amount)
    assert taking.shortfall == 0, "the balance promised more than the lots hold"
    movements = [Movement(take.lot_id, -take.amount) for take in taking.takes]
    await ledger.move_lots(tx.db, entry_id, movements)


async def _take_back(tx: Tx, client: Client, original: Entry, entry_id: int, amount: int) -> None:
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


async def _put_back(tx: Tx, client: Client, original: Entry, entry_id: int, amount: int) -> None:
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

"""An entry of the ledger under its key: written once, found again by who repeats it (rule 4)."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from loyalty.refusals import Refusal
from operations.transaction import Tx
from storage import clients, ledger
from storage.clients import Client
from storage.ledger import Entry, EntryKind


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


@dataclass(frozen=True)
class Posted:
    """An entry as it stands in the ledger; `repeated` if an earlier call had posted it."""

    entry_id: int
    amount: int
    balance_before: int
    balance_after: int
    repeated: bool


@dataclass(frozen=True)
class Draft:
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


async def locked_client(tx: Tx, client_id: int) -> Client:
    """Raises NoSuchClient."""
    client = await clients.lock(tx.db, client_id)
    if client is None:
        raise NoSuchClient(client_id)
    return client


async def living_holder(tx: Tx, client_id: int) -> Client:
    """The client whom an entry concerns now: a merge takes the lots along, the entries stay.

    Locks nobody but them: whoever holds the living record would else wait for the archived one, as
    who holds that one may wait for the living.
    """
    while True:
        found = await clients.by_id(tx.db, client_id)
        if found is not None and found.merged_into_id is not None:
            client_id = found.merged_into_id
            continue
        client = await locked_client(tx, client_id)
        if client.merged_into_id is None:
            return client


async def posted_before(tx: Tx, draft: Draft) -> Posted | None:
    """What stands under the key already. Raises KeyReused where that is another posting."""
    entry = await ledger.by_key(tx.db, draft.key)
    return None if entry is None else as_repeat(entry, draft)


def as_repeat(entry: Entry, draft: Draft) -> Posted:
    """The first result, for the same content. Raises KeyReused for another."""
    if entry.content_hash != draft.content_hash():
        raise KeyReused(
            draft.key,
            entry_id=entry.id,
            client_id=draft.client_id,
            kind=draft.kind.value,
            amount=draft.amount,
        )
    return Posted(entry.id, entry.amount, entry.balance_before, entry.balance_after, repeated=True)


def entry_row(tx: Tx, client: Client, draft: Draft) -> dict[str, Any]:
    """The entry as the table has it, behind the balance of a client who is locked."""
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


async def post_once(tx: Tx, client: Client, draft: Draft) -> Posted:
    """Posts it, or finds what was posted under its key."""
    entry_id = await ledger.add_entry_once(tx.db, entry_row(tx, client, draft))
    if entry_id is None:
        known = await posted_before(tx, draft)
        assert known is not None, "the key is taken"
        return known
    return await _posted(tx, client, draft, entry_id)


async def post(tx: Tx, client: Client, draft: Draft) -> Posted:
    """Posts what is known not to be posted yet: the client is locked and the key was looked up."""
    entry_id = await ledger.add_entry(tx.db, entry_row(tx, client, draft))
    return await _posted(tx, client, draft, entry_id)


async def _posted(tx: Tx, client: Client, draft: Draft, entry_id: int) -> Posted:
    after = client.balance + draft.amount
    await ledger.set_balance(tx.db, client.id, before=client.balance, after=after)
    return Posted(entry_id, draft.amount, client.balance, after, repeated=False)

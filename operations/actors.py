"""Who acted, as the ledger and the audit log name them: for good, so never by what is personal.

Whoever works here is named by their Telegram id, which stays with the business. A client is named
by their record, below zero: it says nothing once the person is erased, and no row is touched then
(rule 21). Strangers are not told apart: they may become
clients.
"""

from operations.senders import Sender
from operations.transaction import Tx
from storage import clients, staff
from storage.clients import Client

A_STRANGER = 0  # no card, and never worked here


def as_client(client: Client) -> int:
    """The client on their own account."""
    return -client.id


def client_id_of(actor_id: int) -> int | None:
    """The record of a client who acted; None: it was somebody who works here."""
    return -actor_id if actor_id < 0 else None


async def acting(tx: Tx, sender: Sender) -> int:
    """Whoever this is."""
    if sender.role is not None:
        return sender.telegram_id
    return await acting_account(tx, sender.telegram_id)


async def acting_account(tx: Tx, telegram_id: int) -> int:
    """The same of an account whose role is not known, or is none any more."""
    if await staff.has_worked(tx.db, telegram_id):
        return telegram_id
    client = await clients.by_telegram_id(tx.db, telegram_id)
    return A_STRANGER if client is None else as_client(client)

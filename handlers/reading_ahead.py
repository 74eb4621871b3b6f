"""What an update asks that takes long to read: read before the transaction in which it is answered.

A transaction writes, and on SQLite everybody waits behind it (see docs/decisions/challenges.md).
"""

from collections.abc import Collection

from aiogram.types import Update

from operations.challenges import TableAhead, read_table
from operations.transaction import Tx
from templates.callbacks import CallbackUnreadable, unpack
from templates.challenges import ShowChallenge


def long_reading(update: Update) -> ShowChallenge | None:
    """The tap that asks for it; None: there is nothing to be read ahead."""
    if update.callback_query is None:
        return None
    try:
        tap = unpack(update.callback_query.data or "")
    except CallbackUnreadable:
        return None
    return tap if isinstance(tap, ShowChallenge) else None


async def read_ahead(
    tx: Tx, update: Update, tap: ShowChallenge, owner_ids: Collection[int]
) -> TableAhead | None:
    """Reads it, for this sender; whether they may see it is decided by the handler, as ever."""
    assert update.callback_query is not None, "a tap"
    sender_id = update.callback_query.from_user.id
    return await read_table(tx, sender_id, tap.code, owner_ids=owner_ids)

"""Who owns the business: by the settings, or by an invitation to the team."""

from collections.abc import Collection

from operations.outgoing import notify, to_account
from operations.transaction import Tx
from storage import clients, staff
from templates.messages import Message


async def tell_owners(tx: Tx, message: Message, *, listed: Collection[int], key: str) -> None:
    """Queues it for every owner, once for this key; `listed` are the owners in the settings."""
    for telegram_id in await owners_of(tx, listed):
        recipient = await to_account(tx, telegram_id)
        await notify(tx, recipient, message, key=f"{key}:{telegram_id}")


async def owners_of(tx: Tx, listed: Collection[int]) -> list[int]:
    """The Telegram ids of all owners; `listed` are those in the settings."""
    return sorted({*listed, *await staff.owners(tx.db)})


async def names_of(tx: Tx, telegram_ids: set[int]) -> dict[int, str]:
    """What owners are called: as colleagues, else as clients."""
    names = await staff.names_of(tx.db, telegram_ids)
    return names | await clients.names_by_telegram_id(tx.db, telegram_ids - names.keys())

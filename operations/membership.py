"""Who may be written to, as Telegram tells it."""

from operations.transaction import Tx
from storage import people


async def note_blocked(tx: Tx, *, telegram_id: int) -> None:
    """The person stopped the bot; they stay a client, and are reachable again when they return."""
    await people.note_unreachable(tx.db, telegram_id, tx.now)

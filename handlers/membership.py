"""Telegram says that somebody stopped the bot. That they are back, every word of theirs says."""

from aiogram import Router
from aiogram.filters import KICKED, ChatMemberUpdatedFilter
from aiogram.types import ChatMemberUpdated

from operations.membership import note_blocked
from operations.senders import Sender
from operations.transaction import Tx

router = Router(name="membership")


@router.my_chat_member(ChatMemberUpdatedFilter(KICKED))
async def stopped(event: ChatMemberUpdated, tx: Tx, sender: Sender) -> None:
    await note_blocked(tx, telegram_id=sender.telegram_id)

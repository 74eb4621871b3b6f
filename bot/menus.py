"""The commands beside the text field, told to Telegram at every start: they may have changed."""

from collections.abc import Collection

import structlog
from aiogram import Bot

from bot.telegram import Telegram, TelegramRefused, TelegramUnanswered, TelegramUnreachable
from handlers.commands import CommandsCall, default_commands, role_commands
from handlers.replies import serialised
from loyalty.programme import Programme
from operations.senders import Role

log = structlog.get_logger("menus")


async def announce_commands(
    telegram: Telegram, bot: Bot, programme: Programme, owner_ids: Collection[int]
) -> None:
    """Everybody's commands, and the owners' in their own chats. What fails waits for a start."""
    calls: list[CommandsCall] = [*default_commands(programme)]
    for owner_id in sorted(owner_ids):
        calls += role_commands(programme, owner_id, Role.OWNER)
    for call in calls:
        fields, _ = serialised(bot, call)
        try:
            await telegram.call(call.__api_method__, fields)
        except TelegramRefused as refusal:
            # An owner who has not opened the bot yet gets theirs with their first word.
            log.info("commands not taken", code=refusal.code)
        except (TelegramUnreachable, TelegramUnanswered) as error:
            log.warning("commands not announced", reason=str(error))
            return

"""The commands beside the text field, told to Telegram at every start: they may have changed."""

import asyncio
from collections.abc import Collection

import structlog
from aiogram import Bot

from bot.telegram import Telegram, TelegramRefused, TelegramUnanswered, TelegramUnreachable
from handlers.commands import CommandsCall, default_commands, role_commands
from handlers.replies import serialised
from loyalty.programme import Programme
from operations.senders import Role

PAUSES_S = (1.0, 5.0, 20.0, 60.0)

log = structlog.get_logger("menus")


async def announce_commands(
    telegram: Telegram, bot: Bot, programme: Programme, owner_ids: Collection[int]
) -> None:
    """Everybody's commands, and the owners' in their own chats; told as often as it takes."""
    calls: list[CommandsCall] = [*default_commands(programme)]
    for owner_id in sorted(owner_ids):
        calls += role_commands(programme, owner_id, Role.OWNER)
    for call in calls:
        await _announce(telegram, bot, call)


async def _announce(telegram: Telegram, bot: Bot, call: CommandsCall) -> None:
    fields, _ = serialised(bot, call)
    failures = 0
    while True:
        pause_s = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
        try:
            await telegram.call(call.__api_method__, fields)
        except TelegramRefused as refusal:
            if refusal.retry_after_s is None:
                # An owner who has not opened the bot yet gets theirs with their first word.
                log.info("commands not taken", code=refusal.code)
                return
            pause_s = max(pause_s, refusal.retry_after_s)
        except (TelegramUnreachable, TelegramUnanswered) as error:
            log.warning("commands not announced yet", reason=str(error))
        else:
            return
        failures += 1
        await asyncio.sleep(pause_s)

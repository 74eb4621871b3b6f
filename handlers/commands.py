"""The commands that Telegram offers beside the text field: by role, in every language.

Clients' commands are everybody's; whoever works here gets the desk's as well, in their own chat.
"""

from collections.abc import Sequence

from aiogram.methods import DeleteMyCommands, SetMyCommands
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BotCommandScopeChat,
)

from loyalty.programme import Programme
from operations.client_card import menu_of
from operations.senders import Role
from templates.labels import label_table

STAFF_COMMANDS = ("visit", "redeem", "client", "accept", "today", "undo", "return", "guide")
MANAGER_COMMANDS = ("staff", "cases", "merge", "adjust")
OWNER_COMMANDS = ("settings", "poster", "audit_log", "erase")

CommandsCall = SetMyCommands | DeleteMyCommands


def client_commands(programme: Programme) -> tuple[str, ...]:
    """What a client can type here, in the order of use."""
    menu = menu_of(programme)
    shown = {
        "card": True,
        "balance": True,
        "rewards": menu.rewards,
        "history": True,
        "tier": menu.tiers,
        "badges": menu.badges,
        "offers": menu.offers,
        "invite": menu.invite,
        "feedback": True,
        "profile": True,
        "rules": True,
        "help": True,
    }
    return tuple(name for name, is_there in shown.items() if is_there)


def commands_of(programme: Programme, role: Role | None) -> tuple[str, ...]:
    """All that this role can type; what is for the desk comes first."""
    own: tuple[str, ...] = ()
    if role is not None:
        own += tuple(name for name in STAFF_COMMANDS if name != "accept" or programme.rewards)
    if role is not None and role >= Role.MANAGER:
        own += MANAGER_COMMANDS
    if role is not None and role >= Role.OWNER:
        own += OWNER_COMMANDS
    return own + client_commands(programme)


def default_commands(programme: Programme) -> list[SetMyCommands]:
    """For everybody: to be called at the start."""
    return _in_every_language(programme, commands_of(programme, None), None)


def role_commands(
    programme: Programme, telegram_id: int, role: Role | None
) -> Sequence[CommandsCall]:
    """For somebody's own chat, when they join, change their role or leave (`role` None)."""
    chat = BotCommandScopeChat(chat_id=telegram_id)
    if role is not None:
        return _in_every_language(programme, commands_of(programme, role), chat)
    languages = (None, *programme.business.languages)
    return [DeleteMyCommands(scope=chat, language_code=code) for code in languages]


def _in_every_language(
    programme: Programme, names: Sequence[str], chat: BotCommandScopeChat | None
) -> list[SetMyCommands]:
    """The business's first language for whoever speaks none of the others."""
    scope = chat or BotCommandScopeAllPrivateChats()
    languages = programme.business.languages
    return [
        SetMyCommands(commands=_described(names, words), scope=scope, language_code=code)
        for code, words in ((None, languages[0]), *((code, code) for code in languages))
    ]


def _described(names: Sequence[str], language: str) -> list[BotCommand]:
    table = label_table(language)
    return [BotCommand(command=name, description=table[f"commands.{name}"]) for name in names]

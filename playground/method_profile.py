"""Methods about the bot itself: what it is called, its commands and menu."""

import re

from playground.backend import Backend, Method
from playground.calls import Call
from playground.refusals import bad_request
from playground.schema import JSON, utf16_length
from playground.world import Chat

COMMANDS_MAX = 100
DESCRIPTION_UNITS_MAX = 256
_COMMAND = re.compile(r"/?[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"[a-z]{2}")
_SCOPES = {
    "default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat",
    "chat_administrators", "chat_member",
}  # fmt: skip

ScopeKey = tuple[str, int, int]  # kind, chat, person


def get_me(backend: Backend, _call: Call) -> JSON:
    """getMe."""
    return {
        **backend.world.bot.payload,
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def _scope(backend: Backend, params: JSON) -> ScopeKey:
    scope = params.get("scope") or {"type": "default"}
    kind = scope.get("type", "")
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    chat_id = backend.chat(scope.get("chat_id", 0)).id if kind.startswith("chat") else 0
    user_id = scope.get("user_id", 0) if kind == "chat_member" else 0
    return kind, int(chat_id), int(user_id)


def _language(params: JSON) -> str:
    language: str = params.get("language_code") or ""
    if language and not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return language


def set_my_commands(backend: Backend, call: Call) -> bool:
    """setMyCommands."""
    commands: list[JSON] = call.params["commands"]
    if len(commands) > COMMANDS_MAX:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    kept = []
    for command in commands:
        name, description = command["command"].strip(), command["description"].strip()
        if not name:
            raise bad_request("command must be non-empty")
        if not description:
            raise bad_request("command description must be non-empty")
        if not _COMMAND.fullmatch(name):
            raise bad_request("BOT_COMMAND_INVALID")
        if utf16_length(description) > DESCRIPTION_UNITS_MAX:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        kept.append({"command": name.removeprefix("/"), "description": description})
    key = (*_scope(backend, call.params), _language(call.params))
    if kept:
        backend.profile.commands[key] = kept
    else:
        backend.profile.commands.pop(key, None)
    _menus_changed(backend)
    return True


def delete_my_commands(backend: Backend, call: Call) -> bool:
    """deleteMyCommands."""
    key = (*_scope(backend, call.params), _language(call.params))
    backend.profile.commands.pop(key, None)
    _menus_changed(backend)
    return True


def _menus_changed(backend: Backend) -> None:
    for listener in backend.profile_listeners:
        listener()


def get_my_commands(backend: Backend, call: Call) -> list[JSON]:
    """getMyCommands: exactly those of the scope and language."""
    key = (*_scope(backend, call.params), _language(call.params))
    return backend.profile.commands.get(key, [])


def commands_shown(backend: Backend, chat: Chat, user_id: int, language: str) -> list[JSON]:
    """The commands that a person sees in a chat: the narrowest scope that has any."""
    wide = "all_private_chats" if chat.is_private else "all_group_chats"
    scopes: list[ScopeKey] = [("chat", chat.id, 0), (wide, 0, 0), ("default", 0, 0)]
    if not chat.is_private:
        scopes.insert(0, ("chat_member", chat.id, user_id))
    commands = backend.profile.commands
    for scope in scopes:
        for spoken in (language[:2], ""):
            found = commands.get((*scope, spoken))
            if found:
                return found
    return []


def _setter(param: str, attribute: str) -> Method:
    def set_text(backend: Backend, call: Call) -> bool:
        texts: dict[str, str] = getattr(backend.profile, attribute)
        text, language = call.params.get(param, ""), _language(call.params)
        if text:
            texts[language] = text
        else:
            texts.pop(language, None)
        return True

    return set_text


def _getter(param: str, attribute: str) -> Method:
    def get_text(backend: Backend, call: Call) -> JSON:
        texts: dict[str, str] = getattr(backend.profile, attribute)
        fallback = backend.world.bot.payload["first_name"] if param == "name" else ""
        language = _language(call.params)
        return {param: texts.get(language) or texts.get("") or fallback}

    return get_text


def set_menu_button(backend: Backend, call: Call) -> bool:
    """setChatMenuButton: of one chat, or of all that have none of their own."""
    button = call.params.get("menu_button") or {"type": "default"}
    if button.get("type") not in ("default", "commands", "web_app"):
        raise bad_request("can't parse menu button: Unsupported type specified")
    if "chat_id" in call.params:
        backend.chat(call.params["chat_id"]).menu_button = button
    else:
        backend.profile.menu_button = button
    return True


def get_menu_button(backend: Backend, call: Call) -> JSON:
    """getChatMenuButton."""
    own = backend.chat(call.params["chat_id"]).menu_button if "chat_id" in call.params else None
    return own or backend.profile.menu_button


METHODS: dict[str, Method] = {
    "getMe": get_me,
    "setMyCommands": set_my_commands,
    "deleteMyCommands": delete_my_commands,
    "getMyCommands": get_my_commands,
    "setMyName": _setter("name", "names"),
    "getMyName": _getter("name", "names"),
    "setMyDescription": _setter("description", "descriptions"),
    "getMyDescription": _getter("description", "descriptions"),
    "setMyShortDescription": _setter("short_description", "short_descriptions"),
    "getMyShortDescription": _getter("short_description", "short_descriptions"),
    "setChatMenuButton": set_menu_button,
    "getChatMenuButton": get_menu_button,
}

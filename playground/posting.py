"""How a new message of the bot gets into a chat."""

from playground.backend import Backend
from playground.calls import Call
from playground.keyboards import check_booleans, inline_keyboard, reply_keyboard
from playground.links import checked_link
from playground.refusals import bad_request
from playground.schema import JSON
from playground.world import Chat


def post(backend: Backend, call: Call, chat: Chat, content: JSON, *, paced: bool = True) -> JSON:
    """Puts the bot's new message into a chat; raises `Refusal`, 429 beyond the pace."""
    params = call.params
    _check_options(params)
    markup = params.get("reply_markup") or None
    inline: JSON | None = None
    keyboard: JSON | None = None
    if isinstance(markup, dict):
        check_booleans(markup)
        if "keyboard" in markup:
            keyboard = reply_keyboard(markup, private=chat.is_private)
    if keyboard is None and not _is_bare(markup):
        inline = inline_keyboard(markup)
    replied = _reply_target(chat, params)
    if paced:
        backend.pace.admit(chat)
    message = _new_message(backend, chat, content, params)
    if replied is not None:
        message["reply_to_message"] = replied
    if inline is not None:
        message["reply_markup"] = inline
    backend.world.store(chat, message)
    call.message_id = message["message_id"]
    if isinstance(markup, dict) and inline is None:
        _show_keyboard(backend, chat, message["message_id"], keyboard, markup)
    backend.world.publish("message", chat, message)
    return message


def _is_bare(markup: object) -> bool:
    """Whether it takes the reply keyboard away or asks for a reply."""
    return isinstance(markup, dict) and not _BARE.isdisjoint(markup)


_BARE = frozenset({"remove_keyboard", "force_reply"})


def _check_options(params: JSON) -> None:
    """Refuses what only others may: topics, businesses and payers for speed."""
    if "business_connection_id" in params:
        raise bad_request("business connection not found")
    if params.get("message_thread_id"):
        raise bad_request("message thread not found")
    if params.get("allow_paid_broadcast"):
        raise bad_request("FLOODSKIP_NOT_ALLOWED")
    preview = (params.get("link_preview_options") or {}).get("url")
    if preview and checked_link(preview) is None:
        raise bad_request("WEBPAGE_URL_INVALID")
    if not params.get("message_effect_id", "1").isdecimal():
        raise bad_request("EFFECT_ID_INVALID")


def _reply_target(chat: Chat, params: JSON) -> JSON | None:
    """The message that is replied to; refused if it must be there and is not."""
    wanted = params.get("reply_parameters")
    if not wanted:
        return None
    if "message_id" not in wanted:
        raise bad_request('can\'t find field "message_id"')
    found = chat.messages.get(wanted["message_id"])
    if found is None:
        if wanted.get("allow_sending_without_reply"):
            return None
        raise bad_request("message to be replied not found")
    return {key: value for key, value in found.items() if key != "reply_to_message"}


def _new_message(backend: Backend, chat: Chat, content: JSON, params: JSON) -> JSON:
    world = backend.world
    message = {
        "message_id": world.next_message_id(),
        "from": world.bot.payload,
        "chat": chat.payload,
        "date": world.now(),
        **content,
    }
    if params.get("protect_content"):
        message["has_protected_content"] = True
    if "message_effect_id" in params:
        message["effect_id"] = params["message_effect_id"]
    if "link_preview_options" in params and "text" in content:
        message["link_preview_options"] = params["link_preview_options"]
    return message


def _show_keyboard(
    backend: Backend, chat: Chat, message_id: int, keyboard: JSON | None, markup: JSON
) -> None:
    """Reply keyboards belong to the chat, never to the message."""
    if keyboard is not None:
        chat.keyboard, chat.keyboard_message_id = keyboard, message_id
        chat.uneditable.add(message_id)
    elif markup.get("remove_keyboard"):
        chat.keyboard = None
        chat.uneditable.add(message_id)
    elif markup.get("force_reply"):
        chat.uneditable.add(message_id)
    else:
        return
    backend.world.publish("keyboard", chat, {"keyboard": chat.keyboard})

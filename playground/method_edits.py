"""Methods that change messages, and answers to taps."""

import time
from typing import Any

from playground.backend import Backend, Method, with_caption, with_text
from playground.calls import Call
from playground.keyboards import inline_keyboard
from playground.method_messages import file_content
from playground.refusals import bad_request
from playground.schema import JSON
from playground.world import Chat

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly "
    "the same as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
_CONTENT = (
    "text", "entities", "caption", "caption_entities", "photo", "document", "video", "animation",
    "audio", "link_preview_options",
)  # fmt: skip
_MEDIA = ("photo", "document", "video", "animation", "audio")


def _editable(backend: Backend, call: Call) -> tuple[Chat, JSON]:
    """Finds the message to edit; raises `Refusal` in Telegram's words."""
    params = call.params
    if "chat_id" not in params:
        if "inline_message_id" in params:
            raise bad_request("MESSAGE_ID_INVALID")
        raise bad_request("chat_id is empty")
    if not params.get("message_id"):
        raise bad_request("message identifier is not specified")
    chat = backend.open_chat(call)
    found = chat.messages.get(params["message_id"])
    if found is None:
        raise bad_request("message to edit not found")
    if found["from"]["id"] != backend.world.bot.id or found["message_id"] in chat.uneditable:
        raise bad_request("message can't be edited")
    return chat, found


def _changed(
    backend: Backend, call: Call, chat: Chat, old: JSON, drop: tuple[str, ...], content: JSON
) -> JSON:
    """Replaces a message's content and keyboard; raises `Refusal` if nothing is new."""
    new = {key: value for key, value in old.items() if key not in drop}
    new |= content
    keyboard = inline_keyboard(call.params.get("reply_markup"))
    if keyboard is None:
        new.pop("reply_markup", None)
    else:
        new["reply_markup"] = keyboard
    compared = (*_CONTENT, "reply_markup")
    if all(new.get(key) == old.get(key) for key in compared):
        raise bad_request(NOT_MODIFIED)
    backend.pace.admit(chat)
    new["edit_date"] = backend.world.now()
    backend.world.store(chat, new)
    call.message_id = new["message_id"]
    backend.world.publish("edited", chat, new)
    return new


def edit_text(backend: Backend, call: Call) -> JSON:
    """editMessageText."""
    read = backend.text(call.params, too_long="MESSAGE_TOO_LONG")
    chat, old = _editable(backend, call)
    if "text" not in old:
        raise bad_request("there is no text in the message to edit")
    content = with_text(read)
    if "link_preview_options" in call.params:
        content["link_preview_options"] = call.params["link_preview_options"]
    drop = ("text", "entities", "link_preview_options")
    return _changed(backend, call, chat, old, drop, content)


def edit_caption(backend: Backend, call: Call) -> JSON:
    """editMessageCaption."""
    read = backend.caption(call.params, too_long="MEDIA_CAPTION_TOO_LONG")
    chat, old = _editable(backend, call)
    if not any(kind in old for kind in _MEDIA):
        raise bad_request("there is no caption in the message to edit")
    return _changed(backend, call, chat, old, ("caption", "caption_entities"), with_caption(read))


def edit_media(backend: Backend, call: Call) -> JSON:
    """editMessageMedia."""
    media: JSON = call.params["media"]
    kind = media.get("type", "")
    if kind not in _MEDIA:
        raise bad_request(f'can\'t parse InputMedia: Field "type" has unknown value "{kind}"')
    caption = backend.caption(media)
    chat, old = _editable(backend, call)
    stored = backend.file(call, str(media.get("media", "")), kind)
    content = {**file_content(kind, stored.described()), **with_caption(caption)}
    return _changed(backend, call, chat, old, _CONTENT, content)


def edit_reply_markup(backend: Backend, call: Call) -> JSON:
    """editMessageReplyMarkup."""
    chat, old = _editable(backend, call)
    return _changed(backend, call, chat, old, (), {})


def answer_callback_query(backend: Backend, call: Call) -> bool:
    """answerCallbackQuery: once the query's time is over, or for an unknown one, it is a 400."""
    params: dict[str, Any] = call.params
    query = backend.queries.get(params["callback_query_id"])
    if query is None or time.monotonic() > query.expires_at:
        raise bad_request(TOO_OLD)
    call.chat_id = query.chat.id
    answer = {
        "query_id": params["callback_query_id"],
        "person_id": query.person_id,
        "text": params.get("text", ""),
        "show_alert": params.get("show_alert", False),
        "url": params.get("url"),
    }
    query.answered = True
    backend.world.publish("answer", query.chat, answer)
    return True


METHODS: dict[str, Method] = {
    "editMessageText": edit_text,
    "editMessageCaption": edit_caption,
    "editMessageMedia": edit_media,
    "editMessageReplyMarkup": edit_reply_markup,
    "answerCallbackQuery": answer_callback_query,
}

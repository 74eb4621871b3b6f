"""Methods that put new messages into chats, and take them out."""

from collections.abc import Callable

from playground.backend import Backend, Method, with_caption, with_text
from playground.calls import Call
from playground.posting import post
from playground.refusals import bad_request
from playground.schema import JSON

GROUP_FILES_MIN, GROUP_FILES_MAX = 2, 10
DELETABLE_SECONDS = 48 * 3600
DELETED_AT_ONCE_MAX = 100


def send_message(backend: Backend, call: Call) -> JSON:
    """sendMessage."""
    read = backend.text(call.params)
    return post(backend, call, backend.open_chat(call), with_text(read))


def _file_sender(kind: str) -> Method:
    def send(backend: Backend, call: Call) -> JSON:
        caption = backend.caption(call.params)
        chat = backend.open_chat(call)
        stored = backend.file(call, call.params[kind], kind)
        content = {**file_content(kind, stored.described()), **with_caption(caption)}
        if call.params.get("has_spoiler"):
            content["has_media_spoiler"] = True
        return post(backend, call, chat, content)

    return send


def file_content(kind: str, described: JSON) -> JSON:
    """A file as a message carries it."""
    if kind == "photo":
        return {"photo": [described]}
    if kind in ("video", "animation", "audio", "voice"):
        described.setdefault("duration", 0)
    if kind in ("video", "animation"):
        described |= {"width": 1, "height": 1}
    if kind == "sticker":
        shape = {"type": "regular", "width": 512, "height": 512}
        described |= {**shape, "is_animated": False, "is_video": False}
    if kind == "voice":
        described.pop("file_name", None)
    return {kind: described}


def send_media_group(backend: Backend, call: Call) -> list[JSON]:
    """sendMediaGroup: an album of messages."""
    items = call.params["media"]
    if not GROUP_FILES_MIN <= len(items) <= GROUP_FILES_MAX:
        raise bad_request("media group must include 2-10 items")
    chat = backend.open_chat(call)
    contents = []
    for item in items:
        kind = item.get("type", "")
        if kind not in ("photo", "document", "video", "audio"):
            raise bad_request(f"type {kind} can't be used in sendMediaGroup")
        caption = backend.caption(item)
        stored = backend.file(call, item.get("media", ""), kind)
        contents.append({**file_content(kind, stored.described()), **with_caption(caption)})
    group = {"media_group_id": str(backend.world.next_message_id())}
    backend.pace.admit(chat, len(contents))
    return [post(backend, call, chat, {**content, **group}, paced=False) for content in contents]


def send_location(backend: Backend, call: Call) -> JSON:
    """sendLocation."""
    place = {key: call.params[key] for key in ("latitude", "longitude")}
    return post(backend, call, backend.open_chat(call), {"location": place})


def send_venue(backend: Backend, call: Call) -> JSON:
    """sendVenue."""
    place = {key: call.params[key] for key in ("latitude", "longitude")}
    venue = {"location": place, "title": call.params["title"], "address": call.params["address"]}
    return post(backend, call, backend.open_chat(call), {"venue": venue, "location": place})


def send_contact(backend: Backend, call: Call) -> JSON:
    """sendContact."""
    keys = ("phone_number", "first_name", "last_name", "vcard")
    contact = {key: call.params[key] for key in keys if key in call.params}
    return post(backend, call, backend.open_chat(call), {"contact": contact})


def send_dice(backend: Backend, call: Call) -> JSON:
    """sendDice: always a one, so that tests know."""
    dice = {"emoji": call.params.get("emoji") or "🎲", "value": 1}
    return post(backend, call, backend.open_chat(call), {"dice": dice})


def _copied(backend: Backend, call: Call) -> JSON:
    source = backend.chat(call.params["from_chat_id"])
    found = source.messages.get(call.params["message_id"])
    if found is None:
        raise bad_request("message to copy not found")
    return {key: value for key, value in found.items() if key not in _NOT_COPIED}


_NOT_COPIED = {
    "message_id", "from", "chat", "date", "edit_date", "reply_markup", "reply_to_message",
    "has_protected_content", "forward_origin", "effect_id",
}  # fmt: skip


def copy_message(backend: Backend, call: Call) -> JSON:
    """copyMessage."""
    content = _copied(backend, call)
    if "caption" in call.params:
        for key in ("caption", "caption_entities"):
            content.pop(key, None)
        content |= with_caption(backend.caption(call.params))
    message = post(backend, call, backend.open_chat(call), content)
    return {"message_id": message["message_id"]}


def forward_message(backend: Backend, call: Call) -> JSON:
    """forwardMessage."""
    source = backend.chat(call.params["from_chat_id"])
    content = _copied(backend, call)
    original = source.messages[call.params["message_id"]]
    origin = {"type": "user", "sender_user": original["from"], "date": original["date"]}
    return post(backend, call, backend.open_chat(call), {**content, "forward_origin": origin})


def delete_message(backend: Backend, call: Call) -> bool:
    """deleteMessage."""
    chat = backend.chat(call.params["chat_id"])
    message_id = call.params["message_id"]
    found = chat.messages.get(message_id)
    if found is None:
        raise bad_request("message to delete not found")
    if backend.world.now() - found["date"] > DELETABLE_SECONDS:
        raise bad_request("message can't be deleted for everyone")
    del chat.messages[message_id]
    chat.uneditable.discard(message_id)
    if message_id in chat.pinned:
        chat.pinned.remove(message_id)
    backend.world.publish("deleted", chat, {"message_id": message_id})
    return True


def delete_messages(backend: Backend, call: Call) -> bool:
    """deleteMessages: those that are not there are passed over."""
    chat = backend.chat(call.params["chat_id"])
    wanted = call.params["message_ids"]
    if not 1 <= len(wanted) <= DELETED_AT_ONCE_MAX:
        raise bad_request("message identifiers are not specified")
    for message_id in wanted:
        if message_id in chat.messages:
            params = {"chat_id": chat.id, "message_id": message_id}
            delete_message(backend, Call(call.method, params))
    return True


def _pinner(change: Callable[[list[int], int], None]) -> Method:
    def pin(backend: Backend, call: Call) -> bool:
        chat = backend.open_chat(call)
        message_id = call.params.get("message_id")
        if message_id is None and chat.pinned:
            message_id = chat.pinned[-1]
        if message_id not in chat.messages:
            raise bad_request("message to pin not found")
        change(chat.pinned, message_id)
        backend.world.publish("pinned", chat, {"message_ids": list(chat.pinned)})
        return True

    return pin


def _pin(pinned: list[int], message_id: int) -> None:
    if message_id in pinned:
        pinned.remove(message_id)
    pinned.append(message_id)


def _unpin(pinned: list[int], message_id: int) -> None:
    if message_id in pinned:
        pinned.remove(message_id)


def unpin_all(backend: Backend, call: Call) -> bool:
    """unpinAllChatMessages."""
    chat = backend.open_chat(call)
    chat.pinned.clear()
    backend.world.publish("pinned", chat, {"message_ids": []})
    return True


def send_chat_action(backend: Backend, call: Call) -> bool:
    """sendChatAction: "typing…" above the chat."""
    chat = backend.open_chat(call)
    backend.world.publish("action", chat, {"action": call.params["action"]})
    return True


METHODS: dict[str, Method] = {
    "sendMessage": send_message,
    "sendPhoto": _file_sender("photo"),
    "sendDocument": _file_sender("document"),
    "sendVideo": _file_sender("video"),
    "sendAnimation": _file_sender("animation"),
    "sendAudio": _file_sender("audio"),
    "sendVoice": _file_sender("voice"),
    "sendSticker": _file_sender("sticker"),
    "sendMediaGroup": send_media_group,
    "sendLocation": send_location,
    "sendVenue": send_venue,
    "sendContact": send_contact,
    "sendDice": send_dice,
    "copyMessage": copy_message,
    "forwardMessage": forward_message,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "pinChatMessage": _pinner(_pin),
    "unpinChatMessage": _pinner(_unpin),
    "unpinAllChatMessages": unpin_all,
    "sendChatAction": send_chat_action,
}

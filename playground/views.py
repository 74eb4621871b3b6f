"""What the page in the browser is shown, as JSON."""

from playground.backend import Backend
from playground.method_profile import commands_shown
from playground.people import Person
from playground.schema import JSON
from playground.seen import ChatMessage
from playground.world import Chat, Event

MESSAGES_SHOWN_MAX = 200
_FILES = ("document", "video", "animation", "audio", "voice", "sticker")


def person_view(person: Person) -> JSON:
    """Who somebody is."""
    return {
        "id": person.id,
        "first_name": person.user.payload["first_name"],
        "last_name": person.user.payload.get("last_name"),
        "username": person.user.payload.get("username"),
        "language_code": person.user.language_code,
        "phone": person.phone,
        "note": person.note,
    }


def chat_view(backend: Backend, person: Person) -> JSON:
    """Everything on a person's screen."""
    chat = person.chat
    newest = list(chat.messages.values())[-MESSAGES_SHOWN_MAX:]
    return {
        "person": person_view(person),
        "messages": [message_view(backend, raw) for raw in newest],
        "keyboard": keyboard_view(chat),
        "commands": commands_view(backend, person),
        "menu_button": chat.menu_button or backend.profile.menu_button,
        "pinned": list(chat.pinned),
        "started": chat.started,
        "blocked": chat.blocked,
    }


def commands_view(backend: Backend, person: Person) -> list[JSON]:
    """The commands in a person's menu, in their language."""
    language = person.user.language_code or ""
    return commands_shown(backend, person.chat, person.id, language)


def keyboard_view(chat: Chat) -> JSON | None:
    """The reply keyboard, if one is shown."""
    shown = chat.keyboard
    if shown is None:
        return None
    return {
        "rows": [
            [
                {
                    "text": key["text"],
                    "style": key.get("style"),
                    "asks_contact": bool(key.get("request_contact")),
                    "asks_location": bool(key.get("request_location")),
                }
                for key in row
            ]
            for row in shown["keyboard"]
        ],
        "placeholder": shown.get("input_field_placeholder"),
        "one_time": bool(shown.get("one_time_keyboard")),
        "persistent": bool(shown.get("is_persistent")),
    }


def message_view(backend: Backend, raw: JSON) -> JSON:
    """One message; `html` holds Telegram's own tags only, everything else in it is escaped."""
    message = ChatMessage(raw, backend.files)
    replied = raw.get("reply_to_message")
    return {
        "id": message.message_id,
        "from_bot": message.sender_id == backend.world.bot.id,
        "sender": raw["from"]["first_name"] if "from" in raw else raw["chat"].get("title"),
        "date": message.date,
        "edited": message.edited,
        "text": message.words,
        "html": message.html,
        "kind": _kind(raw),
        "file": _file(raw),
        "contact": raw.get("contact"),
        "location": raw.get("location"),
        "reply_to": None if replied is None else replied["message_id"],
        "protected": bool(raw.get("has_protected_content")),
        "buttons": [[_button(button.raw) for button in row] for row in message.rows],
    }


def _kind(raw: JSON) -> str:
    for kind in ("text", "photo", *_FILES, "contact", "location", "dice"):
        if kind in raw:
            return kind
    return "other"


def _file(raw: JSON) -> JSON | None:
    described: JSON | None = raw["photo"][-1] if raw.get("photo") else None
    for kind in _FILES:
        described = described or raw.get(kind)
    if described is None:
        return None
    return {
        "url": f"/play/file/{described['file_id']}",
        "name": described.get("file_name"),
        "type": described.get("mime_type"),
        "size": described.get("file_size"),
        "width": described.get("width"),
        "height": described.get("height"),
    }


def _button(raw: JSON) -> JSON:
    kinds = {
        "callback_data": "callback",
        "url": "url",
        "copy_text": "copy",
        "web_app": "web_app",
        "disabled": "disabled",
    }
    kind = next((shown for key, shown in kinds.items() if key in raw), "share")
    return {"text": raw["text"], "kind": kind, "style": raw.get("style"), "url": raw.get("url")}


def event_view(backend: Backend, event: Event, chat: Chat) -> JSON:
    """A change in a chat as it is told to the page."""
    view: JSON = {"event": event.kind, "chat": event.chat_id}
    if event.kind in ("message", "edited"):
        view["message"] = message_view(backend, event.payload)
    elif event.kind == "keyboard":
        view["keyboard"] = keyboard_view(chat)
    elif event.kind == "answer":
        keys = ("person_id", "text", "show_alert", "url")
        view |= {key: event.payload[key] for key in keys}
    else:
        view |= event.payload
    return view

"""What people do, as changes of the world and updates for the bot; nothing here waits."""

import itertools
import time
from typing import Any

from playground.backend import Backend, CallbackQuery, with_caption, with_text
from playground.files import Upload
from playground.refusals import Refusal
from playground.schema import JSON, utf16_length
from playground.seen import ChatMessage
from playground.texts import TEXT_UNITS_MAX, formatted
from playground.world import Chat, User

# Whom Telegram names as the sender of what a channel says in a group.
CHANNEL_BOT: JSON = {
    "id": 136817688,
    "is_bot": True,
    "first_name": "Channel",
    "username": "Channel_Bot",
}
QUERIES_MAX = 10_000  # the oldest are forgotten, and their answers are refused as too old
_query_numbers = itertools.count(4_000_000_000_000_001)


class Acts:
    """The acts of one person; each returns its update's id, 0 if the bot did not want it."""

    __slots__ = ("_backend", "_private", "_user")

    def __init__(self, backend: Backend, user: User, private: Chat) -> None:
        self._backend = backend
        self._user = user
        self._private = private

    def _push(self, kind: str, payload: JSON, chat_id: int) -> int:
        return self._backend.updates.push(kind, payload, chat_id) or 0

    def _message(self, chat: Chat, content: JSON) -> JSON:
        world = self._backend.world
        return {
            "message_id": world.next_message_id(),
            "from": self._user.payload,
            "chat": chat.payload,
            "date": world.now(),
            **content,
        }

    def send(self, chat: Chat, content: JSON) -> int:
        """Puts a message into a chat; writing to a blocked bot unblocks it."""
        if chat.is_private:
            if chat.blocked:
                self.unblock()
            chat.started = True
        message = self._message(chat, content)
        self._backend.world.store(chat, message)
        self._backend.world.publish("message", chat, message)
        return self._push("message", message, chat.id)

    def send_text(self, chat: Chat, text: str, reply_to: ChatMessage | None = None) -> int:
        """Writes a text; `ValueError` for one that no phone would send."""
        content = self._text(text)
        if reply_to is not None:
            content["reply_to_message"] = reply_to.raw
        return self.send(chat, content)

    def _text(self, text: str) -> JSON:
        read = formatted(text, parse_mode=None, entities=None, find_user=_nobody)
        if not 1 <= utf16_length(read.text) <= TEXT_UNITS_MAX:
            raise ValueError("a text has 1 to 4096 UTF-16 units")
        return with_text(read)

    def send_photo(self, chat: Chat, content: bytes, caption: str) -> int:
        """Sends a picture."""
        stored = self._stored("photo", Upload("photo.jpg", "image/jpeg", content))
        read = formatted(caption, parse_mode=None, entities=None, find_user=_nobody)
        return self.send(chat, {"photo": [stored], **with_caption(read)})

    def send_document(self, chat: Chat, content: bytes, file_name: str) -> int:
        """Sends a file."""
        upload = Upload(file_name, "application/octet-stream", content)
        return self.send(chat, {"document": self._stored("document", upload)})

    def _stored(self, kind: str, upload: Upload) -> JSON:
        try:
            return self._backend.files.add(kind, upload).described()
        except Refusal as refusal:
            raise ValueError(refusal.description) from None

    def send_sticker(self, chat: Chat, emoji: str) -> int:
        """Sends a sticker."""
        stored = self._stored("sticker", Upload("sticker.webp", "image/webp", b"RIFF"))
        shape = {"type": "regular", "width": 512, "height": 512, "emoji": emoji}
        looks = {"is_animated": False, "is_video": False}
        return self.send(chat, {"sticker": {**stored, **shape, **looks}})

    def edit(self, chat: Chat, message: ChatMessage, text: str) -> int:
        """Changes a text that was sent."""
        old = chat.messages[message.message_id]
        if old["from"]["id"] != self._user.id:
            raise ValueError("people edit only what they wrote")
        kept = {key: value for key, value in old.items() if key not in ("text", "entities")}
        changed = {**kept, **self._text(text), "edit_date": self._backend.world.now()}
        self._backend.world.store(chat, changed)
        self._backend.world.publish("edited", chat, changed)
        return self._push("edited_message", changed, chat.id)

    def share_contact(
        self,
        chat: Chat,
        phone: str,
        user_id: int | None,
        first_name: str | None,
        forwarded_from: User | None,
        replied: JSON | None = None,
    ) -> int:
        """Sends a contact, which Telegram lets anybody do with any contact."""
        name = first_name or self._user.payload["first_name"]
        contact: JSON = {"phone_number": phone, "first_name": name}
        if user_id is not None:
            contact["user_id"] = user_id
        content: JSON = {"contact": contact}
        if forwarded_from is not None:
            now = self._backend.world.now()
            content["forward_origin"] = {
                "type": "user",
                "sender_user": forwarded_from.payload,
                "date": now,
            }
        if replied is not None:
            content["reply_to_message"] = replied
        return self.send(chat, content)

    def press_key(self, chat: Chat, key: JSON, message_id: int, phone: str) -> int:
        """Presses a key of the reply keyboard; a one-time keyboard goes."""
        shown = chat.keyboard
        if shown is not None and shown.get("one_time_keyboard"):
            chat.keyboard = None
            self._backend.world.publish("keyboard", chat, {"keyboard": None})
        if key.get("request_contact"):
            # Telegram's phones share the number without its plus, as a reply to the keyboard.
            replied = chat.messages.get(message_id)
            number = phone.removeprefix("+")
            return self.share_contact(chat, number, self._user.id, None, None, replied)
        if key.get("request_location"):
            return self.send(chat, {"location": {"latitude": 55.75, "longitude": 37.62}})
        return self.send_text(chat, key["text"])

    def tap(self, chat: Chat, data: str, shown: JSON) -> int:
        """Sends a callback query; a message that is gone comes as an inaccessible one."""
        query_id = str(next(_query_numbers))
        queries = self._backend.queries
        expires_at = time.monotonic() + self._backend.callback_lifetime_s
        queries[query_id] = CallbackQuery(chat, self._user.id, expires_at)
        if len(queries) > QUERIES_MAX:
            del queries[next(iter(queries))]
        message = shown
        if "date" not in shown:
            message = {"chat": chat.payload, "message_id": shown["message_id"], "date": 0}
        query = {
            "id": query_id,
            "from": self._user.payload,
            "message": message,
            "chat_instance": str(abs(chat.id) * 7919),
            "data": data,
        }
        return self._push("callback_query", query, chat.id)

    def inline_query(self, query: str, offset: str) -> int:
        """Types a query to the bot in some chat."""
        payload = {
            "id": str(next(_query_numbers)),
            "from": self._user.payload,
            "query": query,
            "offset": offset,
            "chat_type": "sender",
        }
        return self._push("inline_query", payload, self._user.id)

    def choose_inline_result(self, result_id: str, query: str) -> int:
        """Picks one of the results that the bot offered."""
        payload = {"result_id": result_id, "from": self._user.payload, "query": query}
        return self._push("chosen_inline_result", payload, self._user.id)

    def block(self) -> int:
        """Stops the bot."""
        return self._set_blocked(blocked=True)

    def unblock(self) -> int:
        """Lets the bot write again."""
        return self._set_blocked(blocked=False)

    def _set_blocked(self, *, blocked: bool) -> int:
        chat, bot = self._private, self._backend.world.bot.payload
        if chat.blocked == blocked:
            return 0
        chat.blocked = blocked
        member: JSON = {"status": "member", "user": bot}
        kicked: JSON = {"status": "kicked", "user": bot, "until_date": 0}
        change = {
            "chat": chat.payload,
            "from": self._user.payload,
            "date": self._backend.world.now(),
            "old_chat_member": member if blocked else kicked,
            "new_chat_member": kicked if blocked else member,
        }
        self._backend.world.publish("membership", chat, {"blocked": blocked})
        return self._push("my_chat_member", change, chat.id)


def post_as(backend: Backend, chat: Chat, channel: Chat, text: str) -> int:
    """A post of a channel: in itself, or in a group in its name."""
    read = formatted(text, parse_mode=None, entities=None, find_user=_nobody)
    message: JSON = {
        "message_id": backend.world.next_message_id(),
        "chat": chat.payload,
        "sender_chat": channel.payload,
        "date": backend.world.now(),
        **with_text(read),
    }
    kind = "channel_post"
    if chat is not channel:
        message["from"] = CHANNEL_BOT
        kind = "message"
    backend.world.store(chat, message)
    backend.world.publish("message", chat, message)
    return backend.updates.push(kind, message, chat.id) or 0


def _nobody(_user_id: int) -> dict[str, Any] | None:
    return None

"""What every Bot API method works on, and the few things that most of them do."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from playground.calls import Call, CallLog
from playground.faults import Faults
from playground.files import FileStore, StoredFile, Upload
from playground.limits import Pace
from playground.refusals import bad_request, forbidden
from playground.schema import JSON, utf16_length
from playground.texts import CAPTION_UNITS_MAX, TEXT_UNITS_MAX, Formatted, formatted
from playground.updates import UpdateQueue
from playground.webhook import Webhook
from playground.world import Chat, World


@dataclass(slots=True)
class Profile:
    """What the bot said about itself, by language; commands by scope and language."""

    commands: dict[tuple[str, int, int, str], list[JSON]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_button: JSON = field(default_factory=lambda: {"type": "default"})


@dataclass(slots=True)
class CallbackQuery:
    """A tap that waits for its answer."""

    chat: Chat
    person_id: int
    expires_at: float  # monotonic seconds
    answered: bool = False


@dataclass(slots=True)
class Backend:
    """The local Telegram behind its HTTP."""

    world: World
    updates: UpdateQueue
    files: FileStore
    pace: Pace
    faults: Faults
    calls: CallLog
    webhook: Webhook
    bot_username: str
    callback_lifetime_s: float
    profile: Profile = field(default_factory=Profile)
    profile_listeners: list[Callable[[], None]] = field(default_factory=list)
    queries: dict[str, CallbackQuery] = field(default_factory=dict)

    def chat(self, reference: int | str) -> Chat:
        """Finds a chat by id or @name; raises `Refusal`."""
        if isinstance(reference, int):
            chat = self.world.chats.get(reference)
        else:
            name = reference.removeprefix("@").lower()
            chat = next(
                (
                    chat
                    for chat in self.world.chats.values()
                    if not chat.is_private and chat.payload.get("username", "").lower() == name
                ),
                None,
            )
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def open_chat(self, call: Call) -> Chat:
        """Finds the chat that a call writes to; raises `Refusal` if the bot may not."""
        chat = self.chat(call.params["chat_id"])
        if chat.blocked:
            if chat.is_private:
                raise forbidden("bot was blocked by the user")
            raise forbidden("bot was kicked from the group chat")
        if not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        if chat.is_private and self.world.users[chat.id].deactivated:
            raise forbidden("user is deactivated")
        return chat

    def text(self, params: JSON, *, too_long: str = "message is too long") -> Formatted:
        """Reads a message's text; raises `Refusal` in Telegram's words."""
        raw = params.get("text", "")
        if not raw:
            raise bad_request("message text is empty")
        read = self._formatted(raw, params, "entities")
        if not read.text:
            raise bad_request("text must be non-empty")
        if utf16_length(read.text) > TEXT_UNITS_MAX:
            raise bad_request(too_long)
        return read

    def caption(self, params: JSON, *, too_long: str = "message caption is too long") -> Formatted:
        """Reads a caption, which may be empty; raises `Refusal` in Telegram's words."""
        read = self._formatted(params.get("caption") or "", params, "caption_entities")
        if utf16_length(read.text) > CAPTION_UNITS_MAX:
            raise bad_request(too_long)
        return read

    def _formatted(self, raw: str, params: JSON, entities_key: str) -> Formatted:
        return formatted(
            raw,
            parse_mode=params.get("parse_mode"),
            entities=params.get(entities_key),
            find_user=self.world.user_payload,
        )

    def file(self, call: Call, reference: str, kind: str) -> StoredFile:
        """Finds or keeps the file that a parameter means; raises `Refusal`."""
        upload = self._upload(call, reference)
        if upload is not None:
            return self.files.add(kind, upload)
        if "://" in reference:
            raise bad_request("failed to get HTTP URL content")
        stored = self.files.get(reference)
        if stored is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        if stored.kind != kind:
            raise bad_request(f"can't use file of type {stored.kind.title()} as {kind.title()}")
        return stored

    def _upload(self, call: Call, reference: str) -> Upload | None:
        if not reference.startswith("attach://"):
            return None
        upload = call.uploads.get(reference.removeprefix("attach://"))
        if upload is None:
            raise bad_request("attached file was not found")
        return upload


Answer = Any | Awaitable[Any]
Method = Callable[[Backend, Call], Answer]


def with_text(read: Formatted) -> JSON:
    """A text as a message carries it."""
    if read.entities:
        return {"text": read.text, "entities": list(read.entities)}
    return {"text": read.text}


def with_caption(read: Formatted) -> JSON:
    """A caption as a message carries it; nothing if it is empty."""
    if not read.text:
        return {}
    if read.entities:
        return {"caption": read.text, "caption_entities": list(read.entities)}
    return {"caption": read.text}

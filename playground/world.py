"""The state of the local Telegram: people, chats and the messages in them."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Literal

from playground.schema import JSON

ChatKind = Literal["private", "group", "supergroup", "channel"]
EventKind = Literal[
    "message", "edited", "deleted", "keyboard", "answer", "pinned", "action", "membership"
]


@dataclass(frozen=True, slots=True)
class Keep:
    """How much is remembered; None is without a bound."""

    messages_per_chat: int | None = None
    events_per_chat: int = 1_000
    calls: int = 100_000
    file_bytes: int | None = None
    updates: int = 10_000


class Bell:
    """Wakes everybody who waits for a change; nobody polls."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            for waiter in waiting:
                if not waiter.done():
                    waiter.set_result(None)

    async def wait(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        await waiter


@dataclass(frozen=True, slots=True)
class Event:
    """Something that changed in a chat; `number` grows over all chats."""

    number: int
    kind: EventKind
    chat_id: int
    payload: JSON


@dataclass(slots=True)
class User:
    """A person or the bot, as Telegram's `User` shows them."""

    payload: JSON
    birthdate: JSON | None = None
    deactivated: bool = False

    @property
    def id(self) -> int:
        identifier: int = self.payload["id"]
        return identifier

    @property
    def language_code(self) -> str | None:
        return self.payload.get("language_code")


@dataclass(slots=True)
class Chat:
    """One chat with the bot in it."""

    payload: JSON
    events: deque[Event]
    messages: dict[int, JSON] = field(default_factory=dict)
    # Messages that brought a reply keyboard can never be edited.
    uneditable: set[int] = field(default_factory=set)
    keyboard: JSON | None = None
    keyboard_message_id: int = 0
    pinned: list[int] = field(default_factory=list)
    menu_button: JSON | None = None
    started: bool = False
    blocked: bool = False
    members: dict[int, User] = field(default_factory=dict)
    bell: Bell = field(default_factory=Bell)

    @property
    def id(self) -> int:
        identifier: int = self.payload["id"]
        return identifier

    @property
    def is_private(self) -> bool:
        return bool(self.payload["type"] == "private")

    def newest_first(self) -> Iterator[JSON]:
        return reversed(list(self.messages.values()))


class World:
    """Everybody and everything; changes are plain function calls in one event loop."""

    def __init__(self, bot: User, *, keep: Keep, clock: Callable[[], float] = time.time) -> None:
        self.bot = bot
        self.keep = keep
        self.clock = clock
        self.users: dict[int, User] = {bot.id: bot}
        self.chats: dict[int, Chat] = {}
        self.listeners: list[Callable[[Event], None]] = []
        self._last_message_id = 0
        self._last_event = 0

    @property
    def last_event(self) -> int:
        return self._last_event

    def now(self) -> int:
        return int(self.clock())

    def next_message_id(self) -> int:
        self._last_message_id += 1
        return self._last_message_id

    def user_payload(self, user_id: int) -> JSON | None:
        user = self.users.get(user_id)
        return None if user is None else user.payload

    def add_user(self, payload: JSON, *, birthdate: JSON | None = None) -> Chat:
        """Adds a person with their private chat with the bot."""
        user = User(payload, birthdate)
        if user.id in self.users:
            raise ValueError(f"there is a user {user.id} already")
        self.users[user.id] = user
        shown = ("id", "first_name", "last_name", "username")
        return self.add_chat({key: payload[key] for key in shown if key in payload}, "private")

    def add_chat(self, payload: JSON, kind: ChatKind) -> Chat:
        events: deque[Event] = deque(maxlen=self.keep.events_per_chat)
        chat = Chat({**payload, "type": kind}, events)
        self.chats[chat.id] = chat
        return chat

    def store(self, chat: Chat, message: JSON) -> None:
        """Puts a message, new or changed, into its chat; forgets the oldest beyond the bound."""
        chat.messages[message["message_id"]] = message
        bound = self.keep.messages_per_chat
        if bound is not None and len(chat.messages) > bound:
            oldest = next(iter(chat.messages))
            del chat.messages[oldest]
            chat.uneditable.discard(oldest)

    def publish(self, kind: EventKind, chat: Chat, payload: JSON) -> Event:
        """Tells everybody who watches the chat or the whole world."""
        self._last_event += 1
        event = Event(self._last_event, kind, chat.id, payload)
        chat.events.append(event)
        chat.bell.ring()
        for listener in self.listeners:
            listener(event)
        return event

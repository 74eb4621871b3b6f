"""The driver: people who write, tap, share and block, in tests that read as sentences.

anna = telegram.person("Анна", phone="+79120000001")
await anna.send("/start")
await anna.hears("Согласие")
await anna.tap("✅")
"""

import re
from urllib.parse import parse_qs, urlsplit

from playground.acts import Acts, post_as
from playground.backend import Backend
from playground.ears import HEAR_SECONDS, Ear, NotHeard, Wanted, answer_of
from playground.schema import JSON
from playground.seen import Answer, Button, ChatMessage
from playground.world import Chat, User

__all__ = ["ChatMessage", "Group", "NoSuchButton", "NotHeard", "Person"]

TAP_SECONDS = 5.0


class NoSuchButton(AssertionError):
    """There is no visible button with this label."""


class Place:
    """A chat that can be looked at and listened to."""

    def __init__(self, backend: Backend, chat: Chat) -> None:
        self.backend = backend
        self.chat = chat
        self.ear = Ear(backend, chat)

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def all_messages(self) -> list[ChatMessage]:
        """Everything in the chat, from everybody, oldest first."""
        files = self.backend.files
        return [ChatMessage(raw, files) for raw in self.chat.messages.values()]

    @property
    def messages(self) -> list[ChatMessage]:
        """What the bot wrote and did not delete, oldest first, as it is now."""
        bot_id = self.backend.world.bot.id
        return [message for message in self.all_messages if message.sender_id == bot_id]

    @property
    def last(self) -> ChatMessage:
        """The bot's newest message; `IndexError` if there is none."""
        return self.messages[-1]

    @property
    def keyboard(self) -> list[list[str]]:
        """The labels of the reply keyboard that is shown now, row by row."""
        shown = self.chat.keyboard
        return [] if shown is None else [[key["text"] for key in row] for row in shown["keyboard"]]

    async def hears(
        self, wanted: Wanted = "", *, timeout_s: float = HEAR_SECONDS, ever: bool = False
    ) -> ChatMessage:
        """Waits for a message of the bot, new or edited, with these words or this property.

        What came before the last act of this person is not heard (unless `ever`), and nothing
        is heard twice. Raises `NotHeard`.
        """
        return await self.ear.wait(
            lambda: self.ear.heard_message(wanted, ever=ever), f"no {wanted!r}", timeout_s
        )

    def forget(self) -> None:
        """From now on only hears what is new."""
        self.ear.forget()


class Group(Place):
    """A group, or a channel, with the bot in it."""

    async def post(self, text: str) -> int:
        """A post of this channel itself, signed by nobody."""
        return post_as(self.backend, self.chat, self.chat, text)

    async def post_as(self, channel: "Group", text: str) -> int:
        """A message in this group in a channel's name."""
        return post_as(self.backend, self.chat, channel.chat, text)


class Person(Place):
    """Somebody with Telegram on their phone, and their private chat with the bot."""

    def __init__(self, backend: Backend, user: User, chat: Chat, phone: str) -> None:
        super().__init__(backend, chat)
        self.user = user
        self.phone = phone
        self.note = ""
        self.opened_urls: list[str] = []
        self.clipboard: list[str] = []
        self.shares: list[JSON] = []
        self._acts = Acts(backend, user, chat)

    @property
    def answers(self) -> list[Answer]:
        """What this person's taps in the private chat were answered with, oldest first."""
        return [
            answer_of(event)
            for event in self.chat.events
            if event.kind == "answer" and event.payload["person_id"] == self.id
        ]

    async def sees_answer(
        self, wanted: str = "", *, timeout_s: float = HEAR_SECONDS, place: Place | None = None
    ) -> Answer:
        """Waits for the answer to a tap; raises `NotHeard`."""
        ear = (place or self).ear
        return await ear.wait(
            lambda: ear.heard_answer(self.id, wanted), f"no answer {wanted!r}", timeout_s
        )

    def _act(self, place: Place | None) -> Chat:
        (place or self).forget()
        return (place or self).chat

    async def send(
        self, text: str, *, place: Place | None = None, reply_to: ChatMessage | None = None
    ) -> int:
        """Writes a text, here or in a group; returns the update's id (0: the bot wants none)."""
        return self._acts.send_text(self._act(place), text, reply_to)

    async def send_content(self, content: JSON, *, place: Place | None = None) -> int:
        """Sends anything: the content as Telegram's `Message` carries it."""
        return self._acts.send(self._act(place), content)

    async def send_photo(self, content: bytes, caption: str = "") -> int:
        """Sends a picture."""
        return self._acts.send_photo(self._act(None), content, caption)

    async def send_document(self, content: bytes, file_name: str) -> int:
        """Sends a file."""
        return self._acts.send_document(self._act(None), content, file_name)

    async def send_location(self, latitude: float, longitude: float) -> int:
        """Sends a place."""
        place = {"latitude": latitude, "longitude": longitude}
        return self._acts.send(self._act(None), {"location": place})

    async def send_sticker(self, emoji: str = "👍") -> int:
        """Sends a sticker."""
        return self._acts.send_sticker(self._act(None), emoji)

    async def edit(self, message: ChatMessage, text: str) -> int:
        """Changes a text that this person sent."""
        return self._acts.edit(self._act(None), message, text)

    async def share_contact(
        self,
        *,
        phone: str | None = None,
        user_id: int | None = 0,
        first_name: str | None = None,
        forwarded_from: "Person | None" = None,
        place: Place | None = None,
    ) -> int:
        """Shares a contact: one's own unless another `user_id`, or None for none, is given."""
        owner_id = self.id if user_id == 0 else user_id
        return self._acts.share_contact(
            self._act(place),
            phone or self.phone,
            owner_id,
            first_name,
            None if forwarded_from is None else forwarded_from.user,
        )

    @property
    def has_spoken(self) -> bool:
        """Whether anything in the chat is this person's own."""
        return any(message.sender_id == self.id for message in self.all_messages)

    async def inline_query(self, query: str, *, offset: str = "") -> int:
        """Types `@bot query` in some chat."""
        return self._acts.inline_query(query, offset)

    async def choose_inline_result(self, result_id: str, query: str) -> int:
        """Picks what the bot offered for an inline query."""
        return self._acts.choose_inline_result(result_id, query)

    async def tap(
        self, label: str, *, place: Place | None = None, timeout_s: float = TAP_SECONDS
    ) -> int:
        """Taps the newest visible button whose label starts so; waits for it to appear.

        An inline button makes a callback query, opens its link or copies its text; a key of the
        reply keyboard sends its text, or the contact that it asks for. Raises `NoSuchButton`.
        """
        where = place or self
        try:
            button = await where.ear.wait(
                lambda: self._button(where, label), f"no button {label!r}", timeout_s
            )
        except NotHeard:
            shown = [key for row in where.keyboard for key in row]
            shown += [text for message in where.messages[-5:] for text in message.labels]
            raise NoSuchButton(f"no button {label!r} among {shown}") from None
        return await self.tap_button(button, place=place)

    def _button(self, place: Place, label: str) -> Button | None:
        chat = place.chat
        for raw in chat.newest_first():
            if chat.keyboard is not None and chat.keyboard_message_id >= raw["message_id"]:
                for key in (key for row in chat.keyboard["keyboard"] for key in row):
                    if key["text"].startswith(label):
                        return Button(key["text"], key, chat.keyboard_message_id, inline=False)
            for button in ChatMessage(raw, self.backend.files).buttons:
                if button.text.startswith(label) and not button.is_disabled:
                    return button
        return None

    async def tap_button(self, button: Button, *, place: Place | None = None) -> int:
        """Taps this very button, which may have gone from the chat meanwhile."""
        raw = button.raw
        if not button.inline:
            return self._acts.press_key(self._act(place), raw, button.message_id, self.phone)
        if button.data is not None:
            return await self.tap_data(button.data, message_id=button.message_id, place=place)
        if button.url is not None:
            if self._start_parameter(button.url) is not None:
                return await self.open_link(button.url)
            self.opened_urls.append(button.url)
        elif "copy_text" in raw:
            self.clipboard.append(raw["copy_text"]["text"])
        else:
            self.shares.append(raw)
        return 0

    async def tap_data(
        self,
        data: str,
        *,
        message: ChatMessage | None = None,
        message_id: int | None = None,
        place: Place | None = None,
    ) -> int:
        """Sends a callback query with any data, forged or not; the message may be gone."""
        if message is not None:
            shown = message.raw
        elif message_id is not None:
            shown = (place or self).chat.messages.get(message_id, {"message_id": message_id})
        else:
            shown = (place or self).last.raw
        return self._acts.tap(self._act(place), data, shown)

    async def open_link(self, url: str) -> int:
        """Opens a deep link to the bot and presses "start"."""
        code = self._start_parameter(url)
        if code is None:
            raise ValueError(f"not a link to @{self.backend.bot_username}: {url}")
        return await self.send(f"/start {code}" if code else "/start")

    def _start_parameter(self, url: str) -> str | None:
        """The code in a link to the bot, "" if it has none; None if it leads elsewhere."""
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        if parts.scheme == "tg":
            name = query.get("domain", [""])[0]
        elif parts.hostname in ("t.me", "telegram.me"):
            name = parts.path.strip("/")
        else:
            return None
        if name.lower() != self.backend.bot_username.lower():
            return None
        code = query.get("start", [""])[0]
        return code if re.fullmatch(r"[A-Za-z0-9_-]{0,64}", code) else ""

    def block(self) -> int:
        """Stops the bot."""
        return self._acts.block()

    def unblock(self) -> int:
        """Lets the bot write again, without a word."""
        return self._acts.unblock()

    def deactivate(self) -> None:
        """Deletes this person's Telegram account."""
        self.user.deactivated = True

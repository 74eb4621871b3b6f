"""What a person sees: messages, buttons and the answers to taps."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from playground.files import FileStore, StoredFile
from playground.schema import JSON
from playground.texts import to_html


@dataclass(frozen=True, slots=True)
class Button:
    """One button, inline or on the reply keyboard."""

    text: str
    raw: JSON
    message_id: int
    inline: bool

    @property
    def data(self) -> str | None:
        return self.raw.get("callback_data")

    @property
    def url(self) -> str | None:
        return self.raw.get("url")

    @property
    def is_disabled(self) -> bool:
        return "disabled" in self.raw


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tap was answered with: a toast, an alert, or nothing but the end of the wait."""

    query_id: str
    text: str
    show_alert: bool
    url: str | None = None


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A message as it was when it was looked at; `raw` is Telegram's own JSON."""

    raw: JSON
    files: FileStore = field(repr=False)

    @property
    def message_id(self) -> int:
        identifier: int = self.raw["message_id"]
        return identifier

    @property
    def sender_id(self) -> int:
        identifier: int = (self.raw.get("from") or self.raw["chat"])["id"]
        return identifier

    @property
    def date(self) -> int:
        """Unix time."""
        sent_at: int = self.raw["date"]
        return sent_at

    @property
    def edited(self) -> bool:
        return "edit_date" in self.raw

    @property
    def text(self) -> str:
        return str(self.raw.get("text", ""))

    @property
    def caption(self) -> str:
        return str(self.raw.get("caption", ""))

    @property
    def words(self) -> str:
        """The text or the caption, whichever it has."""
        return self.text or self.caption

    @property
    def entities(self) -> list[JSON]:
        found: list[JSON] = self.raw.get("entities") or self.raw.get("caption_entities") or []
        return found

    @property
    def html(self) -> str:
        """The text or caption with its entities as HTML again."""
        return to_html(self.words, self.entities)

    @property
    def buttons(self) -> list[Button]:
        """The inline buttons, row by row."""
        return [button for row in self.rows for button in row]

    @property
    def rows(self) -> list[list[Button]]:
        keyboard = self.raw.get("reply_markup", {}).get("inline_keyboard", [])
        return [
            [Button(button["text"], button, self.message_id, inline=True) for button in row]
            for row in keyboard
        ]

    @property
    def labels(self) -> list[str]:
        return [button.text for button in self.buttons]

    @property
    def photo(self) -> bytes | None:
        """The bytes of the picture."""
        sizes: list[JSON] = self.raw.get("photo") or []
        stored = self.files.get(sizes[-1]["file_id"]) if sizes else None
        return None if stored is None else stored.content

    @property
    def document(self) -> StoredFile | None:
        """The attached file, with its name and bytes."""
        described: JSON = self.raw.get("document") or {}
        return self.files.get(described.get("file_id", ""))

    def matches(self, wanted: str | re.Pattern[str] | Callable[["ChatMessage"], bool]) -> bool:
        """Whether it has this in its text or caption, or satisfies the predicate."""
        if isinstance(wanted, str):
            return wanted in self.words
        if isinstance(wanted, re.Pattern):
            return wanted.search(self.words) is not None
        return wanted(self)

    def __str__(self) -> str:
        shown = self.words or "+".join(key for key in self.raw if key in _SHOWN)
        return f"{shown!r} {self.labels}" if self.labels else repr(shown)


_SHOWN = {"photo", "document", "sticker", "location", "contact", "video", "voice", "dice"}

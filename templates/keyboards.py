"""Keyboards as plain values; the layer that speaks with Telegram turns them into its types."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from templates.callbacks import Callback
from templates.lengths import short, utf16_length

LABEL_UTF16_MAX = 64  # ours: Telegram names no limit, but a phone shows no more
COPY_UTF16_MAX = 256
SHARE_UTF16_MAX = 256
URL_LENGTH_MAX = 2048
PLACEHOLDER_UTF16_MAX = 64
INLINE_ROW_BUTTONS_MAX = 8
INLINE_BUTTONS_MAX = 100

_URL_BEGINNINGS = ("https://", "http://", "tg://")


class Style(StrEnum):
    """The colour of a button, in Telegram's own words."""

    PRIMARY = "primary"
    SUCCESS = "success"
    DANGER = "danger"


@dataclass(frozen=True)
class OpenUrl:
    """The button opens an address."""

    url: str

    def __post_init__(self) -> None:
        if not self.url.startswith(_URL_BEGINNINGS) or len(self.url) > URL_LENGTH_MAX:
            raise ValueError("not an address that a button can open")


@dataclass(frozen=True)
class CopyText:
    """The button copies this text."""

    text: str

    def __post_init__(self) -> None:
        if not 1 <= utf16_length(self.text) <= COPY_UTF16_MAX:
            raise ValueError("not a text that a button can copy")


@dataclass(frozen=True)
class Share:
    """The button lets the person choose a chat and offers this text there (inline mode)."""

    text: str

    def __post_init__(self) -> None:
        if utf16_length(self.text) > SHARE_UTF16_MAX:
            raise ValueError("too long a text to share")


Action = Callback | OpenUrl | CopyText | Share


@dataclass(frozen=True)
class Button:
    """An inline button: a tap on a `Callback` comes to us, the rest happens on the phone.

    A label that is too long (a reward's name, say) is cut.
    """

    label: str
    action: Action
    style: Style | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", short(self.label, LABEL_UTF16_MAX))
        _check_label(self.label)
        if isinstance(self.action, Callback):
            self.action.pack()  # refuses here, where the culprit is on the stack


@dataclass(frozen=True)
class InlineKeyboard:
    """Buttons under a message, row by row."""

    rows: tuple[tuple[Button, ...], ...]

    def __post_init__(self) -> None:
        if not self.rows or not all(self.rows):
            raise ValueError("an empty keyboard or row")
        if max(len(row) for row in self.rows) > INLINE_ROW_BUTTONS_MAX:
            raise ValueError("a row of too many buttons")
        if sum(len(row) for row in self.rows) > INLINE_BUTTONS_MAX:
            raise ValueError("too many buttons")

    @classmethod
    def stacked(cls, *buttons: Button | None) -> "InlineKeyboard":
        """One button a row; what is None is left out."""
        return cls.of(*((button,) for button in buttons))

    @classmethod
    def of(cls, *rows: Iterable[Button | None]) -> "InlineKeyboard":
        """These rows; buttons that are None and rows that are empty are left out."""
        kept = (tuple(button for button in row if button is not None) for row in rows)
        return cls(tuple(row for row in kept if row))


@dataclass(frozen=True)
class ReplyKey:
    """A key in place of the phone's own keyboard: it types its label or shares the contact."""

    label: str
    request_contact: bool = False
    style: Style | None = None

    def __post_init__(self) -> None:
        _check_label(self.label)


@dataclass(frozen=True)
class ReplyKeyboard:
    """Keys in place of the phone's own keyboard."""

    rows: tuple[tuple[ReplyKey, ...], ...]
    placeholder: str | None = None
    one_time: bool = False
    persistent: bool = False

    def __post_init__(self) -> None:
        if not self.rows or not all(self.rows):
            raise ValueError("an empty keyboard or row")
        _check_placeholder(self.placeholder)


@dataclass(frozen=True)
class RemoveKeyboard:
    """Takes the reply keyboard away."""


@dataclass(frozen=True)
class ForceReply:
    """Opens the phone's keyboard for an answer to this message."""

    placeholder: str | None = None

    def __post_init__(self) -> None:
        _check_placeholder(self.placeholder)


Keyboard = InlineKeyboard | ReplyKeyboard | RemoveKeyboard | ForceReply


def in_rows(buttons: Sequence[Button], per_row: int) -> tuple[tuple[Button, ...], ...]:
    """The buttons in rows of so many, the last one shorter."""
    assert 1 <= per_row <= INLINE_ROW_BUTTONS_MAX
    return tuple(tuple(buttons[i : i + per_row]) for i in range(0, len(buttons), per_row))


def _check_label(label: str) -> None:
    if not label.strip() or utf16_length(label) > LABEL_UTF16_MAX:
        raise ValueError(f"not a label: {label[:LABEL_UTF16_MAX]!r}")


def _check_placeholder(placeholder: str | None) -> None:
    if placeholder is not None and not 1 <= utf16_length(placeholder) <= PLACEHOLDER_UTF16_MAX:
        raise ValueError("not a placeholder")

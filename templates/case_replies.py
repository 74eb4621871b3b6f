"""A case as the client lives it: the business answers, they write back."""

from dataclasses import dataclass

from templates.callbacks import Callback, callback
from templates.keyboards import Button, InlineKeyboard, Keyboard
from templates.labels import Labels
from templates.messages import Message, message


@callback("case_reply")
@dataclass(frozen=True)
class ReplyToCase(Callback):
    """The client writes to their own case."""

    case_id: int


@callback("case_reply_drop")
@dataclass(frozen=True)
class DropReply(Callback):
    """The client thought better of it."""


@message("case_replies/reply")
@dataclass(frozen=True)
class Reply(Message):
    """To the client: the business answers."""

    number: int
    business: str
    text: str

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(Button(labels("cases.reply"), ReplyToCase(self.number)))


@message("case_replies/closed")
@dataclass(frozen=True)
class Closed(Message):
    """To the client: nobody will answer any more, and what was frozen is free again."""

    number: int
    points: int  # that were frozen until now

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(Button(labels("cases.reply"), ReplyToCase(self.number)))


@message("case_replies/reply_hint")
@dataclass(frozen=True)
class ReplyHint(Message):
    """To words that nobody waited for, of somebody whose case is open: are they about it?"""

    number: int

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(Button(labels("cases.reply"), ReplyToCase(self.number)))


@message("case_replies/ask_reply")
@dataclass(frozen=True)
class AskReply(Message):
    """What does the client want to say?"""

    business: str

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(Button(labels("cases.cancel_reply"), DropReply()))


@message("case_replies/reply_dropped")
@dataclass(frozen=True)
class ReplyDropped(Message):
    """Nothing was said."""


@message("case_replies/passed_on")
@dataclass(frozen=True)
class PassedOn(Message):
    """The client's words are with the managers."""

    number: int
    answer_within_hours: int

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(Button(labels("cases.add"), ReplyToCase(self.number)))


@message("case_replies/text_only")
@dataclass(frozen=True)
class TextOnly(Message):
    """Only words are passed on."""

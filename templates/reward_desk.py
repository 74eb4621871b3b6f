"""A claimed reward at the desk: its code, whose it is, and the ✅ that hands it out."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from templates.callbacks import Callback, callback
from templates.keyboards import Button, InlineKeyboard, Style
from templates.labels import Labels
from templates.messages import Code, Message, Toast, message


@callback("claim_accept")
@dataclass(frozen=True)
class AcceptClaim(Callback):
    """✅: it is in the client's hands. The code proves that somebody told it."""

    code: str


@callback("claim_leave")
@dataclass(frozen=True)
class LeaveClaim(Callback):
    """❌: not handed out, the claim waits on."""


@callback("claim_another")
@dataclass(frozen=True)
class AskAnother(Callback):
    """Another code, please."""


@message("reward_desk/ask_code")
@dataclass(frozen=True)
class AskCode(Message):
    """Which code?"""

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("desk.cancel"), LeaveClaim()))


@message("reward_desk/claim_preview")
@dataclass(frozen=True)
class ClaimPreview(Message):
    """Whose reward it is, and since when it waits."""

    code: Code  # as it is kept
    shown_code: str
    client_name: str
    name: str
    cost: int
    claimed_at: dt.datetime
    valid_through: dt.date
    is_other_client: bool

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        confirm = Button(labels("claim.confirm"), AcceptClaim(self.code), Style.SUCCESS)
        return InlineKeyboard.of((confirm, Button(labels("claim.refuse"), LeaveClaim())))


@message("reward_desk/handed")
@dataclass(frozen=True)
class Handed(Message):
    """It was handed out, now or before."""

    client_name: str
    name: str
    at: dt.datetime
    branch: str | None
    staff_name: str | None  # none: an owner
    is_mine: bool
    repeated: bool

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _another(labels)


class Over(StrEnum):
    """Why nothing is handed out for a code any more."""

    CANCELLED = "cancelled"
    LAPSED = "lapsed"


@message("reward_desk/claim_over")
@dataclass(frozen=True)
class ClaimOver(Message):
    """The points are back on the client's card."""

    name: str
    over: Over
    valid_through: dt.date

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _another(labels)


@message("reward_desk/code_unknown")
@dataclass(frozen=True)
class CodeUnknown(Message):
    """Nobody holds this code."""

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _another(labels)


@message("reward_desk/code_unreadable")
@dataclass(frozen=True)
class CodeUnreadable(Message):
    """What was typed is no code at all."""

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("desk.cancel"), LeaveClaim()))


@message("reward_desk/too_many_guesses")
@dataclass(frozen=True)
class TooManyGuesses(Message):
    """Codes are not found by trying."""

    pause_minutes: int


@message("reward_desk/own_claim")
@dataclass(frozen=True)
class OwnClaim(Message):
    """Staff never serve themselves."""


@message("reward_desk/left")
@dataclass(frozen=True)
class Left(Message):
    """❌: nothing was handed out."""

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _another(labels)


@message("reward_desk/handed_by")
@dataclass(frozen=True)
class HandedBy(Toast):
    """Somebody was quicker, or one's own second tap."""

    staff_name: str | None
    is_mine: bool


def _another(labels: Labels) -> InlineKeyboard:
    return InlineKeyboard.stacked(Button(labels("claim.another"), AskAnother()))

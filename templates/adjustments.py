"""Points put right by hand."""

from dataclasses import dataclass

from templates.callbacks import Callback, callback
from templates.disputes import entry_dispute
from templates.keyboards import Button, InlineKeyboard, Style
from templates.labels import Labels
from templates.messages import Message, Toast, message
from templates.screens import Open, Screen


@callback("adjust_confirm")
@dataclass(frozen=True)
class ConfirmAdjustment(Callback):
    """✅ under the question."""

    adjustment_id: int


@callback("adjust_drop")
@dataclass(frozen=True)
class DropAdjustment(Callback):
    """❌ under the question."""

    adjustment_id: int


@message("adjustments/usage")
@dataclass(frozen=True)
class Usage(Message):
    """How the command is typed."""

    phone: str  # an example


@message("adjustments/reason_missing")
@dataclass(frozen=True)
class ReasonMissing(Message):
    """Nobody changes somebody's points without saying why."""


@message("adjustments/too_large")
@dataclass(frozen=True)
class TooLarge(Message):
    """From one point to so many."""

    points_max: int


@message("adjustments/not_enough")
@dataclass(frozen=True)
class NotEnough(Message):
    """It would take the balance below zero."""

    balance: int
    wanted: int


@message("adjustments/question")
@dataclass(frozen=True)
class Question(Message):
    """What is about to be done."""

    adjustment_id: int
    client_name: str
    points: int
    reason: str
    balance: int
    balance_after: int
    is_told: bool  # False: the client has no account here to be told in

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(
                labels("adjustment.confirm"), ConfirmAdjustment(self.adjustment_id), Style.SUCCESS
            ),
            Button(labels("adjustment.refuse"), DropAdjustment(self.adjustment_id)),
        )


@message("adjustments/done")
@dataclass(frozen=True)
class Done(Message):
    """It is done."""

    client_name: str
    points: int
    balance: int


@message("adjustments/dropped")
@dataclass(frozen=True)
class Dropped(Message):
    """Nothing has moved."""


@message("adjustments/own_account")
@dataclass(frozen=True)
class OwnAccount(Message):
    """Nobody adjusts their own points."""


@message("adjustments/done_before")
@dataclass(frozen=True)
class DoneBefore(Toast):
    """An earlier tap did it."""


@message("adjustments/adjusted")
@dataclass(frozen=True)
class Adjusted(Message):
    """The client's receipt of it (rule 24)."""

    business: str
    points: int
    reason: str
    balance: int
    entry_id: int = 0  # in the ledger

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(labels("open.history"), Open(Screen.HISTORY)),
            entry_dispute(labels, self.entry_id),
        )

"""Thanks, in points, for what is not a visit."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from templates.disputes import entry_dispute
from templates.keyboards import Button, InlineKeyboard, Keyboard
from templates.labels import Labels
from templates.messages import Message, message
from templates.screens import Open, Screen


class Action(StrEnum):
    """What it is for."""

    BIRTHDAY_TOLD = "birthday_told"
    REVIEW = "review"
    SURVEY = "survey"


@message("actions/thanked")
@dataclass(frozen=True)
class Thanked(Message):
    """The receipt of points for an action."""

    action: Action
    points: int
    balance: int
    valid_through: date | None
    visit_id: int | None = None  # of a review
    entry_id: int = 0  # in the ledger

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("open.history"), Open(Screen.HISTORY)),
            entry_dispute(labels, self.entry_id),
        )

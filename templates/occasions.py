"""What clients get because of the day it is: a birthday's gift, an invitation to come back."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from templates.adverts import advert_off_button
from templates.disputes import entry_dispute
from templates.keyboards import Button, InlineKeyboard, Keyboard
from templates.labels import Labels
from templates.messages import Message, message
from templates.screens import Open, Screen


class Timing(StrEnum):
    """How the greeting stands to the day itself."""

    AHEAD = "ahead"
    TODAY = "today"
    BELATED = "belated"


@message("occasions/birthday")
@dataclass(frozen=True)
class Birthday(Message):
    """The greeting, with the gift if the programme gives one."""

    business: str
    name: str | None
    timing: Timing
    points: int  # 0: kind words only
    balance: int
    valid_through: date | None = None
    entry_id: int = 0  # of the gift in the ledger

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("open.card"), Open(Screen.CARD)),
            entry_dispute(labels, self.entry_id),
        )


@message("occasions/win_back")
@dataclass(frozen=True)
class WinBack(Message):
    """Advertising: to who has not come for longer than is usual for them."""

    business: str
    name: str | None
    points: int  # 0: kind words only
    balance: int
    valid_through: date | None = None
    entry_id: int = 0  # of the gift in the ledger

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("open.card"), Open(Screen.CARD)),
            entry_dispute(labels, self.entry_id),
            advert_off_button(labels),
        )

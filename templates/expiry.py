"""Points that run out: said ahead, and when they are gone."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from templates.disputes import entry_dispute, expiry_dispute
from templates.keyboards import Button, InlineKeyboard, Keyboard
from templates.labels import Labels
from templates.messages import AtMost, Message, message
from templates.screens import Open, Screen

DAYS_SHOWN_MAX = 20


@dataclass(frozen=True)
class ExpiresOn:
    """Points that can be spent up to this day, it included."""

    points: int
    until: date


@message("expiry/upcoming")
@dataclass(frozen=True)
class Upcoming(Message):
    """Everything that will run out, the soonest first; `later` sums up what is not listed."""

    name: str | None
    balance: int
    expiring: Annotated[tuple[ExpiresOn, ...], AtMost(DAYS_SHOWN_MAX)]
    later: ExpiresOn | None = None

    def keyboard(self, labels: Labels) -> Keyboard:
        nearest = self.expiring[0].until if self.expiring else None
        return _look(labels, None if nearest is None else expiry_dispute(labels, nearest))


@message("expiry/expired")
@dataclass(frozen=True)
class Expired(Message):
    """They are gone; what is left, and what of it goes next."""

    points: int
    balance: int
    following: ExpiresOn | None
    entry_id: int = 0  # in the ledger

    def keyboard(self, labels: Labels) -> Keyboard:
        return _look(labels, entry_dispute(labels, self.entry_id))


def _look(labels: Labels, dispute: Button | None) -> InlineKeyboard:
    return InlineKeyboard.of(
        (
            Button(labels("open.card"), Open(Screen.CARD)),
            Button(labels("open.history"), Open(Screen.HISTORY)),
        ),
        (dispute,),
    )

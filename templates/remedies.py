"""What a manager may do about a case beside answering: points with an apology, a card moved."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.changed_phone import EditPhone
from templates.client import WHOLE_MENU, Menu, main_menu
from templates.disputes import entry_dispute
from templates.keyboards import Button, InlineKeyboard, Keyboard, RemoveKeyboard
from templates.labels import Labels
from templates.merging import SwapMerge
from templates.messages import AtMost, Message, Toast, message
from templates.screens import Open, Screen

APOLOGY_CHOICES_MAX = 3


@callback("case_apology")
@dataclass(frozen=True)
class OfferApology(Callback):
    """Asks how many points shall go with the apology."""

    case_id: int


@callback("case_gift")
@dataclass(frozen=True)
class GiveApology(Callback):
    """Gives so many, once a case."""

    case_id: int
    points: int


@callback("case_move")
@dataclass(frozen=True)
class AskMove(Callback):
    """Asks whether the card shall go to the account that verified its phone."""

    case_id: int


@callback("case_moved")
@dataclass(frozen=True)
class MoveCard(Callback):
    """Moves it."""

    case_id: int


@callback("case_kept")
@dataclass(frozen=True)
class LeaveAsIs(Callback):
    """Back to the case, nothing done."""

    case_id: int


@callback("case_hand")
@dataclass(frozen=True)
class HandPhone(Callback):
    """Gives the number alone to the card that the other account has."""

    case_id: int


@callback("case_refuse")
@dataclass(frozen=True)
class RefuseClaim(Callback):
    """Neither card nor number moves; both are told."""

    case_id: int


@message("remedies/apology_question")
@dataclass(frozen=True)
class ApologyQuestion(Message):
    """How many points?"""

    number: int
    client: str | None
    choices: Annotated[tuple[int, ...], AtMost(APOLOGY_CHOICES_MAX)]

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.of(
            tuple(
                Button(labels("remedies.points", points=points), GiveApology(self.number, points))
                for points in self.choices
            ),
            (Button(labels("remedies.refuse_points"), LeaveAsIs(self.number)),),
        )


@message("remedies/apology_given")
@dataclass(frozen=True)
class ApologyGiven(Toast):
    """They are on the client's card."""

    points: int


@message("remedies/apology_given_before")
@dataclass(frozen=True)
class ApologyGivenBefore(Toast):
    """Points go with one apology, not with each."""

    points: int
    by: str | None


@message("remedies/apology")
@dataclass(frozen=True)
class Apology(Message):
    """To the client: the points."""

    business: str
    points: int
    balance: int
    valid_through: date | None
    entry_id: int = 0  # in the ledger

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("open.balance"), Open(Screen.BALANCE)),
            entry_dispute(labels, self.entry_id),
        )


@message("remedies/move_question")
@dataclass(frozen=True)
class MoveQuestion(Message):
    """Is it the same person?"""

    number: int
    client: str | None
    phone: str | None
    balance: int
    client_id: int = 0
    own_card_id: int | None = None  # of the other account, where it has a card already

    def keyboard(self, labels: Labels) -> Keyboard:
        own = self.own_card_id
        return InlineKeyboard.stacked(
            Button(labels("remedies.confirm_move"), MoveCard(self.number))
            if own is None
            else Button(labels("remedies.confirm_hand"), HandPhone(self.number)),
            None
            if own is None
            else Button(labels("remedies.merge"), SwapMerge(self.client_id, own)),
            Button(labels("remedies.refuse_claim"), RefuseClaim(self.number)),
            Button(labels("remedies.back"), LeaveAsIs(self.number)),
        )


@message("remedies/move_impossible")
@dataclass(frozen=True)
class MoveImpossible(Toast):
    """The other account has a card of its own by now, or there is nothing to move."""


@message("remedies/card_moved")
@dataclass(frozen=True)
class CardMoved(Toast):
    """It is done, and the case is closed."""


@message("remedies/card_received")
@dataclass(frozen=True)
class CardReceived(Message):
    """To the account that verified the phone: the card is yours."""

    business: str
    balance: int
    menu: Menu = WHOLE_MENU

    def keyboard(self, labels: Labels) -> Keyboard:
        # In place of whatever registration had asked there meanwhile.
        return main_menu(labels, self.menu)


@message("remedies/number_received")
@dataclass(frozen=True)
class NumberReceived(Message):
    """To the account that verified the number: it is on your card now."""

    business: str
    phone: str  # masked

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(Button(labels("open.card"), Open(Screen.CARD)))


@message("remedies/number_gone")
@dataclass(frozen=True)
class NumberGone(Message):
    """To who had the number: the card stays, name another one."""

    business: str
    phone: str  # masked

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(Button(labels("profile.phone"), EditPhone()))


@message("remedies/claim_refused")
@dataclass(frozen=True)
class ClaimRefused(Message):
    """To the account that claimed the number: it stays where it was."""

    business: str


@message("remedies/claim_repelled")
@dataclass(frozen=True)
class ClaimRepelled(Message):
    """To who has the number: somebody claimed it, nothing has changed."""

    business: str


@message("remedies/claim_closed")
@dataclass(frozen=True)
class ClaimClosed(Toast):
    """Refused, and the case is closed."""


@message("remedies/card_gone")
@dataclass(frozen=True)
class CardGone(Message):
    """To the account that had it: where it went, and whom to ask."""

    business: str

    def keyboard(self, labels: Labels) -> Keyboard:
        return RemoveKeyboard()

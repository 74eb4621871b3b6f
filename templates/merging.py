"""Two cards of one person: the question with both, what came of it, and what the person is told."""

from dataclasses import dataclass

from templates.callbacks import Callback, callback
from templates.desk import VisitOf
from templates.disputes import entry_dispute
from templates.keyboards import Button, InlineKeyboard, Style
from templates.labels import Labels
from templates.messages import Message, Toast, message
from templates.screens import Open, Screen


@callback("merge_yes")
@dataclass(frozen=True)
class ConfirmMerge(Callback):
    """✅ under the question: the source goes into the survivor."""

    survivor_id: int
    source_id: int


@callback("merge_swap")
@dataclass(frozen=True)
class SwapMerge(Callback):
    """The other way round."""

    survivor_id: int
    source_id: int


@callback("merge_no")
@dataclass(frozen=True)
class RefuseMerge(Callback):
    """❌: both stay as they are."""


@message("merging/ask_first")
@dataclass(frozen=True)
class AskFirst(Message):
    """Whose cards?"""

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("merging.cancel"), RefuseMerge()))


@message("merging/ask_second")
@dataclass(frozen=True)
class AskSecond(Message):
    """The other card of this person?"""

    client: str

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("merging.cancel"), RefuseMerge()))


@message("merging/nobody")
@dataclass(frozen=True)
class Nobody(Message):
    """No card has this number, no client this phone."""

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("merging.cancel"), RefuseMerge()))


@dataclass(frozen=True)
class Side:
    """One of the two records."""

    client: str
    phone: str | None
    card_number: str | None
    balance: int
    visits: int
    tier: str | None
    has_account: bool


@message("merging/question")
@dataclass(frozen=True)
class Question(Message):
    """Both, which one stays, and what it will have."""

    survivor_id: int
    source_id: int
    survivor: Side
    source: Side
    balance: int
    visits: int
    tier: str | None
    both_live: bool
    may_swap: bool

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        ids = (self.survivor_id, self.source_id)
        return InlineKeyboard.stacked(
            Button(labels("merging.confirm"), ConfirmMerge(*ids), Style.SUCCESS),
            Button(labels("merging.swap"), SwapMerge(*ids)) if self.may_swap else None,
            Button(labels("merging.refuse"), RefuseMerge()),
        )


@message("merging/done")
@dataclass(frozen=True)
class Done(Message):
    """To who merged them."""

    client_id: int
    client: str
    balance: int
    visits: int
    tier: str | None
    was_told: bool

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("desk.visit"), VisitOf(self.client_id)))


@message("merging/done_before")
@dataclass(frozen=True)
class DoneBefore(Toast):
    """A tap before this one did it."""


@message("merging/refused")
@dataclass(frozen=True)
class Refused(Message):
    """Both stay as they are."""


@message("merging/same_client")
@dataclass(frozen=True)
class SameClient(Message):
    """Both numbers lead to one card."""

    client: str


@message("merging/own_card")
@dataclass(frozen=True)
class OwnCard(Message):
    """Nobody merges their own card: a colleague does."""


@message("merging/impossible")
@dataclass(frozen=True)
class Impossible(Message):
    """One of the two has changed since: look at them anew."""


@message("merging/cards_merged")
@dataclass(frozen=True)
class CardsMerged(Message):
    """To the client: one card now."""

    business: str
    points: int  # that came from the other; below zero where that one owed
    balance: int
    level: str | None
    visits: int  # that came along
    entry_id: int = 0  # of the points that came, in the ledger

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(labels("open.card"), Open(Screen.CARD)),
            Button(labels("open.balance"), Open(Screen.BALANCE)),
            entry_dispute(labels, self.entry_id),
        )


@message("merging/merged_away")
@dataclass(frozen=True)
class MergedAway(Message):
    """To the account whose card went into another."""

    business: str

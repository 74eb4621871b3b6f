"""A return at the desk, from the visit's number to its confirmation: what staff see."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.keyboards import Button, InlineKeyboard, Style
from templates.labels import Labels
from templates.messages import AtMost, Message, Toast, message
from templates.previews import StartVisit

CHOICES_MAX = 8


@callback("return_start")
@dataclass(frozen=True)
class StartReturn(Callback):
    """A return, from its first question."""


@callback("return_of")
@dataclass(frozen=True)
class OpenReturn(Callback):
    """A return of this visit: all of it, or how much?"""

    visit_id: int


@callback("return_rest")
@dataclass(frozen=True)
class ReturnRest(Callback):
    """All that is left of this visit's bill."""

    visit_id: int


@callback("return_confirm")
@dataclass(frozen=True)
class ConfirmReturn(Callback):
    """✅ under a preview."""

    preview_id: int


@callback("return_refuse")
@dataclass(frozen=True)
class RefuseReturn(Callback):
    """❌ under a preview."""

    preview_id: int


@callback("return_again")
@dataclass(frozen=True)
class RepeatReturn(Callback):
    """A lapsed preview is to be shown anew."""

    preview_id: int


@callback("return_stop")
@dataclass(frozen=True)
class StopReturn(Callback):
    """❌ in the midst of the questions."""


@dataclass(frozen=True)
class ReturnChoice:
    """One of the latest visits; money in minor units."""

    visit_id: int
    client_name: str
    bill: int


def _stop(labels: Labels) -> Button:
    return Button(labels("return.cancel"), StopReturn())


def _following(labels: Labels, *buttons: Button | None) -> InlineKeyboard:
    return InlineKeyboard.stacked(
        *buttons,
        Button(labels("return.another"), StartReturn()),
        Button(labels("visit.following"), StartVisit()),
    )


@message("returns/ask_visit")
@dataclass(frozen=True)
class AskVisit(Message):
    """The first question: which visit."""

    choices: Annotated[tuple[ReturnChoice, ...], AtMost(CHOICES_MAX)]
    unreadable: bool = False  # what was typed is no number of a visit

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        choices = (
            Button(
                labels(
                    "return.choice",
                    visit=choice.visit_id,
                    name=choice.client_name,
                    bill=labels.words.money(choice.bill),
                ),
                OpenReturn(choice.visit_id),
            )
            for choice in self.choices
        )
        return InlineKeyboard.stacked(*choices, _stop(labels))


@dataclass(frozen=True)
class VisitFacts:
    """The visit, as far as it was not returned before. Money in minor units."""

    visit_id: int
    client_name: str
    service: str | None
    branch: str
    at: dt.datetime
    staff_name: str | None  # who had confirmed it; none: an owner
    bill: int
    discount: int
    points_spent: int
    to_pay: int
    returned: int  # before, of the bill


@message("returns/ask_amount")
@dataclass(frozen=True)
class AskAmount(Message):
    """The second question: all of it, or how much?"""

    visit: VisitFacts

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        rest = labels.words.money(self.visit.bill)
        label = "return.rest" if self.visit.returned else "return.whole"
        whole = Button(labels(label, bill=rest), ReturnRest(self.visit.visit_id))
        return InlineKeyboard.stacked(whole, _stop(labels))


@message("returns/return_preview")
@dataclass(frozen=True)
class ReturnPreview(Message):
    """What the return would come to. Money in minor units."""

    preview_id: int
    visit: VisitFacts
    amount: int  # of the bill
    bill_left: int
    refund: int
    points_restored: int
    points_taken: int
    active_on: dt.date | None  # those to be taken are not on the card yet
    referral_points: int  # the client's own for coming by a friend's link, which go with it
    balance_after: int
    changed: bool = False  # something else was returned meanwhile

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        confirm = Button(labels("return.confirm"), ConfirmReturn(self.preview_id), Style.DANGER)
        refuse = Button(labels("return.refuse"), RefuseReturn(self.preview_id))
        part = Button(labels("return.part"), OpenReturn(self.visit.visit_id))
        return InlineKeyboard.of((confirm, refuse), (part,))


@message("returns/return_made")
@dataclass(frozen=True)
class ReturnMade(Message):
    """What came back. Money in minor units."""

    visit_id: int
    client_name: str
    amount: int
    bill_left: int
    refund: int
    points_restored: int
    points_taken: int
    points_pending: int
    balance: int
    at: dt.datetime
    staff_name: str | None  # none: an owner
    is_mine: bool
    repeated: bool

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        more = Button(labels("return.more"), OpenReturn(self.visit_id))
        return _following(labels, more if self.bill_left else None)


@message("returns/too_much")
@dataclass(frozen=True)
class TooMuch(Message):
    """More than is left of the bill. Minor units."""

    visit_id: int
    client_name: str
    largest: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        rest = labels.words.money(self.largest)
        whole = Button(labels("return.rest", bill=rest), ReturnRest(self.visit_id))
        return InlineKeyboard.stacked(whole, _stop(labels))


@message("returns/nothing_left")
@dataclass(frozen=True)
class NothingLeft(Message):
    """All of it was returned: by whom, and when. The bill in minor units."""

    visit_id: int
    client_name: str
    bill: int
    at: dt.datetime
    staff_name: str | None  # none: an owner
    is_mine: bool

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _following(labels)


class WhyNot(StrEnum):
    """Why a visit cannot be returned, by this member of staff or at all."""

    UNKNOWN = "unknown"  # no visit has this number
    UNDONE = "undone"
    OTHER_BRANCH = "other_branch"
    TOO_OLD = "too_old"
    CLIENT_GONE = "client_gone"


@message("returns/not_returnable")
@dataclass(frozen=True)
class NotReturnable(Message):
    """Nothing comes back, and why."""

    visit_id: int
    reason: WhyNot
    staff_days: int  # how long staff may return a visit

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _following(labels)


@message("returns/return_lapsed")
@dataclass(frozen=True)
class ReturnLapsed(Message):
    """The preview was too old to be confirmed."""

    preview_id: int
    valid_minutes: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        again = Button(labels("visit.again"), RepeatReturn(self.preview_id))
        return InlineKeyboard.stacked(again)


@message("returns/return_dropped")
@dataclass(frozen=True)
class ReturnDropped(Message):
    """The preview was put aside, or it is no more; nothing came back."""

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _following(labels)


@message("returns/returned_already")
@dataclass(frozen=True)
class ReturnedAlready(Toast):
    """A second tap: one's own, or a colleague was quicker."""

    visit_id: int
    is_mine: bool
    staff_name: str | None  # none: an owner


@message("returns/look_again")
@dataclass(frozen=True)
class LookAgain(Toast):
    """Something else was returned meanwhile."""

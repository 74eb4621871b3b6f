"""Paying with points, by two people: what staff ask, and what the client is asked."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from templates.callbacks import Callback, callback
from templates.desk import StopVisit, VisitOf
from templates.figures import Figures
from templates.keyboards import Button, CopyText, InlineKeyboard, Style
from templates.labels import Labels
from templates.messages import Link, Message, Toast, message
from templates.previews import StartVisit, TwinShown
from templates.spoken_for import Reserved


@callback("redeem_points")
@dataclass(frozen=True)
class ChoosePoints(Callback):
    """So many points; 0: the visit without any."""

    points: int


@callback("redeem_again")
@dataclass(frozen=True)
class AskAgain(Callback):
    """Ask the client once more: the same visit, as many points."""

    preview_id: int


@callback("redeem_withdraw")
@dataclass(frozen=True)
class WithdrawRedemption(Callback):
    """❌ of staff: the client is asked no more."""

    redemption_id: int


@callback("redeem_elsewhere")
@dataclass(frozen=True)
class RedeemElsewhere(Callback):
    """The question named the wrong branch: it is taken back, the branch chosen anew."""

    preview_id: int


@callback("redeem_yes")
@dataclass(frozen=True)
class ConfirmRedemption(Callback):
    """✅ of the client: to the terms of this preview, which they have seen."""

    redemption_id: int
    preview_id: int


@callback("redeem_no")
@dataclass(frozen=True)
class RefuseRedemption(Callback):
    """❌ of the client."""

    redemption_id: int


class Ending(StrEnum):
    """How a question about points ended without a visit."""

    REFUSED = "refused"  # by the client
    LAPSED = "lapsed"  # not answered in time
    WITHDRAWN = "withdrawn"  # by staff
    REPLACED = "replaced"  # by a newer question of the same member of staff
    BLOCKED = "blocked"  # the client blocked the bot meanwhile
    VOID = "void"  # so many points cannot pay any more
    GONE = "gone"  # the client's record is no more


@message("redemptions/ask_points")
@dataclass(frozen=True)
class AskPoints(Message):
    """How many points? Money in minor units."""

    client_name: str
    bill: int
    available: int
    smallest: int
    largest: int  # above 0
    reserved: Reserved | None = None  # none: the whole balance can be spent

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _choice(labels, self.largest)


@message("redemptions/points_unreadable")
@dataclass(frozen=True)
class PointsUnreadable(Message):
    """What was typed is no whole number."""

    typed: str

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("desk.cancel"), StopVisit()))


@message("redemptions/points_refused")
@dataclass(frozen=True)
class PointsRefused(Message):
    """So many points cannot pay this bill; what can is named, nothing is cut down (rule 7)."""

    client_name: str
    bill: int  # minor units
    asked: int | None  # none: nobody has said how many yet
    available: int
    smallest: int
    largest: int  # 0: none at all
    share: Fraction  # percent of a bill
    reserved: Reserved | None = None  # none: the whole balance can be spent

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _choice(labels, self.largest)


def _choice(labels: Labels, largest: int) -> InlineKeyboard:
    """The largest figure in one tap, or the visit without points."""
    most = Button(labels("redeem.most", points=largest), ChoosePoints(largest))
    return InlineKeyboard.of(
        (most if largest else None,),
        (
            Button(labels("redeem.without"), ChoosePoints(0)),
            Button(labels("desk.cancel"), StopVisit()),
        ),
    )


@message("redemptions/largest_now")
@dataclass(frozen=True)
class LargestNow(Message):
    """The same where the conversation is over: how many could pay now; 0: none."""

    asked: int
    smallest: int
    largest: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("visit.following"), StartVisit()))


@message("redemptions/not_reachable")
@dataclass(frozen=True)
class NotReachable(Message):
    """There is no phone to confirm on: the client is not in the bot, or has blocked it."""

    client_id: int
    client_name: str
    has_account: bool
    link: Link  # where they register, or come back

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(labels("desk.copy_link"), CopyText(self.link)),
            Button(labels("desk.visit"), VisitOf(self.client_id)),
        )


@message("redemptions/held_by_colleague")
@dataclass(frozen=True)
class HeldByColleague(Message):
    """A colleague is asking this client right now."""

    client_name: str
    staff_name: str | None  # none: an owner
    points: int
    until: dt.datetime

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("visit.following"), StartVisit()))


def waiting_key(redemption_id: int) -> str:
    """Under which the message of staff who wait for the client is found."""
    return f"redemption:{redemption_id}:waiting"


@message("redemptions/waiting")
@dataclass(frozen=True)
class Waiting(Message):
    """Staff wait for the client's answer."""

    redemption_id: int
    client_name: str
    branch: str
    service: str | None
    figures: Figures
    until: dt.datetime
    is_approved: bool  # a manager has just approved the bill
    approver_name: str | None  # none: an owner
    preview_id: int = 0
    may_change_branch: bool = False
    twin: TwinShown | None = None  # the same bill, booked a moment ago
    skips_free: str | None = None  # the stamps that make the visit free without any points

    def kept_as(self) -> str:
        return waiting_key(self.redemption_id)

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        withdraw = Button(labels("redeem.refuse_waiting"), WithdrawRedemption(self.redemption_id))
        change = Button(labels("visit.branch"), RedeemElsewhere(self.preview_id))
        return InlineKeyboard.stacked(withdraw, change if self.may_change_branch else None)


@message("redemptions/waited")
@dataclass(frozen=True)
class Waited(Message):
    """In place of what staff read while they waited; what came of it follows. Minor units."""

    ending: Ending | None  # none: the visit stands
    client_name: str
    points: int
    bill: int


@message("redemptions/ended")
@dataclass(frozen=True)
class Ended(Message):
    """Staff read that there is no visit, and why. The bill in minor units."""

    ending: Ending
    preview_id: int
    client_name: str
    points: int
    bill: int
    largest: int | None  # that could pay now, where so many cannot
    staff_name: str | None  # who withdrew it; none: oneself, or an owner
    can_repeat: bool

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        again = Button(labels("redeem.again"), AskAgain(self.preview_id))
        following = Button(labels("visit.following"), StartVisit())
        return InlineKeyboard.stacked(again if self.can_repeat else None, following)


@message("redemptions/question")
@dataclass(frozen=True)
class Question(Message):
    """The client is asked, on their own phone: who, where, what for, how much, until when."""

    redemption_id: int
    preview_id: int
    staff_name: str | None  # none: an owner
    branch: str
    service: str | None
    figures: Figures
    until: dt.datetime
    terms_changed: bool

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        yes = ConfirmRedemption(self.redemption_id, self.preview_id)
        return InlineKeyboard.of(
            (
                Button(labels("redeem.confirm"), yes, Style.SUCCESS),
                Button(labels("redeem.refuse"), RefuseRedemption(self.redemption_id)),
            )
        )


@message("redemptions/agreed")
@dataclass(frozen=True)
class Agreed(Message):
    """In place of the question: the visit stands. The receipt says the rest."""

    visit_id: int
    points: int
    is_undone: bool  # taken back since


@message("redemptions/no_longer_asked")
@dataclass(frozen=True)
class NoLongerAsked(Message):
    """The client reads that the question is over, and that no points went."""

    ending: Ending
    staff_name: str | None  # who had asked; none: an owner
    points: int
    largest: int | None  # that could pay now, where so many cannot


@message("redemptions/look_again")
@dataclass(frozen=True)
class LookAgain(Toast):
    """Not booked: the terms are others by now."""


@message("redemptions/answered_already")
@dataclass(frozen=True)
class AnsweredAlready(Toast):
    """The client's own second tap."""


@message("redemptions/not_yours")
@dataclass(frozen=True)
class NotYours(Toast):
    """A colleague asked; they or a manager can withdraw it."""

"""A large bill waits for a manager: what they are asked, and what staff read meanwhile."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from templates.callbacks import Callback, callback
from templates.figures import Figures
from templates.keyboards import Button, InlineKeyboard, Style
from templates.labels import Labels
from templates.messages import Message, Toast, message
from templates.previews import RefuseVisit, RepeatPreview, StartVisit, TwinShown
from templates.redemptions import AskAgain


@callback("approve_yes")
@dataclass(frozen=True)
class ApproveVisit(Callback):
    """✅ of a manager: to the terms of this preview, which they have seen."""

    approval_id: int
    preview_id: int


@callback("approve_no")
@dataclass(frozen=True)
class DeclineVisit(Callback):
    """❌ of a manager."""

    approval_id: int


class Verdict(StrEnum):
    """What became of a question to those who lead."""

    APPROVED = "approved"
    REFUSED = "refused"
    LAPSED = "lapsed"  # nobody answered
    WITHDRAWN = "withdrawn"  # by who asked
    VOID = "void"  # the visit was booked otherwise, or its client is no more


@message("approvals/question")
@dataclass(frozen=True)
class Question(Message):
    """Those who lead are asked: who, whom for, what, how much, where."""

    approval_id: int
    preview_id: int
    staff_name: str | None  # who asks; none: an owner
    client_name: str
    tier: str | None
    branch: str
    service: str | None
    figures: Figures
    limit: int | None  # minor units; none: the programme has none any more
    until: dt.datetime
    twin: TwinShown | None
    terms_changed: bool

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        yes = ApproveVisit(self.approval_id, self.preview_id)
        return InlineKeyboard.of(
            (
                Button(labels("approval.confirm"), yes, Style.SUCCESS),
                Button(labels("approval.refuse"), DeclineVisit(self.approval_id)),
            )
        )


def waiting_key(approval_id: int) -> str:
    """Under which the message of staff who wait for a manager is found."""
    return f"approval:{approval_id}:waiting"


@message("approvals/waiting")
@dataclass(frozen=True)
class Waiting(Message):
    """Staff wait for a manager's answer."""

    preview_id: int
    client_name: str
    branch: str
    service: str | None
    figures: Figures
    limit: int | None
    until: dt.datetime
    approval_id: int = 0

    def kept_as(self) -> str:
        return waiting_key(self.approval_id)

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        withdraw = Button(labels("approval.refuse_waiting"), RefuseVisit(self.preview_id))
        return InlineKeyboard.stacked(withdraw)


@message("approvals/nobody_approves")
@dataclass(frozen=True)
class NobodyApproves(Message):
    """There is nobody to ask: who leads here is the client, or nobody does."""

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("visit.following"), StartVisit()))


@message("approvals/answered")
@dataclass(frozen=True)
class Answered(Message):
    """Who leads reads what became of it, by their own tap or by another's. Minor units."""

    verdict: Verdict
    client_name: str
    bill: int
    visit_id: int | None  # booked by it
    points: int  # that the client is asked for now; 0: none
    by: str | None  # who answered; none: an owner
    is_mine: bool


@message("approvals/refused")
@dataclass(frozen=True)
class Refused(Message):
    """Staff read that nothing was booked, and why. The bill in minor units."""

    verdict: Verdict
    preview_id: int
    client_name: str
    bill: int
    points: int  # that the client was to pay with; 0: none
    by: str | None  # who refused; none: an owner, or nobody answered

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        anew = AskAgain(self.preview_id) if self.points else RepeatPreview(self.preview_id)
        again = Button(labels("approval.again"), anew)
        following = Button(labels("visit.following"), StartVisit())
        lapsed = self.verdict is Verdict.LAPSED
        return InlineKeyboard.stacked(again if lapsed else None, following)


@message("approvals/answered_by")
@dataclass(frozen=True)
class AnsweredBy(Toast):
    """Somebody else was quicker, or one's own second tap."""

    by: str | None
    is_mine: bool
    verdict: Verdict


@message("approvals/not_your_branch")
@dataclass(frozen=True)
class NotYourBranch(Toast):
    """The visit is in another manager's branch."""

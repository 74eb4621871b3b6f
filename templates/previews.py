"""A visit at the desk, from its preview to its confirmation: what staff see."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.keyboards import Button, InlineKeyboard, Style, in_rows
from templates.labels import Labels
from templates.messages import AtMost, Code, Message, Toast, message

PERKS_MAX = 8
BRANCHES_MAX = 60


@callback("visit_confirm")
@dataclass(frozen=True)
class ConfirmVisit(Callback):
    """✅ under a preview; `branch` is its place in the programme, where it had to be chosen."""

    preview_id: int
    branch: int | None = None


@callback("visit_refuse")
@dataclass(frozen=True)
class RefuseVisit(Callback):
    """❌ under a preview."""

    preview_id: int


@callback("visit_branch")
@dataclass(frozen=True)
class ChangeBranch(Callback):
    """The visit takes place in another branch."""

    preview_id: int


@callback("visit_keep_free")
@dataclass(frozen=True)
class KeepFreeVisit(Callback):
    """Stamps make the visit free: the client keeps that for another day, or uses it now."""

    preview_id: int
    keeps: bool


@callback("visit_again")
@dataclass(frozen=True)
class RepeatPreview(Callback):
    """A lapsed preview is to be shown anew."""

    preview_id: int


@callback("redeem_preview")
@dataclass(frozen=True)
class PayWithPoints(Callback):
    """The previewed visit is to be paid in part with points."""

    preview_id: int


@callback("visit_start")
@dataclass(frozen=True)
class StartVisit(Callback):
    """The next visit, from its first question."""


@callback("visit_undo")
@dataclass(frozen=True)
class OpenUndo(Callback):
    """Take this visit back: asked once more, as it stands where ✅ stood."""

    visit_id: int


@callback("desk_open")
@dataclass(frozen=True)
class OpenClient(Callback):
    """Shows this client as the desk sees them."""

    client_id: int


@dataclass(frozen=True)
class TwinShown:
    """The same bill, booked a moment ago."""

    visit_id: int
    at: dt.datetime
    staff_name: str | None  # none: an owner


@message("previews/visit_preview")
@dataclass(frozen=True)
class VisitPreview(Message):
    """What the visit would come to. Money in minor units."""

    preview_id: int
    client_name: str
    tier: str | None
    perks: Annotated[tuple[Code, ...], AtMost(PERKS_MAX)]
    service: str | None
    branch: str | None  # none: it is chosen with the ✅
    branches: Annotated[tuple[str, ...], AtMost(BRANCHES_MAX)]
    may_change_branch: bool
    bill: int
    discount: int
    discount_percent: Fraction
    points_spent: int
    paid_with_points: int  # what they pay
    to_pay: int
    points: int
    percent: Fraction
    is_excluded: bool  # the service earns nothing
    twin: TwinShown | None
    terms_changed: bool
    points_max: int = 0  # that the client could pay with; 0: none
    approve_above: int | None = (
        None  # the bill is above it and waits for a manager; none: it does not
    )
    promotion: str | None = None  # the one that counts today
    promotion_points: int = 0  # how many of the points are its
    free_by: str | None = None  # the stamps that make the visit free
    keeps_free_visit: bool = False  # they would, but the client keeps that for another day
    active_on: dt.date | None = None  # when the points will be on the card; none: at once
    skips_free: str | None = None  # the stamps that make it free, and points are to pay for it

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        free = self._free_button(labels)
        refuse = Button(labels("visit.refuse"), RefuseVisit(self.preview_id))
        with_points = (
            Button(labels("visit.points", points=self.points_max), PayWithPoints(self.preview_id))
            if self.points_max
            else None
        )
        if self.branch is None and self.branches:
            places = [
                Button(
                    labels("visit.confirm_at", branch=branch),
                    ConfirmVisit(self.preview_id, place),
                    Style.SUCCESS,
                )
                for place, branch in enumerate(self.branches)
            ]
            return InlineKeyboard.of(*in_rows(places, 2), (with_points,), (refuse,), (free,))
        confirm = Button(labels("visit.confirm"), ConfirmVisit(self.preview_id), Style.SUCCESS)
        change = Button(labels("visit.branch"), ChangeBranch(self.preview_id))
        return InlineKeyboard.of(
            (confirm, refuse),
            (with_points,),
            (free,),
            (change if self.may_change_branch else None,),
        )

    def _free_button(self, labels: Labels) -> Button | None:
        if self.keeps_free_visit:
            return Button(labels("visit.use_free"), KeepFreeVisit(self.preview_id, keeps=False))
        if self.free_by is not None:
            return Button(labels("visit.keep_free"), KeepFreeVisit(self.preview_id, keeps=True))
        return None


@message("previews/visit_booked")
@dataclass(frozen=True)
class VisitBooked(Message):
    """The visit stands. Money in minor units."""

    visit_id: int
    client_name: str
    tier: str | None
    service: str | None
    branch: str
    bill: int
    discount: int
    points_spent: int
    paid_with_points: int  # what they paid
    to_pay: int
    points: int
    balance: int
    staff_name: str | None  # who confirmed; none: an owner
    is_mine: bool
    is_undone: bool  # taken back since
    at: dt.datetime
    undo_minutes: int
    can_be_undone: bool
    promotion: str | None = None
    promotion_points: int = 0
    free_by: str | None = None  # the stamps that made it free
    is_returned: bool = False  # whole
    returned: int = 0  # of the bill; the figures are those of the rest
    active_on: dt.date | None = None  # the points rest until then; none: they are on the card
    by_client: bool = False  # the client has just agreed to the points
    is_approved: bool = False  # a manager approved the bill
    approver_name: str | None = None  # none: an owner

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        undo = Button(labels("visit.undo"), OpenUndo(self.visit_id))
        following = Button(labels("visit.following"), StartVisit())
        return InlineKeyboard.stacked(following, undo if self.can_be_undone else None)


@message("previews/preview_lapsed")
@dataclass(frozen=True)
class PreviewLapsed(Message):
    """The preview was too old to be confirmed."""

    preview_id: int
    valid_minutes: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("visit.again"), RepeatPreview(self.preview_id)))


@message("previews/preview_refused")
@dataclass(frozen=True)
class PreviewRefused(Message):
    """The preview was put aside; nothing was booked."""

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("visit.following"), StartVisit()))


@message("previews/preview_gone")
@dataclass(frozen=True)
class PreviewGone(Message):
    """The preview, or its client, is no more."""

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("visit.following"), StartVisit()))


@message("previews/booked_by")
@dataclass(frozen=True)
class BookedBy(Toast):
    """Somebody else was quicker: which visit, and who."""

    visit_id: int
    staff_name: str | None


@message("previews/booked_already")
@dataclass(frozen=True)
class BookedAlready(Toast):
    """One's own second tap."""

    visit_id: int


@message("previews/terms_changed")
@dataclass(frozen=True)
class TermsChanged(Toast):
    """Look again: it would be something else than was shown."""

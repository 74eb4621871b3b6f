"""The button under every receipt (rule 24): one tap opens a case and freezes what it is about."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.case_replies import ReplyToCase
from templates.entry_kinds import HistoryKind
from templates.keyboards import Button, InlineKeyboard
from templates.labels import Labels
from templates.messages import Message, Specimens, Toast, message


@callback("dispute")
@dataclass(frozen=True)
class DisputeVisit(Callback):
    """Something is wrong with this visit."""

    visit_id: int


@callback("dispute_entry")
@dataclass(frozen=True)
class DisputeEntry(Callback):
    """Something is wrong with these points: an entry of the ledger."""

    entry_id: int


@callback("dispute_expiry")
@dataclass(frozen=True)
class DisputeExpiry(Callback):
    """Points must not run out on this day, 20270503."""

    day: int


@callback("dispute_drop")
@dataclass(frozen=True)
class WithdrawDispute(Callback):
    """❌: nothing is wrong after all."""

    dispute_id: int


def visit_dispute(labels: Labels, visit_id: int) -> Button:
    """The button under what tells of a visit."""
    return Button(labels("receipt.dispute"), DisputeVisit(visit_id))


def entry_dispute(labels: Labels, entry_id: int) -> Button | None:
    """The button under what tells of an entry; none where nothing was posted."""
    return Button(labels("receipt.dispute"), DisputeEntry(entry_id)) if entry_id else None


def expiry_dispute(labels: Labels, day: dt.date) -> Button:
    """The button under what warns of points that run out after this day."""
    number = day.year * 10_000 + day.month * 100 + day.day
    return Button(labels("receipt.dispute"), DisputeExpiry(number))


@dataclass(frozen=True)
class Disputed:
    """What a dispute is about."""

    kind: HistoryKind
    on: dt.date
    visit_id: int | None = None
    bill: int | None = None  # of the visit, minor units
    points: int = 0  # that came or went, signed; or that are about to run out
    until: dt.date | None = None  # they can be spent up to this day, it included
    frozen: int = 0  # points


@message("disputes/opened")
@dataclass(frozen=True)
class Opened(Message):
    """There is a case, the points are frozen; what is wrong?"""

    dispute_id: int
    number: int
    disputed: Disputed
    joined: bool  # a case that was open before
    answer_within_hours: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(labels("receipt.cancel"), WithdrawDispute(self.dispute_id))
        )


@message("disputes/opened_before")
@dataclass(frozen=True)
class OpenedBefore(Toast):
    """An earlier tap did it."""

    number: int


@message("disputes/too_late")
@dataclass(frozen=True)
class TooLate(Toast):
    """It was too long ago to be looked into."""

    days: Annotated[int, Specimens(1, 90, 365)]


@message("disputes/taken")
@dataclass(frozen=True)
class Taken(Message):
    """The client's words are with who answers."""

    number: int
    answer_within_hours: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("cases.add"), ReplyToCase(self.number)))


@message("disputes/withdrawn")
@dataclass(frozen=True)
class Withdrawn(Message):
    """Nothing was wrong after all; what was frozen is free."""

    number: int
    points: int
    is_closed: bool


@message("disputes/answered_before")
@dataclass(frozen=True)
class AnsweredBefore(Toast):
    """Nothing to withdraw: it was answered and closed, or withdrawn."""

    number: int

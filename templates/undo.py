"""Taking a confirmation back: what staff see."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.keyboards import Button, InlineKeyboard
from templates.labels import Labels
from templates.messages import AtMost, Message, message
from templates.previews import OpenUndo, StartVisit
from templates.returns import OpenReturn

CHOICES_MAX = 8


@callback("undo_visit")
@dataclass(frozen=True)
class UndoVisit(Callback):
    """This visit is to be taken back."""

    visit_id: int


@callback("undo_keep")
@dataclass(frozen=True)
class KeepVisit(Callback):
    """❌: it stays as it is."""

    visit_id: int


@dataclass(frozen=True)
class UndoChoice:
    """A visit that can be taken back; money in minor units."""

    visit_id: int
    at: dt.datetime
    client_name: str
    bill: int
    staff_name: str | None  # none: an owner


@message("undo/choose_undo")
@dataclass(frozen=True)
class ChooseUndo(Message):
    """A manager says which of the last visits."""

    choices: Annotated[tuple[UndoChoice, ...], AtMost(CHOICES_MAX)]
    undo_minutes: int

    def keyboard(self, labels: Labels) -> InlineKeyboard | None:
        if not self.choices:
            return None
        return InlineKeyboard.stacked(
            *(
                Button(
                    labels(
                        "undo.choice",
                        visit=choice.visit_id,
                        name=choice.client_name,
                        bill=labels.words.money(choice.bill),
                    ),
                    OpenUndo(choice.visit_id),  # one of five that look alike: asked once more
                )
                for choice in self.choices
            )
        )


@message("undo/ask_undo")
@dataclass(frozen=True)
class AskUndo(Message):
    """Really? The button stood where ✅ had stood, and fingers are quick. Minor units."""

    visit_id: int
    client_name: str
    bill: int
    points: int
    points_spent: int = 0  # that come back

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.of(
            (
                Button(labels("undo.confirm"), UndoVisit(self.visit_id)),
                Button(labels("undo.refuse"), KeepVisit(self.visit_id)),
            )
        )


@message("undo/visit_undone")
@dataclass(frozen=True)
class VisitUndone(Message):
    """What was taken back. Money in minor units."""

    visit_id: int
    client_name: str
    bill: int
    points: int  # taken back
    balance: int | None  # now; none: it was taken back earlier
    staff_name: str | None  # who took it back; none: an owner
    is_mine: bool
    repeated: bool
    points_restored: int = 0  # of those that had paid
    points_pending: int = 0  # that were to come and will not
    referral_points: int = 0  # for coming by invitation: gone with it

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("visit.following"), StartVisit()))


@message("undo/too_late")
@dataclass(frozen=True)
class TooLate(Message):
    """The window is over."""

    visit_id: int
    at: dt.datetime
    undo_minutes: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("return.open"), OpenReturn(self.visit_id)))


@message("undo/returned_before")
@dataclass(frozen=True)
class ReturnedBefore(Message):
    """The whole of it was returned: nothing is left to take back. The bill in minor units."""

    visit_id: int
    client_name: str
    bill: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("visit.following"), StartVisit()))


@message("undo/not_yours")
@dataclass(frozen=True)
class NotYours(Message):
    """A colleague confirmed it; they or a manager can take it back."""

    visit_id: int


@message("undo/nothing_to_undo")
@dataclass(frozen=True)
class NothingToUndo(Message):
    """Nothing was confirmed that could be taken back."""

    undo_minutes: int


@message("undo/client_gone")
@dataclass(frozen=True)
class ClientGone(Message):
    """The client has erased their card: the points of the visit are nobody's."""

    visit_id: int

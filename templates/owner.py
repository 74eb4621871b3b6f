"""What only the owner is told: how the bot itself is doing."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from loyalty.oddities import Oddity
from templates.keyboards import Button, InlineKeyboard
from templates.labels import Labels
from templates.messages import AtMost, Message, message
from templates.previews import OpenClient, OpenUndo
from templates.returns import OpenReturn

ODDITIES_MAX = len(Oddity)


@message("owner/poison_alert")
@dataclass(frozen=True)
class PoisonAlert(Message):
    """An update failed every try and was set aside."""

    update_id: int
    error_class: str


@message("owner/conflict_alert")
@dataclass(frozen=True)
class ConflictAlert(Message):
    """Telegram says that another process polls with our token (409)."""


@message("owner/erasure_list_alert")
@dataclass(frozen=True)
class ErasureListAlert(Message):
    """Who was erased cannot be listed beside the database: a restored backup would not know it."""

    file: str  # its name alone
    reason: str  # as the system says it


@message("owner/odd_visit")
@dataclass(frozen=True)
class OddVisit(Message):
    """A visit that an owner should look at; money in minor units."""

    visit_id: int
    oddities: Annotated[tuple[Oddity, ...], AtMost(ODDITIES_MAX)]
    client_name: str
    staff_name: str | None  # none: an owner who is on no list
    branch: str
    service: str | None
    bill: int
    points: int
    at: dt.datetime
    visits_today: int  # of this client, this one included
    client_id: int = 0
    may_undo: bool = True  # else the time for it is over; a return is always possible

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        undo = Button(labels("visit.undo"), OpenUndo(self.visit_id))
        back = Button(
            labels("return.of", visit=self.visit_id, bill=labels.words.money(self.bill)),
            OpenReturn(self.visit_id),
        )
        return InlineKeyboard.stacked(
            undo if self.may_undo else None,
            back,
            Button(labels("desk.client"), OpenClient(self.client_id)) if self.client_id else None,
        )

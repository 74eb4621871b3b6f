"""Points that rested while the visit could be returned."""

import datetime as dt
from dataclasses import dataclass

from templates.disputes import visit_dispute
from templates.keyboards import Button, InlineKeyboard
from templates.labels import Labels
from templates.messages import Message, message
from templates.screens import Open, Screen


@message("pending/points_active")
@dataclass(frozen=True)
class PointsActive(Message):
    """The return window is over: the visit's points are on the card."""

    visit_id: int
    points: int
    balance: int
    valid_through: dt.date | None

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.of(
            (Button(labels("open.balance"), Open(Screen.BALANCE)),),
            (visit_dispute(labels, self.visit_id),),
        )

"""Today's visits, as staff and owners see them."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.keyboards import Button, InlineKeyboard
from templates.labels import Labels
from templates.messages import AtMost, Message, message
from templates.previews import StartVisit
from templates.returns import StartReturn

ROWS_MAX = 15
TOTALS_MAX = 10


@callback("today")
@dataclass(frozen=True)
class ShowToday(Callback):
    """A page of today's visits, from 1."""

    page: int


@dataclass(frozen=True)
class TodayRow:
    """One visit. Money in minor units."""

    heading: str | None  # the branch, where a new one begins
    visit_id: int
    at: dt.datetime
    client_name: str
    service: str | None
    bill: int  # before anything was returned
    points: int
    staff_name: str | None  # none: one's own, or an owner's
    is_undone: bool  # or returned whole
    returned: int = 0  # of the bill


@dataclass(frozen=True)
class TodayTotal:
    """A branch's day, without what was taken back. Money in minor units."""

    branch: str
    visits: int
    bill: int
    to_pay: int
    points: int


@message("today/today")
@dataclass(frozen=True)
class Today(Message):
    """The business day so far."""

    day: dt.date
    branch: str | None  # none: all of them
    rows: Annotated[tuple[TodayRow, ...], AtMost(ROWS_MAX)]
    totals: Annotated[tuple[TodayTotal, ...], AtMost(TOTALS_MAX)]  # by branch
    visits: int
    bill: int
    to_pay: int
    points: int
    page: int
    pages: int
    returns: int = 0  # made today, of whatever day's visits
    returned: int = 0  # of their bills
    refund: int = 0  # money given back

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        back = Button(labels("today.back"), ShowToday(self.page - 1)) if self.page > 1 else None
        on = Button(labels("today.on"), ShowToday(self.page + 1)) if self._has_more else None
        again = Button(labels("today.again"), ShowToday(1))
        start = Button(labels("visit.following"), StartVisit())
        give_back = Button(labels("return.start"), StartReturn())
        return InlineKeyboard.of((back, on), (again, give_back), (start,))

    @property
    def _has_more(self) -> bool:
        return self.page < self.pages

"""A visit as the client is told of it."""

import datetime as dt
from dataclasses import dataclass

from loyalty.programme import QualifyBy
from templates.disputes import visit_dispute
from templates.keyboards import InlineKeyboard
from templates.labels import Labels
from templates.messages import Message, message


def _dispute(labels: Labels, visit_id: int) -> InlineKeyboard:
    return InlineKeyboard.stacked(visit_dispute(labels, visit_id))


@dataclass(frozen=True)
class StampsTold:
    """The card of stamps that a visit counted for."""

    name: str
    have: int
    every: int
    is_next_free: bool


@message("visits/receipt")
@dataclass(frozen=True)
class Receipt(Message):
    """Told at once, when the visit is confirmed. Money in minor units."""

    visit_id: int
    client_name: str | None
    branch: str
    service: str | None
    at: dt.datetime
    bill: int
    discount: int
    points_spent: int
    paid_with_points: int  # what they paid
    to_pay: int
    points: int
    valid_through: dt.date | None
    balance: int
    is_excluded: bool  # the service earns nothing
    next_tier: str | None
    measure: QualifyBy  # of what is missing to the next tier
    missing: int  # minor units, visits or points
    promotion: str | None = None
    promotion_points: int = 0  # how many of the points are the promotion's
    is_free: bool = False  # by its stamps
    stamps: StampsTold | None = None
    active_on: dt.date | None = None  # the points rest until then; none: they are on the card

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _dispute(labels, self.visit_id)


@message("visits/undone")
@dataclass(frozen=True)
class Undone(Message):
    """A visit was taken back by staff."""

    visit_id: int
    bill: int
    points: int  # taken off the card
    balance: int  # after all of it
    points_restored: int = 0
    points_pending: int = 0  # that were to come and will not
    referral_points: int = 0  # for coming by invitation: gone with it
    qualifying_bill: int = 0  # that the next visit needs to earn those again

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _dispute(labels, self.visit_id)


@message("visits/returned")
@dataclass(frozen=True)
class Returned(Message):
    """Something of a visit came back, or all of it. Money in minor units."""

    visit_id: int
    at: dt.datetime
    amount: int  # of the bill
    bill_left: int  # 0: nothing
    refund: int
    points_restored: int
    points_taken: int
    points_pending: int  # that were to come and will not
    balance: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _dispute(labels, self.visit_id)

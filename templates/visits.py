"""A visit as the client is told of it."""

import datetime as dt
from dataclasses import dataclass

from loyalty.programme import QualifyBy
from templates.messages import Message, message


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
    to_pay: int
    points: int
    valid_through: dt.date | None
    balance: int
    is_excluded: bool  # the service earns nothing
    next_tier: str | None
    measure: QualifyBy  # of what is missing to the next tier
    missing: int  # minor units, visits or points


@message("visits/undone")
@dataclass(frozen=True)
class Undone(Message):
    """A visit was taken back by staff."""

    visit_id: int
    bill: int
    points: int
    balance: int

"""What clients get because of the day it is: a birthday's gift, an invitation to come back."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from templates.messages import Message, message


class Timing(StrEnum):
    """How the greeting stands to the day itself."""

    AHEAD = "ahead"
    TODAY = "today"
    BELATED = "belated"


@message("occasions/birthday")
@dataclass(frozen=True)
class Birthday(Message):
    """The greeting, with the gift if the programme gives one."""

    business: str
    name: str | None
    timing: Timing
    points: int  # 0: kind words only
    balance: int
    valid_through: date | None = None

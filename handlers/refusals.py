"""Which words a refusal is told in: one line each, and nowhere else."""

from collections.abc import Callable
from typing import Any

from loyalty.amounts import AmountOutOfRange, AmountUnreadable
from loyalty.birthdays import BirthdayUnreadable
from loyalty.names import NAME_MAX_CHARS, NameEmpty, NameIsNumber, NameTooLong
from loyalty.refusals import Refusal
from loyalty.visits import PointsRefused
from operations.adjustments import AdjustmentTooLarge, ReasonMissing
from operations.authority import NotAllowed
from operations.desk import SERVICE_CHARS_MAX, PointsUnreadable, ServiceTooLong
from operations.ledger import NotEnoughPoints
from templates import adjustments, desk, redemptions
from templates.every_chat import UnknownCommand
from templates.messages import Message
from templates.profile import BirthdayRefused, NameRefused

WORDS: dict[type[Refusal], Callable[[Any], Message]] = {
    NameEmpty: lambda _: NameRefused(too_long=False, length_max_chars=NAME_MAX_CHARS),
    NameIsNumber: lambda _: NameRefused(
        too_long=False, length_max_chars=NAME_MAX_CHARS, is_number=True
    ),
    NameTooLong: lambda _: NameRefused(too_long=True, length_max_chars=NAME_MAX_CHARS),
    BirthdayUnreadable: lambda refusal: BirthdayRefused(refusal.fault),
    AmountUnreadable: lambda refusal: desk.AmountUnreadable(
        refusal.tried, has_commas=refusal.has_commas_between_thousands
    ),
    AmountOutOfRange: lambda refusal: desk.AmountOutOfRange(refusal.smallest, refusal.largest),
    PointsUnreadable: lambda refusal: redemptions.PointsUnreadable(refusal.text),
    PointsRefused: lambda refusal: redemptions.LargestNow(
        refusal.asked, refusal.smallest, refusal.largest
    ),
    ServiceTooLong: lambda _: desk.ServiceTooLong(SERVICE_CHARS_MAX),
    NotAllowed: lambda _: UnknownCommand(),
    ReasonMissing: lambda _: adjustments.ReasonMissing(),
    AdjustmentTooLarge: lambda refusal: adjustments.TooLarge(refusal.points_max),
    NotEnoughPoints: lambda refusal: adjustments.NotEnough(refusal.balance, refusal.wanted),
}


def in_words(refusal: Refusal) -> Message | None:
    """What the person is told; None for a refusal that is none of a person's doing: a fault."""
    for kind in type(refusal).__mro__:
        if kind in WORDS:
            return WORDS[kind](refusal)
    return None

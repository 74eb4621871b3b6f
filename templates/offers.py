"""/offers: promotions now and soon, stamps, partners, and points that wait to be earned."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated

from templates.challenges import LINKS_SHOWN_MAX, ChallengeLink, challenge_buttons
from templates.client import BecomeClient
from templates.keyboards import Button, InlineKeyboard, Keyboard
from templates.labels import Labels
from templates.messages import AtMost, Message, Specimens, message
from templates.partners import PartnerLine, TurnPartners, code_button
from templates.profile import EditBirthday
from templates.screens import Open, Screen

PROMOTIONS_SHOWN_MAX = 4  # now, and as many soon
SERVICES_NAMED_MAX = 2
STAMPS_SHOWN_MAX = 3
PARTNERS_SHOWN_MAX = 3

Weekday = Annotated[int, Specimens(*range(7))]  # Monday is 0
Factor = Annotated[Decimal, Specimens(Decimal(2), Decimal("1.5"), Decimal(100))]


@dataclass(frozen=True)
class PromotionLine:
    """A promotion; of `times` and `add` one is told."""

    name: str
    times: Factor | None
    add: int | None
    first_day: date | None
    last_day: date | None
    weekdays: Annotated[tuple[Weekday, ...], AtMost(7)]  # empty: every day
    services: Annotated[tuple[str, ...], AtMost(SERVICES_NAMED_MAX)]  # empty: all
    more_services: int
    is_today: bool


@dataclass(frozen=True)
class StampsLine:
    """A card of stamps."""

    name: str
    have: int
    every: int
    is_next_free: bool


@message("offers/offers")
@dataclass(frozen=True)
class Offers(Message):
    """All that there is beside points for a bill."""

    now: Annotated[tuple[PromotionLine, ...], AtMost(PROMOTIONS_SHOWN_MAX)]
    soon: Annotated[tuple[PromotionLine, ...], AtMost(PROMOTIONS_SHOWN_MAX)]
    more_promotions: int
    stamps: Annotated[tuple[StampsLine, ...], AtMost(STAMPS_SHOWN_MAX)]
    partners: Annotated[tuple[PartnerLine, ...], AtMost(PARTNERS_SHOWN_MAX)]
    more_partners: int
    birthday_points: int  # for telling it; 0: told, or nothing is given
    review_points: int  # for words about the last visit; 0: there is none to speak of
    has_card: bool = True  # not so of an owner who is no client
    challenges: Annotated[tuple[ChallengeLink, ...], AtMost(LINKS_SHOWN_MAX)] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing to tell today."""
        points = self.birthday_points or self.review_points
        return not (self.now or self.soon or self.stamps or self.partners or points)

    def keyboard(self, labels: Labels) -> Keyboard | None:
        everybody = Button(labels("offers.all_partners"), TurnPartners(1, in_place=False))
        birthday = Button(labels("offers.birthday"), EditBirthday())
        card = Button(labels("open.card"), Open(Screen.CARD))
        rows = [
            *challenge_buttons(labels, self.challenges),
            *(code_button(labels, line) for line in self.partners),
            everybody if self.more_partners else None,
            birthday if self.birthday_points else None,
            card if self.has_card and (self.stamps or self.is_empty) else None,
            None if self.has_card else Button(labels("staff_start.card"), BecomeClient()),
        ]
        return InlineKeyboard.stacked(*rows) if any(rows) else None

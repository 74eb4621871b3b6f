"""Partners' offers and their codes."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.keyboards import COPY_UTF16_MAX, Button, CopyText, InlineKeyboard, Keyboard
from templates.labels import Labels
from templates.lengths import short
from templates.messages import AtMost, Code, Message, Specimens, Toast, message
from templates.pictures.coupon import CouponPicture, is_legible
from templates.screens import Open, Screen

LEVELS_NAMED_MAX = 3
PARTNERS_PAGE_ROWS = 6

PartnerCodeText = Annotated[str, Specimens("LUCH-8K2M-4Q", "1234567890", "Ж" * 64)]


@callback("partner_code")
@dataclass(frozen=True)
class TakeCode(Callback):
    """A code of this partner: a new one, or the one that the client has."""

    partner: str


@callback("partners")
@dataclass(frozen=True)
class TurnPartners(Callback):
    """A page of all the partners."""

    page: int
    in_place: bool


class Access(StrEnum):
    """What a client can do about a partner's offer."""

    TAKE = "take"
    HELD = "held"  # the code is theirs already
    NONE_LEFT = "none-left"
    OTHER_LEVELS = "other-levels"
    NO_CODE = "no-code"  # it needs none
    LOOK = "look"  # an owner without a card


@dataclass(frozen=True)
class PartnerLine:
    """A partner in a list; `taken` and `left` are for owners only."""

    code: Code
    name: str
    offer: str
    access: Access
    levels: Annotated[tuple[str, ...], AtMost(LEVELS_NAMED_MAX)] = ()  # that get it
    taken: int | None = None
    left: int | None = None


def code_button(labels: Labels, line: PartnerLine) -> Button | None:
    """What the client can tap for the partner's code."""
    if line.access is Access.TAKE:
        return Button(labels("offers.take_code", partner=line.name), TakeCode(line.code))
    if line.access is Access.HELD:
        return Button(labels("offers.show_code", partner=line.name), TakeCode(line.code))
    return None


@message("partners/partner_list")
@dataclass(frozen=True)
class PartnerList(Message):
    """A page of all the partners."""

    partners: Annotated[tuple[PartnerLine, ...], AtMost(PARTNERS_PAGE_ROWS)]
    page: int
    pages: int

    def keyboard(self, labels: Labels) -> Keyboard:
        turns = []
        if self.page > 1:
            turns.append(Button(labels("offers.back"), TurnPartners(self.page - 1, in_place=True)))
        if self.page < self.pages:
            turns.append(Button(labels("offers.on"), TurnPartners(self.page + 1, in_place=True)))
        return InlineKeyboard.of(
            *((code_button(labels, line),) for line in self.partners),
            turns,
            (Button(labels("open.offers"), Open(Screen.OFFERS)),),
        )


@message("partners/partner_code")
@dataclass(frozen=True)
class PartnerCode(Message):
    """The client's own code."""

    name: str
    offer: str
    code: PartnerCodeText
    repeated: bool

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("offers.copy_code"), CopyText(short(self.code, COPY_UTF16_MAX))),
            Button(labels("open.offers"), Open(Screen.OFFERS)),
        )

    def picture(self, labels: Labels) -> CouponPicture | None:
        return CouponPicture(self.name, self.offer, self.code) if is_legible(self.code) else None


@message("partners/no_codes_left")
@dataclass(frozen=True)
class NoCodesLeft(Toast):
    """Others were quicker."""


@message("partners/offer_gone")
@dataclass(frozen=True)
class OfferGone(Toast):
    """An old button: the offer is over, or for other levels."""


@message("partners/codes_low")
@dataclass(frozen=True)
class CodesLow(Message):
    """To the owner: few codes are left, or none."""

    partner: str
    file: str
    left: int

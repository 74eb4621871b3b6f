"""The desk: whom a visit is for, how much, for what; and the client as staff see them."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from templates.callbacks import Callback, callback
from templates.keyboards import Button, CopyText, InlineKeyboard, in_rows
from templates.labels import Labels
from templates.levels import AskLevel
from templates.messages import AtMost, Code, Link, Message, Toast, message
from templates.pictures.link import LinkPicture
from templates.previews import PERKS_MAX, StartVisit
from templates.returns import OpenReturn
from templates.spoken_for import Reserved

SERVICES_MAX = 40
STAMPS_SHOWN_MAX = 4
RECENT_MAX = 3
WAITING_MAX = 3
INVITED_LEVELS_MAX = 4


@callback("desk_stop")
@dataclass(frozen=True)
class StopVisit(Callback):
    """❌ in the midst of the questions."""


@callback("desk_visit")
@dataclass(frozen=True)
class VisitOf(Callback):
    """A visit of the client who is shown."""

    client_id: int


@callback("redeem_start")
@dataclass(frozen=True)
class RedeemOf(Callback):
    """A visit paid in part with points, of the client who is shown."""

    client_id: int


@callback("merge_begin")
@dataclass(frozen=True)
class BeginMerge(Callback):
    """The client who is shown has another record."""

    client_id: int


@callback("desk_service")
@dataclass(frozen=True)
class ChooseService(Callback):
    """What the visit is for; none: skipped."""

    service: str | None = None


@message("desk/ask_who")
@dataclass(frozen=True)
class AskWho(Message):
    """The first question: whose visit."""

    for_visit: bool  # else only to look the client up
    for_points: bool = False  # a visit paid in part with points

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(_stop(labels))


@message("desk/ask_bill")
@dataclass(frozen=True)
class AskBill(Message):
    """The second question: how much."""

    client_name: str
    tier: str | None

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(_stop(labels))


@dataclass(frozen=True)
class ServiceShown:
    """A listed service."""

    code: Code
    name: str


@message("desk/ask_service")
@dataclass(frozen=True)
class AskService(Message):
    """The third question: for what."""

    client_name: str
    bill: int
    services: Annotated[tuple[ServiceShown, ...], AtMost(SERVICES_MAX)]
    typed: str | None = None  # words that stand for each of these services

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        listed = [
            Button(labels("desk.service", name=service.name), ChooseService(service.code))
            for service in self.services
        ]
        skip = Button(labels("desk.skip"), ChooseService())
        return InlineKeyboard.of(*in_rows(listed, 2), (skip, _stop(labels)))


def _stop(labels: Labels) -> Button:
    return Button(labels("desk.cancel"), StopVisit())


@message("desk/who_unreadable")
@dataclass(frozen=True)
class WhoUnreadable(Message):
    """Neither a phone nor a card's number."""

    for_visit: bool
    for_points: bool = False

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(_stop(labels))


@message("desk/amount_unreadable")
@dataclass(frozen=True)
class AmountUnreadable(Message):
    """What was typed is no amount."""

    typed: str
    has_commas: bool = False  # between thousands

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(_stop(labels))


@message("desk/amount_out_of_range")
@dataclass(frozen=True)
class AmountOutOfRange(Message):
    """An amount too small or too large; minor units."""

    smallest: int
    largest: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(_stop(labels))


@message("desk/service_too_long")
@dataclass(frozen=True)
class ServiceTooLong(Message):
    """More words for a service than are kept."""

    length_max: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(_stop(labels))


@message("desk/type_it")
@dataclass(frozen=True)
class TypeIt(Message):
    """A picture or a voice where words are awaited."""

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(_stop(labels))


@message("desk/nobody_has_phone")
@dataclass(frozen=True)
class NobodyHasPhone(Message):
    """No client has this phone: here is where they register. The phone itself is not repeated."""

    link: Link

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(labels("desk.copy_link"), CopyText(self.link)),
            Button(labels("desk.another"), StartVisit()),
        )


@message("desk/registration_code")
@dataclass(frozen=True)
class RegistrationCode(Message):
    """The same link as a code: the client scans it off the screen of the desk."""

    link: Link

    def picture(self, labels: Labels) -> LinkPicture:
        return LinkPicture(self.link)


@message("desk/nobody_has_card")
@dataclass(frozen=True)
class NobodyHasCard(Message):
    """No card has this number, or this code."""

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("desk.another"), StartVisit()))


@message("desk/self_service")
@dataclass(frozen=True)
class SelfService(Message):
    """Staff never serve themselves."""


@message("desk/out_of_date")
@dataclass(frozen=True)
class OutOfDate(Toast):
    """A button of a conversation that is over."""


@dataclass(frozen=True)
class VisitShown:
    """One line of a client's history; money in minor units."""

    visit_id: int
    at: dt.datetime
    service: str | None
    bill: int  # before anything was returned
    is_undone: bool  # or returned whole
    returned: int = 0  # of the bill
    returnable: int = 0  # what this member of staff may still return of it; 0: nothing


@dataclass(frozen=True)
class StampsShown:
    """How far the client is on a card of stamps."""

    name: str
    have: int
    every: int


@dataclass(frozen=True)
class InvitedLevelShown:
    """A level that an owner may invite this client to, or has invited them to."""

    code: Code
    name: str
    is_held: bool


@message("desk/client_view")
@dataclass(frozen=True)
class ClientView(Message):
    """The client as the desk sees them. Money in minor units."""

    client_id: int
    client_name: str
    tier: str | None
    perks: Annotated[tuple[Code, ...], AtMost(PERKS_MAX)]
    phone: str | None  # whole for managers, else masked
    card_number: str | None
    balance: int
    visits: int
    since: dt.date | None  # a client in the bot since then; none: known from an import only
    recent: Annotated[tuple[VisitShown, ...], AtMost(RECENT_MAX)]
    open_cases: int
    may_serve: bool
    stamps: Annotated[tuple[StampsShown, ...], AtMost(STAMPS_SHOWN_MAX)] = ()
    # Rewards to be handed out; the code is the client's to tell.
    waiting: Annotated[tuple[str, ...], AtMost(WAITING_MAX)] = ()
    tier_until: dt.date | None = None  # the last day of a level held by invitation
    invitations: Annotated[tuple[InvitedLevelShown, ...], AtMost(INVITED_LEVELS_MAX)] = ()
    may_redeem: bool = False  # has points enough, and a phone to confirm on
    may_merge: bool = False
    reserved: Reserved | None = None  # none: the whole balance can be spent

    def keyboard(self, labels: Labels) -> InlineKeyboard | None:
        if not self.may_serve:
            return None
        visit = Button(labels("desk.visit"), VisitOf(self.client_id))
        redeem = Button(labels("desk.redeem"), RedeemOf(self.client_id))
        returns = [
            Button(
                labels(
                    "return.of",
                    visit=made.visit_id,
                    bill=labels.words.money(made.returnable),
                ),
                OpenReturn(made.visit_id),
            )
            for made in self.recent
            if made.returnable
        ]
        levels = [
            Button(
                labels("levels.held" if level.is_held else "levels.invite", level=level.name),
                AskLevel(self.client_id, level.code),
            )
            for level in self.invitations
        ]
        merge = Button(labels("merging.begin"), BeginMerge(self.client_id))
        return InlineKeyboard.stacked(
            visit,
            redeem if self.may_redeem else None,
            *returns,
            *levels,
            merge if self.may_merge else None,
        )

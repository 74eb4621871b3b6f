"""The client's own screens, and the menu under their messages."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from loyalty.programme import BadgeMeasure, QualifyBy
from templates.callbacks import Callback, callback
from templates.challenges import LINKS_SHOWN_MAX, ChallengeLink, challenge_buttons
from templates.entry_kinds import HistoryKind
from templates.keyboards import Button, InlineKeyboard, Keyboard, ReplyKey, ReplyKeyboard
from templates.labels import Labels
from templates.messages import AtMost, Code, Link, Message, message
from templates.pictures.card import CardPicture
from templates.pictures.stamps import StampsStrip
from templates.screens import Open, Screen
from templates.spoken_for import Reserved

EXPIRIES_SHOWN_MAX = 3
AWAITED_SHOWN_MAX = 5
LEVELS_SHOWN_MAX = 12
PERKS_SHOWN_MAX = 6
BADGES_SHOWN_MAX = 16
HISTORY_PAGE_ROWS = 8
MENU_KEYS_PER_ROW = 2
STAMPS_SHOWN_MAX = 3


@dataclass(frozen=True)
class Menu:
    """Which of the client's screens this programme has."""

    tiers: bool = True
    badges: bool = True
    invite: bool = True
    offers: bool = True
    rewards: bool = True


WHOLE_MENU = Menu()


def main_menu(labels: Labels, menu: Menu = WHOLE_MENU) -> ReplyKeyboard:
    """The client's menu; what its keys send is `spellings("menu.card")` and so on."""
    keys = [labels("menu.card"), labels("menu.balance")]
    if menu.rewards:
        keys.append(labels("menu.rewards"))
    keys.append(labels("menu.history"))
    if menu.tiers:
        keys.append(labels("menu.tier"))
    elif menu.badges:
        keys.append(labels("menu.badges"))
    if menu.offers:
        keys.append(labels("menu.offers"))
    if menu.invite:
        keys.append(labels("menu.invite"))
    keys += [labels("menu.feedback"), labels("menu.profile"), labels("menu.help")]
    rows = [keys[at : at + MENU_KEYS_PER_ROW] for at in range(0, len(keys), MENU_KEYS_PER_ROW)]
    return ReplyKeyboard(tuple(tuple(map(ReplyKey, row)) for row in rows), persistent=True)


@dataclass(frozen=True)
class StampsShown:
    """A card of stamps, hung from the client's card: its names are in the picture only."""

    name: str
    have: int
    every: int


@message("client/card")
@dataclass(frozen=True)
class Card(Message):
    """The card: a picture with the QR code, and the number that staff can type.

    The number is the caption's only one of five digits or more: no name stands there.
    """

    business: str
    name: str | None
    tier: str | None  # None: the programme has no levels
    tier_rank: int
    number: str
    link: Link
    balance: int
    menu: Menu = WHOLE_MENU
    stamps: Annotated[tuple[StampsShown, ...], AtMost(STAMPS_SHOWN_MAX)] = ()
    awaited_points: int = 0  # that rest until the return window ends
    awaited_on: dt.date | None = None  # the first of them
    birthday: dt.date | None = None  # just told; of any year

    def keyboard(self, labels: Labels) -> Keyboard:
        return main_menu(labels, self.menu)

    def picture(self, labels: Labels) -> CardPicture:
        return CardPicture(
            business=self.business,
            name=self.name or labels("card.guest"),
            tier=self.tier or "",
            tier_rank=self.tier_rank,
            number=self.number,
            number_label=labels("card.number"),
            hint=labels("card.hint"),
            link=self.link,
            stamps=tuple(
                StampsStrip(
                    name=stamps.name,
                    have=stamps.have,
                    every=stamps.every,
                    count=labels("card.stamps", have=stamps.have, every=stamps.every),
                    note=labels("card.next_free") if stamps.have == stamps.every - 1 else None,
                )
                for stamps in self.stamps
            ),
        )


@dataclass(frozen=True)
class Expiry:
    """Points that expire together."""

    points: int
    on: dt.date


@dataclass(frozen=True)
class Awaited:
    """Points that rest until the return window ends, and are on the card from that day on."""

    points: int
    on: dt.date


@dataclass(frozen=True)
class Way:
    """How far it is to the next level, in what the programme counts."""

    qualify_by: QualifyBy
    missing: int  # minor units, visits or points
    level: str


@message("client/balance")
@dataclass(frozen=True)
class Balance(Message):
    """Points, what expires next, the level, and what is missing to the next."""

    points: int
    expiring: Annotated[tuple[Expiry, ...], AtMost(EXPIRIES_SHOWN_MAX)]
    tier: str | None
    way: Way | None
    visits: int
    menu: Menu = WHOLE_MENU
    awaited: Annotated[tuple[Awaited, ...], AtMost(AWAITED_SHOWN_MAX)] = ()
    awaited_points: int = 0  # of all days
    reserved: Reserved | None = None  # none: all of it can be spent

    def keyboard(self, labels: Labels) -> Keyboard:
        menu = self.menu
        return InlineKeyboard.of(
            (
                Button(labels("open.history"), Open(Screen.HISTORY)),
                Button(labels("open.rewards"), Open(Screen.REWARDS)) if menu.rewards else None,
            ),
            (
                Button(labels("open.tier"), Open(Screen.TIER)) if menu.tiers else None,
                Button(labels("open.badges"), Open(Screen.BADGES)) if menu.badges else None,
            ),
        )


@dataclass(frozen=True)
class HistoryLine:
    """One line; of a visit with its bill (minor units) and what it was for."""

    kind: HistoryKind
    at: dt.datetime
    points: int
    visit_id: int | None = None
    service: str | None = None
    bill: int | None = None  # before anything was returned
    undone: bool = False
    returned: int = 0  # of the bill
    is_returned: bool = False  # whole
    active_on: dt.date | None = None  # the points rest until then


@callback("history")
@dataclass(frozen=True)
class TurnHistory(Callback):
    """Another page, in place of the one that is shown."""

    page: int


@message("client/history")
@dataclass(frozen=True)
class History(Message):
    """Visits and ledger entries, newest first."""

    lines: Annotated[tuple[HistoryLine, ...], AtMost(HISTORY_PAGE_ROWS)]
    page: int
    pages: int

    def keyboard(self, labels: Labels) -> Keyboard | None:
        if not self.lines:
            return InlineKeyboard.stacked(Button(labels("open.card"), Open(Screen.CARD)))
        turns = []
        if self.page > 1:
            turns.append(Button(labels("history.newer"), TurnHistory(self.page - 1)))
        if self.page < self.pages:
            turns.append(Button(labels("history.older"), TurnHistory(self.page + 1)))
        return InlineKeyboard.of(turns) if turns else None


@dataclass(frozen=True)
class LevelLine:
    """A level in the list; `threshold` in what the programme counts, None: by invitation."""

    name: str
    is_own: bool
    threshold: int | None
    cashback: Fraction
    discount: Fraction
    perks: Annotated[tuple[Code, ...], AtMost(PERKS_SHOWN_MAX)]
    privileges: str | None = None  # the owner's own words in place of the perks' names


@message("client/tier")
@dataclass(frozen=True)
class Tier(Message):
    """The levels with the client's own marked, and the client's progress."""

    levels: Annotated[tuple[LevelLine, ...], AtMost(LEVELS_SHOWN_MAX)]
    qualify_by: QualifyBy
    value: int
    window_days: int
    way: Way | None
    missing_to_stay: int
    kept_until: dt.date | None
    by_invitation: bool
    menu: Menu = WHOLE_MENU
    invited_until: dt.date | None = None  # the last day of the invitation; None: no end

    def keyboard(self, labels: Labels) -> Keyboard | None:
        badges = Button(labels("open.badges"), Open(Screen.BADGES)) if self.menu.badges else None
        return InlineKeyboard.stacked(badges, Button(labels("open.rules"), Open(Screen.RULES)))


@message("client/no_tiers")
@dataclass(frozen=True)
class NoTiers(Message):
    """The programme has no levels: what everybody gets."""

    cashback: Fraction


@dataclass(frozen=True)
class BadgeStanding:
    """A badge with the way to it; a bill in minor units. `won_at` None: not yet."""

    icon: str
    name: str
    measure: BadgeMeasure
    goal: int
    have: int
    won_at: dt.datetime | None


@message("client/badges")
@dataclass(frozen=True)
class Badges(Message):
    """Badges won, and what the others take."""

    won: Annotated[tuple[BadgeStanding, ...], AtMost(BADGES_SHOWN_MAX)]
    others: Annotated[tuple[BadgeStanding, ...], AtMost(BADGES_SHOWN_MAX)]
    challenges: Annotated[tuple[ChallengeLink, ...], AtMost(LINKS_SHOWN_MAX)] = ()

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            *challenge_buttons(labels, self.challenges),
            Button(labels("open.history"), Open(Screen.HISTORY)),
        )


@message("client/no_badges")
@dataclass(frozen=True)
class NoBadges(Message):
    """The programme has no badges; challenges perhaps."""

    challenges: Annotated[tuple[ChallengeLink, ...], AtMost(LINKS_SHOWN_MAX)] = ()

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            *challenge_buttons(labels, self.challenges),
            Button(labels("open.history"), Open(Screen.HISTORY)),
        )


@message("client/help")
@dataclass(frozen=True)
class Help(Message):
    """Everything that this person can do here."""

    is_client: bool
    is_staff: bool
    is_manager: bool
    is_owner: bool
    menu: Menu = WHOLE_MENU

    def keyboard(self, labels: Labels) -> Keyboard | None:
        if self.is_client:
            return main_menu(labels, self.menu)
        if not self.is_staff:
            return None  # the question that leads a stranger to the card comes right after
        return InlineKeyboard.stacked(Button(labels("staff_start.card"), BecomeClient()))


@callback("become_client")
@dataclass(frozen=True)
class BecomeClient(Callback):
    """A member of staff wants a card of their own."""


@message("client/menu_hint")
@dataclass(frozen=True)
class MenuHint(Message):
    """To words that nobody waited for."""

    menu: Menu = WHOLE_MENU

    def keyboard(self, labels: Labels) -> Keyboard:
        return main_menu(labels, self.menu)

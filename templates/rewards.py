"""Rewards as clients see them: the catalogue, the ✅, the code, and what became of it."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from loyalty.rewards import CLAIMS_OPEN_MAX, Obstacle
from templates.disputes import entry_dispute
from templates.keyboards import Button, InlineKeyboard, Style
from templates.labels import Labels
from templates.messages import AtMost, Code, Link, Message, Toast, message
from templates.pictures.voucher import VoucherPicture
from templates.reward_buttons import (
    AskCancelClaim,
    CancelClaim,
    OpenReward,
    RedeemReward,
    ShowClaim,
    TurnCatalogue,
)
from templates.screens import Open, Screen

CATALOGUE_PAGE_ROWS = 8
TIERS_SHOWN_MAX = 6


@dataclass(frozen=True)
class RewardLine:
    """A line of the catalogue; `missing` points are 0 where there are enough."""

    code: Code
    name: str
    cost: int
    left: int | None  # None: it never runs out
    obstacle: Obstacle | None
    missing: int
    opens_at: str | None = None  # the nearest level above the client's that gets it


@dataclass(frozen=True)
class WaitingLine:
    """A reward that the client has bought and not fetched."""

    claim_id: int
    name: str
    code: str
    valid_through: dt.date


@message("rewards/catalogue")
@dataclass(frozen=True)
class Catalogue(Message):
    """What points buy, and what waits for the client."""

    points: int
    lines: Annotated[tuple[RewardLine, ...], AtMost(CATALOGUE_PAGE_ROWS)]
    waiting: Annotated[tuple[WaitingLine, ...], AtMost(CLAIMS_OPEN_MAX)]
    page: int
    pages: int

    def keyboard(self, labels: Labels) -> InlineKeyboard | None:
        waiting = [
            Button(
                labels("rewards.waiting", code=line.code, name=line.name), ShowClaim(line.claim_id)
            )
            for line in self.waiting
        ]
        listed = [
            Button(labels("rewards.reward", name=line.name), OpenReward(line.code))
            for line in self.lines
        ]
        turns = (
            Button(labels("rewards.back_page"), TurnCatalogue(self.page - 1))
            if self.page > 1
            else None,
            Button(labels("rewards.next_page"), TurnCatalogue(self.page + 1))
            if self.page < self.pages
            else None,
        )
        rows = [*((button,) for button in waiting + listed), turns]
        return InlineKeyboard.of(*rows) if waiting or listed else None


@message("rewards/no_rewards")
@dataclass(frozen=True)
class NoRewards(Message):
    """The programme has no rewards now."""

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("open.balance"), Open(Screen.BALANCE)))


@message("rewards/reward")
@dataclass(frozen=True)
class Reward(Message):
    """One reward, with its ✅ where nothing stands in the way."""

    code: Code
    name: str
    cost: int
    offer: int
    points: int
    left: int | None
    tiers: Annotated[tuple[str, ...], AtMost(TIERS_SHOWN_MAX)]
    more_tiers: bool
    obstacle: Obstacle | None
    missing: int
    kept_days: int
    waiting_max: int
    page: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        cost = labels.words.points(self.cost, "acc")
        confirm = Button(
            labels("rewards.confirm", cost=cost),
            RedeemReward(self.offer, self.code),
            Style.SUCCESS,
        )
        return InlineKeyboard.stacked(
            confirm if self.obstacle is None else None,
            Button(labels("rewards.list"), TurnCatalogue(max(self.page, 1))),
        )


@message("rewards/redeemed")
@dataclass(frozen=True)
class Redeemed(Message):
    """Bought: what it took, and what is left. The code comes beside it."""

    claim_id: int
    name: str
    code: str
    cost: int
    balance: int
    valid_through: dt.date
    entry_id: int = 0  # in the ledger

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(labels("rewards.show_code"), ShowClaim(self.claim_id)),
            Button(labels("rewards.list"), TurnCatalogue(1)),
            entry_dispute(labels, self.entry_id),
        )


@message("rewards/claim")
@dataclass(frozen=True)
class Claim(Message):
    """The code, large on a picture, as it is shown at the desk."""

    claim_id: int
    business: str
    name: str
    code: str
    link: Link
    valid_through: dt.date

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(labels("rewards.cancel_claim"), AskCancelClaim(self.claim_id)),
            Button(labels("rewards.list"), Open(Screen.REWARDS)),
        )

    def picture(self, labels: Labels) -> VoucherPicture:
        return VoucherPicture(
            business=self.business,
            name=self.name,
            code=self.code,
            until=labels("voucher.until", day=labels.words.date(self.valid_through)),
            hint=labels("voucher.hint"),
            link=self.link,
        )


class Fate(StrEnum):
    """What became of a claim."""

    ACCEPTED = "accepted"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


@message("rewards/claim_closed")
@dataclass(frozen=True)
class ClaimClosed(Message):
    """The code of before opens nothing any more."""

    name: str
    fate: Fate
    at: dt.datetime
    branch: str | None
    points: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _to_rewards(labels)


@message("rewards/ask_cancel")
@dataclass(frozen=True)
class AskCancel(Message):
    """Really give it back?"""

    claim_id: int
    name: str
    points: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(labels("rewards.confirm_cancel"), CancelClaim(self.claim_id)),
            Button(labels("rewards.refuse_cancel"), TurnCatalogue(1)),
        )


@message("rewards/claim_cancelled")
@dataclass(frozen=True)
class ClaimCancelled(Message):
    """Given back: the receipt."""

    name: str
    points: int
    balance: int
    entry_id: int = 0  # in the ledger

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _to_rewards(labels, entry_dispute(labels, self.entry_id))


@message("rewards/claim_reminder")
@dataclass(frozen=True)
class ClaimReminder(Message):
    """A few days are left to fetch it."""

    claim_id: int
    name: str
    code: str
    valid_through: dt.date
    points: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(labels("rewards.show_code"), ShowClaim(self.claim_id)),
            Button(labels("rewards.cancel_claim"), AskCancelClaim(self.claim_id)),
        )


@message("rewards/claim_lapsed")
@dataclass(frozen=True)
class ClaimLapsed(Message):
    """Nobody came for it; the points are back."""

    name: str
    points: int
    balance: int
    entry_id: int = 0  # in the ledger

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _to_rewards(labels, entry_dispute(labels, self.entry_id))


@message("rewards/handed_over")
@dataclass(frozen=True)
class HandedOver(Message):
    """To the client, as the reward is handed out."""

    name: str
    branch: str | None
    at: dt.datetime
    staff_name: str | None  # none: an owner
    entry_id: int = 0  # of what it cost, in the ledger

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _to_rewards(labels, entry_dispute(labels, self.entry_id))


@message("rewards/sold_out")
@dataclass(frozen=True)
class SoldOut(Message):
    """To the owner: the last one is gone."""

    name: str
    stock: int


@message("rewards/not_now")
@dataclass(frozen=True)
class NotNow(Toast):
    """Why it could not be had; no point moved."""

    obstacle: Obstacle
    waiting_max: int


@message("rewards/offer_changed")
@dataclass(frozen=True)
class OfferChanged(Toast):
    """Look again: the screen was an old one."""


@message("rewards/taken_already")
@dataclass(frozen=True)
class TakenAlready(Toast):
    """One's own second tap."""

    code: str


def _to_rewards(labels: Labels, dispute: Button | None = None) -> InlineKeyboard:
    return InlineKeyboard.stacked(Button(labels("rewards.list"), Open(Screen.REWARDS)), dispute)

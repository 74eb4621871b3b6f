"""What friends who bring friends are told; of each other they learn the first name, no more."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from templates.disputes import entry_dispute
from templates.keyboards import Button, CopyText, InlineKeyboard, Keyboard, OpenUrl
from templates.labels import Labels
from templates.messages import AtMost, Link, Message, message
from templates.screens import Open, Screen

FRIENDS_SHOWN_MAX = 10


class FriendState(StrEnum):
    """What is still missing of a friend."""

    WAITING = "waiting"  # the first visit that qualifies
    TAKEN_BACK = "taken_back"  # the same, as the one before was taken back or returned
    REWARDED = "rewarded"  # nothing
    CAPPED = "capped"  # nothing, but the month's rewards were all given


@dataclass(frozen=True)
class FriendLine:
    """A friend in the list of those brought along."""

    name: str | None
    came: bool  # and the reward is paid, or the cap was reached
    state: FriendState = FriendState.WAITING


@message("referrals/invite")
@dataclass(frozen=True)
class Invite(Message):
    """The personal link, and what came of it."""

    link: Link
    share_link: Link
    referrer_points: int
    friend_points: int
    qualifying_bill: int  # minor units
    monthly_cap: int
    waiting: int
    rewarded: int
    friends: Annotated[tuple[FriendLine, ...], AtMost(FRIENDS_SHOWN_MAX)]
    opened: int = 0  # opened the link, and have not registered
    rewarded_this_month: int = 0
    resumes_on: dt.date | None = None  # the month's rewards are all given; from then on anew

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("invite.share"), OpenUrl(self.share_link)),
            Button(labels("invite.copy"), CopyText(self.link)),
        )


@message("referrals/share_text")
@dataclass(frozen=True)
class ShareText(Message):
    """What the friend reads beside the link: written in the client's own voice."""

    business: str
    friend_points: int
    qualifying_bill: int = 0  # minor units


@message("referrals/no_invitations")
@dataclass(frozen=True)
class NoInvitations(Message):
    """The programme gives nothing for friends now."""


@message("referrals/friend_bonus")
@dataclass(frozen=True)
class FriendBonus(Message):
    """To the friend: the first visit's bonus is here."""

    points: int
    referrer: str | None
    entry_id: int = 0  # in the ledger

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("open.balance"), Open(Screen.BALANCE)),
            Button(labels("open.invite"), Open(Screen.INVITE)),
            entry_dispute(labels, self.entry_id),
        )


@message("referrals/friend_came")
@dataclass(frozen=True)
class FriendCame(Message):
    """To the referrer: the friend came; the reward, or that this month's cap is reached."""

    friend: str | None
    points: int
    capped: bool
    monthly_cap: int
    resumes_on: dt.date | None = None  # where it is capped: the first of the next month
    entry_id: int = 0  # in the ledger

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("open.balance"), Open(Screen.BALANCE)),
            Button(labels("open.invite"), Open(Screen.INVITE)),
            entry_dispute(labels, self.entry_id),
        )


@message("referrals/reward_taken_back")
@dataclass(frozen=True)
class RewardTakenBack(Message):
    """The visit that had earned it was taken back or returned; another visit may earn it again."""

    points: int
    as_friend: bool
    qualifying_bill: int = 0  # minor units, of a visit that earns it again
    friend: str | None = None  # to the referrer: whose visit it was
    balance: int | None = None  # now
    entry_id: int = 0  # in the ledger

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("open.balance"), Open(Screen.BALANCE)),
            entry_dispute(labels, self.entry_id),
        )

"""Contests: who leads, where the reader stands, and how it ended. Of others a first name only."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from loyalty.challenges import Phase
from loyalty.programme import Score
from templates.callbacks import Callback, callback
from templates.disputes import entry_dispute
from templates.keyboards import Button, InlineKeyboard
from templates.labels import Labels
from templates.messages import AtMost, Code, Message, message
from templates.screens import Open, Screen

LINKS_SHOWN_MAX = 6
LEADERS_SHOWN_MAX = 10
PRIZES_SHOWN_MAX = 10
WINNERS_NAMED_MAX = 3


@callback("challenge")
@dataclass(frozen=True)
class ShowChallenge(Callback):
    """The table of leaders as it is now."""

    code: str


@dataclass(frozen=True)
class ChallengeLink:
    """A contest that can be looked at."""

    code: Code
    name: str


def challenge_buttons(labels: Labels, links: Iterable[ChallengeLink]) -> list[Button]:
    """One for each contest."""
    return [
        Button(labels("challenges.open", name=link.name), ShowChallenge(link.code))
        for link in links
    ]


@dataclass(frozen=True)
class Leader:
    """A line of the table; `name` None: somebody whom the bot does not name."""

    place: int
    name: str | None
    score: int
    is_own: bool


@message("challenges/challenge")
@dataclass(frozen=True)
class Challenge(Message):
    """The contest from its announcement to its result. A score of spend in minor units."""

    code: Code
    name: str
    phase: Phase
    is_closed: bool  # the prizes were given
    from_day: dt.date
    to_day: dt.date
    prizes_day: dt.date
    days_left: int  # to the start, or to the end; 0: the last day
    score: Score
    prizes: Annotated[tuple[int, ...], AtMost(PRIZES_SHOWN_MAX)]
    more_prizes: int
    leaders: Annotated[tuple[Leader, ...], AtMost(LEADERS_SHOWN_MAX)]
    own: Leader | None  # where it is not among them
    takes_part: bool
    is_staff: bool
    is_hidden: bool
    participants: int | None  # known once it is over

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        refresh = Button(labels("challenges.again"), ShowChallenge(self.code))
        leave = Button(labels("challenges.profile"), Open(Screen.PROFILE))
        by_friends = self.score is Score.REFERRALS and self.phase is Phase.RUNNING
        return InlineKeyboard.stacked(
            refresh if self.phase is Phase.RUNNING else None,
            Button(labels("open.invite"), Open(Screen.INVITE)) if by_friends else None,
            leave if self.takes_part and not self.is_hidden else None,
            Button(labels("open.badges"), Open(Screen.BADGES)),
        )


@message("challenges/prize")
@dataclass(frozen=True)
class Prize(Message):
    """To a winner: the place, and the points that are on the card already."""

    code: Code
    name: str
    place: int
    participants: int
    score: Score
    value: int
    points: int
    balance: int
    valid_through: dt.date | None
    entry_id: int = 0  # in the ledger

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(labels("challenges.open", name=self.name), ShowChallenge(self.code)),
            Button(labels("open.balance"), Open(Screen.BALANCE)),
            entry_dispute(labels, self.entry_id),
        )


@message("challenges/ended")
@dataclass(frozen=True)
class Ended(Message):
    """To who took part and won nothing: how it ended."""

    code: Code
    name: str
    place: int
    participants: int
    score: Score
    value: int
    winners: Annotated[tuple[Leader, ...], AtMost(WINNERS_NAMED_MAX)]

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(labels("challenges.open", name=self.name), ShowChallenge(self.code))
        )

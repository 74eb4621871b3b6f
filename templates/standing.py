"""What a client is told of their level and badges as they change."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated

from templates.keyboards import Button, InlineKeyboard, Keyboard
from templates.labels import Labels
from templates.messages import AtMost, Code, Message, message
from templates.screens import Open, Screen


@dataclass(frozen=True)
class BadgeLine:
    """A badge as it is named to its winner."""

    icon: str
    name: str


@message("standing/celebration")
@dataclass(frozen=True)
class Celebration(Message):
    """A visit lifted the client to a level, or won badges, or both: one message for all of it."""

    level: str | None
    cashback: Fraction | None
    discount: Fraction | None
    perks: Annotated[tuple[Code, ...], AtMost(10)]
    badges: Annotated[tuple[BadgeLine, ...], AtMost(10)]
    privileges: str | None = None  # the owner's own words in place of the perks' names

    def keyboard(self, labels: Labels) -> Keyboard:
        return _look(labels, level=self.level is not None, badges=bool(self.badges))


@message("standing/taken_back")
@dataclass(frozen=True)
class TakenBack(Message):
    """The visit that had lifted them, or won badges, was taken back or returned."""

    level: str | None  # held again
    badges: Annotated[tuple[BadgeLine, ...], AtMost(10)]
    is_return: bool = False

    def keyboard(self, labels: Labels) -> Keyboard:
        return _look(labels, level=self.level is not None, badges=bool(self.badges))


def _look(labels: Labels, *, level: bool, badges: bool) -> InlineKeyboard:
    return InlineKeyboard.stacked(
        Button(labels("open.tier"), Open(Screen.TIER)) if level or not badges else None,
        Button(labels("open.badges"), Open(Screen.BADGES)) if badges else None,
    )

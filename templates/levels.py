"""Levels as they are kept, lost and given: what clients hear of it, and what owners tap."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated

from loyalty.invitations import Term
from loyalty.programme import QualifyBy
from templates.callbacks import Callback, callback
from templates.client import Way
from templates.keyboards import Button, InlineKeyboard, Keyboard
from templates.labels import Labels
from templates.messages import AtMost, Code, Message, message
from templates.screens import Open, Screen

PERKS_MAX = 8


@message("levels/level_at_risk")
@dataclass(frozen=True)
class LevelAtRisk(Message):
    """The next review would take the level: what it takes to stay, and until when."""

    name: str | None
    level: str
    falls_to: str
    qualify_by: QualifyBy
    missing: int  # minor units, visits or points
    review_on: date
    window_days: int

    def keyboard(self, labels: Labels) -> Keyboard:
        return _to_levels(labels)


@message("levels/level_lowered")
@dataclass(frozen=True)
class LevelLowered(Message):
    """The review put the client on a lower level."""

    name: str | None
    level_before: str
    level: str
    cashback: Fraction
    discount: Fraction
    way: Way | None
    window_days: int

    def keyboard(self, labels: Labels) -> Keyboard:
        return _to_levels(labels)


@message("levels/invited")
@dataclass(frozen=True)
class Invited(Message):
    """An owner's invitation to a level that nothing else leads to."""

    business: str
    name: str | None
    level: str
    until: date | None  # the last day; None: no end
    prolonged: bool  # held already: only the end is another
    cashback: Fraction
    discount: Fraction
    perks: Annotated[tuple[Code, ...], AtMost(PERKS_MAX)]
    privileges: str | None = None  # the owner's own words in place of the perks' names

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.of(
            (
                Button(labels("open.card"), Open(Screen.CARD)),
                Button(labels("open.tier"), Open(Screen.TIER)),
            )
        )


@message("levels/invitation_ending")
@dataclass(frozen=True)
class InvitationEnding(Message):
    """The invitation ends soon."""

    name: str | None
    level: str
    until: date
    falls_to: str

    def keyboard(self, labels: Labels) -> Keyboard:
        return _to_levels(labels)


@message("levels/invitation_over")
@dataclass(frozen=True)
class InvitationOver(Message):
    """The invitation has ended, by its day or because it was withdrawn."""

    name: str | None
    level_before: str
    level: str
    cashback: Fraction
    discount: Fraction

    def keyboard(self, labels: Labels) -> Keyboard:
        return _to_levels(labels)


def _to_levels(labels: Labels) -> InlineKeyboard:
    return InlineKeyboard.stacked(Button(labels("open.tier"), Open(Screen.TIER)))


@callback("vip")
@dataclass(frozen=True)
class AskLevel(Callback):
    """An owner wants to invite the client to this level, or to change the invitation."""

    client_id: int
    level: str


@callback("vip_on")
@dataclass(frozen=True)
class GiveLevel(Callback):
    """✅ The client is invited, for so long."""

    client_id: int
    level: str
    term: Term


@callback("vip_off")
@dataclass(frozen=True)
class TakeLevel(Callback):
    """The invitation is to be withdrawn; `sure`: ✅."""

    client_id: int
    sure: bool


@callback("desk_client")
@dataclass(frozen=True)
class BackToClient(Callback):
    """The desk's view of the client, in place of the question."""

    client_id: int


@message("levels/ask_term")
@dataclass(frozen=True)
class AskTerm(Message):
    """For how long; where the level is held already, its end may be changed or it withdrawn."""

    client_id: int
    client_name: str
    level_code: Code
    level: str
    is_held: bool
    until: date | None
    is_reachable: bool  # has an account here, and so hears of it

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        terms = [
            Button(
                labels(f"levels.confirm_{term.name.lower()}"),
                GiveLevel(self.client_id, self.level_code, term),
            )
            for term in Term
        ]
        withdraw = None
        if self.is_held:
            withdraw = Button(labels("levels.withdraw"), TakeLevel(self.client_id, sure=False))
        return InlineKeyboard.of(
            terms[:1],
            terms[1:],
            (withdraw,),
            (Button(labels("levels.cancel"), BackToClient(self.client_id)),),
        )


@message("levels/given")
@dataclass(frozen=True)
class Given(Message):
    """To the owner: the client holds the level."""

    client_id: int
    client_name: str
    level: str
    until: date | None
    repeated: bool
    is_reachable: bool

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _back(labels, self.client_id)


@message("levels/ask_withdrawal")
@dataclass(frozen=True)
class AskWithdrawal(Message):
    """Sure?"""

    client_id: int
    client_name: str
    level: str

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.of(
            (Button(labels("levels.confirm_withdrawal"), TakeLevel(self.client_id, sure=True)),),
            (Button(labels("levels.refuse_withdrawal"), BackToClient(self.client_id)),),
        )


@message("levels/withdrawn")
@dataclass(frozen=True)
class Withdrawn(Message):
    """To the owner: the invitation is withdrawn."""

    client_id: int
    client_name: str
    level_before: str
    level: str

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _back(labels, self.client_id)


@message("levels/not_possible")
@dataclass(frozen=True)
class NotPossible(Message):
    """The client or the level is not there any more, or the invitation was withdrawn before."""


def _back(labels: Labels, client_id: int) -> InlineKeyboard:
    return InlineKeyboard.stacked(Button(labels("levels.client"), BackToClient(client_id)))

"""How a stranger becomes a client: what this is, two consents, the phone, the name, the birthday.

Every question has its answers on the keys below the text, so that the keys of one step disappear
with the next and the texts that were agreed to stay in the chat.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from templates.disputes import entry_dispute
from templates.keyboards import (
    InlineKeyboard,
    Keyboard,
    RemoveKeyboard,
    ReplyKey,
    ReplyKeyboard,
    Style,
)
from templates.labels import Labels
from templates.messages import Message, message

# Kept with each consent. Whoever changes the words of `registration/_consent_*.j2` counts up: a
# test knows which words each version had.
DATA_CONSENT_VERSION = "data-2"
ADVERT_CONSENT_VERSION = "advert-1"


@dataclass(frozen=True)
class Promise:
    """What the programme gives; 0 and None where it does not."""

    welcome_points: int
    point_value: int  # minor units
    cashback_from: Fraction
    cashback_to: Fraction
    birthday_points: int


@message("registration/welcome")
@dataclass(frozen=True)
class Welcome(Message):
    """To a stranger: what this is, and the consent to keep their data."""

    business: str
    promise: Promise
    friend_points: int = 0  # for who was brought by a friend
    qualifying_bill: int = 0  # from which the friend's first visit counts, minor units
    own_words: str | None = None  # the owner's greeting in place of ours
    name: str = ""  # whom it greets

    def keyboard(self, labels: Labels) -> Keyboard:
        return _consent_keys(labels, may_refuse=True)


@message("registration/no_card_yet")
@dataclass(frozen=True)
class NoCardYet(Message):
    """To a command that needs a card; the question that is still open follows."""


@message("registration/declined")
@dataclass(frozen=True)
class Declined(Message):
    """They would rather not: a warm word and the way back."""

    def keyboard(self, labels: Labels) -> Keyboard:
        return _consent_keys(labels, may_refuse=False)


@message("registration/ask_advert")
@dataclass(frozen=True)
class AskAdvert(Message):
    """The consent to advertising, apart from the other and never a condition."""

    business: str
    weekly_cap: int

    def keyboard(self, labels: Labels) -> Keyboard:
        return ReplyKeyboard(
            (
                (ReplyKey(labels("registration.agree_advert"), style=Style.SUCCESS),),
                (ReplyKey(labels("registration.skip_advert")),),
            ),
            persistent=True,
        )


@message("registration/ask_contact")
@dataclass(frozen=True)
class AskContact(Message):
    """The key that shares the contact."""

    adverts: bool  # what was answered a moment ago
    again: bool = False  # a command broke in: that answer has had its thanks

    def keyboard(self, labels: Labels) -> Keyboard:
        return _contact_key(labels)


class ContactFault(StrEnum):
    """Why a phone is not taken."""

    TYPED = "typed"
    FORWARDED = "forwarded"
    SOMEBODY_ELSES = "somebody-elses"
    UNREADABLE = "unreadable"


@message("registration/contact_refused")
@dataclass(frozen=True)
class ContactRefused(Message):
    """The phone was not shared by the key; the key once more."""

    fault: ContactFault

    def keyboard(self, labels: Labels) -> Keyboard:
        return _contact_key(labels)


@message("registration/phone_taken")
@dataclass(frozen=True)
class PhoneTaken(Message):
    """Another Telegram account has the card of this phone: people will look into it."""

    business: str

    def keyboard(self, labels: Labels) -> Keyboard:
        return RemoveKeyboard()


@message("registration/first_points")
@dataclass(frozen=True)
class FirstPoints(Message):
    """The receipt of what is on the card from the first minute on (rule 24)."""

    points: int  # given for coming
    earlier_points: int  # that were there before the bot
    balance: int
    valid_through: date | None  # of those given for coming
    entry_id: int  # in the ledger
    known: bool = False  # claimed a card that was there before the bot

    def keyboard(self, labels: Labels) -> Keyboard | None:
        dispute = entry_dispute(labels, self.entry_id)
        return None if dispute is None else InlineKeyboard.stacked(dispute)


@message("registration/ask_name")
@dataclass(frozen=True)
class AskName(Message):
    """The client exists; is this the name?"""

    name: str | None
    points: int  # given for coming
    balance: int
    known: bool  # claimed a card that was there before the bot
    referrer: str | None = None  # the first name of who brought them
    friend_points: int = 0
    qualifying_bill: int = 0
    came_back: bool = False  # erased less than a year ago: not welcomed twice
    is_told: bool = False  # of the points, just before

    def keyboard(self, labels: Labels) -> Keyboard:
        agree = () if self.name is None else (ReplyKey(labels("registration.confirm_name")),)
        skip = (ReplyKey(labels("registration.skip_name")),)
        return ReplyKeyboard(
            tuple(row for row in (agree, skip) if row),
            placeholder=labels("registration.name_placeholder"),
            persistent=True,
        )


@message("registration/ask_birthday")
@dataclass(frozen=True)
class AskBirthday(Message):
    """When is it, if they like to tell."""

    name: str | None
    gift_points: int
    told_points: int = 0  # for telling it

    def keyboard(self, labels: Labels) -> Keyboard:
        return ReplyKeyboard(
            ((ReplyKey(labels("registration.skip_birthday")),),),
            placeholder=labels("registration.birthday_placeholder"),
            persistent=True,
        )


def _consent_keys(labels: Labels, *, may_refuse: bool) -> ReplyKeyboard:
    agree = (ReplyKey(labels("registration.agree"), style=Style.SUCCESS),)
    refuse = (ReplyKey(labels("registration.refuse")),)
    return ReplyKeyboard((agree, refuse) if may_refuse else (agree,), persistent=True)


def _contact_key(labels: Labels) -> ReplyKeyboard:
    key = ReplyKey(labels("registration.agree_contact"), request_contact=True, style=Style.SUCCESS)
    return ReplyKeyboard(((key,),), persistent=True)

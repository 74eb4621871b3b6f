"""A client's other phone: asked for in /profile, or a case where two accounts have it."""

from dataclasses import dataclass

from templates.callbacks import Callback, callback
from templates.client import WHOLE_MENU, Menu, main_menu
from templates.keyboards import Keyboard, ReplyKey, ReplyKeyboard, Style
from templates.labels import Labels
from templates.messages import Message, message
from templates.registration import ContactFault


@callback("profile_phone")
@dataclass(frozen=True)
class EditPhone(Callback):
    """Asks for the contact with the new number."""


@message("changed_phone/ask_contact")
@dataclass(frozen=True)
class AskContact(Message):
    """Share it by the key: only so it is surely theirs."""

    def keyboard(self, labels: Labels) -> Keyboard:
        return _keys(labels)


@message("changed_phone/contact_refused")
@dataclass(frozen=True)
class ContactRefused(Message):
    """Not shared by the key, or somebody else's."""

    fault: ContactFault

    def keyboard(self, labels: Labels) -> Keyboard:
        return _keys(labels)


@message("changed_phone/changed")
@dataclass(frozen=True)
class Changed(Message):
    """It is known now; an old card that had this number came along."""

    phone: str  # masked
    joined: bool
    points: int
    balance: int
    menu: Menu = WHOLE_MENU

    def keyboard(self, labels: Labels) -> Keyboard:
        return main_menu(labels, self.menu)


@message("changed_phone/same")
@dataclass(frozen=True)
class Same(Message):
    """It is the one that was known; Telegram has none other."""

    phone: str  # masked
    menu: Menu = WHOLE_MENU

    def keyboard(self, labels: Labels) -> Keyboard:
        return main_menu(labels, self.menu)


@message("changed_phone/elsewhere")
@dataclass(frozen=True)
class Elsewhere(Message):
    """Another account's card has it: a manager looks into it."""

    business: str
    menu: Menu = WHOLE_MENU

    def keyboard(self, labels: Labels) -> Keyboard:
        return main_menu(labels, self.menu)


@message("changed_phone/kept")
@dataclass(frozen=True)
class Kept(Message):
    """Nothing was changed."""

    phone: str  # masked
    menu: Menu = WHOLE_MENU

    def keyboard(self, labels: Labels) -> Keyboard:
        return main_menu(labels, self.menu)


@message("changed_phone/phone_freed")
@dataclass(frozen=True)
class PhoneFreed(Message):
    """To who claimed a number: its former owner has another one now."""

    business: str


def _keys(labels: Labels) -> ReplyKeyboard:
    share = ReplyKey(labels("profile.agree_phone"), request_contact=True, style=Style.SUCCESS)
    return ReplyKeyboard(((share,), (ReplyKey(labels("profile.refuse_phone")),)), persistent=True)

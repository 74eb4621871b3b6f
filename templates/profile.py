"""What the business knows of a client, each line of it theirs to change."""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated

from loyalty.birthdays import BirthdayFault
from templates.callbacks import Callback, callback
from templates.changed_phone import EditPhone
from templates.client import WHOLE_MENU, BecomeClient, Menu, main_menu
from templates.keyboards import Button, InlineKeyboard, Keyboard, in_rows
from templates.labels import Labels
from templates.messages import AtMost, Code, Message, Toast, message

SERVICES_SHOWN_MAX = 30
LANGUAGE_NAMES = {"ru": "Русский", "en": "English"}  # each in itself, so that anybody finds theirs


@callback("my_data")
@dataclass(frozen=True)
class OpenMyData(Callback):
    """All of one's data in a file, or gone for good."""


@callback("profile_name")
@dataclass(frozen=True)
class EditName(Callback):
    """Asks for another name."""


@callback("profile_birthday")
@dataclass(frozen=True)
class EditBirthday(Callback):
    """Asks for the birthday."""


@callback("profile_forget_birthday")
@dataclass(frozen=True)
class ForgetBirthday(Callback):
    """Takes the birthday out."""


@callback("profile_languages")
@dataclass(frozen=True)
class EditLanguage(Callback):
    """Offers the languages."""


@callback("profile_language")
@dataclass(frozen=True)
class ChooseLanguage(Callback):
    """Speaks this language from now on."""

    code: str


@callback("profile_services")
@dataclass(frozen=True)
class EditServices(Callback):
    """Offers the services."""


@callback("profile_service")
@dataclass(frozen=True)
class ToggleService(Callback):
    """Makes a service a favourite, or no favourite any more: as the button said."""

    code: str
    favourite: bool


@callback("profile_adverts")
@dataclass(frozen=True)
class SetAdverts(Callback):
    """Gives or withdraws the consent to advertising, at once."""

    given: bool


@callback("profile_leaders")
@dataclass(frozen=True)
class SetLeaderboard(Callback):
    """Is named in the tables of challenges, or plays without."""

    shown: bool


@callback("profile_back")
@dataclass(frozen=True)
class BackToProfile(Callback):
    """Shows the profile in place of the question, and ends it."""


@message("profile/profile")
@dataclass(frozen=True)
class Profile(Message):
    """All that can be changed, and the buttons for it."""

    name: str | None
    phone: str  # masked
    birthday: dt.date | None  # its day and month, in a leap year
    birthday_year: int | None  # where they told it
    language: str  # its own name
    languages: int  # how many there are to choose from
    services: Annotated[tuple[str, ...], AtMost(SERVICES_SHOWN_MAX)]
    has_services: bool  # the programme lists any
    adverts: bool
    business: str
    weekly_cap: int
    leaderboard: bool | None = None  # is named in challenges' tables; None: there are none

    def keyboard(self, labels: Labels) -> Keyboard:
        adverts = (
            Button(labels("profile.refuse_adverts"), SetAdverts(given=False))
            if self.adverts
            else Button(labels("profile.agree_adverts"), SetAdverts(given=True))
        )
        several = self.languages > 1
        return InlineKeyboard.of(
            (
                Button(labels("profile.name"), EditName()),
                Button(labels("profile.birthday"), EditBirthday()),
            ),
            (Button(labels("profile.phone"), EditPhone()),),
            (
                Button(labels("profile.language"), EditLanguage()) if several else None,
                Button(labels("profile.services"), EditServices()) if self.has_services else None,
            ),
            (self._leaderboard_button(labels),),
            (adverts,),
            (Button(labels("my_data.open"), OpenMyData()),),
        )

    def _leaderboard_button(self, labels: Labels) -> Button | None:
        if self.leaderboard is None:
            return None
        label = "profile.leave_table" if self.leaderboard else "profile.join_table"
        return Button(labels(label), SetLeaderboard(not self.leaderboard))


@message("profile/staff_profile")
@dataclass(frozen=True)
class StaffProfile(Message):
    """Of somebody who works here and has no card: the language, and the way to a card."""

    language: str  # its own name
    languages: int  # how many there are to choose from
    business: str

    def keyboard(self, labels: Labels) -> Keyboard:
        several = self.languages > 1
        return InlineKeyboard.stacked(
            Button(labels("profile.language"), EditLanguage()) if several else None,
            Button(labels("staff_start.card"), BecomeClient()),
        )


@message("profile/ask_new_name")
@dataclass(frozen=True)
class AskNewName(Message):
    """What should we call you?"""

    name: str | None

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(Button(labels("profile.cancel"), BackToProfile()))


@message("profile/ask_new_birthday")
@dataclass(frozen=True)
class AskNewBirthday(Message):
    """When is it; told late, the gift waits a year."""

    known: bool
    gift_points: int
    told_ahead_days: int
    told_points: int = 0  # for telling it the first time

    def keyboard(self, labels: Labels) -> Keyboard:
        return InlineKeyboard.stacked(
            Button(labels("profile.forget_birthday"), ForgetBirthday()) if self.known else None,
            Button(labels("profile.cancel"), BackToProfile()),
        )


@message("profile/languages")
@dataclass(frozen=True)
class Languages(Message):
    """Which language shall we speak?"""

    codes: Annotated[tuple[Code, ...], AtMost(8)]

    def keyboard(self, labels: Labels) -> Keyboard:
        buttons = [
            Button(LANGUAGE_NAMES.get(code, code), ChooseLanguage(code)) for code in self.codes
        ]
        return InlineKeyboard.of(
            *in_rows(buttons, 2), (Button(labels("profile.back"), BackToProfile()),)
        )


@dataclass(frozen=True)
class ServiceChoice:
    """A service, and whether it is a favourite."""

    code: Code
    name: str
    favourite: bool


@message("profile/services")
@dataclass(frozen=True)
class Services(Message):
    """Which services are dear to them: a tap puts a heart on or takes it away."""

    choices: Annotated[tuple[ServiceChoice, ...], AtMost(SERVICES_SHOWN_MAX)]

    def keyboard(self, labels: Labels) -> Keyboard:
        buttons = [
            Button(
                ("❤️ " if choice.favourite else "🤍 ") + choice.name,
                ToggleService(choice.code, not choice.favourite),
            )
            for choice in self.choices
        ]
        return InlineKeyboard.of(
            *in_rows(buttons, 2), (Button(labels("profile.back"), BackToProfile()),)
        )


@message("profile/saved")
@dataclass(frozen=True)
class Saved(Toast):
    """Done."""


@message("profile/adverts_on")
@dataclass(frozen=True)
class AdvertsOn(Toast):
    """Offers will come."""


@message("profile/adverts_off")
@dataclass(frozen=True)
class AdvertsOff(Toast):
    """No more advertising, from this moment on."""


@message("profile/language_chosen")
@dataclass(frozen=True)
class LanguageChosen(Message):
    """In the new language."""

    menu: Menu = WHOLE_MENU

    def keyboard(self, labels: Labels) -> Keyboard:
        return main_menu(labels, self.menu)


@message("profile/name_refused")
@dataclass(frozen=True)
class NameRefused(Message):
    """What was written is no name that we could use."""

    too_long: bool
    length_max_chars: int
    is_number: bool = False  # digits, as of a phone


@message("profile/birthday_refused")
@dataclass(frozen=True)
class BirthdayRefused(Message):
    """What was written is no birthday."""

    fault: BirthdayFault

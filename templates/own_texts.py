"""The owner's own texts in /settings, as they are typed and as people will read them."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from loyalty.programme.settable import Section
from templates.figure_words import Title
from templates.keyboards import Button, InlineKeyboard
from templates.labels import Labels
from templates.messages import AtMost, Code, Message, message
from templates.owner_texts import OwnerTextFault
from templates.settings import AsInFile, back_to, confirm_keyboard

WELCOME_UTF16_MAX = 800
RULES_UTF16_MAX = 2_000
PRIVILEGES_UTF16_MAX = 160
TEXT_SHOWN_UTF16_MAX = RULES_UTF16_MAX
NAMES_MAX = 8


class OwnText(StrEnum):
    """Which of them."""

    WELCOME = "welcome"
    RULES = "rules"
    PRIVILEGES = "privileges"


LENGTH_MAX = {
    OwnText.WELCOME: WELCOME_UTF16_MAX,
    OwnText.RULES: RULES_UTF16_MAX,
    OwnText.PRIVILEGES: PRIVILEGES_UTF16_MAX,
}
# What stands in braces in each, and is filled as the text is shown.
PLACEHOLDERS: dict[OwnText, tuple[str, ...]] = {
    OwnText.WELCOME: ("name", "business", "welcome_points", "point_value"),
    OwnText.RULES: (
        "business",
        "welcome_points",
        "point_value",
        "max_share",
        "min_points",
        "lifetime",
    ),
    OwnText.PRIVILEGES: ("level", "cashback", "discount"),
}


@dataclass(frozen=True)
class Filling:
    """What the placeholders stand for, of all three texts."""

    name: str
    business: str
    welcome_points: int
    point_value: int  # minor units
    max_share: Fraction
    min_points: int
    lifetime_days: int
    level: str
    cashback: Fraction
    discount: Fraction


@dataclass(frozen=True)
class TextFault:
    """Why a text is not taken, and the word of it that is to blame."""

    fault: OwnerTextFault
    culprit: str
    length: int


@message("own_texts/text_page")
@dataclass(frozen=True)
class TextPage(Message):
    """One text: as it is now, and what may stand in it; the new one is simply sent."""

    code: Code  # the digest of its key
    title: Title
    text: str | None  # as it was typed; none: the product's own words
    length_max: int
    placeholders: Annotated[tuple[Code, ...], AtMost(NAMES_MAX)]
    wrong: TextFault | None = None

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        standard = None
        if self.text is not None:
            standard = Button(labels("settings.standard"), AsInFile(self.code))
        return InlineKeyboard.stacked(standard, back_to(Section.TEXTS, labels))


@message("own_texts/text_preview")
@dataclass(frozen=True)
class TextPreview(Message):
    """The text as people will read it."""

    draft_id: int
    title: Title
    text: str | None  # none: back to the product's own words
    before: str | None
    filling: Filling
    meanwhile_by: str | None = None
    is_meanwhile: bool = False

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return confirm_keyboard(self.draft_id, labels)


@message("own_texts/rules")
@dataclass(frozen=True)
class Rules(Message):
    """The rules of the programme: the owner's own words, or what the figures say."""

    business: str
    text: str | None
    filling: Filling
    cashback_from: Fraction
    cashback_to: Fraction
    pending_days: int
    friend_points: int
    qualifying_bill: int
    birthday_points: int
    has_levels: bool

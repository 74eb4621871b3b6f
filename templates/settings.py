"""/settings: the owner's figures, each with a preview before it changes."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from loyalty.programme.mistakes import Fault
from loyalty.programme.settable import Section
from templates.callbacks import Callback, callback
from templates.figure_words import Title, Value, section_words, title_words, value_words
from templates.keyboards import Button, InlineKeyboard, Style, in_rows
from templates.labels import Labels
from templates.messages import AtMost, Code, Message, Toast, message

ROWS_MAX = 10  # figures on a page
OPTIONS_MAX = 6
HISTORY_ROWS = 6
KEPT_MAX = 4
UNFIT_SHOWN_MAX = 10


@callback("set")
@dataclass(frozen=True)
class OpenSettings(Callback):
    """The beginning of /settings."""


@callback("set_page")
@dataclass(frozen=True)
class OpenSection(Callback):
    """A page of one section's figures, from 1."""

    section: Section
    page: int


@callback("set_figure")
@dataclass(frozen=True)
class OpenFigure(Callback):
    """One figure (or text), by the digest of its key."""

    figure: str


@callback("set_option")
@dataclass(frozen=True)
class ChooseOption(Callback):
    """One of a few values, by its place among them from 0."""

    figure: str
    place: int


@callback("set_none")
@dataclass(frozen=True)
class LeaveOut(Callback):
    """The figure is to be left out: switched off, or as somewhere else."""

    figure: str


@callback("set_as_file")
@dataclass(frozen=True)
class AsInFile(Callback):
    """What was changed in the bot is to go: as the file says, or as the product writes it."""

    figure: str


@callback("set_ok")
@dataclass(frozen=True)
class ConfirmChange(Callback):
    """✅ under a preview."""

    draft_id: int


@callback("set_no")
@dataclass(frozen=True)
class DropChange(Callback):
    """❌ under a preview."""

    draft_id: int


@callback("set_history")
@dataclass(frozen=True)
class OpenHistory(Callback):
    """A page of the versions, from 1."""

    page: int


@callback("set_version")
@dataclass(frozen=True)
class OpenVersion(Callback):
    """One version."""

    version: int


@callback("set_return")
@dataclass(frozen=True)
class ReturnTo(Callback):
    """The value that the version made, or the one before it; a preview comes first."""

    version: int
    before: bool


@callback("set_file")
@dataclass(frozen=True)
class OpenFileKeys(Callback):
    """What cannot be changed here, and where it is."""


@dataclass(frozen=True)
class Row:
    """A figure on its section's page."""

    code: Code  # the digest of its key
    title: Title
    value: Value | None  # none: a text
    is_changed: bool  # here, in the bot


def back_to(section: Section, labels: Labels) -> Button:
    """To the section's first page."""
    return Button(labels("settings.back"), OpenSection(section, 1))


@message("settings/sections")
@dataclass(frozen=True)
class Sections(Message):
    """What can be changed, by sections."""

    business: str
    sections: Annotated[tuple[Section, ...], AtMost(len(Section))]
    changed: int  # figures and texts that are not as in the file

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        buttons = [
            Button(section_words(section, labels), OpenSection(section, 1))
            for section in self.sections
        ]
        return InlineKeyboard.of(
            *in_rows(buttons, 2),
            (Button(labels("settings.history"), OpenHistory(1)),),
            (Button(labels("settings.in_file"), OpenFileKeys()),),
        )


@message("settings/section_page")
@dataclass(frozen=True)
class SectionPage(Message):
    """The figures of a section, each a button."""

    section: Section
    rows: Annotated[tuple[Row, ...], AtMost(ROWS_MAX)]
    page: int
    pages: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        buttons = [(self._button(row, labels),) for row in self.rows]
        older = OpenSection(self.section, self.page - 1)
        newer = OpenSection(self.section, self.page + 1)
        return InlineKeyboard.of(
            *buttons,
            (
                Button(labels("settings.previous"), older) if self.page > 1 else None,
                Button(labels("settings.next"), newer) if self.page < self.pages else None,
            ),
            (Button(labels("settings.all"), OpenSettings()),),
        )

    def _button(self, row: Row, labels: Labels) -> Button:
        words = title_words(row.title, labels)
        if row.value is not None:
            words = f"{words}: {value_words(row.value, row.title.word, labels)}"
        return Button(f"✏️ {words}" if row.is_changed else words, OpenFigure(row.code))


@dataclass(frozen=True)
class Wrong:
    """What was typed cannot be: what belongs there."""

    typed: str
    fault: Fault
    low: int
    high: int
    digits: int
    other: Title | None  # the figure with which it does not go together; none: itself


@message("settings/figure_page")
@dataclass(frozen=True)
class FigurePage(Message):
    """One figure: what it is now, what it does; a new value is typed or tapped."""

    section: Section
    code: Code  # the digest of its key
    title: Title
    value: Value
    in_file: Value | None  # where it was changed here: what the file says
    file_name: str
    options: Annotated[tuple[Code, ...], AtMost(OPTIONS_MAX)]
    may_be_left_out: bool
    wrong: Wrong | None = None

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        word, kind = self.title.word, self.value.kind
        chosen = [
            Button(
                value_words(Value(kind, option=option), word, labels),
                ChooseOption(self.code, place),
            )
            for place, option in enumerate(self.options)
            if option != self.value.option
        ]
        none = None
        if self.may_be_left_out and not self.value.is_left_out:
            none = Button(value_words(Value(kind), word, labels), LeaveOut(self.code))
        as_file = None
        if self.in_file is not None:
            written = value_words(self.in_file, word, labels)
            as_file = Button(labels("settings.as_in_file", value=written), AsInFile(self.code))
        return InlineKeyboard.of(
            *((button,) for button in chosen),
            (none,),
            (as_file,),
            (back_to(self.section, labels),),
        )


class ExampleKind(StrEnum):
    """What an example shows."""

    EARNS = "earns"  # points for a bill
    PAYS = "pays"  # the money to pay of a bill
    WORTH = "worth"  # money that 100 points pay
    SHARE = "share"  # points that may pay of a bill
    WELCOME = "welcome"  # points for a newcomer
    BIRTHDAY = "birthday"
    REFERRAL = "referral"  # points for both together
    LASTS = "lasts"  # the last day of points given today


@dataclass(frozen=True)
class Example:
    """The effect in figures: before and after."""

    kind: ExampleKind
    before: int
    after: int
    bill: int = 0  # minor units
    level: str | None = None
    until_before: dt.date | None = None  # never, where none
    until_after: dt.date | None = None


class Kept(StrEnum):
    """What was promised before and stays."""

    LOTS = "lots"
    PENDING = "pending"
    RESTING_LIFETIME = "resting-lifetime"
    AGREED = "agreed"
    VISITS = "visits"
    PREVIEWS = "previews"
    INVITED = "invited"
    LEVELS = "levels"
    HOLDS = "holds"
    FRIENDS = "friends"
    GIFTS = "gifts"
    REVIEWS = "reviews"
    CLAIMS = "claims"
    STAMPS = "stamps"
    CONSENT = "consent"
    CASES = "cases"
    POINTS_MORE = "points-more"
    TOLD = "told"


@message("settings/preview")
@dataclass(frozen=True)
class Preview(Message):
    """Old and new, with what it means and what stays as promised."""

    draft_id: int
    title: Title
    before: Value
    after: Value
    example: Example | None
    kept: Annotated[tuple[Kept, ...], AtMost(KEPT_MAX)]
    is_as_in_file: bool
    file_name: str
    meanwhile_by: str | None = None  # who changed it since the preview before
    is_meanwhile: bool = False

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return confirm_keyboard(self.draft_id, labels)


def confirm_keyboard(draft_id: int, labels: Labels) -> InlineKeyboard:
    return InlineKeyboard.stacked(
        Button(labels("settings.confirm"), ConfirmChange(draft_id), Style.SUCCESS),
        Button(labels("settings.refuse"), DropChange(draft_id)),
    )


@message("settings/changed")
@dataclass(frozen=True)
class Changed(Message):
    """It holds from now on."""

    section: Section
    title: Title
    before: Value | None  # none: a text
    after: Value | None
    version: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _onwards(self.section, labels)


@message("settings/changed_by_other")
@dataclass(frozen=True)
class ChangedByOther(Message):
    """Another owner changed it."""

    by: str
    title: Title
    before: Value | None  # none: a text
    after: Value | None
    version: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.of(
            (
                Button(labels("settings.version", number=self.version), OpenVersion(self.version)),
                Button(labels("settings.history"), OpenHistory(1)),
            ),
        )


@message("settings/not_changed")
@dataclass(frozen=True)
class NotChanged(Message):
    """❌, or the preview was replaced by a later one: everything is as it was."""

    section: Section
    title: Title

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _onwards(self.section, labels)


@message("settings/already_so")
@dataclass(frozen=True)
class AlreadySo(Message):
    """The new value is the present one."""

    section: Section
    title: Title
    value: Value | None

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _onwards(self.section, labels)


class Barrier(StrEnum):
    """Which promise a change would break."""

    WORTH_LESS = "worth-less"  # points that clients hold would pay less
    UNSPENDABLE = "unspendable"  # … nothing
    MORE_STAMPS = "more-stamps"  # who has nearly all stamps would need more
    PROMOTION_LESS = "promotion-less"  # an announced promotion would give less
    NO_NIGHT = "no-night"  # the consent says "never at night"


@message("settings/promise_stands")
@dataclass(frozen=True)
class PromiseStands(Message):
    """The change would take from clients what they were promised: why, and what can be done."""

    section: Section
    title: Title
    before: Value
    barrier: Barrier

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _onwards(self.section, labels)


@message("settings/not_possible")
@dataclass(frozen=True)
class NotPossible(Message):
    """The change would break the programme as a whole."""

    section: Section
    title: Title
    wrong: Wrong

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return _onwards(self.section, labels)


@dataclass(frozen=True)
class Version:
    """A change as history tells it."""

    version: int
    at: dt.datetime
    by: str | None  # none: an owner who is on no list
    title: Title
    before: Value | None  # none: a text
    after: Value | None  # none: a text, or as in the file
    is_as_in_file: bool
    by_reader: bool = False


@message("settings/history")
@dataclass(frozen=True)
class History(Message):
    """What was changed, the newest first."""

    rows: Annotated[tuple[Version, ...], AtMost(HISTORY_ROWS)]
    page: int
    pages: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        numbers = [
            Button(labels("settings.version", number=row.version), OpenVersion(row.version))
            for row in self.rows
        ]
        newer, older = OpenHistory(self.page - 1), OpenHistory(self.page + 1)
        return InlineKeyboard.of(
            *in_rows(numbers, 3),
            (
                Button(labels("settings.newer"), newer) if self.page > 1 else None,
                Button(labels("settings.older"), older) if self.page < self.pages else None,
            ),
            (Button(labels("settings.all"), OpenSettings()),),
        )


@message("settings/version_page")
@dataclass(frozen=True)
class VersionPage(Message):
    """One change, and the way back to either side of it."""

    row: Version
    text_before: str | None
    text_after: str | None
    may_return_before: bool  # it is not what holds now
    may_return_after: bool
    is_gone: bool  # the file has no such figure any more

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        version = self.row.version
        return InlineKeyboard.of(
            (
                Button(labels("settings.return_before"), ReturnTo(version, before=True))
                if self.may_return_before
                else None,
            ),
            (
                Button(labels("settings.return_after"), ReturnTo(version, before=False))
                if self.may_return_after
                else None,
            ),
            (Button(labels("settings.history"), OpenHistory(1)),),
        )


@message("settings/file_keys")
@dataclass(frozen=True)
class FileKeys(Message):
    """What cannot be changed here, and where it is."""

    file_name: str
    switched_off: Annotated[tuple[Section, ...], AtMost(len(Section))]

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("settings.all"), OpenSettings()))


@message("settings/unfit")
@dataclass(frozen=True)
class Unfit(Message):
    """After a start: changes that the file has no room for any more are not in force."""

    file_name: str
    keys: Annotated[tuple[str, ...], AtMost(UNFIT_SHOWN_MAX)]
    others: int

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(Button(labels("settings.history"), OpenHistory(1)))


@message("settings/changed_before")
@dataclass(frozen=True)
class ChangedBefore(Toast):
    """An earlier tap did it."""


def _onwards(section: Section, labels: Labels) -> InlineKeyboard:
    return InlineKeyboard.stacked(
        back_to(section, labels), Button(labels("settings.all"), OpenSettings())
    )

"""The import of an old card list: what its owner reads on the screen, and clients in the bot."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from templates.disputes import entry_dispute
from templates.keyboards import Button, InlineKeyboard
from templates.labels import Labels
from templates.messages import AtMost, Message, message
from templates.screens import Open, Screen

HEADINGS_SHOWN_MAX = 12


class UnreadableFile(StrEnum):
    """Why a file cannot be read."""

    MISSING = "missing"
    FOLDER = "folder"
    FORBIDDEN = "forbidden"
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    OLD_EXCEL = "old_excel"
    NOT_A_TABLE = "not_a_table"
    DAMAGED = "damaged"
    QUOTES = "quotes"
    TOO_MANY_ROWS = "too_many_rows"


@message("importing/file_unreadable")
@dataclass(frozen=True)
class FileUnreadable(Message):
    """One line for the screen; `line` 0: nothing of it can be read."""

    file: str
    fault: UnreadableFile
    line: int


@message("importing/columns_wrong")
@dataclass(frozen=True)
class ColumnsWrong(Message):
    """One line for the screen. `twice`: a heading that stands there twice."""

    file: str
    headings: Annotated[tuple[str, ...], AtMost(HEADINGS_SHOWN_MAX)]
    twice: bool


@message("importing/summary")
@dataclass(frozen=True)
class Summary(Message):
    """For the screen: what came of it. `report` is the file that names the refused rows."""

    is_dry_run: bool
    rows: int
    new: int
    joined: int
    known: int
    refused: int
    points: int
    unused: Annotated[tuple[str, ...], AtMost(HEADINGS_SHOWN_MAX)]
    report: str | None


@message("importing/card_added")
@dataclass(frozen=True)
class CardAdded(Message):
    """To a client who registered before the list was imported: the old card is on the new one."""

    business: str
    points: int
    balance: int
    valid_through: date | None
    level: str | None  # that it raised the client to
    entry_id: int = 0  # of the points in the ledger

    def keyboard(self, labels: Labels) -> InlineKeyboard:
        return InlineKeyboard.stacked(
            Button(labels("open.balance"), Open(Screen.BALANCE)),
            entry_dispute(labels, self.entry_id),
        )

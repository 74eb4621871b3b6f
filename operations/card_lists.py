"""A list of clients with their cards as a table: which column is which, and what a row says."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from loyalty.birthdays import Birthday, BirthdayFault, BirthdayUnreadable, read_birthday
from loyalty.figures import FigureFault, FigureUnreadable, read_points, read_spend
from loyalty.names import name_from_profile
from loyalty.programme import Business
from operations.phones import read_phone

HEADING_CHARS_MAX = 64
INERT_SIGN = "'"  # before a cell that a spreadsheet would execute
EXECUTED = "=+-@\uff1d\uff0b\uff0d\uff20"  # the last four are the wide ones of East Asia
_SCIENTIFIC = re.compile(r"[0-9]+[.,]?[0-9]*e\+?[0-9]+", re.IGNORECASE)
_CURRENCIES = frozenset({"руб", "р", "rub", "eur", "usd"})
_MARKED = re.compile(rf"{INERT_SIGN}\s*[{re.escape(EXECUTED)}0-9]")
_MIDNIGHT = re.compile(r"[ T]+0?0:00(:00)?(\.0+)?\Z")  # a day that a spreadsheet made a moment
_INTERNATIONAL_DIGITS_MIN = 11


class Column(StrEnum):
    """What a card list can say of a client."""

    PHONE = "phone"
    NAME = "name"
    BIRTHDAY = "birthday"
    BALANCE = "balance"
    SPEND = "spend"


_HEADINGS: Mapping[Column, str] = {
    Column.PHONE: (
        "телефон|тел|номер телефона|телефон клиента|мобильный|мобильный телефон|моб телефон|номер|"
        "сотовый|phone|phone number|mobile|mobile phone|tel|telephone|cell|cell phone"
    ),
    Column.NAME: (
        "имя|фио|ф и о|имя клиента|клиент|имя и фамилия|фамилия и имя|фамилия имя|покупатель|"
        "name|full name|client|client name|customer|customer name"
    ),
    Column.BIRTHDAY: (
        "день рождения|дата рождения|др|д|рождение|родился|"
        "birthday|birth date|birthdate|date of birth|dob|birth day"
    ),
    Column.BALANCE: (
        "баланс|баллы|бонусы|остаток|остаток баллов|баланс баллов|бонусный баланс|бонусов|баллов|"
        "balance|points|bonus|bonuses|points balance|bonus balance"
    ),
    Column.SPEND: (
        "потрачено|сумма покупок|сумма|оборот|покупки|траты|расходы|всего потрачено|сумма заказов|"
        "spend|spent|total spent|total spend|turnover|purchases|amount|amount spent|total"
    ),
}
_COLUMN_OF = {
    heading: column for column, headings in _HEADINGS.items() for heading in headings.split("|")
}


class ColumnsFault(StrEnum):
    """What is wrong with the first line."""

    NO_PHONE = "no_phone"
    TWICE = "twice"


class ColumnsWrong(Exception):
    """The first line does not say which column is which; `headings` are those that it has."""

    def __init__(self, fault: ColumnsFault, headings: tuple[str, ...]) -> None:
        super().__init__(fault, headings)
        self.fault = fault
        self.headings = headings


@dataclass(frozen=True)
class Columns:
    """Where each thing stands; `unused` are headings that say nothing to us."""

    places: Mapping[Column, int]
    unused: tuple[str, ...]


def read_columns(headings: Sequence[str]) -> Columns:
    """Recognises the headings, Russian or English, in any order; raises ColumnsWrong."""
    shown = tuple(_shown(heading) for heading in headings if heading.strip())
    places: dict[Column, int] = {}
    unused = []
    for place, heading in enumerate(headings):
        column = known_heading(heading)
        if column is None:
            if heading.strip():
                unused.append(_shown(heading))
        elif column in places:
            raise ColumnsWrong(ColumnsFault.TWICE, (_shown(heading),))
        else:
            places[column] = place
    if Column.PHONE not in places:
        raise ColumnsWrong(ColumnsFault.NO_PHONE, shown)
    return Columns(places, tuple(unused))


def known_heading(heading: str) -> Column | None:
    """The column of this heading, however it is spelt; None: none of ours."""
    if len(heading) > HEADING_CHARS_MAX:
        return None
    bare = re.sub(r"\([^)]*\)", " ", heading.casefold().replace("ё", "е"))
    words = [word for word in re.findall(r"[a-zа-я0-9]+", bare) if word not in _CURRENCIES]
    return _COLUMN_OF.get(" ".join(words))


def _shown(heading: str) -> str:
    return " ".join(heading.split())[:HEADING_CHARS_MAX]


class RowFault(StrEnum):
    """Why a row is refused."""

    PHONE_MISSING = "phone_missing"
    PHONE_UNREADABLE = "phone_unreadable"
    PHONE_SCIENTIFIC = "phone_scientific"
    PHONE_TWICE = "phone_twice"
    BIRTHDAY_UNREADABLE = "birthday_unreadable"
    BIRTHDAY_SHORT_YEAR = "birthday_short_year"
    BIRTHDAY_IMPOSSIBLE = "birthday_impossible"
    BALANCE_UNREADABLE = "balance_unreadable"
    BALANCE_NEGATIVE = "balance_negative"
    BALANCE_PARTS = "balance_parts"
    BALANCE_TOO_LARGE = "balance_too_large"
    SPEND_UNREADABLE = "spend_unreadable"
    SPEND_NEGATIVE = "spend_negative"
    SPEND_PARTS = "spend_parts"
    SPEND_TOO_LARGE = "spend_too_large"
    IMPORTED_OTHERWISE = "imported_otherwise"
    NOT_A_CLIENT_NOW = "not_a_client_now"
    ERASED = "erased"


class RowRefused(Exception):
    """The row cannot be imported; `other_line` names the one it repeats."""

    def __init__(self, fault: RowFault, other_line: int = 0) -> None:
        super().__init__(fault, other_line)
        self.fault = fault
        self.other_line = other_line


@dataclass(frozen=True)
class ListedCard:
    """A row that can be imported."""

    line: int
    phone: str  # E.164
    name: str | None
    birthday: Birthday | None
    balance: int  # points
    spend: int  # minor units


def read_card(
    business: Business, today: date, columns: Columns, line: int, cells: Sequence[str]
) -> ListedCard:
    """What a row says; raises RowRefused for the first thing in it that cannot be read."""

    def cell(column: Column) -> str:
        place = columns.places.get(column)
        text = cells[place].strip() if place is not None and place < len(cells) else ""
        return without_inert_sign(text)

    return ListedCard(
        line=line,
        phone=_phone(cell(Column.PHONE), business.phone_region),
        name=name_from_profile(cell(Column.NAME)),
        birthday=_birthday(today, cell(Column.BIRTHDAY)),
        balance=_figure(Column.BALANCE, lambda: read_points(cell(Column.BALANCE))),
        spend=_figure(Column.SPEND, lambda: read_spend(cell(Column.SPEND), business.minor_digits)),
    )


def _phone(text: str, region: str) -> str:
    if not text:
        raise RowRefused(RowFault.PHONE_MISSING)
    phone = read_phone(text, region)
    if phone is None and len(re.sub(r"[^0-9]", "", text)) >= _INTERNATIONAL_DIGITS_MIN:
        # Another country's, its plus lost by a spreadsheet.
        phone = None if text.startswith("+") else read_phone("+" + text, region)
    if phone is not None:
        return phone
    scientific = _SCIENTIFIC.fullmatch(text) is not None
    raise RowRefused(RowFault.PHONE_SCIENTIFIC if scientific else RowFault.PHONE_UNREADABLE)


def _birthday(today: date, text: str) -> Birthday | None:
    if not text:
        return None
    try:
        return read_birthday(_MIDNIGHT.sub("", text), today)
    except BirthdayUnreadable as error:
        match error.fault:
            case BirthdayFault.FORM:
                fault = RowFault.BIRTHDAY_UNREADABLE
            case BirthdayFault.SHORT_YEAR:
                fault = RowFault.BIRTHDAY_SHORT_YEAR
            case _:
                fault = RowFault.BIRTHDAY_IMPOSSIBLE
        raise RowRefused(fault) from None


_FIGURE_FAULTS = {
    FigureFault.FORM: "unreadable",
    FigureFault.NEGATIVE: "negative",
    FigureFault.PARTS: "parts",
    FigureFault.TOO_LARGE: "too_large",
}


def _figure(column: Column, read: Callable[[], int]) -> int:
    try:
        return read()
    except FigureUnreadable as error:
        raise RowRefused(RowFault(f"{column}_{_FIGURE_FAULTS[error.fault]}")) from None


def inert(text: str) -> str:
    """The text as a cell that no spreadsheet executes: an apostrophe goes before what it might."""
    first = text.lstrip()[:1]
    is_executed = bool(first) and first in EXECUTED
    return INERT_SIGN + text if is_executed or text[:1] in ("\t", "\r", "\n") else text


def without_inert_sign(text: str) -> str:
    """What `inert` was given. Spreadsheets put the same sign before a number that is a text."""
    return text[1:] if _MARKED.match(text) else text

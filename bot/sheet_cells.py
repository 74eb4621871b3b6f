"""The values of a worksheet's cells, read row by row: openpyxl's answers in a tenth of its time.

openpyxl opens the workbook and knows its styles. Cell by cell it does more than a list of values
needs, which made a list of 100,000 clients a matter of minutes; see docs/decisions/workbooks.md.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import IO, Any
from xml.etree.ElementTree import Element

from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

_NS = f"{{{SHEET_MAIN_NS}}}"
_ROW, _CELL, _VALUE = f"{_NS}row", f"{_NS}c", f"{_NS}v"
_INLINE, _TEXT, _STRING = f"{_NS}is", f"{_NS}t", f"{_NS}si"
_NO_DATE = "#VALUE!"  # as a spreadsheet shows a day that the calendar does not have
_DIGITS = "0123456789"


@dataclass(frozen=True)
class SheetRow:
    """A row that the file has; `line` counts from 1, cells that it leaves out are None."""

    line: int
    values: list[object]
    share: float  # how much of the sheet is read by now


class _Reader(ExcelReader):  # type: ignore[misc]
    """openpyxl's, that opens no more than what is asked of it here."""

    def read(self) -> None:
        self.read_manifest()
        self.read_strings()
        self.read_workbook()
        apply_stylesheet(self.archive, self.wb)

    def first_sheet(self) -> str:
        """The path of the first worksheet, hidden or not, in the archive."""
        for _, part in self.parser.find_sheets():
            if part.target in self.valid_files and "chartsheet" not in part.Type:
                path: str = part.target
                return path
        raise LookupError("no worksheet")

    def read_strings(self) -> None:
        part = self.package.find(SHARED_STRINGS)
        if part is None:
            return
        with self.archive.open(part.PartName[1:]) as source:
            for _, element in iterparse(source):
                if element.tag == _STRING:
                    self.shared_strings.append(_text(element).replace("x005F_", ""))
                    element.clear()


class FirstSheet:
    """The first worksheet of a workbook; whatever is wrong with the file raises an error of its
    own kind, here and from `rows`."""

    def __init__(self, file: IO[bytes]) -> None:
        self._reader: Any = _Reader(file, read_only=True, data_only=True, keep_links=False)
        self._reader.read()
        self._book: Any = self._reader.wb
        self._texts: list[str] = self._reader.shared_strings
        self._path = self._reader.first_sheet()

    def close(self) -> None:
        self._reader.archive.close()

    def rows(self, columns_max: int) -> Iterator[SheetRow]:
        """The rows in the file's order, no cell beyond so many columns."""
        line, size = 0, self._reader.archive.getinfo(self._path).file_size
        with self._reader.archive.open(self._path) as source:
            for _, element in iterparse(source):
                if element.tag == _ROW:
                    told = element.get("r")
                    line = line + 1 if told is None else int(float(told))
                    values = self._values(element, columns_max)
                    yield SheetRow(line, values, min(source.tell() / size, 1.0))
                    element.clear()

    def _values(self, row: Element, columns_max: int) -> list[object]:
        values: list[object] = []
        column = 0
        for cell in row:
            if cell.tag != _CELL:
                continue
            place = cell.get("r")
            column = column + 1 if place is None else _column(place.rstrip(_DIGITS))
            if column > columns_max:
                continue
            if column > len(values):
                values.extend([None] * (column - len(values)))
            values[column - 1] = self._value(cell)
        return values

    def _value(self, cell: Element) -> object:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            inline = cell.find(_INLINE)
            return None if inline is None else _text(inline)
        written = cell.findtext(_VALUE) or None
        if written is None:
            return None
        match kind:
            case "n":
                return self._number(written, int(cell.get("s", 0)))
            case "s":
                return self._texts[int(written)]
            case "b":
                return bool(int(written))
            case "d":
                moment: object = from_ISO8601(written)
                return moment
            case _:  # a formula's text, an error
                return written

    def _number(self, written: str, style: int) -> object:
        is_whole = not any(sign in written for sign in ".eE")
        number = int(written) if is_whole else float(written)
        if style not in self._book._date_formats:
            return number
        is_duration = style in self._book._timedelta_formats
        try:
            day: dt.date | dt.time | dt.timedelta
            day = from_excel(number, self._book.epoch, timedelta=is_duration)
        except (OverflowError, ValueError):
            return _NO_DATE
        return day


def _text(element: Element) -> str:
    """A text, its parts put together where they are formatted each in its way."""
    if len(element) == 1 and element[0].tag == _TEXT:
        return element[0].text or ""
    parts: str = Text.from_tree(element).content
    return parts


@lru_cache(maxsize=1024)
def _column(letters: str) -> int:
    place: int = column_index_from_string(letters)
    return place

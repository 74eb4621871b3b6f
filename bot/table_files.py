"""Tables that people keep their clients in: CSV and XLSX, read row by row in bounded memory.

What a file is, is told by its beginning and not by its name. A CSV may be UTF-8 with or without
a mark, UTF-16 with one (Excel's "Unicode text") or cp1251; its delimiter is the one by which the
first line makes most sense to whoever reads it.
"""

import codecs
import csv
import io
import re
import warnings
import zipfile
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO

ROWS_MAX = 1_000_000
COLUMNS_MAX = 100
FILE_BYTES_MAX = 512 * 1024 * 1024
UNPACKED_BYTES_MAX = 2 * 1024**3  # of an XLSX, which is a ZIP
SHARED_TEXTS_BYTES_MAX = 128 * 1024 * 1024  # of an XLSX: openpyxl keeps them in memory
CELL_CHARS_MAX = 4_096
DELIMITERS = ";,\t|"
_CHUNK_BYTES = 1024 * 1024
_BLANK_ROWS_MAX = 100_000  # formatted but empty rows below a sheet's last one
_SEP_LINE = re.compile(r"sep=(.)\Z", re.IGNORECASE)
_ZIP, _OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class FileFault(StrEnum):
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


class FileUnreadable(Exception):
    """The file cannot be read, or not beyond this line (0: not at all)."""

    def __init__(self, fault: FileFault, line: int = 0) -> None:
        super().__init__(fault, line)
        self.fault = fault
        self.line = line


@dataclass(frozen=True)
class Row:
    """A row that is not empty; `line` as an editor or a spreadsheet counts it."""

    line: int
    cells: tuple[str, ...]
    share: float | None  # how much of the file is read by now, 0 to 1; None: it cannot be told


MakesSense = Callable[[Sequence[str]], int]


def read_rows(path: Path, makes_sense: MakesSense) -> Generator[Row]:
    """The rows, the headings first. `makes_sense` counts the headings that are known.

    Raises FileUnreadable, also from the midst of reading.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise FileUnreadable(FileFault.MISSING) from None
    except IsADirectoryError:
        raise FileUnreadable(FileFault.FOLDER) from None
    except (OSError, ValueError):  # the latter for a name that no file can have
        raise FileUnreadable(FileFault.FORBIDDEN) from None
    with file:
        size = file.seek(0, io.SEEK_END)
        file.seek(0)
        if size > FILE_BYTES_MAX:
            raise FileUnreadable(FileFault.TOO_LARGE)
        beginning = file.read(len(_OLD_EXCEL))
        file.seek(0)
        if beginning.startswith(_OLD_EXCEL):
            raise FileUnreadable(FileFault.OLD_EXCEL)
        is_zip = beginning.startswith(_ZIP)
        rows = _sheet_rows(file) if is_zip else _csv_rows(file, size, makes_sense)
        number = 0
        with closing(rows):
            for row in rows:
                number += 1
                if number > ROWS_MAX + 1:
                    raise FileUnreadable(FileFault.TOO_MANY_ROWS, row.line)
                yield row
        if not number:
            raise FileUnreadable(FileFault.EMPTY)


# -- CSV


def _csv_rows(file: BinaryIO, size: int, makes_sense: MakesSense) -> Generator[Row]:
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    try:
        delimiter, skipped = _delimiter(text, makes_sense)
        reader = csv.reader(text, delimiter=delimiter)
        yield from _read_csv(reader, file, size, skipped)
    finally:
        text.detach()


def _read_csv(reader: Any, file: BinaryIO, size: int, skipped: int) -> Generator[Row]:
    while True:
        line = reader.line_num + skipped + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:  # a quotation mark that is never closed, or no text at all
            raise FileUnreadable(FileFault.QUOTES, line) from None
        except UnicodeError:
            raise FileUnreadable(FileFault.NOT_A_TABLE, line) from None
        if any(cell.strip() for cell in cells):
            kept = tuple(cell[:CELL_CHARS_MAX] for cell in cells[:COLUMNS_MAX])
            yield Row(line, kept, min(file.tell() / size, 1.0) if size else None)


def _encoding(file: BinaryIO) -> str:
    """By its mark, else UTF-8 if all of it is, else cp1251, in which most bytes mean something."""
    beginning = file.read(4)
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    while chunk := file.read(_CHUNK_BYTES):
        if b"\x00" in chunk:
            raise FileUnreadable(FileFault.NOT_A_TABLE)
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError:
            is_utf8 = False
            decoder.reset()
    if is_utf8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf8 = False
    return "utf-8-sig" if is_utf8 else "cp1251"


def _delimiter(text: io.TextIOWrapper, makes_sense: MakesSense) -> tuple[str, int]:
    """The delimiter, and how many lines stand before the headings that belong to no table."""
    try:
        first = text.readline(CELL_CHARS_MAX * COLUMNS_MAX)
        told = _SEP_LINE.match(first.strip('\ufeff \r\n"'))
        if told is not None:
            return told[1], 1
        heading = first
        while heading and not heading.strip():
            heading = text.readline(CELL_CHARS_MAX * COLUMNS_MAX)
        text.seek(0)
    except UnicodeError:
        raise FileUnreadable(FileFault.NOT_A_TABLE) from None

    def sense(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([heading], delimiter=delimiter), [])
        except csv.Error:
            return 0, 0
        return makes_sense(cells), len(cells)

    return max(DELIMITERS, key=sense), 0


# -- XLSX


def _sheet_rows(file: BinaryIO) -> Generator[Row]:
    """The first sheet's rows. openpyxl answers damage with errors of many kinds: all mean that."""
    line = 0
    try:
        _check_unpacked(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # styles and extensions that it does not know
            import openpyxl

            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        with closing(book):
            sheet = book.worksheets[0]
            total = sheet.max_row
            sheet.reset_dimensions()  # what the file says of its size is often wrong
            blank = 0
            for line, values in enumerate(sheet.iter_rows(values_only=True), 1):
                cells = tuple(_cell_text(value) for value in values[:COLUMNS_MAX])
                if any(cells):
                    blank = 0
                    yield Row(line, cells, min(line / total, 1.0) if total else None)
                    continue
                blank += 1
                if blank > _BLANK_ROWS_MAX:
                    return
    except (FileUnreadable, GeneratorExit, MemoryError):
        raise
    except Exception:
        raise FileUnreadable(FileFault.DAMAGED, line) from None


def _check_unpacked(file: BinaryIO) -> None:
    """A few kilobytes may unpack to any size: what a ZIP says of it is looked at first."""
    with zipfile.ZipFile(file) as packed:
        entries = packed.infolist()
        texts = sum(
            e.file_size for e in entries if e.filename.lower().endswith("sharedstrings.xml")
        )
        if sum(e.file_size for e in entries) > UNPACKED_BYTES_MAX or texts > SHARED_TEXTS_BYTES_MAX:
            raise FileUnreadable(FileFault.TOO_LARGE)
    file.seek(0)


def _cell_text(value: object) -> str:
    """A cell as it would be typed: a phone that became a number has no ".0"."""
    match value:
        case None:
            return ""
        case bool():
            return str(value)
        case float():
            # A spreadsheet's own noise in the sixteenth digit is not the owner's.
            return str(int(value)) if value.is_integer() else format(value, ".12g")
        case datetime():
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case time():
            return value.isoformat()
        case _:
            return str(value)[:CELL_CHARS_MAX].strip()

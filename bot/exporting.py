"""`svoi export FILE`: every client in a CSV or XLSX, written as it is read."""

import csv
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from loyalty.programme import Programme
from operations.card_lists import inert
from operations.exporting import Cell, count_clients, export_page, headings
from operations.transaction import Tx
from scheduler.clock import Clock
from storage.database import Database
from templates.labels import Labels

SHEET_ROWS_MAX = 1_048_576  # of Excel
UNFINISHED_SUFFIX = ".unfinished"


class ExportFault(Exception):
    """Nothing was exported: `reason` names a label of `export_faults`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Table(Protocol):
    """Where rows go."""

    def write(self, cells: Sequence[Cell]) -> None: ...

    def close(self) -> None: ...


class CsvTable:
    """Commas, UTF-8 with its mark: what every spreadsheet opens. A phone is marked as a text."""

    def __init__(self, file: IO[bytes]) -> None:
        import io

        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text)

    def write(self, cells: Sequence[Cell]) -> None:
        self._writer.writerow([inert(cell) if isinstance(cell, str) else cell for cell in cells])

    def close(self) -> None:
        self._text.flush()
        self._text.detach()


class XlsxTable:
    """Every text is a text to Excel, also one that begins with "="; numbers are numbers."""

    def __init__(self, file: IO[bytes], rows: int) -> None:
        import openpyxl

        if rows + 1 > SHEET_ROWS_MAX:
            raise ExportFault("too_many_rows")
        self._file = file
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet()

    def write(self, cells: Sequence[Cell]) -> None:
        self._sheet.append([self._cell(cell) for cell in cells])

    def close(self) -> None:
        self._book.save(self._file)

    def _cell(self, value: Cell) -> Any:
        if not isinstance(value, str):
            return value
        from openpyxl.cell import WriteOnlyCell

        cell = WriteOnlyCell(self._sheet)
        # Set past openpyxl's guessing, which makes a formula of a text that begins with "=".
        cell._value, cell.data_type = value, "s"
        cell.number_format = "@"
        return cell


async def export_clients(
    database: Database,
    programme: Programme,
    clock: Clock,
    labels: Labels,
    target: Path,
    *,
    on_progress: Callable[[int, float | None], None] = lambda _rows, _share: None,
) -> int:
    """Writes all clients; how many there were. The file appears when it is whole.

    Raises:
        ExportFault: there is such a file, or no such folder, or no such kind of file.
    """
    language = programme.business.languages[0]
    with _unfinished(target) as file:
        # One read transaction: on SQLite a snapshot of one moment.
        async with database.read() as db:
            tx = Tx(db, clock.now(), programme)
            total = await count_clients(tx)
            table = XlsxTable(file, total) if _is_xlsx(target) else CsvTable(file)
            table.write(headings(labels))
            done, after_id = 0, 0
            while True:
                rows, following = await export_page(tx, labels, language, after_id=after_id)
                for row in rows:
                    table.write(row)
                done += len(rows)
                on_progress(done, done / total if total else 1.0)
                if following is None:
                    break
                after_id = following
        table.close()
    return done


def _is_xlsx(target: Path) -> bool:
    suffix = target.suffix.lower()
    if suffix not in (".csv", ".xlsx"):
        raise ExportFault("kind")
    return suffix == ".xlsx"


@contextmanager
def _unfinished(target: Path) -> Iterator[IO[bytes]]:
    _is_xlsx(target)
    if target.exists():
        raise ExportFault("exists")
    unfinished = target.with_name(target.name + UNFINISHED_SUFFIX)
    try:
        # Phones and names are in it: for nobody but whoever runs this.
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError:
        raise ExportFault("folder") from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)

"""`svoi import FILE`: a list of clients read row by row and put on in short transactions.

Each batch is one transaction, short enough that a bot at work beside us waits for none. A run that
was killed is started again: what it had imported is known by its mark, the rest is done.

The next rows are read in a thread while the database takes the last ones: that thread changes
nothing but its place in the file.
"""

import asyncio
import csv
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.table_files import Row, read_rows
from loyalty.calendar import business_day
from loyalty.programme import Programme
from operations import importing
from operations.card_lists import (
    Columns,
    ListedCard,
    RowFault,
    RowRefused,
    inert,
    known_heading,
    read_card,
    read_columns,
)
from operations.transaction import Tx
from scheduler.clock import Clock
from storage.database import Database
from storage.failures import is_passing
from templates.labels import Labels

BATCH_ROWS = 500  # some 40 ms of writing
REPORT_SUFFIX = ".refused.csv"
ATTEMPTS_MAX = 5
AGAIN_AFTER_S = 0.5

T = TypeVar("T")


class ReportUnwritable(Exception):
    """There is no place for the report beside the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.path = path


@dataclass
class Tally:
    """What came of the list."""

    rows: int = 0
    new: int = 0
    joined: int = 0
    known: int = 0
    refused: int = 0
    points: int = 0
    unused: tuple[str, ...] = ()
    report: Path | None = None


@dataclass
class _Reading:
    """The next rows of the file, each as a card or with why it is none."""

    rows: list[tuple[Row, ListedCard | RowRefused]] = field(default_factory=list)
    is_last: bool = False
    error: Exception | None = None  # behind these rows


@dataclass
class _Batch:
    cards: list[ListedCard] = field(default_factory=list)
    cells: dict[int, tuple[str, ...]] = field(default_factory=dict)  # by line


class Report:
    """The refused rows with line and reason, in a file that is made with the first of them."""

    def __init__(self, path: Path, labels: Labels) -> None:
        self._path = path
        self._labels = labels
        self._file: IO[str] | None = None
        self._writer: Any = None
        self.headings: tuple[str, ...] = ()

    def refuse(self, line: int, cells: Sequence[str], fault: RowFault, other_line: int = 0) -> None:
        """Writes the row as it was, made inert, so that it can be mended and imported."""
        if self._file is None:
            self._open()
        values = {"line": other_line} if fault is RowFault.PHONE_TWICE else {}
        reason = self._labels(f"import_faults.{fault}", **values)
        self._writer.writerow([line, reason, *map(inert, cells)])

    def close(self) -> Path | None:
        """The file, if there was a need of one."""
        if self._file is None:
            return None
        self._file.close()
        return self._path

    def _open(self) -> None:
        try:
            # Phones and names are in it: for nobody but whoever runs this.
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError:
            raise ReportUnwritable(self._path) from None
        self._file = os.fdopen(handle, "w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file)
        own = (self._labels("import_report.line"), self._labels("import_report.reason"))
        self._writer.writerow([*own, *map(inert, self.headings)])


class Import:
    """One run over one file."""

    def __init__(
        self,
        database: Database,
        programme: Programme,
        clock: Clock,
        labels: Labels,
        *,
        is_dry_run: bool,
        on_progress: Callable[[int, float | None], None] = lambda _rows, _share: None,
    ) -> None:
        self._database = database
        self._programme = programme
        self._clock = clock
        self._labels = labels
        self._is_dry_run = is_dry_run
        self._on_progress = on_progress
        self._tally = Tally()
        self._lines: dict[int, int] = {}  # of the phones so far: eight bytes each and a dict's

    async def run(self, path: Path) -> Tally:
        """Imports the file.

        Raises:
            FileUnreadable, ColumnsWrong: before the first row, or in the midst of it: what stands
                above that line is imported then.
            ReportUnwritable: a row is refused and cannot be reported.
        """
        rows = read_rows(path, _makes_sense)
        report = Report(path.with_name(path.name + REPORT_SUFFIX), self._labels)
        try:
            with closing(rows):
                headings = next(rows)
                columns = read_columns(headings.cells)
                report.headings = headings.cells
                self._tally.unused = columns.unused
                await self._take(rows, columns, report)
        finally:
            self._tally.report = report.close()
            await self._note()
        return self._tally

    async def _take(self, rows: Iterator[Row], columns: Columns, report: Report) -> None:
        loop = asyncio.get_running_loop()
        reading = await loop.run_in_executor(None, self._read_ahead, rows, columns)
        while not reading.is_last:
            ahead = loop.run_in_executor(None, self._read_ahead, rows, columns)
            try:
                await self._put_on(self._batch(reading, report), report)
                self._on_progress(self._tally.rows, reading.rows[-1][0].share)
            finally:
                reading = await ahead  # the file is not closed under the thread
        # Where the file ends in the midst of a line, what stands above it is whole.
        await self._put_on(self._batch(reading, report), report)
        if reading.error is not None:
            raise reading.error
        self._on_progress(self._tally.rows, 1.0)

    def _read_ahead(self, rows: Iterator[Row], columns: Columns) -> _Reading:
        reading = _Reading()
        business = self._programme.business
        today = business_day(self._clock.now(), business.timezone)
        try:
            for row in islice(rows, BATCH_ROWS):
                try:
                    card = read_card(business, today, columns, row.line, row.cells)
                except RowRefused as refusal:
                    reading.rows.append((row, refusal))
                else:
                    reading.rows.append((row, card))
        except Exception as error:  # raised once the rows before it are in
            reading.error = error
        reading.is_last = reading.error is not None or len(reading.rows) < BATCH_ROWS
        return reading

    def _batch(self, reading: _Reading, report: Report) -> _Batch:
        batch = _Batch()
        for row, read in reading.rows:
            self._tally.rows += 1
            refusal = read if isinstance(read, RowRefused) else self._repeated(read)
            if refusal is not None:
                self._tally.refused += 1
                report.refuse(row.line, row.cells, refusal.fault, refusal.other_line)
            else:
                assert isinstance(read, ListedCard)
                batch.cards.append(read)
                batch.cells[read.line] = row.cells
        return batch

    def _repeated(self, card: ListedCard) -> RowRefused | None:
        """A phone belongs to the first row that has it."""
        other = self._lines.setdefault(int(card.phone), card.line)
        return None if other == card.line else RowRefused(RowFault.PHONE_TWICE, other)

    async def _put_on(self, batch: _Batch, report: Report) -> None:
        """One transaction for what is new, and one for each card that joins a client's."""
        if not batch.cards:
            return
        cards: Sequence[ListedCard] = batch.cards
        joining: list[ListedCard] = []
        while cards:
            async with self._database.read() as db:
                found = await importing.sort_cards(self._tx(db), cards)
            joining += found.joining
            self._tally.known += len(found.known)
            self._tally.refused += len(found.refused)
            for refused in found.refused:
                line = refused.card.line
                report.refuse(line, batch.cells[line], refused.fault)
            cards = await self._add(found.new)
        for card in joining:
            await self._join(card)

    async def _add(self, cards: Sequence[ListedCard]) -> Sequence[ListedCard]:
        """Returns those whose phone somebody registered in this very moment."""
        if self._is_dry_run:
            self._tally.new += len(cards)
            self._tally.points += sum(card.balance for card in cards)
            return ()
        if not cards:
            return ()
        done = await self._written(lambda tx: importing.import_new(tx, cards))
        self._tally.new += done.new
        self._tally.points += done.points
        return done.overtaken

    async def _join(self, card: ListedCard) -> None:
        joined = True
        if not self._is_dry_run:
            joined = await self._written(lambda tx: importing.import_joining(tx, card))
        if joined:
            self._tally.joined += 1
            self._tally.points += card.balance
        else:
            self._tally.known += 1

    async def _note(self) -> None:
        tally = self._tally
        if self._is_dry_run or not (tally.new or tally.joined):
            return
        async with self._database.write() as db:
            await importing.note_import(
                self._tx(db),
                new=tally.new,
                joined=tally.joined,
                refused=tally.refused,
                points=tally.points,
            )

    async def _written(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """In a transaction of its own; a lock or a cut connection is tried again, by its key."""
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                async with self._database.write() as db:
                    return await work(self._tx(db))
            except Exception as error:
                if attempt == ATTEMPTS_MAX or not is_passing(error):
                    raise
                await asyncio.sleep(AGAIN_AFTER_S * attempt)
        raise AssertionError("the last attempt returns or raises")

    def _tx(self, db: AsyncConnection) -> Tx:
        return Tx(db, self._clock.now(), self._programme)


def _makes_sense(headings: Sequence[str]) -> int:
    return sum(known_heading(heading) is not None for heading in headings)

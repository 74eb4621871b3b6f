"""What `svoi import` and `svoi export` say on the screen."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bot import table_files
from bot.checking import check_database, check_is_ours
from bot.exporting import ExportFault, export_clients
from bot.importing import Import, ReportUnwritable, Tally
from bot.settings import Settings
from loyalty.programme import Programme, load_programme
from operations.card_lists import ColumnsFault, ColumnsWrong
from operations.in_force import InForce
from scheduler.clock import SystemClock
from storage.database import Database
from storage.schema import current_revision, migrate
from templates import importing
from templates.labels import Labels
from templates.messages import Message
from templates.rendering import Renderer


class Refused(Exception):
    """What a person can mend, in one line."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


class Screen:
    """Says things in the business's first language."""

    def __init__(self, programme: Programme) -> None:
        business = programme.business
        clock = SystemClock()
        self._renderer = Renderer(
            business.currency, business.minor_digits, business.timezone, clock.now
        )
        self._language = business.languages[0]
        self.labels: Labels = self._renderer.labels(self._language)

    def words(self, message: Message) -> str:
        return self._renderer.render(message, self._language).plain.replace("\u00a0", " ")

    def one_line(self, message: Message) -> str:
        return " ".join(self.words(message).split())


async def import_file(settings: Settings, file: Path, *, is_dry_run: bool) -> str:
    """Imports the list; what came of it in words. Raises Refused."""
    in_force = InForce.load(settings.programme)
    screen = Screen(in_force.programme)
    try:
        async with _database(settings.database_url, is_dry_run=is_dry_run) as database:
            async with database.read() as db:
                programme = await in_force.refresh(db)  # points live as /settings has it
            doing = "import_report.checking" if is_dry_run else "import_report.progress"
            with progress(screen.labels(doing)) as on_progress:
                work = Import(
                    database,
                    programme,
                    SystemClock(),
                    screen.labels,
                    is_dry_run=is_dry_run,
                    on_progress=on_progress,
                )
                tally = await work.run(file)
    except table_files.FileUnreadable as error:
        fault = importing.UnreadableFile(error.fault.value)
        told = importing.FileUnreadable(_name(file), fault, error.line)
        raise Refused(screen.one_line(told)) from None
    except ColumnsWrong as error:
        headings = error.headings[: importing.HEADINGS_SHOWN_MAX]
        twice = error.fault is ColumnsFault.TWICE
        wrong = importing.ColumnsWrong(_name(file), headings, twice)
        raise Refused(screen.one_line(wrong)) from None
    except ReportUnwritable as error:
        forbidden = importing.UnreadableFile.FORBIDDEN
        told = importing.FileUnreadable(_name(error.path), forbidden, 0)
        raise Refused(screen.one_line(told)) from None
    return screen.words(_summary(tally, is_dry_run=is_dry_run))


async def export_file(settings: Settings, file: Path) -> str:
    """Exports all clients; how many there were, in words. Raises Refused."""
    programme = load_programme(settings.programme)
    screen = Screen(programme)
    await check_is_ours(settings.database_url)
    database = Database(settings.database_url)
    try:
        with progress(screen.labels("import_report.exporting")) as on_progress:
            rows = await export_clients(
                database,
                programme,
                SystemClock(),
                screen.labels,
                file,
                on_progress=on_progress,
            )
    except ExportFault as error:
        reason = screen.labels(f"export_faults.{error.reason}")
        raise Refused(f"{_name(file)}: {reason}") from None
    finally:
        await database.close()
    done = screen.labels("export_faults.done", rows=rows).replace("\u00a0", " ")
    return f"{file}: {done}"


def _name(file: Path) -> str:
    return file.name or str(file)


def _summary(tally: Tally, *, is_dry_run: bool) -> importing.Summary:
    return importing.Summary(
        is_dry_run=is_dry_run,
        rows=tally.rows,
        new=tally.new,
        joined=tally.joined,
        known=tally.known,
        refused=tally.refused,
        points=tally.points,
        unused=tally.unused[: importing.HEADINGS_SHOWN_MAX],
        report=None if tally.report is None else str(tally.report),
    )


@asynccontextmanager
async def _database(url: str, *, is_dry_run: bool) -> AsyncIterator[Database]:
    """The business's database, its schema made where there is none yet; a dry run makes nothing."""
    with tempfile.TemporaryDirectory(prefix="svoi-") as folder:
        opened = await _opened(url, is_dry_run=is_dry_run, spare=Path(folder) / "empty.db")
        try:
            yield opened
        finally:
            await opened.close()


async def _opened(url: str, *, is_dry_run: bool, spare: Path) -> Database:
    database = Database(url)
    file = database.url.database or ""
    absent = database.is_sqlite and not await asyncio.to_thread(Path(file).is_file)
    if absent and is_dry_run:
        is_new = True
    else:
        await check_database(url)
        async with database.read() as db:
            is_new = await current_revision(db) is None
    if not is_new:
        await check_is_ours(url)
        return database
    if is_dry_run:
        await database.close()
        database = Database(f"sqlite:///{spare}")
    await migrate(database)
    return database


@contextmanager
def progress(doing: str) -> Iterator[Callable[[int, float | None], None]]:
    """A bar on stderr, told of rows done and of the share of the whole, where that is known."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[rows]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task(doing, total=1.0, rows=0)

        def on_progress(rows: int, share: float | None) -> None:
            bar.update(
                task, completed=share or 0.0, total=None if share is None else 1.0, rows=rows
            )

        yield on_progress

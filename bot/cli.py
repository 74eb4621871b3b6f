"""The command line: `svoi`, also `python -m bot`."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from bot.loading import loading
from bot.settings import SettingInvalid, Settings, read_settings
from loyalty.programme import ProgrammeInvalid, load_programme

WRONG_INPUT = 2  # a setting, a file or an argument is wrong
FAILED = 1
SIGNALS = (signal.SIGTERM, signal.SIGINT)

app = typer.Typer(
    help="Svoi: the loyalty programme of a service business, in Telegram.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
T = TypeVar("T")


def main() -> NoReturn:
    """Runs a command; what a person can mend ends in one line and exit code 2."""
    try:
        app(standalone_mode=True)
    except SettingInvalid as error:
        _refuse(f"{error.name}: {error.expected}")
    except ProgrammeInvalid as error:
        for mistake in error.lines():
            print(mistake, file=sys.stderr)
        raise SystemExit(WRONG_INPUT) from None
    raise SystemExit(0)


def _refuse(line: str, code: int = WRONG_INPUT) -> NoReturn:
    print(line, file=sys.stderr)
    raise SystemExit(code)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Runs the loop, on uvloop where the system has it; ends in one line what has a name."""
    try:
        if sys.platform == "win32":
            return asyncio.run(work)
        import uvloop

        return uvloop.run(work)
    except Exception as error:
        from bot.failures import explain_stop

        stop = explain_stop(error)
        if stop is None:
            raise
        _refuse(stop.line, stop.code)


class Stopping:
    """SIGTERM and SIGINT, from the first moment to the last: a second one changes nothing."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._event: asyncio.Event | None = None
        self._asked = False
        self._at_once = False
        for number in SIGNALS:
            signal.signal(number, self._ask)

    def event(self) -> asyncio.Event:
        """Set once we are asked to stop; called inside the loop."""
        self._loop, self._event = asyncio.get_running_loop(), asyncio.Event()
        if self._asked:
            self._event.set()
        return self._event

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """While this is open nothing has begun that would have to be finished."""
        self._at_once = True
        if self._asked:
            raise SystemExit(0)
        yield
        self._at_once = False

    def is_over(self) -> None:
        """The work is done; an interpreter that takes itself apart would die of another signal."""
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)

    def _ask(self, _number: int, _frame: object) -> None:
        self._asked = True
        if self._at_once:
            # No exception: in the midst of an import, libraries make an error of their own of it.
            os._exit(0)
        if self._loop is not None and self._event is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event.set)


@app.command()
def run() -> None:
    """The bot: migrates, takes updates, delivers, keeps the calendar."""
    stopping = Stopping()
    settings = read_settings()
    from bot.logs import configure_logs

    configure_logs()
    try:
        _run(_serve(settings, stopping))
    finally:
        stopping.is_over()
    raise SystemExit(0)


async def _serve(settings: Settings, stopping: Stopping) -> None:
    from bot.checking import check_database

    stopped = stopping.event()
    # What is wrong is told before the seconds that importing all the rest takes.
    load_programme(settings.programme)
    await check_database(settings.database_url)

    with stopping.at_once(), loading():
        from bot.app import App
        from scheduler.clock import SystemClock

    await App(settings, SystemClock()).run(stopped)


@app.command()
def demo() -> None:
    """The playground: the whole bot in a browser page, no token, no account."""
    import runpy

    # The one upward call of the project: nothing of the bot needs the playground.
    runpy.run_module("playground", run_name="__main__", alter_sys=True)


@app.command()
def migrate(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would be done.")
    ] = False,
) -> None:
    """Brings the schema of the database to the newest."""
    _run(_migrate(_database_url(), dry_run=dry_run))


async def _migrate(url: str, *, dry_run: bool) -> None:
    from bot.checking import check_database, exists
    from storage.database import Database
    from storage.schema import current_revision, pending_revisions
    from storage.schema import migrate as bring_up

    if dry_run and not exists(url):
        # Looking into it would create it.
        print(f"would apply: {', '.join(pending_revisions(None))}")
        return
    await check_database(url)
    database = Database(url)
    try:
        if dry_run:
            async with database.read() as db:
                steps = pending_revisions(await current_revision(db))
            print(f"would apply: {', '.join(steps)}" if steps else "nothing to do")
            return
        steps = await bring_up(database)
        print(f"applied: {', '.join(steps)}" if steps else "nothing to do")
    finally:
        await database.close()


@app.command()
def audit() -> None:
    """Recomputes every balance, tier and stock; exit code 0 only if all agree."""
    raise SystemExit(_run(_audit(_database_url())))


async def _audit(url: str) -> int:
    from bot.checking import check_is_ours
    from storage.audit import counts, differences
    from storage.database import Database

    await check_is_ours(url)
    database = Database(url)
    try:
        async with database.read() as db:
            looked_at = await counts(db)
            found = await differences(db)
    finally:
        await database.close()
    for difference in found:
        print(
            f"{difference.figure} {difference.row_id}: "
            f"kept {difference.kept}, recomputed {difference.recomputed}"
        )
    rows = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in looked_at.items())
    print(f"{rows}: {len(found)} differences" if found else f"{rows}: all agree")
    return FAILED if found else 0


@app.command("check-programme")
def check_programme(file: Annotated[Path, typer.Argument(help="A file such as a preset.")]) -> None:
    """Checks a programme file; names each mistake with its key."""
    programme = load_programme(file)
    business = programme.business
    print(
        f"{file.name}: valid: {business.name}, {len(programme.tiers.levels)} tiers, "
        f"{len(programme.services)} services"
    )


@app.command("import")
def import_clients(
    file: Annotated[Path, typer.Argument(help="A list of clients, CSV or XLSX.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would come of it.")
    ] = False,
) -> None:
    """Takes over the old list: phone, name, birthday, balance, spend, in any order."""
    settings = _settings()
    from bot.cli_tables import Refused, import_file

    try:
        print(_run(import_file(settings, file, is_dry_run=dry_run)))
    except Refused as error:
        _refuse(error.line)


@app.command("export")
def export_clients(
    file: Annotated[Path, typer.Argument(help="A new file, .csv or .xlsx.")],
) -> None:
    """All clients with balance, tier, visits, spend and consents; a spreadsheet executes none."""
    settings = _settings()
    from bot.cli_tables import Refused, export_file

    try:
        print(_run(export_file(settings, file)))
    except Refused as error:
        _refuse(error.line)


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where the copy goes.")]) -> None:
    """A consistent copy of the database, made while the bot runs."""
    from bot.backup import BackupFailed, back_up

    settings = _settings()
    try:
        _run(back_up(settings.database_url, file))
    except BackupFailed as error:
        _refuse(error.reason)
    print(f"{file}: done")
    print(
        f"Not in it: {settings.erasures_path}, the list of clients who asked to be erased. Keep it "
        "where it is, apart from the copy: when you restore the copy, the next start reads there "
        "whom to erase again. A list as old as the copy would bring them back."
    )


def _settings() -> Settings:
    """For what talks to nobody: the token need not be set."""
    token = os.environ.get("SVOI_BOT_TOKEN") or "0:not-needed-for-this-command"
    return read_settings(bot_token=token)


def _database_url() -> str:
    return _settings().database_url

"""The command line: `svoi`, also `python -m bot`."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from bot.settings import SettingInvalid, Settings, read_settings
from loyalty.programme import ProgrammeInvalid, load_programme
from storage.schema import SchemaNewerThanCode

WRONG_INPUT = 2  # a setting, a file or an argument is wrong
FAILED = 1

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
        for mistake in str(error).splitlines():
            print(mistake, file=sys.stderr)
        raise SystemExit(WRONG_INPUT) from None
    except SchemaNewerThanCode as error:
        _refuse(
            f"SVOI_DATABASE_URL: the database was migrated by a newer Svoi (schema {error.found}); "
            "update the program"
        )
    raise SystemExit(0)


def _refuse(line: str) -> NoReturn:
    print(line, file=sys.stderr)
    raise SystemExit(WRONG_INPUT)


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Runs the loop, on uvloop where the system has it."""
    if sys.platform == "win32":
        return asyncio.run(work)
    import uvloop

    return uvloop.run(work)


@app.command()
def run() -> None:
    """The bot: migrates, takes updates, delivers, keeps the calendar."""
    from bot.logs import configure_logs

    settings = read_settings()
    configure_logs()
    raise SystemExit(_run(_serve(settings)))


async def _serve(settings: Settings) -> int:
    from bot.app import App
    from bot.failures import DatabaseUnusable, check_database, explain_stop
    from scheduler.clock import SystemClock

    try:
        check_database(settings.database_url)
    except DatabaseUnusable as error:
        print(f"SVOI_DATABASE_URL: {error.reason}", file=sys.stderr)
        return WRONG_INPUT
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        await App(settings, SystemClock()).run(stopping)
    except Exception as error:
        stop = explain_stop(error)
        if stop is None:
            raise
        print(stop.line, file=sys.stderr)
        return stop.code
    return 0


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
    from storage.database import Database
    from storage.schema import current_revision, pending_revisions
    from storage.schema import migrate as bring_up

    database = Database(url)
    try:
        if dry_run:
            async with database.write() as db:
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
    from storage.audit import counts, differences
    from storage.database import Database

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


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where the copy goes.")]) -> None:
    """A consistent copy of the database, made while the bot runs."""
    from bot.backup import BackupFailed, back_up

    try:
        _run(back_up(_database_url(), file))
    except BackupFailed as error:
        _refuse(error.reason)
    print(f"{file}: done")


def _database_url() -> str:
    """Only the database matters here: the token need not be set."""
    token = os.environ.get("SVOI_BOT_TOKEN") or "0:not-needed-for-this-command"
    return read_settings(bot_token=token).database_url

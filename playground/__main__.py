"""`python -m playground`, `svoi demo`, `make demo`: opens the playground in the browser."""

import asyncio
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.loading import loading

if TYPE_CHECKING:
    from playground.server import LocalTelegram

DEFAULT_PORT = 8080
WRONG_INPUT = 2
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
PORT_SETTING = "SVOI_DEMO_PORT"

say = Console(highlight=False, soft_wrap=True).print


def main() -> NoReturn:
    """Runs the demo until Ctrl-C; what a person can mend ends in one line and exit code 2."""
    port = _port()
    # Until the loop has handlers of its own, and again after it: the folder is always removed.
    _on_stop_signals(_leave)
    say("Свои · песочница — the playground is starting…")
    # Importing the bot takes seconds: the line above comes first.
    with loading():
        from bot.logs import configure_logs
        from playground.demo import PortTaken, check_port

    configure_logs(logging.WARNING)
    try:
        check_port(port)
        with tempfile.TemporaryDirectory(prefix="svoi-demo-") as folder:
            try:
                _run(_demo(Path(folder), port))
            finally:
                _on_stop_signals(signal.SIG_IGN)
    except PortTaken as taken:
        _refuse(
            f"{PORT_SETTING}: port {taken.port} is taken; stop what listens there or set another"
        )
    raise SystemExit(0)


def _on_stop_signals(handler: Callable[[int, FrameType | None], object] | signal.Handlers) -> None:
    for number in STOP_SIGNALS:
        signal.signal(number, handler)


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(0)


def _port() -> int:
    text = os.environ.get(PORT_SETTING, "").strip() or str(DEFAULT_PORT)
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= 65_535):
        _refuse(f"{PORT_SETTING}: expected a port, 1 to 65535")
    return int(text)


def _refuse(line: str) -> NoReturn:
    print(line, file=sys.stderr)  # noqa: T201 - the one line that says why
    raise SystemExit(WRONG_INPUT)


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Runs the loop, on uvloop where the system has it."""
    if sys.platform == "win32":
        asyncio.run(work)
        return
    import uvloop

    uvloop.run(work)


async def _demo(folder: Path, port: int) -> None:
    from playground.demo import Demo

    stopping = asyncio.Event()
    if sys.platform != "win32":
        for number in STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    database = folder / "svoi.db"
    programme = await _build_unless(stopping, database)
    if programme is not None:
        demo = Demo(database, programme, port)
        await demo.run(stopping, lambda: _welcome(demo.telegram, database))
    say("The playground has stopped; its data is gone.")


async def _build_unless(stopping: asyncio.Event, database: Path) -> Path | None:
    """Makes the sample business; its programme's file, or None if we were stopped meanwhile."""
    async with asyncio.TaskGroup() as tasks:
        building = tasks.create_task(_build(database))
        stopped = tasks.create_task(stopping.wait())
        await asyncio.wait((building, stopped), return_when=asyncio.FIRST_COMPLETED)
        building.cancel()
        stopped.cancel()
    return None if stopping.is_set() or building.cancelled() else building.result()


async def _build(database: Path) -> Path:
    """Makes the sample business, with a bar where there is somebody to see it."""
    from playground.sample.build import build_sample

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, transient=True) as progress:
        bar = progress.add_task("Two years of a sample business, made once", total=None)
        return await build_sample(
            database,
            datetime.now(UTC),
            lambda done, of_all: progress.update(bar, completed=done, total=of_all),
        )


def _welcome(telegram: "LocalTelegram", database: Path) -> None:
    say(f"\n  Open [bold]{telegram.base_url}/[/bold] in a browser. Ctrl-C stops it.")
    say(f"  The data of this run: {database}\n")


if __name__ == "__main__":
    main()

"""A process that has imported the bot and forks one child a start.

Importing takes seconds and forking milliseconds, so that hundreds of kills fit into minutes. The
child is a process of its own that composes the bot as `svoi run` does; at a waypoint named in
its orders it kills itself, without a word to anybody, as a power cut would.

Reads one JSON object a line: {"settings": {...}, "kill_at": [name, count] | null}; writes the
child's pid, then, when it is gone, how it ended.
"""

import asyncio
import json
import os
import signal
import sys
from typing import Any

from bot.app import App
from bot.logs import configure_logs
from bot.settings import read_settings
from bot.waypoints import unwatched
from scheduler.clock import SystemClock


def live(orders: dict[str, Any]) -> None:
    """The life of one child."""
    os.environ.update(orders["settings"])
    configure_logs(level=40)
    asyncio.run(_serve(orders["kill_at"]))


async def _serve(kill_at: tuple[str, int] | None) -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    waypoint = unwatched if kill_at is None else _killer(*kill_at)
    await App(read_settings(), SystemClock(), waypoint=waypoint).run(stopping)


def _killer(name: str, count: int) -> Any:
    passed = 0

    def waypoint(reached: str) -> None:
        nonlocal passed
        if reached == name:
            passed += 1
            if passed == count:
                os.kill(os.getpid(), signal.SIGKILL)

    return waypoint


def main() -> None:
    for line in sys.stdin:
        orders = json.loads(line)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                live(orders)
                code = 0
            finally:
                os._exit(code)
        _say({"pid": child})
        _, status = os.waitpid(child, 0)
        _say({"ended": os.waitstatus_to_exitcode(status)})


def _say(message: dict[str, int]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

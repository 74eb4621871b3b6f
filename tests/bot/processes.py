"""`python -m bot …` as a process of its own, as a deployment starts it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
END_WITHIN_S = 60.0


@dataclass(frozen=True)
class Ended:
    """How a process ended, and what it said."""

    code: int
    out: str
    err: str


class Process:
    """One that runs; what it says on stderr is kept."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    @property
    def is_over(self) -> bool:
        return self._process.returncode is not None

    async def ended(self) -> Ended:
        """Waits for its end."""
        async with asyncio.timeout(END_WITHIN_S):
            out, err = await self._process.communicate()
        code = self._process.returncode
        assert code is not None
        return Ended(code, out.decode(), err.decode())


@asynccontextmanager
async def running(
    *arguments: str, env: Mapping[str, str], cwd: Path, module: str = "bot"
) -> AsyncIterator[Process]:
    """The process; killed if it is still there at the end."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SVOI_")}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        module,
        *arguments,
        cwd=cwd,
        env={**kept, "PYTHONPATH": str(ROOT), **env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield Process(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def ran(*arguments: str, env: Mapping[str, str], cwd: Path) -> Ended:
    """The process from its start to its end."""
    async with running(*arguments, env=env, cwd=cwd) as process:
        return await process.ended()

"""Starts the bot, kills it, starts it again."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

END_WITHIN_S = 60.0


@dataclass
class Victim:
    """One life of the bot."""

    pid: int
    nursery: "Nursery"

    async def dies_by_itself(self, within_s: float) -> bool:
        """True once its waypoint has killed it; False if it never came there."""
        try:
            async with asyncio.timeout(within_s):
                await asyncio.shield(self.nursery.ending)
        except TimeoutError:
            return False
        return True

    async def is_killed(self) -> None:
        """Kills it now, wherever it is."""
        self._signal(signal.SIGKILL)
        await self.nursery.ending

    async def is_asked_to_stop(self) -> int:
        """SIGTERM; its exit code."""
        self._signal(signal.SIGTERM)
        async with asyncio.timeout(END_WITHIN_S):
            return await self.nursery.ending

    def _signal(self, number: signal.Signals) -> None:
        if not self.nursery.ending.done():
            os.kill(self.pid, number)


class Nursery:
    """Where victims come from."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._living: Victim | None = None
        self.ending: asyncio.Future[int]

    async def start(
        self, settings: Mapping[str, str], kill_at: tuple[str, int] | None = None
    ) -> Victim:
        """A new life, killed at the given pass of a waypoint, if one is given."""
        assert self._process.stdin is not None
        orders = {"settings": dict(settings), "kill_at": kill_at}
        self._process.stdin.write(json.dumps(orders).encode() + b"\n")
        await self._process.stdin.drain()
        pid = (await self._hear())["pid"]
        self.ending = asyncio.ensure_future(self._end())
        self._living = Victim(pid, self)
        return self._living

    async def close(self) -> None:
        """Nobody outlives the nursery: it waits for its child, and we wait for it."""
        if self._living is not None:
            await self._living.is_killed()
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()

    async def _end(self) -> int:
        return (await self._hear())["ended"]

    async def _hear(self) -> dict[str, int]:
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        assert line, "the nursery is gone"
        heard: dict[str, int] = json.loads(line)
        return heard


@asynccontextmanager
async def nursery() -> AsyncIterator[Nursery]:
    """Victims can be had while this is open."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.crash.nursery",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    cradle = Nursery(process)
    try:
        yield cradle
    finally:
        await cradle.close()

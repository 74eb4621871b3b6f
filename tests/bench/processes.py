"""Bots as processes of their own, against the stand-in in this one."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psutil

from playground.server import LocalTelegram

STOP_WITHIN_S = 20.0


@dataclass
class BotProcess:
    """A running bot, when it was started, and what it takes."""

    process: asyncio.subprocess.Process
    started_at: float

    def memory_mb(self) -> float:
        """Resident memory now, in megabytes."""
        return float(psutil.Process(self.process.pid).memory_info().rss) / 1e6

    def cpu_s(self) -> float:
        """Seconds of a processor so far: a busy machine stretches them least."""
        times = psutil.Process(self.process.pid).cpu_times()
        return float(times.user + times.system)


@asynccontextmanager
async def bare_bot(telegram: LocalTelegram) -> AsyncIterator[BotProcess]:
    arguments = ("tests.bench.bare_bot", telegram.base_url, telegram.token)
    async with _process(arguments, {}) as running:
        yield running


@asynccontextmanager
async def svoi_bot(
    telegram: LocalTelegram, database_url: str, *, unpaced: bool
) -> AsyncIterator[BotProcess]:
    settings = {
        "SVOI_BOT_TOKEN": telegram.token,
        "SVOI_TELEGRAM_API": telegram.base_url,
        "SVOI_DATABASE_URL": database_url,
    }
    arguments = ("tests.bench.svoi_bot", "unpaced" if unpaced else "paced")
    async with _process(arguments, settings) as running:
        yield running


@asynccontextmanager
async def _process(
    arguments: tuple[str, ...], settings: dict[str, str]
) -> AsyncIterator[BotProcess]:
    started_at = time.monotonic()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *arguments, env=os.environ | settings
    )
    try:
        yield BotProcess(process, started_at)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_WITHIN_S):
            await process.wait()

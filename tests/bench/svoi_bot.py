"""Svoi as `svoi run` composes it; with `unpaced`, Telegram's pace is lifted."""

import asyncio
import signal
import sys

import uvloop

from bot.loading import loading

with loading():
    from bot.app import App
    from bot.delivery.pace import Limits
    from bot.settings import read_settings
    from scheduler.clock import SystemClock


async def main(*, unpaced: bool) -> None:
    limits = Limits(messages_per_s=None) if unpaced else Limits()
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    await App(read_settings(), SystemClock(), limits=limits).run(stopping)


if __name__ == "__main__":
    uvloop.run(main(unpaced="unpaced" in sys.argv[1:]))

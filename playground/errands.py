"""What the page has asked of the bot's own database and clock, and when it must let go of them."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

Answer = TypeVar("Answer")


class Errands:
    """Runs them as tasks, so that all have let go before the bot closes its database."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._ended = False

    def run(self, errand: Coroutine[Any, Any, Answer]) -> asyncio.Task[Answer]:
        """Its task, cancelled at the end if it is not done by then; after the end, at once."""
        task = asyncio.get_running_loop().create_task(errand)
        if self._ended:
            task.cancel()
            return task
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def end(self) -> None:
        """Cancels those that still run and waits until they are gone."""
        self._ended = True
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

"""Wakes the jobs: APScheduler is only the clock, what is due is computed from the database."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

from loyalty.programme import Programme
from scheduler.clock import Clock
from storage.database import Database
from storage.outbox import Letter


class Clockwork:
    """Runs what is due."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        programme: Programme,
        owner_ids: Collection[int],
        offer: Callable[[Sequence[Letter]], None],
    ) -> None:
        self._chores: dict[str, Callable[[], Awaitable[None]]] = {}

    def add_chore(self, name: str, chore: Callable[[], Awaitable[None]]) -> None:
        """Something to do once an hour that is no business of a client's."""
        self._chores[name] = chore

    async def run(self) -> None:
        """Until it is cancelled."""
        await asyncio.Event().wait()

    async def catch_up(self) -> None:
        """Does everything that is due now; returns when it is done."""

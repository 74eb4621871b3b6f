"""Wakes the jobs: what is due is computed from the database, whatever woke us."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

from loyalty.programme import Programme
from operations.in_force import InForce
from scheduler.business import business_jobs
from scheduler.chores import Chores
from scheduler.clock import Clock
from scheduler.jobs import Job
from scheduler.rounds import Round
from scheduler.waking import Waking
from storage.database import Database
from storage.outbox import Letter


class Clockwork:
    """Runs what is due: within a minute of real time, each thing once, however many of us run."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        programme: Programme | InForce,
        owner_ids: Collection[int],
        offer: Callable[[Sequence[Letter]], None],
        *,
        jobs: Sequence[Job] | None = None,
        acting: Callable[[], None] = lambda: None,
        acted: Callable[[], None] = lambda: None,
    ) -> None:
        self._clock = clock
        self._chores = Chores(database, clock)
        self._rounds = tuple(
            Round(job, database, clock, programme, owner_ids, offer, acting=acting, acted=acted)
            for job in (business_jobs(owner_ids) if jobs is None else jobs)
        )

    def add_chore(
        self, name: str, chore: Callable[[], Awaitable[None]], *, at_each_tick: bool = False
    ) -> None:
        """Something to do once an hour, or at each tick, that is no business of a client's."""
        self._chores.add(name, chore, at_each_tick=at_each_tick)

    async def run(self) -> None:
        """Until it is cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for rounds in self._rounds:
                tasks.create_task(rounds.run())
            tasks.create_task(self._chores.run())
            tasks.create_task(Waking(self.ring, self._clock.now).run())

    def ring(self, *, anew: bool = False) -> None:
        """Everybody looks now; `anew`: also at what was looked at before."""
        for rounds in self._rounds:
            rounds.ring(anew=anew)
        self._chores.ring()

    async def catch_up(self) -> None:
        """Does everything that is due now; returns when it is done."""
        for rounds in self._rounds:
            await rounds.go(anew=True)
        await self._chores.go()

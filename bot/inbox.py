"""The inbox: stored updates are handled in the order of their chats.

A failure of the place (locked, cut off) is tried again until it passes. A failure of the work is
tried three times, then parked: the person gets an apology, the owner an alert, the others flow.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot import waypoints
from bot.backlog import Backlog
from bot.parking import NeverAgain, Parking
from loyalty.refusals import Refusal
from scheduler.clock import Clock
from storage import inbox as rows
from storage.database import Database
from storage.failures import is_passing
from storage.inbox import Waiting
from storage.outbox import Letter

ATTEMPTS_MAX = 3
RETRY_PAUSES_S = (0.5, 2.0)  # before the second and the third attempt: parked within 10 s
PASSING_PAUSES_S = (0.05, 0.2, 0.5, 1.0, 2.0)
REMEMBERED_HOURS = 48
FORGET_BATCHES_MAX = 200  # an hour's

log = structlog.get_logger("inbox")

Handle = Callable[[Waiting], Awaitable[list[Letter]]]


@dataclass(frozen=True)
class _Again:
    """The update is to be tried again."""

    attempts: int  # that failed by its own fault
    pause_s: float


class Inbox:
    """Has updates handled, those of one chat one after another."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        backlog: Backlog,
        handle: Handle,
        parking: Parking,
        offer: Callable[[Sequence[Letter]], None],
        waypoint: waypoints.Waypoint,
        workers: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._backlog = backlog
        self._handle = handle
        self._parking = parking
        self._offer = offer
        self._waypoint = waypoint
        self._workers = workers
        self._stopping = False
        self._failures: dict[int, int] = {}  # passing ones in a row, by update

    @property
    def is_idle(self) -> bool:
        """Nothing waits, in memory or in the database."""
        return self._backlog.is_idle

    async def run(self) -> None:
        """Handles updates until `stop`; what is not handled by then stays in the database."""
        async with asyncio.TaskGroup() as tasks:
            backlog = tasks.create_task(self._backlog.run())
            workers = [tasks.create_task(self._work()) for _ in range(self._workers)]
            await asyncio.wait(workers)
            backlog.cancel()

    def stop(self) -> None:
        """Lets every worker finish the update it has begun."""
        self._stopping = True
        self._backlog.rouse(self._workers)

    async def _work(self) -> None:
        while True:
            chat = await self._backlog.next_chat()
            if self._stopping:
                return
            if chat is None:
                continue
            row = self._backlog.first(chat)
            again = await self._attempt(row)
            if again is None:
                self._failures.pop(row.id, None)
                self._backlog.done(chat)
            else:
                self._backlog.again(chat, attempts=again.attempts, pause_s=again.pause_s)

    async def _attempt(self, row: Waiting) -> _Again | None:
        """None when the update is done with."""
        try:
            letters = await self._handle(row)
        except asyncio.CancelledError as error:
            if _is_being_cancelled():
                raise
            # A handler let somebody else's cancellation out: a fault like any other.
            return await self._failed(row, error)
        except Exception as error:
            if is_passing(error):
                return self._passing(row, error)
            return await self._failed(row, error)
        self._waypoint(waypoints.COMMITTED)
        self._offer(letters)
        return None

    def _passing(self, row: Waiting, error: BaseException) -> _Again:
        failures = self._failures.get(row.id, 0)
        self._failures[row.id] = failures + 1
        log.warning("the database did not answer", error=type(error).__name__, row=row.id)
        return _Again(row.attempts, PASSING_PAUSES_S[min(failures, len(PASSING_PAUSES_S) - 1)])

    async def _failed(self, row: Waiting, error: BaseException) -> _Again | None:
        attempts = row.attempts + 1
        log.error("handling failed", row=row.id, attempt=attempts, exc_info=error)
        try:
            if isinstance(error, NeverAgain | Refusal) or attempts >= ATTEMPTS_MAX:
                # A refusal without words for a person is a fault that no second try mends.
                self._offer(await self._parking.park(row, error))
                return None
            await self._parking.note(row, error)
        except Exception as second:
            if not is_passing(second):
                raise
            return self._passing(row, second)
        return _Again(attempts, RETRY_PAUSES_S[attempts - 1])

    async def forget(self) -> None:
        """Deletes what was done 48 hours ago; a restarted id may then come again."""
        before = self._clock.now() - timedelta(hours=REMEMBERED_HOURS)
        for _ in range(FORGET_BATCHES_MAX):
            async with self._database.write() as db:
                gone = await rows.forget(db, before)
            if gone < rows.FORGET_BATCH_MAX:
                return


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0

"""The end of letters: written down in batches, one transaction each."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from bot import waypoints
from bot.delivery.outcomes import Verdict
from scheduler.clock import Clock
from storage import outbox, people
from storage.database import Database
from storage.failures import is_passing
from storage.outbox import Letter, Mark

AGAIN_AFTER_S = 0.2

log = structlog.get_logger("delivery")


class Marking:
    """Marks letters; tells `marked` which, once that is committed."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        marked: Callable[[Sequence[Letter]], None],
        waypoint: waypoints.Waypoint,
    ) -> None:
        self._database = database
        self._clock = clock
        self._marked = marked
        self._waypoint = waypoint
        self._marks: list[tuple[Letter, Mark, bool]] = []
        self._added = asyncio.Event()

    @property
    def is_idle(self) -> bool:
        return not self._marks

    def finish(self, letter: Letter, end: Verdict, message_id: int | None = None) -> None:
        """The letter's end is known; it is marked with the next batch."""
        mark = Mark(letter.id, end.status, end.reason, message_id, letter.attempts + 1)
        self._marks.append((letter, mark, end.unreachable))
        self._added.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._added.wait()
            self._added.clear()
            batch = self._marks[:]
            try:
                await asyncio.shield(self._commit(batch))
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("marks wait for the database", marks=len(batch))
                await asyncio.sleep(AGAIN_AFTER_S)
                self._added.set()
                continue
            self._waypoint(waypoints.MARKED)
            del self._marks[: len(batch)]
            self._marked([letter for letter, _, _ in batch])

    async def _commit(self, batch: Sequence[tuple[Letter, Mark, bool]]) -> None:
        async with self._database.write() as db:
            now = self._clock.now()
            await outbox.mark(db, [mark for _, mark, _ in batch], now)
            for letter, _, unreachable in batch:
                if unreachable:
                    await people.note_unreachable(db, letter.chat_id, now)

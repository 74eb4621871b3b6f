"""The end of letters: written down in batches, one transaction each."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import waypoints
from bot.delivery.outcomes import Verdict
from scheduler.clock import Clock
from storage import outbox, people
from storage.database import Database
from storage.failures import is_passing
from storage.outbox import Lane, Letter, Mark

AGAIN_AFTER_S = 0.2
# Letters that end within this time are marked together where somebody else has work for the
# writer: a commit each would halve the rate at which SQLite gets through the replies themselves.
GATHER_S = 0.1
GATHER_MAX = 16

log = structlog.get_logger("delivery")

# Queues what is said in place of a reply that could not be said.
Apologise = Callable[[AsyncConnection, Letter], Awaitable[Sequence[Letter]]]


@dataclass
class _Batch:
    letters: list[Letter] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    postponed: dict[int, datetime] = field(default_factory=dict)
    unreachable: list[int] = field(default_factory=list)
    unsaid: list[Letter] = field(default_factory=list)  # replies that somebody waits for in vain


class Marking:
    """Marks letters; tells `marked` which, once that is committed."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        marked: Callable[[Sequence[Letter]], None],
        more_may_come: Callable[[int], bool],
        apologise: Apologise,
        offer: Callable[[Sequence[Letter]], None],
        waypoint: waypoints.Waypoint,
    ) -> None:
        self._database = database
        self._clock = clock
        self._marked = marked
        self._more_may_come = more_may_come
        self._apologise = apologise
        self._offer = offer
        self._waypoint = waypoint
        self._next = _Batch()
        self._added = asyncio.Event()
        self._enough = asyncio.Event()

    def finish(self, letter: Letter, end: Verdict, message_id: int | None = None) -> None:
        """The letter's end is known; it is marked with the next batch."""
        mark = Mark(letter.id, end.status, end.reason, message_id, letter.attempts + 1)
        self._next.letters.append(letter)
        self._next.marks.append(mark)
        if end.unreachable:
            self._next.unreachable.append(letter.chat_id)
        if end.is_our_fault and letter.lane is Lane.REPLY:
            self._next.unsaid.append(letter)
        self._note_added()

    def postpone(self, letter: Letter, until: datetime) -> None:
        """The letter is left alone until that moment of business time."""
        self._next.letters.append(letter)
        self._next.postponed[letter.id] = until
        self._note_added()

    def hurry(self) -> None:
        """Somebody waits for a mark: the next letter of a chat."""
        self._enough.set()

    def _note_added(self) -> None:
        self._added.set()
        if len(self._next.letters) >= GATHER_MAX:
            self._enough.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._added.wait()
            if self._more_may_come(len(self._next.letters)):
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(GATHER_S):
                        await self._enough.wait()
            self._added.clear()
            self._enough.clear()
            batch, self._next = self._next, _Batch()
            apologies = await self._commit(batch)
            self._waypoint(waypoints.MARKED)
            self._marked(batch.letters)
            self._offer(apologies)

    async def _commit(self, batch: _Batch) -> list[Letter]:
        while True:
            try:
                async with self._database.write() as db:
                    now = self._clock.now()
                    await outbox.mark(db, batch.marks, now)
                    await outbox.postpone(db, batch.postponed)
                    for chat_id in batch.unreachable:
                        await people.note_unreachable(db, chat_id, now)
                    apologies = [
                        apology
                        for letter in batch.unsaid
                        for apology in await self._apologise(db, letter)
                    ]
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("marks wait for the database", marks=len(batch.letters))
                await asyncio.sleep(AGAIN_AFTER_S)
            else:
                return apologies

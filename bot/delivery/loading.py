"""From the outbox into memory: what was just committed, and what a look into the table finds.

Memory holds the first `LOADED_MAX` letters of each lane. While there are more, the lane is behind:
its new letters are left in the outbox, so that no chat's order is broken, and fetched in turn.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import structlog

from bot.delivery.queues import LOADED_MAX, Queues
from scheduler.clock import Clock
from storage import outbox
from storage.database import Database
from storage.failures import is_passing
from storage.outbox import Lane, Letter

PAGE_MAX = 500
SEARCH_EVERY_S = 5.0
AGAIN_AFTER_S = 1.0

log = structlog.get_logger("delivery")


@dataclass
class _Shelf:
    """How much of a lane memory has."""

    behind: bool = True  # the outbox has more than memory
    cursor: int = 0  # the next page begins behind this id
    left_out: int | None = None  # the lowest id that was not taken while behind


class Loading:
    """Keeps memory a mirror of the outbox, as far as memory reaches."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        queues: Queues,
        *,
        changed: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._queues = queues
        self._changed = changed
        self._shelves = {lane: _Shelf() for lane in Lane}
        self._released: set[int] | None = None  # ids done with while a page is being read
        self._searches_asked = 0
        self._searches_done = 0
        self._rung = asyncio.Event()

    @property
    def is_behind(self) -> bool:
        """The outbox may hold more than memory does."""
        behind = any(shelf.behind for shelf in self._shelves.values())
        return behind or self._searches_done < self._searches_asked

    def wake(self) -> None:
        """Search the outbox: business time has moved."""
        self._searches_asked += 1
        self._rung.set()

    def offer(self, letters: Sequence[Letter]) -> None:
        """Letters that were just committed; what memory cannot take is found in the outbox."""
        for letter in letters:
            if letter.is_reworded:
                self._queues.reword(letter)
            if letter.not_before is not None and letter.not_before > self._clock.now():
                continue
            shelf = self._shelves[letter.lane]
            if shelf.behind:
                shelf.left_out = min(letter.id, shelf.left_out or letter.id)
                self._rung.set()
            elif self._queues.loaded(letter.lane) >= LOADED_MAX:
                shelf.behind, shelf.cursor = True, letter.id - 1
            else:
                self._take(letter)
        self._changed()

    def released(self, letter: Letter) -> None:
        """The letter is done with; a page that was read before must not bring it back."""
        if self._released is not None:
            self._released.add(letter.id)
        if self._shelves[letter.lane].behind:
            self._rung.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            self._rung.clear()
            try:
                await self._fill()
                if self._searches_done < self._searches_asked:
                    await self._search()
                    continue
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("outbox cannot be read", error=type(error).__name__)
                await asyncio.sleep(AGAIN_AFTER_S)
                continue
            try:
                async with asyncio.timeout(SEARCH_EVERY_S):
                    await self._rung.wait()
            except TimeoutError:
                # What was committed unseen, by whomever, or has become due.
                self._searches_asked += 1

    async def _fill(self) -> None:
        for lane, shelf in self._shelves.items():
            while shelf.behind and self._queues.loaded(lane) <= LOADED_MAX - PAGE_MAX:
                await self._load_page(lane, shelf)

    async def _load_page(self, lane: Lane, shelf: _Shelf) -> None:
        if shelf.left_out is not None:
            # On PostgreSQL a lower id may be committed after a higher one was read.
            shelf.cursor = min(shelf.cursor, shelf.left_out - 1)
            shelf.left_out = None
        self._released = set()
        try:
            async with self._database.read() as db:
                page = await outbox.waiting(
                    db, lane, after_id=shelf.cursor, now=self._clock.now(), limit=PAGE_MAX
                )
            for letter in page:
                shelf.cursor = letter.id
                if letter.id not in self._released:
                    self._take(letter)
        finally:
            self._released = None
        if len(page) < PAGE_MAX:
            # What was offered meanwhile is read next.
            shelf.behind = shelf.left_out is not None
        self._changed()

    async def _search(self) -> None:
        """Finds letters that nobody offered; they are loaded as others are."""
        asked = self._searches_asked
        for lane, shelf in self._shelves.items():
            if shelf.behind:
                continue
            self._released = set()
            try:
                async with self._database.read() as db:
                    ids = await outbox.waiting_ids(
                        db, lane, now=self._clock.now(), limit=LOADED_MAX + PAGE_MAX
                    )
                unknown = [
                    letter_id
                    for letter_id in ids
                    if letter_id not in self._released and not self._queues.knows(lane, letter_id)
                ]
            finally:
                self._released = None
            if unknown:
                shelf.behind, shelf.cursor = True, unknown[0] - 1
        self._searches_done = asked

    def _take(self, letter: Letter) -> None:
        if letter.files:
            letter = replace(letter, files=(), has_files=True)
        self._queues.add(letter, asyncio.get_running_loop().time())

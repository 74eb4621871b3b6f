"""From the outbox into memory: what was just committed, and what a look into the table finds."""

import asyncio
from collections.abc import Callable, Sequence

import structlog

from bot.delivery.queues import LOADED_MAX, Queues
from scheduler.clock import Clock
from storage import outbox
from storage.database import Database
from storage.failures import is_passing
from storage.outbox import Lane, Letter

PAGE_MAX = 500
SWEEP_EVERY_S = 5.0

log = structlog.get_logger("delivery")


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
        self._cursor = dict.fromkeys(Lane, 0)
        self._behind = dict.fromkeys(Lane, True)
        self._loaded_at: dict[int, float] = {}  # callbacks: when they came in
        self._sweep_now = asyncio.Event()

    @property
    def is_behind(self) -> bool:
        """The outbox may hold more than memory does."""
        return any(self._behind.values())

    def wake(self) -> None:
        """Look into the outbox again: business time has moved."""
        for lane in Lane:
            self._behind[lane] = True
        self._sweep_now.set()

    def offer(self, letters: Sequence[Letter]) -> None:
        """Letters that were just committed; what memory cannot take is found in the outbox."""
        now = self._now()
        for letter in letters:
            if letter.not_before is not None and letter.not_before > self._clock.now():
                continue
            if self._behind[letter.lane] or self._queues.loaded(letter.lane) >= LOADED_MAX:
                self._behind[letter.lane] = True
                self._sweep_now.set()
            elif self._queues.add(letter, now):
                self._note_loaded(letter, now)
        self._changed()

    def loaded_for_s(self, letter: Letter) -> float:
        """For how long memory has held this answer to a tap."""
        return self._now() - self._loaded_at.get(letter.id, self._now())

    def forget(self, letter: Letter) -> None:
        """The letter is done with."""
        self._loaded_at.pop(letter.id, None)

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                for lane in Lane:
                    while self._behind[lane] and self._queues.loaded(lane) < LOADED_MAX:
                        await self._load_page(lane)
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("outbox cannot be read", error=type(error).__name__)
            self._sweep_now.clear()
            try:
                async with asyncio.timeout(SWEEP_EVERY_S):
                    await self._sweep_now.wait()
            except TimeoutError:
                # Whatever was committed unseen, or has become due, is found from the beginning.
                for lane in Lane:
                    if not self._behind[lane]:
                        self._cursor[lane], self._behind[lane] = 0, True

    async def _load_page(self, lane: Lane) -> None:
        async with self._database.read() as db:
            page = await outbox.waiting(
                db, lane, after_id=self._cursor[lane], now=self._clock.now(), limit=PAGE_MAX
            )
        now = self._now()
        for letter in page:
            if self._queues.add(letter, now):
                self._note_loaded(letter, now)
            self._cursor[lane] = letter.id
        if len(page) < PAGE_MAX:
            self._cursor[lane], self._behind[lane] = 0, False
        self._changed()

    def _note_loaded(self, letter: Letter, now: float) -> None:
        if letter.lane is Lane.CALLBACK:
            self._loaded_at[letter.id] = now

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

"""What was under way when somebody was erased is emptied once it was handled or sent (rule 21).

The erasure itself empties the newest messages in its own transaction; this goes through the rest.
"""

from datetime import timedelta

from scheduler.clock import Clock
from storage import forgetting
from storage.database import Database

BATCH_MAX = 1_000
BATCHES_MAX = 2_000  # in a row; the rest waits for the next hour
TIDY_AFTER = timedelta(minutes=15)  # an erasure's farewell has been sent by then


class Forgetting:
    """Empties messages, a small batch at a time; nothing is done while nobody was erased."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def newest(self) -> None:
        """At every tick: what was sent just now."""
        await self._go(newest=forgetting.AT_ONCE_MAX)

    async def all(self) -> None:
        """Once an hour: everything."""
        if not await self._go(newest=None):
            return
        async with self._database.write() as db:
            now = self._clock.now()
            await forgetting.note_tidied(db, now - TIDY_AFTER, now)

    async def _go(self, *, newest: int | None) -> bool:
        """False: nothing to do, or too much for now."""
        for _ in range(BATCHES_MAX):
            async with self._database.read() as db:
                if not await forgetting.is_anything_untidied(db):
                    return False
                updates = await forgetting.full_updates(db, newest=newest, limit=BATCH_MAX)
                letters = await forgetting.full_letters(db, newest=newest, limit=BATCH_MAX)
            if not updates and not letters:
                await self._database.forget_freed_bytes()
                return True
            async with self._database.write() as db:
                await forgetting.empty_updates(db, updates)
                await forgetting.empty_letters(db, letters)
        return False

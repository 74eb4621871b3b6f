"""What was under way when somebody was erased is emptied once it was handled or sent (rule 21).

The erasure itself empties the newest messages in its own transaction; this goes through the rest.
"""

from datetime import timedelta

from scheduler.clock import Clock
from storage import forgetting
from storage.database import Database

BATCH_MAX = 500
NEWEST = 20_000  # rows of a table that are looked at every time
TIDY_AFTER = timedelta(minutes=15)  # an erasure's farewell has been sent by then


class Forgetting:
    """Empties messages, a small batch at a time; nothing is done while nobody was erased."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def newest(self) -> None:
        """At every tick: what was sent lately."""
        async with self._database.read() as db:
            if not await forgetting.is_anything_untidied(db):
                return
            updates, letters = await forgetting.behind_newest(db, NEWEST)
        await self._empty(updates, letters)

    async def all(self) -> None:
        """Once an hour: everything."""
        async with self._database.read() as db:
            if not await forgetting.is_anything_untidied(db):
                return
        await self._empty(0, 0)
        async with self._database.write() as db:
            now = self._clock.now()
            await forgetting.note_tidied(db, now - TIDY_AFTER, now)

    async def _empty(self, update_id: int, letter_id: int) -> None:
        """Goes up from these ids, once, and has the disk forget too."""
        while True:
            async with self._database.read() as db:
                updates = await forgetting.full_updates(db, after_id=update_id, limit=BATCH_MAX)
                letters = await forgetting.full_letters(db, after_id=letter_id, limit=BATCH_MAX)
            if not updates and not letters:
                break
            async with self._database.write() as db:
                await forgetting.empty_updates(db, updates)
                await forgetting.empty_letters(db, letters)
            update_id, letter_id = max([update_id, *updates]), max([letter_id, *letters])
        # Also where there was no message: what the erasure itself freed is in the log still.
        await self._database.forget_freed_bytes()

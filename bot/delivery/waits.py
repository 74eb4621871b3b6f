"""What Telegram told the process before us to wait for, and what it tells us, for the next one."""

from datetime import UTC, datetime, timedelta

import structlog

from storage import chat_waits
from storage.database import Database
from storage.failures import is_passing

WORTH_NOTING_S = 1.0  # a restart takes longer

log = structlog.get_logger("delivery")


class Waits:
    """Keeps `retry_after` in the database, in real time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def left(self) -> dict[int, float]:
        """For how many seconds each chat is still to be left alone."""
        now = datetime.now(UTC)
        async with self._database.write() as db:
            await chat_waits.forget(db, now)
            waits = await chat_waits.all_after(db, now)
        return {chat_id: (until - now).total_seconds() for chat_id, until in waits.items()}

    async def note(self, chat_id: int, pause_s: float) -> None:
        """A chat is to be left alone; if it cannot be written down, this process knows it."""
        if pause_s < WORTH_NOTING_S:
            return
        until = datetime.now(UTC) + timedelta(seconds=pause_s)
        try:
            async with self._database.write() as db:
                await chat_waits.note(db, chat_id, until)
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("a wait is not written down", error=type(error).__name__)

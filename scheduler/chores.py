"""Housekeeping, once an hour or at each tick: in small batches, so that nobody waits behind it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from scheduler.clock import Clock
from scheduler.forgetting import Forgetting
from storage import job_claims, outbox, phone_hashes, returns, staff, visit_previews
from storage.database import Database
from storage.failures import is_passing

EVERY = timedelta(hours=1)
OUTBOX_KEPT = timedelta(days=30)
PREVIEWS_KEPT = timedelta(days=7)  # an old button still says "lapsed", not "unknown"
INVITATIONS_KEPT = timedelta(days=30)
CLAIMS_KEPT = timedelta(days=400)  # longer than the longest period, a birthday's year
ERASED_PHONES_KEPT = timedelta(days=367)  # a little longer than the 12 months that count
BATCHES_MAX = 500  # in a row; the rest waits for the next hour

log = structlog.get_logger("chores")

Chore = Callable[[], Awaitable[None]]
ForgetBatch = Callable[[AsyncConnection, datetime], Awaitable[int]]


class Chores:
    """What is no business of a client's; a failure waits for the next tick."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._chores: dict[str, Chore] = {
            "empty sent messages": lambda: self._forget(outbox.empty, OUTBOX_KEPT),
            "forget lapsed previews": lambda: self._forget(visit_previews.forget, PREVIEWS_KEPT),
            "forget lapsed returns": lambda: self._forget(returns.forget_previews, PREVIEWS_KEPT),
            "forget lapsed invitations": lambda: self._forget(
                staff.forget_invitations, INVITATIONS_KEPT
            ),
            "forget claims": lambda: self._forget(job_claims.forget, CLAIMS_KEPT),
            "forget erased phones": lambda: self._forget(phone_hashes.forget, ERASED_PHONES_KEPT),
        }
        forgetting = Forgetting(database, clock)
        self._at_each_tick: set[str] = set()
        self.add("forget messages of who was erased", forgetting.newest, at_each_tick=True)
        self.add("forget all messages of who was erased", forgetting.all)
        self._done_at: dict[str, datetime] = {}
        self._rung = asyncio.Event()
        self._rung.set()
        self._turn = asyncio.Lock()

    def add(self, name: str, chore: Chore, *, at_each_tick: bool = False) -> None:
        self._chores[name] = chore
        if at_each_tick:
            self._at_each_tick.add(name)

    def ring(self) -> None:
        """Look now whose hour is over."""
        self._rung.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._rung.wait()
            self._rung.clear()
            await self.go()

    async def go(self) -> None:
        """Does each chore that was not done within the hour, and those of each tick."""
        async with self._turn:
            for name, chore in self._chores.items():
                if not self._is_due(name):
                    continue
                try:
                    await chore()
                except Exception as error:
                    if is_passing(error):
                        log.warning("a chore waits", chore=name, error=type(error).__name__)
                        continue
                    log.error("a chore failed", chore=name, exc_info=error)
                self._done_at[name] = self._clock.now()

    def _is_due(self, name: str) -> bool:
        done_at = self._done_at.get(name)
        if done_at is None or name in self._at_each_tick:
            return True
        return abs(self._clock.now() - done_at) >= EVERY

    async def _forget(self, forget: ForgetBatch, kept: timedelta) -> None:
        for _ in range(BATCHES_MAX):
            async with self._database.write() as db:
                gone = await forget(db, self._clock.now() - kept)
            if not gone:
                return

"""When we are woken: APScheduler's steady tick, and a watchdog for clocks that jump.

APScheduler 3.11, as its source has it: `misfire_grace_time=None` runs a job however late it is
(`run_coroutine_job` compares only where it is not None), and `coalesce` keeps the last of the run
times that were missed. But `_get_run_times` lists every one of them first, and the next wake-up
is reckoned by the wall clock: set back an hour, it sleeps for an hour. So our trigger knows no
missed times, and the watchdog, which lives by monotonic time alone, sets the scheduler right.
"""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

TICK_S = 30
WATCH_S = 10
SILENT_MAX_S = 45  # between two ticks; with WATCH_S under the minute within which we notice
JUMP_MIN_S = 2.0  # less is a clock that is being slewed

log = structlog.get_logger("waking")


class Every(BaseTrigger):  # type: ignore[misc]
    """So many seconds from now, however long ago the last time was."""

    def __init__(self, seconds: int) -> None:
        self._interval = timedelta(seconds=seconds)

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        return now + self._interval


class Jumps:
    """Tells when a clock has moved otherwise than time did."""

    def __init__(self, *clocks: Callable[[], datetime], monotonic: Callable[[], float]) -> None:
        self._clocks = clocks
        self._monotonic = monotonic
        self._offsets = self._read()

    def happened(self) -> bool:
        """Whether one of the clocks jumped since the last look."""
        before, self._offsets = self._offsets, self._read()
        moves = (abs(now - was) for now, was in zip(self._offsets, before, strict=True))
        return any(move >= JUMP_MIN_S for move in moves)

    def _read(self) -> tuple[float, ...]:
        monotonic = self._monotonic()
        return tuple(clock().timestamp() - monotonic for clock in self._clocks)


class Ring(Protocol):
    """Wakes everybody; `anew`: they look also at what they have looked at before."""

    def __call__(self, *, anew: bool = False) -> None: ...


class Waking:
    """Rings every `TICK_S` seconds of real time, and soon after a clock has jumped."""

    def __init__(
        self,
        ring: Ring,
        business_now: Callable[[], datetime],
        *,
        wall_now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        watch_s: float = WATCH_S,
    ) -> None:
        self._ring = ring
        self._monotonic = monotonic
        self._watch_s = watch_s
        self._jumps = Jumps(wall_now, business_now, monotonic=monotonic)
        self._rung_at = monotonic()

    async def run(self) -> None:
        """Until it is cancelled."""
        scheduler = AsyncIOScheduler(timezone=UTC)
        scheduler.add_job(
            self._tick,
            Every(TICK_S),
            id="tick",
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
        scheduler.start()
        try:
            while True:
                await asyncio.sleep(self._watch_s)
                if self._is_wrong():
                    self._rung_at = self._monotonic()
                    self._ring(anew=True)
                    # Its next time may lie an hour ahead, by a clock that was set back.
                    scheduler.modify_job(
                        "tick", next_run_time=datetime.now(UTC) + timedelta(seconds=TICK_S)
                    )
        finally:
            scheduler.shutdown(wait=False)

    def _is_wrong(self) -> bool:
        if self._jumps.happened():
            log.warning("a clock has jumped")
            return True
        silent_s = self._monotonic() - self._rung_at
        if silent_s > SILENT_MAX_S:
            log.error("the tick is late", silent_s=round(silent_s))
            return True
        return False

    async def _tick(self) -> None:
        self._rung_at = self._monotonic()
        self._ring()

"""Business time that can be moved ahead: the demo's clock, and the journey through its days."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loyalty.calendar import instant_of
from scheduler.clock import Clock, SystemClock

NOON = time(12)
JOURNEY_DAYS_MAX = 400  # a year and what a birthday greeted early or late may add


class MovableClock:
    """The machine's clock, so much ahead; real time goes on between the moves."""

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        self._ahead = timedelta()

    def now(self) -> datetime:
        return self._base.now() + self._ahead

    def timestamp(self) -> float:
        """Unix time, as Telegram dates its messages."""
        return self.now().timestamp()

    def move_to(self, moment: datetime) -> None:
        """Moves ahead; a moment that has passed is left alone, business time never goes back."""
        self._ahead += max(moment - self.now(), timedelta())


@dataclass(frozen=True)
class Progress:
    """How far a journey is."""

    now: datetime
    step: int
    steps: int


class TooFar(ValueError):
    """The moment lies further ahead than one journey goes."""


def stops(start: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Every noon of the business between the two, then the end.

    What is sent by day only is due at each of them, at whatever hour the journey begins.
    """
    day = start.astimezone(zone).date()
    while True:
        noon = instant_of(day, NOON, zone)
        if noon >= end:
            break
        if noon > start:
            yield noon
        day += timedelta(days=1)
    yield end


class Journey:
    """Moves the clock day by day, each once the bot has done what the last one brought."""

    def __init__(
        self, clock: MovableClock, zone: ZoneInfo, settle: Callable[[], Awaitable[None]]
    ) -> None:
        self._clock = clock
        self.zone = zone
        self._settle = settle
        self._stopping = False
        self._running = asyncio.Lock()
        self.progress: Progress | None = None
        self.on_progress: Callable[[], None] = lambda: None

    def stop(self) -> None:
        """Ends the journey after the step that is being made."""
        self._stopping = True

    async def to(self, moment: datetime) -> None:
        """Travels there; while one journey is on, another is not begun. Raises `TooFar`."""
        if self._running.locked():
            return
        start = self._clock.now()
        if moment - start > timedelta(days=JOURNEY_DAYS_MAX):
            raise TooFar(moment)
        async with self._running:
            self._stopping = False
            all_stops = list(stops(start, moment.astimezone(UTC), self.zone))
            try:
                for step, stop in enumerate(all_stops, start=1):
                    self._clock.move_to(stop)
                    self._tell(Progress(stop, step, len(all_stops)))
                    await self._settle()
                    if self._stopping:
                        break
            finally:
                self._tell(None)

    def _tell(self, progress: Progress | None) -> None:
        self.progress = progress
        self.on_progress()

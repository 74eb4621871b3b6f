"""The inbox: updates are committed raw, then handled in the order of their chats.

A failure of the place (locked, cut off) is tried again until it passes. A failure of the work is
tried three times, then parked: the person gets an apology, the owner an alert, the others flow.
"""

import asyncio
import traceback
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import structlog

from bot import waypoints
from bot.arrivals import NotAnUpdate, arrival
from bot.throttle import Throttle
from scheduler.clock import Clock
from storage import inbox as rows
from storage.database import Database
from storage.failures import is_passing
from storage.inbox import Arrival, Waiting
from storage.outbox import Letter

LOADED_MAX = 2_000  # updates held in memory
PAGE_MAX = 500
ATTEMPTS_MAX = 3
RETRY_PAUSES_S = (0.5, 2.0)  # before the second and the third attempt: parked within 10 s
PASSING_PAUSES_S = (0.05, 0.2, 0.5, 1.0, 2.0)
TRACEBACK_CHARS_MAX = 8_000
REMEMBERED_HOURS = 48

log = structlog.get_logger("inbox")

Handle = Callable[[Waiting], Awaitable[list[Letter]]]
Park = Callable[[Waiting, str, BaseException], Awaitable[list[Letter]]]


class UpdateUnreadable(Exception):
    """The stored update is none that can be parsed: no second attempt will change that."""


class Inbox:
    """Stores what arrives and hands it on, chat by chat."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        handle: Handle,
        park: Park,
        offer: Callable[[Sequence[Letter]], None],
        throttle: Throttle,
        waypoint: waypoints.Waypoint,
        workers: int,
    ) -> None:
        self._database = database
        self._clock = clock
        self._handle = handle
        self._park = park
        self._offer = offer
        self._throttle = throttle
        self._waypoint = waypoint
        self._workers = workers
        self._storing = asyncio.Lock()
        self._chats: dict[int, deque[Waiting]] = {}
        self._ready: asyncio.Queue[int] = asyncio.Queue()
        self._loaded = 0
        self._last_id = 0
        self._behind = True  # the database may hold more than memory does
        self._more = asyncio.Event()
        self._stopping = False
        self._failures: dict[int, int] = {}  # passing ones in a row, by row

    @property
    def is_idle(self) -> bool:
        """Nothing waits, in memory or in the database."""
        return self._loaded == 0 and not self._behind

    async def receive(self, updates: Sequence[Mapping[str, Any]]) -> None:
        """Returns once all of them are committed; only then may Telegram be told so."""
        arrivals = [made for update in updates if (made := self._accept(update)) is not None]
        if not arrivals:
            return
        async with self._storing:
            async with self._database.write() as db:
                stored = await rows.store(db, arrivals, self._clock.now())
                self._waypoint(waypoints.STORING)
            self._waypoint(waypoints.STORED)
            if stored:
                self._take_in(stored)

    def _accept(self, update: Mapping[str, Any]) -> Arrival | None:
        try:
            made = arrival(update)
        except NotAnUpdate:
            log.error("not an update", keys=sorted(map(str, update))[:5])
            return None
        return made if self._throttle.admits(made.order_key) else None

    def _take_in(self, stored: Sequence[Waiting]) -> None:
        if self._behind or self._loaded + len(stored) > LOADED_MAX:
            self._behind = True
            self._more.set()
            return
        for row in stored:
            self._enqueue(row)

    def _enqueue(self, row: Waiting) -> None:
        self._last_id = max(self._last_id, row.id)
        self._loaded += 1
        chat = self._chats.get(row.order_key)
        if chat is None:
            self._chats[row.order_key] = deque([row])
            self._ready.put_nowait(row.order_key)
        else:
            chat.append(row)

    async def run(self) -> None:
        """Handles updates until `stop`; what is not handled by then stays in the database."""
        async with asyncio.TaskGroup() as tasks:
            feeder = tasks.create_task(self._feed())
            workers = [tasks.create_task(self._work()) for _ in range(self._workers)]
            await asyncio.gather(*workers)
            feeder.cancel()

    def stop(self) -> None:
        """Lets every worker finish the update it has begun."""
        self._stopping = True
        for _ in range(self._workers):
            self._ready.put_nowait(0)

    async def _feed(self) -> None:
        while True:
            if self._behind and self._loaded <= LOADED_MAX - PAGE_MAX:
                try:
                    await self._load_page()
                except Exception as error:
                    if not is_passing(error):
                        raise
                    log.warning("inbox cannot be read", error=type(error).__name__)
                    await asyncio.sleep(1)
                continue
            self._more.clear()
            await self._more.wait()

    async def _load_page(self) -> None:
        async with self._storing:
            async with self._database.read() as db:
                page = await rows.waiting(db, after_id=self._last_id, limit=PAGE_MAX)
            for row in page:
                self._enqueue(row)
            self._behind = len(page) == PAGE_MAX

    async def _work(self) -> None:
        while True:
            key = await self._ready.get()
            if self._stopping:
                return
            chat = self._chats.get(key)
            if chat is None:
                continue
            pause_s = await self._attempt(chat[0])
            if pause_s is not None:
                asyncio.get_running_loop().call_later(pause_s, self._ready.put_nowait, key)
                continue
            chat.popleft()
            self._loaded -= 1
            if chat:
                self._ready.put_nowait(key)  # behind the other chats: nobody keeps the line
            else:
                del self._chats[key]
            if self._behind:
                self._more.set()

    async def _attempt(self, row: Waiting) -> float | None:
        """None when the update is done with, else the seconds after which to try it again."""
        try:
            letters = await self._handle(row)
        except Exception as error:
            if is_passing(error):
                return self._passing_pause(row, error)
            return await self._failed(row, error)
        self._failures.pop(row.id, None)
        self._waypoint(waypoints.COMMITTED)
        self._offer(letters)
        return None

    def _passing_pause(self, row: Waiting, error: BaseException) -> float:
        failures = self._failures.get(row.id, 0)
        self._failures[row.id] = failures + 1
        log.warning("the database did not answer", error=type(error).__name__, row=row.id)
        return PASSING_PAUSES_S[min(failures, len(PASSING_PAUSES_S) - 1)]

    async def _failed(self, row: Waiting, error: Exception) -> float | None:
        attempts = row.attempts + 1
        trace = "".join(traceback.format_exception(error))[-TRACEBACK_CHARS_MAX:]
        log.error("handling failed", row=row.id, attempt=attempts, exc_info=error)
        try:
            if isinstance(error, UpdateUnreadable) or attempts >= ATTEMPTS_MAX:
                self._offer(await self._park(row, trace, error))
                return None
            async with self._database.write() as db:
                await rows.note_failure(
                    db, row.id, attempts=attempts, traceback=trace, parked_at=None
                )
        except Exception as second:
            if not is_passing(second):
                raise
            return self._passing_pause(row, second)
        self._chats[row.order_key][0] = Waiting(row.id, row.order_key, row.raw, attempts)
        return RETRY_PAUSES_S[attempts - 1]

    async def forget(self) -> None:
        """Deletes what was done 48 hours ago; a restarted id may then come again."""
        async with self._database.write() as db:
            await rows.forget(db, self._clock.now() - timedelta(hours=REMEMBERED_HOURS))

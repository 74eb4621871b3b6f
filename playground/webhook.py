"""Delivery of updates to the bot's webhook."""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import orjson

from playground.schema import JSON
from playground.updates import Pending, UpdateQueue

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
CONNECTIONS_DEFAULT = 40
CONNECTIONS_MAX = 100
RESPONSE_BYTES_MAX = 1024 * 1024


@dataclass(frozen=True, slots=True)
class RetryPause:
    """How long a failed delivery rests: longer each time."""

    first_s: float = 1.0
    factor: float = 2.0
    longest_s: float = 60.0
    timeout_s: float = 60.0  # of one delivery


@dataclass(slots=True)
class Target:
    """Where the updates go."""

    url: str
    secret: str | None = None
    connections_max: int = CONNECTIONS_DEFAULT
    last_error_at: int | None = None
    last_error: str | None = None
    lanes: dict[int, deque[Pending]] = field(default_factory=dict)
    ready: deque[int] = field(default_factory=deque)
    running: set[asyncio.Task[None]] = field(default_factory=set)


class Webhook:
    """Posts updates until each is answered 2xx; those of one chat one after another."""

    def __init__(self, updates: UpdateQueue, pause: RetryPause) -> None:
        self.pause = pause
        self.target: Target | None = None
        # Performs the method that a bot may put into its answer.
        self.on_answer: Callable[[JSON], Awaitable[None]] | None = None
        self._updates = updates
        self._session: aiohttp.ClientSession | None = None

    @property
    def is_set(self) -> bool:
        return self.target is not None

    async def set(self, target: Target) -> None:
        """Starts delivering to an address, beginning with all that waits."""
        await self.unset()
        target.lanes.clear()
        target.ready.clear()
        self.target = target
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self.pause.timeout_s)
            )
        self._updates.on_push = self._pushed
        for pending in list(self._updates.waiting()):
            self._pushed(pending)

    async def unset(self) -> None:
        """Stops delivering; what was not confirmed stays in the queue."""
        target, self.target = self.target, None
        self._updates.on_push = None
        if target is not None:
            for task in target.running:
                task.cancel()
            await asyncio.gather(*target.running, return_exceptions=True)

    async def close(self) -> None:
        await self.unset()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _pushed(self, pending: Pending) -> None:
        target = self.target
        assert target is not None
        lane = target.lanes.get(pending.chat_id)
        if lane is not None:
            lane.append(pending)
            return
        target.lanes[pending.chat_id] = deque([pending])
        target.ready.append(pending.chat_id)
        self._start_lanes(target)

    def _start_lanes(self, target: Target) -> None:
        loop = asyncio.get_running_loop()
        while target.ready and len(target.running) < target.connections_max:
            task = loop.create_task(self._run_lane(target, target.ready.popleft()))
            target.running.add(task)
            task.add_done_callback(lambda done: self._lane_ended(target, done))

    def _lane_ended(self, target: Target, task: asyncio.Task[None]) -> None:
        target.running.discard(task)
        if target is self.target:
            self._start_lanes(target)

    async def _run_lane(self, target: Target, chat_id: int) -> None:
        lane = target.lanes[chat_id]
        while lane:
            await self._deliver(target, lane[0])
            self._updates.confirmed(lane.popleft())
        del target.lanes[chat_id]

    async def _deliver(self, target: Target, pending: Pending) -> None:
        pause_s = self.pause.first_s
        while True:
            problem = await self._post(target, pending)
            if problem is None:
                return
            target.last_error, target.last_error_at = problem, int(time.time())
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * self.pause.factor, self.pause.longest_s)

    async def _post(self, target: Target, pending: Pending) -> str | None:
        """Returns None if the update was taken, else what went wrong."""
        assert self._session is not None
        headers = {"Content-Type": "application/json"}
        if target.secret:
            headers[SECRET_HEADER] = target.secret
        try:
            async with self._session.post(
                target.url, data=pending.body, headers=headers, allow_redirects=False
            ) as response:
                if not 200 <= response.status < 300:
                    return f"Wrong response from the webhook: {response.status} {response.reason}"
                answer = await response.content.read(RESPONSE_BYTES_MAX)
        except TimeoutError:
            return "Read timeout expired"
        except aiohttp.ClientConnectorError:
            return "Connection refused"
        except (aiohttp.ClientError, OSError):
            return "Connection reset by peer"
        await self._perform(answer)
        return None

    async def _perform(self, answer: bytes) -> None:
        if self.on_answer is None or not answer.strip():
            return
        try:
            wanted = orjson.loads(answer)
        except orjson.JSONDecodeError:
            return
        if isinstance(wanted, dict) and isinstance(wanted.get("method"), str):
            await self.on_answer(wanted)

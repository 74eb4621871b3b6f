"""The one sender: takes letters off the outbox, keeps the pace, marks what was sent.

A letter is marked before the next one of its chat goes out, and at most `SEND_IN_FLIGHT_MAX` are
sent but unmarked: so a crash repeats at most one message a chat, and so many in all.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

import structlog

from bot import waypoints
from bot.delivery.calls import Call, CallMaker
from bot.delivery.loading import Loading
from bot.delivery.marking import Marking
from bot.delivery.outcomes import (
    TOKEN_REVOKED_CODE,
    Verdict,
    verdict,
    wants_plain_text,
)
from bot.delivery.pace import Limits, Pace
from bot.delivery.queues import Queues
from bot.telegram import (
    Telegram,
    TelegramRefused,
    TelegramUnanswered,
    TelegramUnreachable,
    TokenRevoked,
)
from operations.sending import Later, Send, Skip
from scheduler.clock import Clock
from storage import outbox
from storage.database import Database
from storage.failures import is_passing
from storage.outbox import Lane, Letter

SEND_IN_FLIGHT_MAX = 32
CALLBACK_LATE_S = 120.0  # Telegram forgets a tap after 150 s
UNANSWERED_MAX = 2  # a letter that may have been taken twice is not sent a third time
DOWN_PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
DRAIN_S = 5.0

log = structlog.get_logger("delivery")

Check = Callable[[Letter], Awaitable[Send | Later | Skip]]


class Delivery:
    """Sends what the outbox holds."""

    def __init__(
        self,
        database: Database,
        telegram: Telegram,
        clock: Clock,
        *,
        make_call: CallMaker,
        check: Check,
        limits: Limits,
        waypoint: waypoints.Waypoint,
    ) -> None:
        self._database = database
        self._telegram = telegram
        self._make_call = make_call
        self._check = check
        self._queues = Queues(limits)
        self._pace = Pace(limits)
        self._waypoint = waypoint
        self._in_flight = 0
        self._down_since: float | None = None
        self._changed = asyncio.Event()
        self._loading = Loading(database, clock, self._queues, changed=self._changed.set)
        self._marking = Marking(database, clock, marked=self._marked, waypoint=waypoint)
        self._stopping = False
        self._tasks: asyncio.TaskGroup
        self._sends: set[asyncio.Task[None]] = set()

    @property
    def is_idle(self) -> bool:
        """Memory mirrors the outbox, and nothing of it waits."""
        return self._queues.is_empty and not self._loading.is_behind and self._marking.is_idle

    def wake(self) -> None:
        """Look into the outbox again: business time has moved."""
        self._loading.wake()

    def offer(self, letters: Sequence[Letter]) -> None:
        """Letters that were just committed."""
        self._loading.offer(letters)

    async def run(self) -> None:
        """Delivers until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            sweeper = tasks.create_task(self._loading.run())
            marker = tasks.create_task(self._marking.run())
            await self._pump()
            await self._drain()
            sweeper.cancel()
            marker.cancel()

    def stop(self) -> None:
        """Begins nothing new; what is in flight is waited for and marked."""
        self._stopping = True
        self._changed.set()

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(DRAIN_S):
                while self._in_flight:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            log.warning("stopped with letters in flight", letters=self._in_flight)
            for send in self._sends:
                send.cancel()

    # -- from memory to Telegram

    async def _pump(self) -> None:
        while not self._stopping:
            if self._down_since is not None:
                await self._until_telegram_answers()
                continue
            now = self._now()
            letter, wait_s = self._choose(now)
            if letter is not None:
                self._in_flight += 1
                send = self._tasks.create_task(self._deliver(letter))
                self._sends.add(send)
                send.add_done_callback(self._sends.discard)
                continue
            self._changed.clear()
            try:
                async with asyncio.timeout(wait_s):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _choose(self, now: float) -> tuple[Letter | None, float | None]:
        """The next letter, or for how long at the most there will be none."""
        if self._in_flight >= SEND_IN_FLIGHT_MAX:
            return None, None
        callback = self._queues.pop_callback()
        if callback is not None:
            return callback, 0
        if not self._queues.has_ready(now):
            at = self._queues.next_at()
            return None, None if at is None else max(0.001, at - now)
        delay_s = self._pace.delay_s(now)
        if delay_s > 0:
            return None, delay_s
        self._pace.take(now)
        return self._queues.pop(now), 0

    async def _deliver(self, letter: Letter) -> None:
        try:
            decision = await self._check(letter)
            if isinstance(decision, Later):
                await self._postpone(letter, decision)
                return
            if isinstance(decision, Skip):
                self._marking.finish(letter, Verdict("skipped", decision.reason))
                return
            if self._is_late(letter):
                self._marking.finish(letter, Verdict("skipped", "too-late"))
                return
            call = await self._make_call.make(letter)
        except Exception as error:
            if is_passing(error):
                self._put_back(letter, 1.0)
                return
            log.error("a letter cannot be made", letter=letter.id, exc_info=error)
            self._marking.finish(letter, Verdict("failed", "unrenderable"))
            return
        await self._send(letter, call)

    async def _send(self, letter: Letter, call: Call) -> None:
        self._waypoint(waypoints.SENDING)
        try:
            result = await self._telegram.call(call.method, call.fields, files=call.files)
        except TelegramRefused as refusal:
            await self._refused(letter, call, refusal)
        except TelegramUnreachable as error:
            self._went_down(str(error))
            self._put_back(letter, 0)
        except TelegramUnanswered as error:
            await self._unanswered(letter, str(error))
        else:
            self._waypoint(waypoints.SENT)
            self._marking.finish(letter, Verdict("sent"), _message_id(result))

    async def _refused(self, letter: Letter, call: Call, refusal: TelegramRefused) -> None:
        if refusal.code == TOKEN_REVOKED_CODE:
            raise TokenRevoked
        if refusal.retry_after_s is not None:
            log.warning("too many requests", retry_after_s=refusal.retry_after_s)
            self._put_back(letter, float(refusal.retry_after_s))
        elif wants_plain_text(refusal) and "parse_mode" in call.fields:
            log.error("Telegram cannot read the markup", letter=letter.id, notice=letter.notice)
            await self._send(letter, call.as_plain_text())
        else:
            end = verdict(refusal)
            if end.status == "failed":
                log.error(
                    "refused",
                    letter=letter.id,
                    method=call.method,
                    code=refusal.code,
                    description=refusal.description,
                )
            self._marking.finish(letter, end)

    async def _unanswered(self, letter: Letter, reason: str) -> None:
        """It may have arrived: it is said once more at the most, and only when Telegram is well."""
        attempts = letter.attempts + 1
        if attempts >= UNANSWERED_MAX:
            log.error("no answer, twice", letter=letter.id)
            self._went_down(reason)
            self._marking.finish(letter, Verdict("failed", "unanswered"))
            return
        again = await self._remember_attempt(letter, attempts)
        self._went_down(reason)
        self._put_back(again, 0)

    async def _remember_attempt(self, letter: Letter, attempts: int) -> Letter:
        try:
            async with self._database.write() as db:
                await outbox.note_attempts(db, letter.id, attempts)
        except Exception as error:
            if not is_passing(error):
                raise
        return replace(letter, attempts=attempts)

    async def _until_telegram_answers(self) -> None:
        failures = 0
        while self._down_since is not None and not self._stopping:
            pause_s = DOWN_PAUSES_S[min(failures, len(DOWN_PAUSES_S) - 1)]
            self._changed.clear()
            try:
                async with asyncio.timeout(pause_s):
                    while not self._stopping:
                        await self._changed.wait()
                        self._changed.clear()
                return
            except TimeoutError:
                failures += 1
            try:
                await self._telegram.call("getMe", timeout_s=10)
            except TelegramRefused:
                self._down_since = None
            except (TelegramUnreachable, TelegramUnanswered):
                continue
            else:
                self._down_since = None
        log.info("Telegram answers again")

    def _went_down(self, reason: str) -> None:
        if self._down_since is None:
            log.warning("Telegram does not answer", reason=reason)
            self._down_since = self._now()

    # -- the end of a letter

    def _marked(self, letters: Sequence[Letter]) -> None:
        now = self._now()
        for letter in letters:
            self._loading.forget(letter)
            self._queues.release(letter, now)
        self._in_flight -= len(letters)
        self._changed.set()

    async def _postpone(self, letter: Letter, decision: Later) -> None:
        async with self._database.write() as db:
            await outbox.postpone(db, letter.id, decision.until)
        self._queues.release(letter, self._now())
        self._in_flight -= 1
        self._changed.set()

    def _put_back(self, letter: Letter, pause_s: float) -> None:
        now = self._now()
        if letter.lane is Lane.CALLBACK:
            self._queues.return_callback(letter)
        else:
            self._queues.put_back(letter, now, not_before=now + pause_s)
        self._in_flight -= 1
        self._changed.set()

    def _is_late(self, letter: Letter) -> bool:
        return self._loading.loaded_for_s(letter) > CALLBACK_LATE_S

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _message_id(result: object) -> int | None:
    if isinstance(result, Mapping):
        found = result.get("message_id")
        return found if isinstance(found, int) else None
    return None

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
from bot.delivery.outcomes import (
    TOKEN_REVOKED_CODE,
    Verdict,
    verdict,
    wants_plain_text,
)
from bot.delivery.pace import Limits, Pace
from bot.delivery.queues import LOADED_MAX, Queues
from bot.telegram import Telegram, TelegramRefused, TelegramUnanswered, TelegramUnreachable
from operations.sending import Later, Send, Skip
from scheduler.clock import Clock
from storage import outbox, people
from storage.database import Database
from storage.failures import is_passing
from storage.outbox import Lane, Letter, Mark

SEND_IN_FLIGHT_MAX = 32
PAGE_MAX = 500
SWEEP_EVERY_S = 5.0
CALLBACK_LATE_S = 120.0  # Telegram forgets a tap after 150 s
UNANSWERED_MAX = 2  # a letter that may have been taken twice is not sent a third time
DOWN_PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
DRAIN_S = 5.0

log = structlog.get_logger("delivery")

Check = Callable[[Letter], Awaitable[Send | Later | Skip]]


class TokenRevoked(Exception):
    """Telegram knows the token no more; nothing works until the owner sets a new one."""


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
        self._clock = clock
        self._make_call = make_call
        self._check = check
        self._queues = Queues(limits)
        self._pace = Pace(limits)
        self._waypoint = waypoint
        self._in_flight = 0
        self._cursor = dict.fromkeys(Lane, 0)
        self._behind = dict.fromkeys(Lane, True)
        self._loaded_at: dict[int, float] = {}  # callbacks: when they came in
        self._marks: list[tuple[Letter, Mark, bool]] = []
        self._down_since: float | None = None
        self._changed = asyncio.Event()
        self._marks_added = asyncio.Event()
        self._sweep_now = asyncio.Event()
        self._stopping = False
        self._tasks: asyncio.TaskGroup
        self._sends: set[asyncio.Task[None]] = set()

    @property
    def is_idle(self) -> bool:
        """Memory mirrors the outbox, and nothing of it waits."""
        return self._queues.is_empty and not any(self._behind.values()) and not self._marks

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
        self._changed.set()

    async def run(self) -> None:
        """Delivers until `stop`."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            sweeper = tasks.create_task(self._sweep())
            marker = tasks.create_task(self._write_marks())
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

    # -- from the outbox into memory

    async def _sweep(self) -> None:
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
        self._changed.set()

    def _note_loaded(self, letter: Letter, now: float) -> None:
        if letter.lane is Lane.CALLBACK:
            self._loaded_at[letter.id] = now

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
                self._finish(letter, Verdict("skipped", decision.reason))
                return
            if self._is_late(letter):
                self._finish(letter, Verdict("skipped", "too-late"))
                return
            call = await self._make_call.make(letter)
        except Exception as error:
            if is_passing(error):
                self._put_back(letter, 1.0)
                return
            log.error("a letter cannot be made", letter=letter.id, exc_info=error)
            self._finish(letter, Verdict("failed", "unrenderable"))
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
            self._finish(letter, Verdict("sent"), _message_id(result))

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
            self._finish(letter, end)

    async def _unanswered(self, letter: Letter, reason: str) -> None:
        """It may have arrived: it is said once more at the most, and only when Telegram is well."""
        attempts = letter.attempts + 1
        if attempts >= UNANSWERED_MAX:
            log.error("no answer, twice", letter=letter.id)
            self._went_down(reason)
            self._finish(letter, Verdict("failed", "unanswered"))
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

    def _finish(self, letter: Letter, end: Verdict, message_id: int | None = None) -> None:
        mark = Mark(letter.id, end.status, end.reason, message_id, letter.attempts + 1)
        self._marks.append((letter, mark, end.unreachable))
        self._marks_added.set()

    async def _write_marks(self) -> None:
        while True:
            await self._marks_added.wait()
            self._marks_added.clear()
            batch = self._marks[:]
            try:
                await asyncio.shield(self._commit_marks(batch))
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("marks wait for the database", marks=len(batch))
                await asyncio.sleep(0.2)
                self._marks_added.set()
                continue
            self._waypoint(waypoints.MARKED)
            del self._marks[: len(batch)]
            now = self._now()
            for letter, _, _ in batch:
                self._loaded_at.pop(letter.id, None)
                self._queues.release(letter, now)
            self._in_flight -= len(batch)
            self._changed.set()

    async def _commit_marks(self, batch: Sequence[tuple[Letter, Mark, bool]]) -> None:
        async with self._database.write() as db:
            now = self._clock.now()
            await outbox.mark(db, [mark for _, mark, _ in batch], now)
            for letter, _, unreachable in batch:
                if unreachable:
                    await people.note_unreachable(db, letter.chat_id, now)

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
        since = self._loaded_at.get(letter.id)
        return since is not None and self._now() - since > CALLBACK_LATE_S

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def _message_id(result: object) -> int | None:
    if isinstance(result, Mapping):
        found = result.get("message_id")
        return found if isinstance(found, int) else None
    return None

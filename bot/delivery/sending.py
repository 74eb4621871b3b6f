"""The one sender: takes letters off the outbox, keeps the pace, marks what was sent.

A letter is marked before the next one of its chat goes out, and at most `SEND_IN_FLIGHT_MAX` are
sent but unmarked: so a crash repeats at most one message a chat, and so many in all. Answers to
taps are no messages: they have a bound of their own, and wait for none of this.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

from bot import waypoints
from bot.delivery.calls import CallMaker
from bot.delivery.carrying import Carrying, Check
from bot.delivery.line import Line
from bot.delivery.loading import Loading
from bot.delivery.marking import Apologise, Marking
from bot.delivery.outcomes import Again, Done, Outcome, Postponed, Verdict
from bot.delivery.pace import Limits, Pace
from bot.delivery.queues import Queues
from bot.delivery.turn import Turn
from bot.delivery.waits import Waits
from bot.telegram import Telegram
from scheduler.clock import Clock
from storage import outbox
from storage.database import Database
from storage.failures import is_passing
from storage.outbox import File, Lane, Letter
from storage.sole_sender import SoleSender

SEND_IN_FLIGHT_MAX = 32
ADVERTS_IN_FLIGHT_MAX = 24  # the places that are left are for people who wait for a reply
CALLBACKS_IN_FLIGHT_MAX = 16
CALLBACK_LATE_S = 120.0  # Telegram forgets a tap after 150 s
DRAIN_S = 5.0
DATABASE_PAUSE_S = 1.0
WAIT_MIN_S = 0.001

log = structlog.get_logger("delivery")


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
        apologise: Apologise,
        others_write: Callable[[], bool],
        limits: Limits,
        waypoint: waypoints.Waypoint,
    ) -> None:
        self._database = database
        self._queues = Queues(limits)
        self._pace = Pace(limits)
        self._line = Line(telegram)
        self._turn = Turn(SoleSender(database))
        self._waits = Waits(database)
        self._changed = asyncio.Event()
        self._loading = Loading(database, clock, self._queues, changed=self._changed.set)
        self._marking = Marking(
            database,
            clock,
            marked=self._marked,
            more_may_come=lambda marks: others_write() or marks < sum(self._in_flight.values()),
            apologise=apologise,
            offer=self.offer,
            waypoint=waypoint,
        )
        self._carrying = Carrying(
            telegram,
            make_call=make_call,
            check=check,
            load_files=self._load_files,
            note_attempts=self._note_attempts,
            answered=self._line.answered,
            waypoint=waypoint,
        )
        self._in_flight = dict.fromkeys(Lane, 0)  # sent or being sent, and not yet marked
        self._stopping = asyncio.Event()
        self._tasks: asyncio.TaskGroup
        self._sends: set[asyncio.Task[None]] = set()

    @property
    def is_idle(self) -> bool:
        """Memory mirrors the outbox, and nothing of it waits."""
        return self._queues.is_empty and not self._loading.is_behind

    def wake(self) -> None:
        """Look into the outbox again: business time has moved."""
        self._loading.wake()

    def offer(self, letters: Sequence[Letter]) -> None:
        """Letters that were just committed."""
        self._loading.offer(letters)
        if any(self._queues.waits_for_release(letter.chat_id) for letter in letters):
            self._marking.hurry()

    async def run(self) -> None:
        """Delivers until `stop`, once no other process does.

        Raises:
            TokenRevoked: Telegram does not know the token.
            SenderTaken: another process sends now; what memory holds may be said already.
        """
        try:
            if await self._turn.comes_before(self._stopping):
                await self._deliver_all()
        finally:
            await self._turn.resign()

    async def _deliver_all(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            await self._recall_waits()
            loading = tasks.create_task(self._loading.run())
            marking = tasks.create_task(self._marking.run())
            turn = tasks.create_task(self._turn.is_kept())
            pump = tasks.create_task(self._pump())
            await self._stopping.wait()
            pump.cancel()
            loading.cancel()
            await self._drain()
            turn.cancel()
            marking.cancel()

    async def _recall_waits(self) -> None:
        while True:
            try:
                waits = await self._waits.left()
            except Exception as error:
                if not is_passing(error):
                    raise
                await asyncio.sleep(DATABASE_PAUSE_S)
                continue
            for chat_id, left_s in waits.items():
                self._queues.hold(chat_id, self._now(), not_before=self._now() + left_s)
            return

    def stop(self) -> None:
        """Begins nothing new; what is in flight is waited for and marked."""
        self._stopping.set()

    async def _drain(self) -> None:
        try:
            async with asyncio.timeout(DRAIN_S):
                await self._until_none_in_flight()
            return
        except TimeoutError:
            log.warning("stopped with letters in flight", letters=len(self._sends))
        for send in self._sends:
            send.cancel()
        # What Telegram took meanwhile must still be written down, or it is said again.
        await self._until_none_in_flight()

    async def _until_none_in_flight(self) -> None:
        while any(self._in_flight.values()):
            self._changed.clear()
            await self._changed.wait()

    # -- from memory to Telegram

    async def _pump(self) -> None:
        while True:
            if self._line.is_down:
                await self._line.until_up()
            self._changed.clear()
            found = self._next(self._now())
            if isinstance(found, Letter):
                self._begin(found)
                continue
            try:
                async with asyncio.timeout(found):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _next(self, now: float) -> Letter | float | None:
        """The letter to send, or for how many seconds at the most there will be none."""
        callbacks = self._in_flight[Lane.CALLBACK]
        if callbacks < CALLBACKS_IN_FLIGHT_MAX:
            callback = self._queues.pop_callback(now)
            if callback is not None:
                return callback
        adverts = self._in_flight[Lane.ADVERT]
        last = Lane.ADVERT if adverts < ADVERTS_IN_FLIGHT_MAX else Lane.SERVICE
        messages = sum(self._in_flight.values()) - callbacks
        most = 1 if self._line.is_in_doubt else SEND_IN_FLIGHT_MAX
        waits_s = []
        if messages < most and self._queues.has_ready(now, last):
            delay_s = self._pace.delay_s(now)
            if delay_s <= 0:
                self._pace.take(now)
                return self._queues.pop(now, last)
            waits_s.append(delay_s)
        at = self._queues.next_at()
        if at is not None:
            waits_s.append(at - now)
        return max(WAIT_MIN_S, min(waits_s)) if waits_s else None

    def _begin(self, letter: Letter) -> None:
        self._count(letter, +1)
        send = self._tasks.create_task(self._deliver(letter))
        self._sends.add(send)
        send.add_done_callback(self._sends.discard)

    async def _deliver(self, letter: Letter) -> None:
        try:
            outcome = await self._outcome(letter)
        except asyncio.CancelledError:
            # We are stopping, and this one hangs: it waits in the outbox.
            self._count(letter, -1)
            raise
        match outcome:
            case Done(verdict, message_id, is_untried):
                if is_untried:
                    self._pace.give_back()
                self._marking.finish(letter, verdict, message_id)
                if self._queues.waits_for_release(letter.chat_id):
                    self._marking.hurry()
            case Postponed(until):
                self._pace.give_back()
                self._marking.postpone(letter, until)
            case Again(pause_s, attempts, down, is_told):
                if down is not None:
                    self._line.fell(letter.id, down)
                now = self._now()
                letter = replace(letter, attempts=attempts)
                if is_told:
                    await self._waits.note(letter.chat_id, pause_s)
                self._queues.put_back(letter, now, not_before=now + pause_s)
                self._count(letter, -1)

    async def _outcome(self, letter: Letter) -> Outcome:
        is_tap = letter.lane is Lane.CALLBACK
        if is_tap and self._queues.callback_age_s(letter, self._now()) > CALLBACK_LATE_S:
            return Done(Verdict("skipped", "too-late"))
        return await self._carrying.carry(letter)

    def _marked(self, letters: Sequence[Letter]) -> None:
        now = self._now()
        for letter in letters:
            self._queues.release(letter, now)
            self._loading.released(letter)
            self._count(letter, -1)

    def _count(self, letter: Letter, by: int) -> None:
        self._in_flight[letter.lane] += by
        self._changed.set()

    async def _load_files(self, letter_id: int) -> tuple[File, ...]:
        async with self._database.read() as db:
            return await outbox.files(db, letter_id)

    async def _note_attempts(self, letter_id: int, attempts: int) -> None:
        async with self._database.write() as db:
            await outbox.note_attempts(db, letter_id, attempts)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

"""One job's rounds: everything that is due, each in one transaction of its own."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Hashable, Sequence
from functools import partial
from typing import Any, TypeVar

import structlog

from loyalty.programme import Programme
from operations.due import SUBJECT_FIRST, Due, DuePage, NotDueNow
from operations.in_force import InForce, as_in_force
from operations.owners import tell_owners
from operations.refused import record_refusal
from operations.transaction import Tx
from scheduler.clock import Clock
from scheduler.jobs import Act, FindDue, Job, ReadFirst, Together
from storage import job_claims
from storage.database import Database
from storage.failures import is_passing
from storage.outbox import Letter
from templates.jobs import JobFailed

PAGE_MAX = 100
PASSING_PAUSES_S = (0.05, 0.2, 0.5, 1.0, 2.0)  # then the round is left to the next tick
FAILED_PAUSES_S = (60.0, 300.0, 900.0, 3600.0)  # before a subject that failed is tried again
FAILED_REMEMBERED_MAX = 1_000
PROGRESS_EVERY_S = 10.0
FINISH_S = 5.0  # what has been begun may take, once we are told to stop

log = structlog.get_logger("jobs")

T = TypeVar("T")
Offer = Callable[[Sequence[Letter]], None]


_LOOKING = Due(0, "looking")  # stands for the query of what is due, should it fail


class _PlaceFails(Exception):
    """The database does not answer: nobody's fault, and no reason to go on now."""


class Round:
    """Looks what is due of one job, and does it."""

    def __init__(
        self,
        job: Job,
        database: Database,
        clock: Clock,
        programme: Programme | InForce,
        owner_ids: Collection[int],
        offer: Offer,
        *,
        acting: Callable[[], None] = lambda: None,
        acted: Callable[[], None] = lambda: None,
    ) -> None:
        """`acting` is called before each commit of what was due, `acted` right after it."""
        self.job = job
        self._acting = acting
        self._acted = acted
        self._database = database
        self._clock = clock
        self._in_force = as_in_force(programme)
        self._owner_ids = owner_ids
        self._offer = offer
        self._rung = asyncio.Event()
        self._rung.set()
        self._turn = asyncio.Lock()
        self._epoch: Hashable | None = None
        self._failed: dict[Due, tuple[int, float]] = {}  # how often; not before, monotonic

    def ring(self, *, anew: bool = False) -> None:
        """Look now; `anew`: at everything, whatever was looked at before."""
        if anew:
            self._epoch = None
        self._rung.set()

    async def run(self) -> None:
        """A round whenever it is rung, until it is cancelled."""
        while True:
            await self._rung.wait()
            self._rung.clear()
            await self.go()

    async def go(self, *, anew: bool = False) -> None:
        """One round. What cannot be done now is left to the next one."""
        async with self._turn:
            if anew:
                self._epoch = None
                self._failed.clear()
            if self._is_resting(_LOOKING):
                return
            try:
                await self._round()
            except _PlaceFails:
                self._epoch = None
                log.warning("left to the next tick", job=self.job.name)
            except Exception as error:
                await self._note_failure(_LOOKING, error)

    async def _round(self) -> None:
        epoch: Hashable | None = None
        if self.job.epoch is not None:
            epoch = self.job.epoch(self._clock.now(), self._in_force.programme)
            if epoch is None:
                return
            # A setting that was changed is a reason to look again.
            epoch = (epoch, self._in_force.version)
            if epoch == self._epoch:
                if self.job.meanwhile is not None:
                    await self._do_all(self.job.meanwhile)
                return
        left = await self._do_all(self.job.due)
        self._epoch = None if left else epoch

    async def _do_all(self, find: FindDue) -> int:
        """Everything that is found; how much of it had to be left, as others were at it."""
        act, left = self.job.act, 0
        progress = _Progress(self.job.name)
        after: int | None = SUBJECT_FIRST
        while after is not None:
            page = await self._read(find, after)
            found = [due for due in page.found if not self._is_resting(due)]
            if isinstance(act, Together):
                for first in range(0, len(found), act.subjects_max):
                    left += await self._do_together(act, found[first : first + act.subjects_max])
                    progress.made(len(found[first : first + act.subjects_max]))
            else:
                for due in found:
                    await self._persist(partial(self._do, act, due))
                    progress.made(1)
            after = page.after
        progress.ended()
        return left

    async def _read(self, find: FindDue, after: int) -> DuePage:
        limit = self.job.act.page_max if isinstance(self.job.act, Together) else PAGE_MAX

        async def read() -> DuePage:
            async with self._database.read() as db:
                programme = await self._in_force.refresh(db)
                return await find(Tx(db, self._clock.now(), programme), after, limit)

        return await self._persist(read)

    async def _persist(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Tries again while the database does not answer, for a little while."""
        for pause_s in PASSING_PAUSES_S:
            try:
                return await attempt()
            except Exception as error:
                if not is_passing(error):
                    raise
                log.warning("the database did not answer", error=type(error).__name__)
            await asyncio.sleep(pause_s)
        raise _PlaceFails

    # -- one subject

    async def _do(self, act: Act | ReadFirst[Any], due: Due) -> None:
        try:
            if isinstance(act, ReadFirst):
                act = await self._read_first(act, due)
            letters = await _finish(self._act(act, due))
        except NotDueNow as reason:
            log.info("not due now", job=self.job.name, subject=due.subject, reason=reason.reason)
        except Exception as error:
            if is_passing(error):
                raise
            await self._note_failure(due, error)
        else:
            self._failed.pop(due, None)
            self._offer(letters)

    async def _read_first(self, act: ReadFirst[T], due: Due) -> Act:
        async with self._database.read() as db:
            found = await act.read(Tx(db, self._clock.now(), self._in_force.programme), due)

        async def go_on(tx: Tx, due: Due) -> None:
            await act.act(tx, due, found)

        return go_on

    async def _act(self, act: Act, due: Due) -> list[Letter]:
        """The whole of it in one transaction; what it queued, if it was for us to do."""
        async with self._database.write() as db:
            tx = Tx(db, self._clock.now(), self._in_force.programme)
            name = self.job.name
            if await job_claims.claim(db, name, due.subject, due.period, tx.now):
                await act(tx, due)
                self._acting()
        self._acted()
        return tx.queued

    # -- several subjects

    async def _do_together(self, act: Together, some: Sequence[Due]) -> int:
        """All of them in one transaction; where one of them fails, it is found by halving."""
        try:
            letters, left = await self._persist(lambda: _finish(self._act_together(act, some)))
        except _PlaceFails:
            raise
        except Exception as error:
            if len(some) == 1:
                await self._note_failure(some[0], error)
                return 0
            middle = len(some) // 2
            halves = (some[:middle], some[middle:])
            return sum([await self._do_together(act, half) for half in halves])
        for due in some if self._failed else ():
            self._failed.pop(due, None)
        self._offer(letters)
        return left

    async def _act_together(self, act: Together, some: Sequence[Due]) -> tuple[list[Letter], int]:
        async with self._database.write() as db:
            tx = Tx(db, self._clock.now(), self._in_force.programme)
            left = await act.act(tx, some)
            self._acting()
        self._acted()
        return tx.queued, left

    def _is_resting(self, due: Due) -> bool:
        failed = self._failed.get(due)
        return failed is not None and time.monotonic() < failed[1]

    async def _note_failure(self, due: Due, error: Exception) -> None:
        """It does not stop the others; the owners hear of it once a day and job."""
        log.error(
            "failed", job=self.job.name, subject=due.subject, period=due.period, exc_info=error
        )
        times, _ = self._failed.pop(due, (0, 0.0))
        pause_s = FAILED_PAUSES_S[min(times, len(FAILED_PAUSES_S) - 1)]
        while len(self._failed) >= FAILED_REMEMBERED_MAX:
            del self._failed[next(iter(self._failed))]
        self._failed[due] = (times + 1, time.monotonic() + pause_s)
        try:
            self._offer(await _finish(self._alert(due, error)))
        except Exception as second:
            log.error("the owners cannot be told", job=self.job.name, exc_info=second)

    async def _alert(self, due: Due, error: Exception) -> list[Letter]:
        async with self._database.write() as db:
            tx = Tx(db, self._clock.now(), self._in_force.programme)
            alert = JobFailed(self.job.name, due.subject, type(error).__name__)
            await record_refusal(tx, error, actor=None)
            key = f"job:{self.job.name}:{tx.today}"
            await tell_owners(tx, alert, listed=self._owner_ids, key=key)
        return tx.queued


class _Progress:
    """Says now and then how far a long round has come."""

    def __init__(self, job: str) -> None:
        self._job = job
        self._done = 0
        self._began = self._said = time.monotonic()

    def made(self, subjects: int) -> None:
        self._done += subjects
        if time.monotonic() - self._said >= PROGRESS_EVERY_S:
            self._say("in progress")

    def ended(self) -> None:
        """Only a round that took long enough to be wondered about is spoken of."""
        if time.monotonic() - self._began >= PROGRESS_EVERY_S:
            self._say("done")

    def _say(self, event: str) -> None:
        self._said = time.monotonic()
        took_s = self._said - self._began
        per_s = round(self._done / took_s)
        log.info(event, job=self._job, subjects=self._done, per_s=per_s, took_s=round(took_s))


async def _finish(work: Coroutine[object, object, T]) -> T:
    """To its end even if we are cancelled meanwhile: a cancelled write may have committed."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait((task,), timeout=FINISH_S)
        if not task.cancel() and not task.cancelled() and task.exception() is not None:
            log.warning("failed while stopping", error=type(task.exception()).__name__)
        raise

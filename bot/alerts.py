"""What the owners must know about the running of the bot itself."""

from collections import deque
from collections.abc import Callable, Collection, Sequence
from datetime import date

from loyalty.calendar import business_day
from loyalty.programme import Programme
from operations.in_force import InForce, as_in_force
from operations.owners import tell_owners
from operations.transaction import Tx
from scheduler.clock import Clock
from storage.database import Database
from storage.outbox import Letter
from templates.owner import ConflictAlert, ErasureListAlert, PoisonAlert

HOUR_S = 3600.0
POISON_ALERTS_PER_HOUR_MAX = 5  # a fault that everybody meets must not bury the owner


class Alerts:
    """Queues alerts to the owners, few of a kind within an hour of real time."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        programme: Programme | InForce,
        owner_ids: Collection[int],
        *,
        offer: Callable[[Sequence[Letter]], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._database = database
        self._clock = clock
        self._in_force = as_in_force(programme)
        self._owner_ids = owner_ids
        self._offer = offer
        self._monotonic = monotonic
        self._conflict_told_at: float | None = None
        self._list_told_on: date | None = None
        self._poison_told_at: deque[float] = deque(maxlen=POISON_ALERTS_PER_HOUR_MAX)

    async def conflict(self) -> None:
        """Another process polls with our token: told once an hour, over restarts too."""
        now = self._monotonic()
        if self._conflict_told_at is not None and now - self._conflict_told_at < HOUR_S:
            return
        async with self._database.write() as db:
            tx = Tx(db, self._clock.now(), self._in_force.programme)
            hour = tx.now.strftime("%Y%m%d%H")
            await tell_owners(tx, ConflictAlert(), listed=self._owner_ids, key=f"409:{hour}")
        self._conflict_told_at = now
        self._offer(tx.queued)

    async def erasure_list(self, file: str, reason: str) -> None:
        """The list of erasures cannot be reached: told once a business day, over restarts too."""
        programme = self._in_force.programme
        today = business_day(self._clock.now(), programme.business.timezone)
        if today == self._list_told_on:
            return
        async with self._database.write() as db:
            tx = Tx(db, self._clock.now(), programme)
            alert = ErasureListAlert(file, reason)
            await tell_owners(tx, alert, listed=self._owner_ids, key=f"erasures:{today}")
        self._list_told_on = today
        self._offer(tx.queued)

    async def poison(self, tx: Tx, row_id: int, error_class: str) -> None:
        """An update was set aside, in this very transaction."""
        now = self._monotonic()
        told = self._poison_told_at
        if len(told) == POISON_ALERTS_PER_HOUR_MAX and now - told[0] < HOUR_S:
            return
        told.append(now)
        alert = PoisonAlert(update_id=row_id, error_class=error_class)
        await tell_owners(tx, alert, listed=self._owner_ids, key=f"poison:{row_id}")

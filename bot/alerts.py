"""What the owners must know about the running of the bot itself."""

from collections.abc import Callable, Collection, Sequence

from loyalty.programme import Programme
from operations.outgoing import notify, to_account
from operations.transaction import Tx
from scheduler.clock import Clock
from storage.database import Database
from storage.outbox import Letter
from templates.owner import ConflictAlert


class Alerts:
    """Queues alerts, each at most once an hour."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        programme: Programme,
        owner_ids: Collection[int],
        offer: Callable[[Sequence[Letter]], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._programme = programme
        self._owner_ids = owner_ids
        self._offer = offer

    async def conflict(self) -> None:
        """Another process polls with our token."""
        async with self._database.write() as db:
            tx = Tx(db, self._clock.now(), self._programme)
            hour = tx.now.strftime("%Y%m%d%H")
            for owner in self._owner_ids:
                await notify(
                    tx, await to_account(tx, owner), ConflictAlert(), key=f"409:{hour}:{owner}"
                )
        self._offer(tx.queued)

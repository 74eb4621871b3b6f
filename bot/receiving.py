"""What arrives is committed, raw, before anybody is told that it has arrived."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import structlog

from bot import waypoints
from bot.arrivals import NotAnUpdate, arrival
from bot.backlog import Backlog
from bot.throttle import NOBODYS_CHAT, Ruling, Throttle
from operations.in_force import InForce
from operations.outgoing import Lane, Recipient, notify, to_account
from operations.transaction import Tx
from scheduler.clock import Clock
from storage import inbox
from storage.database import Database
from storage.inbox import Arrival, Waiting
from storage.outbox import Letter
from templates.every_chat import TooFast

log = structlog.get_logger("inbox")


class Receiving:
    """Stores updates, whoever brings them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        in_force: InForce,
        *,
        backlog: Backlog,
        throttle: Throttle,
        offer: Callable[[Sequence[Letter]], None],
        waypoint: waypoints.Waypoint,
    ) -> None:
        self._database = database
        self._clock = clock
        self._in_force = in_force
        self._backlog = backlog
        self._throttle = throttle
        self._offer = offer
        self._waypoint = waypoint

    async def receive(self, updates: Sequence[Mapping[str, Any]], *, backlog: bool = False) -> None:
        """Returns once all of them are committed; only then may Telegram be told so.

        A `backlog`, which had piled up while nobody fetched, is no flood, however much it is.
        """
        arrivals = [made for update in updates if (made := _arrival(update)) is not None]
        if not arrivals:
            return
        async with self._backlog.turn:
            chats = [NOBODYS_CHAT if backlog else made.order_key for made in arrivals]
            ruling = self._throttle.rule(chats)
            admitted = [
                made for made, admits in zip(arrivals, ruling.admitted, strict=True) if admits
            ]
            stored: list[Waiting] = []
            if admitted or ruling.to_tell:
                stored = await self._store(admitted, ruling)
            self._throttle.enact(ruling, () if backlog else _repeats(admitted, stored))
            self._backlog.take_in(stored)

    async def _store(self, admitted: Sequence[Arrival], ruling: Ruling) -> list[Waiting]:
        tx: Tx | None = None
        try:
            async with self._database.write() as db:
                tx = Tx(db, self._clock.now(), self._in_force.programme)
                stored = await inbox.store(db, admitted, tx.now) if admitted else []
                for chat in ruling.to_tell:
                    await self._tell(tx, chat)
                self._waypoint(waypoints.STORING)
        except BaseException:
            # It may have been committed all the same: the table knows.
            self._backlog.doubt()
            raise
        self._waypoint(waypoints.STORED)
        self._offer(tx.queued)
        return stored

    async def _tell(self, tx: Tx, chat: int) -> None:
        log.warning("too many updates", chat=chat)
        if chat > 0:  # a person; a group is told nothing
            recipient = Recipient(chat, (await to_account(tx, chat)).language)
            await notify(tx, recipient, TooFast(), lane=Lane.REPLY)


def _arrival(update: Mapping[str, Any]) -> Arrival | None:
    try:
        return arrival(update)
    except NotAnUpdate:
        log.error("not an update", keys=sorted(map(str, update))[:5])
        return None


def _repeats(admitted: Sequence[Arrival], stored: Sequence[Waiting]) -> list[int]:
    """The chats of what was stored before, once for each update."""
    count = Counter(made.order_key for made in admitted)
    count.subtract(Counter(row.order_key for row in stored))
    return list(count.elements())

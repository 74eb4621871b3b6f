"""Updates that wait for the bot, and long polling for them."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

import orjson

from playground.refusals import conflict
from playground.schema import JSON
from playground.world import Bell

BATCH_MAX = 100
POLL_SECONDS_MAX = 50
# An offset further ahead of the newest id than this means that the ids were restarted.
FUTURE_IDS_MAX = 10
# What Telegram sends only to those who ask for it by name.
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
TERMINATED_BY_POLL = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)


@dataclass(slots=True)
class Pending:
    """One update that the bot has not confirmed."""

    serial: int
    update_id: int
    epoch: int
    kind: str
    chat_id: int
    body: bytes
    again: bool = False  # a repeat is delivered once more whatever the offset says
    delivered: bool = False


class PollAborted(Exception):
    """The server goes down while a poll waits."""


class UpdateQueue:
    """The updates of one bot, oldest first; kept until an offset or a webhook confirms them."""

    def __init__(self, *, first_id: int, history_max: int) -> None:
        self._next_id = first_id
        self._epoch = 0
        self._epoch_first_id = first_id
        self._serial = 0
        self._pending: OrderedDict[int, Pending] = OrderedDict()
        self._history: deque[Pending] = deque(maxlen=history_max)
        self._poll: asyncio.Future[Exception | None] | None = None
        self._repeats: list[Pending] = []
        self._confirmations = Bell()
        self._arrivals = Bell()
        self.polls = 0  # how many came since the start
        self.allowed: frozenset[str] | None = None  # None: all but NOT_BY_DEFAULT
        self.on_push: Callable[[Pending], None] | None = None

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def newest_id(self) -> int:
        return self._next_id - 1

    @property
    def is_polled(self) -> bool:
        """Whether a long poll waits right now."""
        return self._poll is not None

    async def polled_after(self, polls: int) -> None:
        """Returns when more polls than these have come."""
        while self.polls <= polls:
            await self._arrivals.wait()

    def waiting(self) -> Iterable[Pending]:
        return self._pending.values()

    def wants(self, kind: str) -> bool:
        return kind not in NOT_BY_DEFAULT if self.allowed is None else kind in self.allowed

    def allow(self, kinds: list[str] | None) -> None:
        """Keeps what was asked for; an empty list is the default again, None changes nothing."""
        if kinds is not None:
            self.allowed = frozenset(kinds) or None

    def push(self, kind: str, payload: JSON, chat_id: int) -> int | None:
        """Queues an update; returns its id, or None where the bot did not ask for the kind."""
        if not self.wants(kind):
            return None
        update_id = self._take_id()
        body = orjson.dumps({"update_id": update_id, kind: payload})
        self._queue(update_id, kind, chat_id, body)
        return update_id

    def inject(self, raw: JSON | str | bytes, chat_id: int = 0) -> int:
        """Queues an update verbatim, well-formed or not; a dict without an id is given one."""
        if isinstance(raw, dict):
            raw = raw if "update_id" in raw else {"update_id": self._take_id(), **raw}
            update_id = raw["update_id"]
            kind = next((key for key in raw if key != "update_id"), "")
            raw = orjson.dumps(raw)
        else:
            raw = raw.encode() if isinstance(raw, str) else raw
            update_id, kind = self._take_id(), ""
        self._queue(
            update_id if isinstance(update_id, int) else self._take_id(), kind, chat_id, raw
        )
        return int(update_id)

    def redeliver(self, update_id: int, times: int = 1) -> None:
        """Delivers an update of the recent past again, as Telegram may; KeyError if forgotten."""
        for known in reversed(self._history):
            if known.update_id == update_id:
                for _ in range(times):
                    self._queue(update_id, known.kind, known.chat_id, known.body, again=True)
                return
        raise KeyError(update_id)

    def restart_ids(self, first_id: int) -> None:
        """Numbers anew, as Telegram may after a week without updates."""
        self._epoch += 1
        self._next_id = self._epoch_first_id = first_id

    def _take_id(self) -> int:
        self._next_id += 1
        return self._next_id - 1

    def _queue(
        self, update_id: int, kind: str, chat_id: int, body: bytes, *, again: bool = False
    ) -> None:
        self._serial += 1
        pending = Pending(self._serial, update_id, self._epoch, kind, chat_id, body, again)
        self._pending[pending.serial] = pending
        if again:
            self._repeats.append(pending)
        self._history.append(pending)
        if self.on_push is not None:
            self.on_push(pending)
        self._end_poll(None)

    def confirmed(self, pending: Pending) -> None:
        """A webhook took it."""
        self._pending.pop(pending.serial, None)
        self._confirmations.ring()

    async def emptied(self) -> None:
        """Returns when nothing waits."""
        while self._pending:
            await self._confirmations.wait()

    def drop_all(self) -> None:
        """Forgets everything that waits."""
        self._pending.clear()
        self._confirmations.ring()

    def apply_offset(self, offset: int) -> None:
        """Confirms every update with a lower id; a negative offset keeps only the newest ones."""
        self._drop_repeats()
        self._drop_confirmed(offset)
        self._confirmations.ring()

    def _drop_repeats(self) -> None:
        """A repeat is delivered once; its id may be lower than others', so no offset tells."""
        for repeat in self._repeats:
            if repeat.delivered:
                self._pending.pop(repeat.serial, None)
        self._repeats = [repeat for repeat in self._repeats if not repeat.delivered]

    def _drop_confirmed(self, offset: int) -> None:
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popitem(last=False)
            return
        speaks_of_now = offset <= self.newest_id + FUTURE_IDS_MAX
        beyond_old = speaks_of_now and offset > self._epoch_first_id
        while self._pending:
            oldest = next(iter(self._pending.values()))
            if oldest.again and not oldest.delivered:
                return
            if oldest.epoch == self._epoch:
                confirmed = speaks_of_now and oldest.update_id < offset
            else:
                confirmed = beyond_old or (not speaks_of_now and oldest.update_id < offset)
            if not confirmed:
                return
            self._pending.popitem(last=False)

    def batch(self, limit: int) -> bytes:
        """The oldest unconfirmed updates as a JSON array, byte for byte as they were queued."""
        bodies = []
        for pending in islice(self._pending.values(), limit):
            pending.delivered = True
            bodies.append(pending.body)
        return b"[" + b",".join(bodies) + b"]"

    async def poll(self, *, offset: int, limit: int, timeout_s: float) -> bytes:
        """Answers at once if something waits, else when it comes, else `[]` at the time-out.

        A newer poll ends this one with `Refusal` 409; going down ends it with `PollAborted`.
        """
        self._end_poll(conflict(TERMINATED_BY_POLL))
        self.polls += 1
        self._arrivals.ring()
        self.apply_offset(offset)
        if not self._pending and timeout_s > 0:
            loop = asyncio.get_running_loop()
            waiter: asyncio.Future[Exception | None] = loop.create_future()
            self._poll = waiter
            bell = loop.call_later(timeout_s, self._end_this, waiter)
            try:
                ended_by = await waiter
            finally:
                bell.cancel()
                if self._poll is waiter:
                    self._poll = None
            if ended_by is not None:
                raise ended_by
        return self.batch(limit)

    def end_poll(self, why: Exception) -> None:
        """Ends the poll that waits now, if one does."""
        self._end_poll(why)

    def _end_poll(self, why: Exception | None) -> None:
        waiter, self._poll = self._poll, None
        if waiter is not None and not waiter.done():
            waiter.set_result(why)

    def _end_this(self, waiter: asyncio.Future[Exception | None]) -> None:
        if not waiter.done():
            waiter.set_result(None)

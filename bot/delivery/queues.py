"""Letters in memory, and whose turn it is: by lane, then chat by chat, one in flight a chat."""

import heapq
from collections import deque
from collections.abc import Iterator

from bot.delivery.pace import ChatBucket, Limits
from storage.outbox import Lane, Letter

LOADED_MAX = 5_000  # letters of one lane held in memory
FORGET_EVERY = 1_000  # releases between two looks for chats that need no remembering


class _Chat:
    __slots__ = ("bucket", "in_flight", "lanes", "not_before")

    def __init__(self, limits: Limits, now: float) -> None:
        self.lanes: dict[Lane, deque[Letter]] = {}
        self.in_flight = False
        self.not_before = 0.0
        self.bucket = ChatBucket(limits, now)

    def first_lane(self) -> Lane | None:
        return min((lane for lane, letters in self.lanes.items() if letters), default=None)


class Queues:
    """What waits to be sent, mirrored from the outbox. Times are monotonic seconds."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._chats: dict[int, _Chat] = {}
        self._ready: dict[Lane, deque[int]] = {lane: deque() for lane in Lane}
        self._later: list[tuple[float, int]] = []
        self._known: dict[Lane, set[int]] = {lane: set() for lane in Lane}
        self._callbacks: deque[Letter] = deque()
        self._releases = 0

    def loaded(self, lane: Lane) -> int:
        """How many letters of this lane memory holds, those in flight included."""
        return len(self._known[lane])

    @property
    def is_empty(self) -> bool:
        return not any(self._known.values())

    def add(self, letter: Letter, now: float) -> bool:
        """False if memory holds it already."""
        known = self._known[letter.lane]
        if letter.id in known:
            return False
        known.add(letter.id)
        if letter.lane is Lane.CALLBACK:
            self._callbacks.append(letter)
            return True
        chat = self._chats.get(letter.chat_id)
        if chat is None:
            chat = self._chats[letter.chat_id] = _Chat(self._limits, now)
        chat.lanes.setdefault(letter.lane, deque()).append(letter)
        self._schedule(letter.chat_id, chat, now)
        return True

    def pop_callback(self) -> Letter | None:
        """The next answer to a tap; these wait for no turn."""
        return self._callbacks.popleft() if self._callbacks else None

    def return_callback(self, letter: Letter) -> None:
        self._callbacks.append(letter)

    def has_ready(self, now: float) -> bool:
        """True if `pop` would give a letter."""
        return next(self._candidates(now), None) is not None

    def pop(self, now: float) -> Letter | None:
        """The letter whose turn it is; its chat gets no other one until `release`."""
        found = next(self._candidates(now), None)
        if found is None:
            return None
        chat, lane = found
        self._ready[lane].popleft()
        chat.in_flight = True
        chat.bucket.take(now)
        return chat.lanes[lane].popleft()

    def next_at(self) -> float | None:
        """When a chat that waits for its turn will have it."""
        return self._later[0][0] if self._later else None

    def release(self, letter: Letter, now: float) -> None:
        """The letter is done with: marked, or skipped."""
        self._known[letter.lane].discard(letter.id)
        if letter.lane is Lane.CALLBACK:
            return
        chat = self._chats[letter.chat_id]
        chat.in_flight = False
        self._schedule(letter.chat_id, chat, now)
        self._releases += 1
        if self._releases % FORGET_EVERY == 0:
            self._forget_idle(now)

    def put_back(self, letter: Letter, now: float, *, not_before: float) -> None:
        """The letter stays first in its chat, and the chat silent until that time."""
        chat = self._chats[letter.chat_id]
        chat.lanes.setdefault(letter.lane, deque()).appendleft(letter)
        chat.in_flight = False
        chat.not_before = max(chat.not_before, not_before)
        self._schedule(letter.chat_id, chat, now)

    def _candidates(self, now: float) -> Iterator[tuple[_Chat, Lane]]:
        while self._later and self._later[0][0] <= now:
            _, chat_id = heapq.heappop(self._later)
            if chat_id in self._chats:
                self._schedule(chat_id, self._chats[chat_id], now)
        for lane, ready in self._ready.items():
            while ready:
                chat = self._chats.get(ready[0])
                if chat is None or chat.in_flight or chat.first_lane() is not lane:
                    ready.popleft()  # an older entry; the chat stands elsewhere by now
                    continue
                at = self._ready_at(chat, now)
                if at > now:
                    heapq.heappush(self._later, (at, ready.popleft()))
                    continue
                yield chat, lane

    def _schedule(self, chat_id: int, chat: _Chat, now: float) -> None:
        lane = chat.first_lane()
        if lane is None or chat.in_flight:
            return
        at = self._ready_at(chat, now)
        if at > now:
            heapq.heappush(self._later, (at, chat_id))
        else:
            self._ready[lane].append(chat_id)

    def _ready_at(self, chat: _Chat, now: float) -> float:
        return max(chat.not_before, chat.bucket.ready_at(now))

    def _forget_idle(self, now: float) -> None:
        idle = [
            chat_id
            for chat_id, chat in self._chats.items()
            if not chat.in_flight
            and chat.first_lane() is None
            and chat.not_before <= now
            and chat.bucket.is_full(now)
        ]
        for chat_id in idle:
            del self._chats[chat_id]

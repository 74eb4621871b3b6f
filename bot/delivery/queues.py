"""Letters in memory, and whose turn it is: by lane, then chat by chat, one in flight a chat."""

import heapq
import itertools
from collections import deque
from collections.abc import Iterator
from dataclasses import replace

from bot.delivery.pace import ChatBucket, Limits
from storage.outbox import Lane, Letter

LOADED_MAX = 5_000  # letters of one lane held in memory
FORGET_EVERY = 1_000  # releases between two looks for chats that need no remembering


class _Chat:
    """A chat stands in one line at the most: that of its first lane, or that for later."""

    __slots__ = ("bucket", "in_flight", "lanes", "not_before", "stands_in", "turn")

    def __init__(self, limits: Limits, now: float) -> None:
        self.lanes: dict[Lane, deque[Letter]] = {}
        self.in_flight = False
        self.not_before = 0.0
        self.bucket = ChatBucket(limits, now)
        self.stands_in: Lane | None = None
        self.turn = 0  # the number of its place, 0 for none; other numbers are of old places

    def first_lane(self) -> Lane | None:
        return min((lane for lane, letters in self.lanes.items() if letters), default=None)


class Queues:
    """What waits to be sent, mirrored from the outbox. Times are monotonic seconds."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._chats: dict[int, _Chat] = {}
        self._ready: dict[Lane, deque[tuple[int, int]]] = {lane: deque() for lane in Lane}
        self._later: list[tuple[float, int, int]] = []  # when, chat, turn
        self._known: dict[Lane, set[int]] = {lane: set() for lane in Lane}
        self._callbacks: deque[Letter] = deque()
        self._callbacks_later: list[tuple[float, int, Letter]] = []
        self._callbacks_since: dict[int, float] = {}
        self._reworded: dict[int, Letter] = {}
        self._turns = itertools.count(1)
        self._releases = 0

    def loaded(self, lane: Lane) -> int:
        """How many letters of this lane memory holds, those in flight included."""
        return len(self._known[lane])

    def knows(self, lane: Lane, letter_id: int) -> bool:
        """Memory holds it, waiting or in flight."""
        return letter_id in self._known[lane]

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
            self._callbacks_since[letter.id] = now
            return True
        chat = self._chats.get(letter.chat_id)
        if chat is None:
            chat = self._chats[letter.chat_id] = _Chat(self._limits, now)
        chat.lanes.setdefault(letter.lane, deque()).append(letter)
        self._schedule(letter.chat_id, chat, now)
        return True

    def reword(self, letter: Letter) -> None:
        """Whatever copy of it is or gets into memory, these words are said."""
        self._reworded[letter.id] = letter

    def _in_last_words(self, letter: Letter) -> Letter:
        said = self._reworded.get(letter.id)
        return letter if said is None else replace(said, attempts=letter.attempts)

    def hold(self, chat_id: int, now: float, *, not_before: float) -> None:
        """The chat, of which nothing waits yet, stays silent until that time."""
        chat = self._chats.setdefault(chat_id, _Chat(self._limits, now))
        chat.not_before = max(chat.not_before, not_before)

    def pop_callback(self, now: float) -> Letter | None:
        """The next answer to a tap; these wait for no turn."""
        while self._callbacks_later and self._callbacks_later[0][0] <= now:
            self._callbacks.append(heapq.heappop(self._callbacks_later)[2])
        return self._in_last_words(self._callbacks.popleft()) if self._callbacks else None

    def callback_age_s(self, letter: Letter, now: float) -> float:
        """For how long memory has held this answer to a tap."""
        return now - self._callbacks_since[letter.id]

    def has_ready(self, now: float, last: Lane = Lane.ADVERT) -> bool:
        """True if `pop` would give a letter."""
        return next(self._candidates(now, last), None) is not None

    def pop(self, now: float, last: Lane = Lane.ADVERT) -> Letter | None:
        """The letter whose turn it is, of no lane behind `last`; its chat gets no other one until
        `release`.
        """
        found = next(self._candidates(now, last), None)
        if found is None:
            return None
        chat, lane = found
        self._ready[lane].popleft()
        chat.stands_in, chat.turn = None, 0
        chat.in_flight = True
        chat.bucket.take(now)
        return self._in_last_words(chat.lanes[lane].popleft())

    def next_at(self) -> float | None:
        """When a chat, or an answer to a tap, that waits for its time will have it."""
        times = [line[0][0] for line in (self._later, self._callbacks_later) if line]
        return min(times, default=None)

    def release(self, letter: Letter, now: float) -> None:
        """The letter is done with: marked, skipped or left for later."""
        self._known[letter.lane].discard(letter.id)
        self._reworded.pop(letter.id, None)
        if letter.lane is Lane.CALLBACK:
            del self._callbacks_since[letter.id]
            return
        chat = self._chats[letter.chat_id]
        chat.in_flight = False
        self._schedule(letter.chat_id, chat, now)
        self._releases += 1
        if self._releases % FORGET_EVERY == 0:
            self._forget_idle(now)

    def waits_for_release(self, chat_id: int) -> bool:
        """The chat has a letter in flight, and another behind it."""
        chat = self._chats.get(chat_id)
        return chat is not None and chat.in_flight and chat.first_lane() is not None

    def put_back(self, letter: Letter, now: float, *, not_before: float) -> None:
        """The letter stays first in its chat, and the chat silent until that time."""
        if letter.lane is Lane.CALLBACK:
            place = (not_before, next(self._turns), letter)
            heapq.heappush(self._callbacks_later, place)
            return
        chat = self._chats[letter.chat_id]
        chat.lanes.setdefault(letter.lane, deque()).appendleft(letter)
        chat.in_flight = False
        chat.not_before = max(chat.not_before, not_before)
        self._schedule(letter.chat_id, chat, now)

    def _candidates(self, now: float, last: Lane) -> Iterator[tuple[_Chat, Lane]]:
        while self._later and self._later[0][0] <= now:
            _, chat_id, turn = heapq.heappop(self._later)
            chat = self._chats.get(chat_id)
            if chat is not None and chat.turn == turn:
                chat.turn = 0
                self._schedule(chat_id, chat, now)
        for lane, ready in self._ready.items():
            while ready and lane <= last:
                chat_id, turn = ready[0]
                chat = self._chats.get(chat_id)
                if chat is None or chat.turn != turn or chat.stands_in is not lane:
                    ready.popleft()  # an older place; the chat stands elsewhere by now
                    continue
                yield chat, lane

    def _schedule(self, chat_id: int, chat: _Chat, now: float) -> None:
        lane = chat.first_lane()
        if lane is None or chat.in_flight:
            return
        at = max(chat.not_before, chat.bucket.ready_at(now))
        if at > now:
            if chat.turn == 0 or chat.stands_in is not None:
                chat.stands_in, chat.turn = None, next(self._turns)
                heapq.heappush(self._later, (at, chat_id, chat.turn))
        elif chat.stands_in is not lane:
            chat.stands_in, chat.turn = lane, next(self._turns)
            self._ready[lane].append((chat_id, chat.turn))

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

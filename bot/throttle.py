"""One person's flood must not become everybody's queue."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

BURST_MAX = 300  # updates of one chat that are taken at once
REFILL_PER_S = 3.0  # more than a hurried human types
CALM_FROM = BURST_MAX / 2  # a bucket that has filled up so far: the next flood is a new one
NOBODYS_CHAT = 0  # always admitted
CHATS_MAX = 10_000  # remembered; the longest silent are forgotten first


@dataclass(frozen=True)
class _Bucket:
    tokens: float
    since: float  # monotonic seconds
    told: bool = False


@dataclass(frozen=True)
class Ruling:
    """What to do with a batch; nothing has changed until it is enacted."""

    admitted: tuple[bool, ...]
    to_tell: tuple[int, ...]  # chats whose flood begins with this batch
    buckets: Mapping[int, _Bucket]


class Throttle:
    """A bucket of updates for each chat; what overflows is not stored."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: dict[int, _Bucket] = {}
        self.refused = 0

    def rule(self, chats: Sequence[int]) -> Ruling:
        """One update of each of these chats, in order."""
        now = self._monotonic()
        buckets: dict[int, _Bucket] = {}
        admitted, to_tell = [], []
        for chat in chats:
            if chat == NOBODYS_CHAT:
                admitted.append(True)
                continue
            bucket = buckets.get(chat) or self._refilled(chat, now)
            admits = bucket.tokens >= 1
            admitted.append(admits)
            if admits:
                bucket = replace(bucket, tokens=bucket.tokens - 1)
            elif not bucket.told:
                to_tell.append(chat)
                bucket = replace(bucket, told=True)
            buckets[chat] = bucket
        return Ruling(tuple(admitted), tuple(to_tell), buckets)

    def enact(self, ruling: Ruling, repeats: Iterable[int] = ()) -> None:
        """The batch is stored; `repeats` are the chats of what was no news, once for each.

        A batch that could not be stored comes again, and must not be counted twice.
        """
        for chat, bucket in ruling.buckets.items():
            self._buckets.pop(chat, None)
            self._buckets[chat] = bucket
        for chat in repeats:
            if chat in self._buckets:
                bucket = self._buckets[chat]
                self._buckets[chat] = replace(bucket, tokens=bucket.tokens + 1)
        while len(self._buckets) > CHATS_MAX:
            del self._buckets[next(iter(self._buckets))]
        self.refused += ruling.admitted.count(False)

    def _refilled(self, chat: int, now: float) -> _Bucket:
        bucket = self._buckets.get(chat, _Bucket(float(BURST_MAX), now))
        gained = (now - bucket.since) * REFILL_PER_S
        tokens = min(float(BURST_MAX), bucket.tokens + gained)
        return _Bucket(tokens, now, bucket.told and tokens < CALM_FROM)

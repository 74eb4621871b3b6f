"""One person's flood must not become everybody's queue."""

from collections.abc import Callable

BURST_MAX = 300  # updates of one chat that are taken at once
REFILL_PER_S = 3.0  # more than a hurried human types
CHATS_MAX = 10_000  # remembered; the longest silent are forgotten first


class Throttle:
    """A bucket of updates for each chat; what overflows is not stored."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: dict[int, tuple[float, float]] = {}  # tokens left, and when that was
        self.refused = 0

    def admits(self, key: int) -> bool:
        """Takes one update of this chat, if it has not sent too many; 0 is nobody's chat."""
        if key == 0:
            return True
        now = self._monotonic()
        tokens, since = self._buckets.pop(key, (float(BURST_MAX), now))
        tokens = min(BURST_MAX, tokens + (now - since) * REFILL_PER_S)
        admitted = tokens >= 1
        self._buckets[key] = (tokens - 1 if admitted else tokens, now)
        if len(self._buckets) > CHATS_MAX:
            del self._buckets[next(iter(self._buckets))]
        if not admitted:
            self.refused += 1
        return admitted

"""How fast Telegram lets a bot speak: evenly in all, in short bursts to one chat.

Limits: Telegram's bot FAQ, "about 30 messages a second", "one message a second" to one chat.
"""

from dataclasses import dataclass

MESSAGES_PER_S = 28.0
CHAT_BURST_MAX = 5
CHAT_REFILL_PER_S = 1.0


@dataclass(frozen=True)
class Limits:
    """The pace of one bot; `messages_per_s=None` lifts both limits, for benchmarks."""

    messages_per_s: float | None = MESSAGES_PER_S
    chat_burst_max: int = CHAT_BURST_MAX
    chat_refill_per_s: float = CHAT_REFILL_PER_S


class Pace:
    """Evenly spaced turns: a bucket that saved turns up would let a burst through."""

    def __init__(self, limits: Limits) -> None:
        self._interval_s = 0.0 if limits.messages_per_s is None else 1.0 / limits.messages_per_s
        self._next_at = 0.0

    def delay_s(self, now: float) -> float:
        """Seconds until the next turn; 0 if it is now."""
        return max(0.0, self._next_at - now)

    def take(self, now: float) -> None:
        """Uses the turn."""
        self._next_at = max(now, self._next_at) + self._interval_s

    def give_back(self) -> None:
        """The turn was not used after all."""
        self._next_at -= self._interval_s


class ChatBucket:
    """The turns of one chat."""

    __slots__ = ("_limits", "_since", "_tokens")

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits = limits
        self._tokens = float(limits.chat_burst_max)
        self._since = now

    def ready_at(self, now: float) -> float:
        """When the next message may go: now, or later."""
        if self._limits.messages_per_s is None:
            return now
        self._refill(now)
        missing = 1.0 - self._tokens
        return now if missing <= 1e-9 else now + missing / self._limits.chat_refill_per_s

    def take(self, now: float) -> None:
        """Uses a turn."""
        self._refill(now)
        self._tokens -= 1.0

    def is_full(self, now: float) -> bool:
        """Nothing is remembered that a new bucket would not know."""
        self._refill(now)
        return self._tokens >= self._limits.chat_burst_max

    def _refill(self, now: float) -> None:
        gained = (now - self._since) * self._limits.chat_refill_per_s
        self._tokens = min(float(self._limits.chat_burst_max), self._tokens + gained)
        self._since = now

"""The pace that Telegram accepts, and 429 for what comes faster."""

import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from playground.refusals import too_many_requests
from playground.world import Chat


@dataclass(frozen=True, slots=True)
class PaceLimits:
    """About 30 messages a second in all, in a chat 1 after a burst, in a group 20 a minute.

    Telegram counts loosely; so does this: `slack` messages above the figure in any one second
    still pass, as bunches made by a busy machine do.
    """

    total_per_second: int = 30
    slack: int = 3
    chat_burst: int = 8
    chat_per_second: float = 1.0
    group_per_minute: int = 20
    total_retry_after_s: int = 1
    chat_retry_after_s: int = 3


class Pace:
    """Admits messages or refuses them with 429; what comes during the pause is refused again."""

    def __init__(
        self, limits: PaceLimits | None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits  # None: everything passes
        self.refused = 0
        self.refused_in_pause = 0
        self._clock = clock
        self._recent: deque[float] = deque()
        self._closed_until = 0.0
        self._buckets: dict[int, tuple[float, float]] = {}  # tokens, at
        self._groups: dict[int, deque[float]] = {}
        self._chats_closed_until: dict[int, float] = {}

    def admit(self, chat: Chat, messages: int = 1) -> None:
        """Counts messages to a chat; raises `Refusal` 429 if they are too many."""
        limits = self.limits
        if limits is None:
            return
        now = self._clock()
        self._refuse_in_pause(chat.id, now)
        window = self._recent
        while window and window[0] <= now - 1:
            window.popleft()
        if len(window) + messages > limits.total_per_second + limits.slack:
            self._closed_until = now + limits.total_retry_after_s
            self._refuse(limits.total_retry_after_s)
        if not self._chat_admits(chat, messages, now, limits):
            self._chats_closed_until[chat.id] = now + limits.chat_retry_after_s
            self._refuse(limits.chat_retry_after_s)
        window.extend([now] * messages)

    def _refuse_in_pause(self, chat_id: int, now: float) -> None:
        until = max(self._closed_until, self._chats_closed_until.get(chat_id, 0))
        if now < until:
            self.refused_in_pause += 1
            self._refuse(math.ceil(until - now))
        self._chats_closed_until.pop(chat_id, None)

    def _refuse(self, retry_after_s: int) -> None:
        self.refused += 1
        raise too_many_requests(retry_after_s)

    def _chat_admits(self, chat: Chat, messages: int, now: float, limits: PaceLimits) -> bool:
        if not chat.is_private:
            minute = self._groups.setdefault(chat.id, deque())
            while minute and minute[0] <= now - 60:
                minute.popleft()
            if len(minute) + messages > limits.group_per_minute:
                return False
            minute.extend([now] * messages)
            return True
        tokens, at = self._buckets.get(chat.id, (float(limits.chat_burst), now))
        tokens = min(limits.chat_burst, tokens + (now - at) * limits.chat_per_second)
        if tokens < messages:
            return False
        self._buckets[chat.id] = (tokens - messages, now)
        return True

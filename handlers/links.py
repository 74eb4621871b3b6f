"""Which deep link `/start` carries, and how many wrong ones an account may try."""

from collections.abc import Callable
from typing import Any

from aiogram.filters import BaseFilter, Command, CommandObject
from aiogram.types import Message

from operations.deep_links import (
    CardLink,
    ClaimLink,
    Invitation,
    Link,
    Nothing,
    Referral,
    Source,
    read_link,
)

MISSES_MAX = 5  # wrong codes of one account within the window; then its links open nothing
CODE_MISSES_MAX = 8  # rewards' codes that staff typed wrong: a noisy desk, but no search
WINDOW_S = 3600.0
ACCOUNTS_MAX = 10_000  # remembered; the longest silent are forgotten first

_START = Command("start")


class Guesses:
    """Counts wrong codes by real time, so that nobody finds a link by trying."""

    def __init__(self, monotonic: Callable[[], float], *, misses_max: int = MISSES_MAX) -> None:
        self._monotonic = monotonic
        self._misses_max = misses_max
        self._missed_at: dict[int, list[float]] = {}

    def allowed(self, telegram_id: int) -> bool:
        """Whether a link of this account is looked up at all."""
        return len(self._recent(telegram_id)) < self._misses_max

    def missed(self, telegram_id: int) -> None:
        """The code that this account brought is nobody's."""
        recent = [*self._recent(telegram_id), self._monotonic()]
        self._missed_at.pop(telegram_id, None)
        self._missed_at[telegram_id] = recent[-self._misses_max :]
        if len(self._missed_at) > ACCOUNTS_MAX:
            del self._missed_at[next(iter(self._missed_at))]

    def _recent(self, telegram_id: int) -> list[float]:
        since = self._monotonic() - WINDOW_S
        return [at for at in self._missed_at.get(telegram_id, ()) if at > since]


class Opens(BaseFilter):
    """`/start` with a link of this kind; the handler gets it as `link`.

    An account that has tried too many wrong ones passes no such filter: its `/start` is plain.
    """

    def __init__(
        self,
        kind: type[Referral] | type[CardLink] | type[ClaimLink] | type[Invitation] | type[Source],
    ) -> None:
        self._kind = kind

    async def __call__(
        self, message: Message, bot: Any, guesses: Guesses
    ) -> bool | dict[str, Link]:
        found = await opened_link(message, bot, guesses)
        return {"link": found} if isinstance(found, self._kind) else False


async def opened_link(message: Message, bot: Any, guesses: Guesses) -> Link:
    """What the `/start` of this message carries; Nothing for any other message."""
    passed = await _START(message, bot)
    if not isinstance(passed, dict) or message.from_user is None:
        return Nothing()
    command: CommandObject = passed["command"]
    if not guesses.allowed(message.from_user.id):
        return Nothing()
    return read_link(command.args)

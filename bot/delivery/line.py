"""The line to Telegram: while it is down nothing is sent, only asked now and then."""

import asyncio

import structlog

from bot.delivery.outcomes import TOKEN_REVOKED_CODE
from bot.telegram import (
    Telegram,
    TelegramRefused,
    TelegramUnanswered,
    TelegramUnreachable,
    TokenRevoked,
)

DOWN_PAUSES_S = (0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
PROBE_TIMEOUT_S = 10

log = structlog.get_logger("delivery")


class Line:
    """Up until somebody says that it is down; then up again once Telegram answers anything."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self.is_down = False

    def fell(self, reason: str) -> None:
        """A call did not get through, or no answer came."""
        if not self.is_down:
            log.warning("Telegram does not answer", reason=reason)
            self.is_down = True

    async def until_up(self) -> None:
        """Returns once Telegram answers; raises TokenRevoked."""
        failures = 0
        while self.is_down:
            await asyncio.sleep(DOWN_PAUSES_S[min(failures, len(DOWN_PAUSES_S) - 1)])
            failures += 1
            try:
                await self._telegram.call("getMe", timeout_s=PROBE_TIMEOUT_S)
            except TelegramRefused as refusal:
                if refusal.code == TOKEN_REVOKED_CODE:
                    raise TokenRevoked from None
            except (TelegramUnreachable, TelegramUnanswered):
                continue
            self.is_down = False
        log.info("Telegram answers again")

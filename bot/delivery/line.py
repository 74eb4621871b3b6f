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
    """Up until a call does not get through; then in doubt until Telegram has answered a letter.

    While it is in doubt one letter at a time is tried, with growing pauses unless it is always the
    same one: what may be tried only twice must not be used up on a Telegram that is not well.
    """

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._stumbled: set[int] = set()  # letters that did not get through since one was answered
        self._falls = 0
        self.is_down = False

    @property
    def is_in_doubt(self) -> bool:
        return bool(self._stumbled)

    def fell(self, letter_id: int, reason: str) -> None:
        """A letter did not get through, or no answer came."""
        self._stumbled.add(letter_id)
        if self.is_down:
            return
        log.warning("Telegram does not answer", reason=reason)
        self.is_down = True
        if len(self._stumbled) > 1:
            self._falls += 1

    def answered(self) -> None:
        """Telegram took a letter, or refused it: it is well."""
        self._stumbled.clear()
        self._falls = 0

    async def until_up(self) -> None:
        """Returns once Telegram answers a question; raises TokenRevoked."""
        failures = self._falls
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

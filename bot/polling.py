"""Long polling: a batch is taken raw and stored before Telegram is told that it arrived."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import structlog

from bot.delivery.outcomes import TOKEN_REVOKED_CODE
from bot.telegram import (
    Telegram,
    TelegramRefused,
    TelegramUnanswered,
    TelegramUnreachable,
    TokenRevoked,
)
from storage.failures import is_passing

POLL_TIMEOUT_S = 25
ANSWER_MARGIN_S = 10
BATCH_MAX = 100
PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
CONFLICT_CODE = 409
ALLOWED_UPDATES = '["message","callback_query","my_chat_member"]'

log = structlog.get_logger("polling")

Receive = Callable[[Sequence[Mapping[str, Any]]], Awaitable[None]]


class Polling:
    """Fetches updates until it is cancelled."""

    def __init__(
        self, telegram: Telegram, receive: Receive, on_conflict: Callable[[], Awaitable[None]]
    ) -> None:
        self._telegram = telegram
        self._receive = receive
        self._on_conflict = on_conflict
        self._offset: int | None = None
        self._failures = 0

    async def run(self) -> None:
        """Raises TokenRevoked; every other failure is waited out."""
        while True:
            try:
                await self._poll_once()
                self._failures = 0
            except TelegramRefused as refusal:
                await self._refused(refusal)
            except (TelegramUnreachable, TelegramUnanswered) as error:
                await self._pause("Telegram does not answer", str(error))
            except Exception as error:
                if not is_passing(error):
                    raise
                # The offset has not advanced: Telegram will send the batch again.
                await self._pause("updates cannot be stored", type(error).__name__)

    async def _poll_once(self) -> None:
        fields = {
            "timeout": str(POLL_TIMEOUT_S),
            "limit": str(BATCH_MAX),
            "allowed_updates": ALLOWED_UPDATES,
        }
        if self._offset is not None:
            fields["offset"] = str(self._offset)
        batch = await self._telegram.call(
            "getUpdates", fields, timeout_s=POLL_TIMEOUT_S + ANSWER_MARGIN_S
        )
        if not isinstance(batch, list):
            raise TelegramUnanswered("not a batch")
        if batch:
            await self._receive([update for update in batch if isinstance(update, dict)])
            # The last one's id, not the greatest: Telegram may begin anew after an idle week.
            last = batch[-1].get("update_id") if isinstance(batch[-1], dict) else None
            self._offset = last + 1 if isinstance(last, int) else None

    async def _refused(self, refusal: TelegramRefused) -> None:
        if refusal.code == TOKEN_REVOKED_CODE:
            raise TokenRevoked from None
        if refusal.code == CONFLICT_CODE:
            await self._on_conflict()
        if refusal.retry_after_s:
            await asyncio.sleep(refusal.retry_after_s)
        await self._pause("getUpdates refused", refusal.description)

    async def _pause(self, event: str, reason: str) -> None:
        pause_s = PAUSES_S[min(self._failures, len(PAUSES_S) - 1)]
        self._failures += 1
        log.warning(event, reason=reason, pause_s=pause_s)
        # Not in step with others who lost the connection at the same moment.
        await asyncio.sleep(pause_s * random.uniform(0.8, 1.2))  # noqa: S311

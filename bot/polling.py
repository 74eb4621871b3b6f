"""Long polling: a batch is taken raw and stored before Telegram is told that it arrived."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

import structlog

from bot.arrivals import update_id_of
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
SAME_BATCH_MAX = 3

log = structlog.get_logger("polling")


class Receive(Protocol):
    """Stores a batch; `backlog`: it had piled up while nobody fetched, so it is no flood."""

    def __call__(
        self, updates: Sequence[Mapping[str, Any]], *, backlog: bool = False
    ) -> Awaitable[None]: ...


class Polling:
    """Fetches updates until it is cancelled."""

    def __init__(
        self,
        telegram: Telegram,
        receive: Receive,
        *,
        on_conflict: Callable[[], Awaitable[None]],
        allowed_updates: str,
    ) -> None:
        self._telegram = telegram
        self._receive = receive
        self._on_conflict = on_conflict
        self._allowed_updates = allowed_updates
        self._webhook_is_gone = False
        self._offset: int | None = None
        self._seen: list[int] = []  # ids of the last batch
        self._times_seen = 0
        self._failures = 0
        self._catching_up = True  # what comes had piled up while nobody fetched

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
        if not self._webhook_is_gone:
            # One that was set earlier would answer every poll with 409; what waits there stays.
            await self._telegram.call("deleteWebhook", {"drop_pending_updates": "false"})
            self._webhook_is_gone = True
        fields = {
            "timeout": str(POLL_TIMEOUT_S),
            "limit": str(BATCH_MAX),
            "allowed_updates": self._allowed_updates,
        }
        if self._offset is not None:
            fields["offset"] = str(self._offset)
        batch = await self._telegram.call(
            "getUpdates", fields, timeout_s=POLL_TIMEOUT_S + ANSWER_MARGIN_S
        )
        if not isinstance(batch, list):
            raise TelegramUnanswered("not a batch")
        if batch:
            updates = [update for update in batch if isinstance(update, dict)]
            await self._receive(updates, backlog=self._catching_up)
            self._offset = self._behind(batch)
        if len(batch) < BATCH_MAX:
            self._catching_up = False

    def _behind(self, batch: Sequence[object]) -> int:
        """The offset that confirms the batch.

        It follows the last id, not the greatest: Telegram may begin anew after an idle week. Only
        where that has confirmed nothing does it follow the greatest.
        """
        ids = [found for update in batch if (found := update_id_of(update)) is not None]
        self._times_seen = self._times_seen + 1 if ids == self._seen else 1
        self._seen = ids
        if not ids or self._times_seen > SAME_BATCH_MAX:
            # It would come again at once, and again: not quicker than Telegram's bad days.
            raise TelegramUnanswered("a batch that cannot be confirmed")
        return (ids[-1] if self._times_seen == 1 else max(ids)) + 1

    async def _refused(self, refusal: TelegramRefused) -> None:
        if refusal.code == TOKEN_REVOKED_CODE:
            raise TokenRevoked from None
        if refusal.code == CONFLICT_CODE:
            await self._tell_of_conflict()
        if refusal.retry_after_s:
            await asyncio.sleep(refusal.retry_after_s)
        await self._pause("getUpdates refused", refusal.description)

    async def _tell_of_conflict(self) -> None:
        try:
            await self._on_conflict()
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("the owner cannot be told", error=type(error).__name__)

    async def _pause(self, event: str, reason: str) -> None:
        pause_s = PAUSES_S[min(self._failures, len(PAUSES_S) - 1)]
        self._failures += 1
        self._catching_up = True
        log.warning(event, reason=reason, pause_s=pause_s)
        # Not in step with others who lost the connection at the same moment.
        await asyncio.sleep(pause_s * random.uniform(0.8, 1.2))  # noqa: S311

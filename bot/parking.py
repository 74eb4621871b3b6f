"""An update that failed: its attempts are counted, the last one puts it aside."""

import traceback
from typing import Any

import orjson
import structlog

from bot.alerts import Alerts
from bot.logs import masked
from operations.in_force import InForce
from operations.outgoing import Lane, Recipient, notify, to_account
from operations.refused import record_refusal
from operations.transaction import Tx
from scheduler.clock import Clock
from storage import inbox
from storage.database import Database
from storage.failures import is_passing
from storage.inbox import Waiting
from storage.outbox import Letter
from templates.every_chat import Apology

TRACEBACK_CHARS_MAX = 8_000

log = structlog.get_logger("inbox")


class NeverAgain(Exception):
    """No second attempt would end otherwise."""


class Parking:
    """Writes failures down; tells the person and the owners about the last one."""

    def __init__(self, database: Database, clock: Clock, in_force: InForce, alerts: Alerts) -> None:
        self._database = database
        self._clock = clock
        self._in_force = in_force
        self._alerts = alerts

    async def note(self, row: Waiting, error: BaseException) -> None:
        """The attempt failed; there will be another one."""
        async with self._database.write() as db:
            await inbox.note_failure(
                db, row.id, attempts=row.attempts + 1, traceback=_trace(error), parked_at=None
            )

    async def park(self, row: Waiting, error: BaseException) -> list[Letter]:
        """Puts the update aside with its traceback; the person and the owners are told."""
        log.error("parked", row=row.id, error=type(error).__name__)
        try:
            return await self._park(row, error, tells=True)
        except Exception as second:
            if is_passing(second):
                raise
            # Whatever is wrong with telling, one update must not stop all the others.
            log.error("parked without a word", row=row.id, exc_info=second)
            return await self._park(row, error, tells=False)

    async def _park(self, row: Waiting, error: BaseException, *, tells: bool) -> list[Letter]:
        async with self._database.write() as db:
            tx = Tx(db, self._clock.now(), self._in_force.programme)
            is_ours = await inbox.note_failure(
                db, row.id, attempts=row.attempts + 1, traceback=_trace(error), parked_at=tx.now
            )
            if is_ours and tells:
                await record_refusal(tx, error, actor=_person(row.raw))
                await self._apologise(tx, row)
                await self._alerts.poison(tx, row.id, type(error).__name__)
        return tx.queued

    async def _apologise(self, tx: Tx, row: Waiting) -> None:
        person = _person(row.raw)
        if person is not None:
            recipient = Recipient(person, (await to_account(tx, person)).language)
            await notify(tx, recipient, Apology(), lane=Lane.REPLY, key=f"apology:{row.id}")


def _trace(error: BaseException) -> str:
    """The end of the traceback, without secrets and without what a database cannot hold."""
    text = "".join(traceback.format_exception(error))[-TRACEBACK_CHARS_MAX:]
    clean = text.encode("utf-8", "replace").decode().replace("\x00", "\ufffd")
    return masked(clean)


def _person(raw: str) -> int | None:
    """Whose private chat the update came from, read without aiogram: it may be unreadable."""
    try:
        update: dict[str, Any] = orjson.loads(raw)
        for event in update.values():
            if isinstance(event, dict) and isinstance(event.get("from"), dict):
                message = event.get("message", event)
                chat = message.get("chat", {"type": "private"})
                person = event["from"]
                if chat.get("type") == "private" and not person.get("is_bot"):
                    return int(person["id"])
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError, ValueError):
        return None
    return None

"""One update, one transaction: the done-mark, the handler's effects and its replies together."""

import asyncio
from typing import Any

import orjson
from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot import waypoints
from bot.parking import NeverAgain
from handlers.commands import role_commands
from handlers.reading_ahead import long_reading, read_ahead
from handlers.replies import call_letter, letters
from handlers.stimulus import Stimulus
from loyalty.refusals import Refusal
from operations.challenges import TableAhead
from operations.in_force import InForce
from operations.outgoing import queue
from operations.senders import Sender
from operations.transaction import Tx
from scheduler.clock import Clock
from storage import inbox
from storage.database import Database
from storage.inbox import Waiting
from storage.outbox import Letter
from templates.rendering import Renderer

HANDLER_S = 20.0  # a handler waits for nobody but the database, which gives up sooner
MISTAKES_SHOWN_MAX = 5


class UpdateUnreadable(NeverAgain):
    """The stored update is none that can be parsed: where, never with what it holds."""


class HandlerHung(NeverAgain):
    """The handler did not come to an end."""


class _Refused(Exception):
    """Ends a run whose transaction must not be committed."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self.refusal = refusal


class Handling:
    """Runs the dispatcher inside a transaction."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        in_force: InForce,
        *,
        dispatcher: Dispatcher,
        bot: Bot,
        renderer: Renderer,
        owner_ids: frozenset[int],
        waypoint: waypoints.Waypoint,
    ) -> None:
        self._database = database
        self._clock = clock
        self._in_force = in_force
        self._dispatcher = dispatcher
        self._bot = bot
        self._renderer = renderer
        self._owner_ids = owner_ids
        self._waypoint = waypoint

    async def handle(self, row: Waiting) -> list[Letter]:
        """The letters queued by it; none if another process was quicker.

        Raises:
            UpdateUnreadable: the raw text is no update.
            HandlerHung: it took longer than any handler may.
        """
        update = self._parse(row.raw)
        ahead = await self._read_ahead(update)
        try:
            return await self._run(row, update, ahead=ahead)
        except _Refused as refused:
            # The handler's effects are taken back; that it refused is told without it.
            return await self._run(row, update, refused.refusal)

    async def _read_ahead(self, update: Update) -> TableAhead | None:
        tap = long_reading(update)
        if tap is None:
            return None
        async with self._database.read() as db:
            tx = Tx(db, self._clock.now(), self._in_force.programme)
            return await read_ahead(tx, update, tap, self._owner_ids)

    async def _run(
        self,
        row: Waiting,
        update: Update,
        told: Refusal | None = None,
        *,
        ahead: TableAhead | None = None,
    ) -> list[Letter]:
        async with self._database.write() as db:
            now = self._clock.now()
            claimed = await inbox.mark_done(db, row.id, now)
            if claimed is None:
                return []
            programme = await self._in_force.at_version(db, claimed.programme_version)
            tx = Tx(db, now, programme)
            if _is_known(update):
                await self._dispatch(tx, update, told, ahead)
            self._waypoint(waypoints.HANDLED)
        return tx.queued

    async def _dispatch(
        self, tx: Tx, update: Update, told: Refusal | None, ahead: TableAhead | None
    ) -> None:
        stimulus = Stimulus(tx, self._renderer, self._owner_ids, self._in_force, told, ahead)
        try:
            async with asyncio.timeout(HANDLER_S) as deadline:
                replies: Any = await self._dispatcher.feed_update(
                    self._bot, update, stimulus=stimulus
                )
        except TimeoutError:
            if deadline.expired():
                raise HandlerHung from None
            raise
        if stimulus.refused is not None:
            raise _Refused(stimulus.refused)
        if replies is UNHANDLED:
            replies = None
        callback_id = update.callback_query.id if update.callback_query else None
        made = letters(self._bot, replies, stimulus.sender, callback_id)
        await queue(tx, [*made, *self._first_menu(stimulus.sender)])

    def _first_menu(self, sender: Sender | None) -> list[Letter]:
        """An owner's commands, with their first word: before it Telegram knows no chat."""
        if sender is None or not sender.is_new or sender.role is None:
            return []
        calls = role_commands(self._in_force.programme, sender.telegram_id, sender.role)
        return [call_letter(self._bot, call, chat_id=sender.telegram_id) for call in calls]

    def _parse(self, raw: str) -> Update:
        try:
            return Update.model_validate(orjson.loads(raw), context={"bot": self._bot})
        except ValidationError as error:
            mistakes = error.errors(include_input=False, include_url=False, include_context=False)
            told = (
                f"{'.'.join(map(str, mistake['loc']))}: {mistake['type']}"
                for mistake in mistakes[:MISTAKES_SHOWN_MAX]
            )
            raise UpdateUnreadable("; ".join(told)) from None
        except orjson.JSONDecodeError:
            raise UpdateUnreadable("no JSON") from None


def _is_known(update: Update) -> bool:
    """False for a kind of update that is newer than we are: stored, and ignored."""
    try:
        return bool(update.event_type)
    except UpdateTypeLookupError:
        return False

"""One update, one transaction: the done-mark, the handler's effects and its replies together."""

import orjson
import structlog
from aiogram import Bot, Dispatcher
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import Update
from pydantic import ValidationError

from bot import waypoints
from bot.inbox import UpdateUnreadable
from handlers.replies import letters
from handlers.stimulus import Stimulus
from loyalty.programme import Programme
from operations.outgoing import Lane, Recipient, notify, queue, to_account
from operations.transaction import Tx
from scheduler.clock import Clock
from storage import inbox
from storage.database import Database
from storage.inbox import Waiting
from storage.outbox import Letter
from templates.every_chat import Apology
from templates.owner import PoisonAlert
from templates.rendering import Renderer

log = structlog.get_logger("handling")


class Handling:
    """Runs the dispatcher inside a transaction."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        programme: Programme,
        *,
        dispatcher: Dispatcher,
        bot: Bot,
        renderer: Renderer,
        owner_ids: frozenset[int],
        waypoint: waypoints.Waypoint,
    ) -> None:
        self._database = database
        self._clock = clock
        self._programme = programme
        self._dispatcher = dispatcher
        self._bot = bot
        self._renderer = renderer
        self._owner_ids = owner_ids
        self._waypoint = waypoint

    async def handle(self, row: Waiting) -> list[Letter]:
        """The letters queued by it; none if another process was quicker.

        Raises:
            UpdateUnreadable: the raw text is no update.
        """
        update = self._parse(row.raw)
        async with self._database.write() as db:
            tx = Tx(db, self._clock.now(), self._programme)
            if not await inbox.mark_done(db, row.id, tx.now):
                return []
            stimulus = Stimulus(tx, self._renderer, self._owner_ids)
            replies = await self._dispatcher.feed_update(self._bot, update, stimulus=stimulus)
            if replies is UNHANDLED:
                replies = None
            callback_id = update.callback_query.id if update.callback_query else None
            await queue(tx, letters(self._bot, replies, stimulus.sender, callback_id))
            self._waypoint(waypoints.HANDLED)
        return tx.queued

    def _parse(self, raw: str) -> Update:
        try:
            return Update.model_validate(orjson.loads(raw), context={"bot": self._bot})
        except (ValidationError, orjson.JSONDecodeError) as error:
            raise UpdateUnreadable(type(error).__name__) from error

    async def park(self, row: Waiting, trace: str, error: BaseException) -> list[Letter]:
        """Puts the update aside with its traceback; the person and the owners are told."""
        async with self._database.write() as db:
            tx = Tx(db, self._clock.now(), self._programme)
            await inbox.note_failure(
                db, row.id, attempts=row.attempts + 1, traceback=trace, parked_at=tx.now
            )
            person = _person(row.raw)
            if person is not None:
                recipient = Recipient(person, (await to_account(tx, person)).language)
                await notify(tx, recipient, Apology(), lane=Lane.REPLY, key=f"apology:{row.id}")
            for owner in self._owner_ids:
                alert = PoisonAlert(update_id=row.id, error_class=type(error).__name__)
                await notify(tx, await to_account(tx, owner), alert, key=f"poison:{row.id}:{owner}")
        log.error("parked", row=row.id, error=type(error).__name__)
        return tx.queued


def _person(raw: str) -> int | None:
    """Whose private chat the update came from, read without aiogram: it may be unreadable."""
    try:
        update = orjson.loads(raw)
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

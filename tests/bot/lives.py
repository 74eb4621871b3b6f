"""The bot as `svoi run` composes it, alive for a while, and letters put into its outbox."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiogram import Dispatcher, Router
from sqlalchemy import select

from bot.app import App
from bot.delivery.pace import Limits
from bot.settings import Settings
from bot.starting import Identity
from operations.sending import Decision, Send
from playground.people import Person
from playground.server import LocalTelegram
from storage import outbox
from storage.database import Database
from storage.outbox import Lane, Letter
from storage.tables import inbox as inbox_table
from storage.tables import outbox as outbox_table
from templates.contexts import dump_context
from templates.messages import Message
from tests.flows.running import MovableClock, settings_for

UNPACED = Limits(messages_per_s=None)
PATIENCE_S = 90.0


class AppWith(App):
    """The bot with a router of the test's own before all others, or with everybody's consent."""

    def __init__(
        self, *args: Any, router: Router | None = None, consents: bool = False, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self._test_router = router
        self._consents = consents

    def build_dispatcher(self, identity: Identity) -> Dispatcher:
        dispatcher = super().build_dispatcher(identity)
        if self._test_router is not None:
            dispatcher.include_router(self._test_router)
            dispatcher.sub_routers.insert(0, dispatcher.sub_routers.pop())
        return dispatcher

    async def may_send(self, letter: Letter, *, doubtful: bool) -> Decision:
        if self._consents:
            return Send()
        return await super().may_send(letter, doubtful=doubtful)


@asynccontextmanager
async def alive(app: App) -> AsyncIterator[App]:
    """The bot runs while this is open, and is asked to stop at the end."""
    stopping = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        run = tasks.create_task(app.run(stopping))
        started = tasks.create_task(app.started())
        async with asyncio.timeout(PATIENCE_S):
            await asyncio.wait((run, started), return_when=asyncio.FIRST_COMPLETED)
        try:
            yield app
        finally:
            stopping.set()
            started.cancel()


@dataclass(frozen=True)
class End:
    """What became of a letter."""

    status: str
    reason: str | None
    attempts: int


@dataclass
class Rig:
    """Makes bots at one Telegram, on one database."""

    telegram: LocalTelegram
    database_url: str
    clock: MovableClock

    def settings(self, **more: object) -> Settings:
        return settings_for(self.telegram, self.database_url, **more)

    def app(self, *, limits: Limits | None = UNPACED, **more: Any) -> App:
        return AppWith(self.settings(), self.clock, limits=limits, **more)

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Database]:
        """The same database, from outside."""
        database = Database(self.database_url)
        try:
            yield database
        finally:
            await database.close()

    async def queue(self, letters: Sequence[Letter]) -> list[Letter]:
        """Queues letters while no bot runs, or unseen by the one that does."""
        async with self.store() as database, database.write() as db:
            return await outbox.queue(db, letters, self.clock.now())

    async def ends(self) -> dict[int, End]:
        """What became of all letters, by id."""
        query = select(outbox_table).order_by(outbox_table.c.id)
        async with self.store() as database, database.read() as db:
            rows = (await db.execute(query)).all()
        return {row.id: End(row.status, row.reason, row.attempts) for row in rows}

    async def statuses(self) -> list[str]:
        """Only how all letters stand, in their order."""
        return [end.status for end in (await self.ends()).values()]

    async def updates(self) -> list[Any]:
        """The rows of the inbox, in their order."""
        query = select(inbox_table).order_by(inbox_table.c.id)
        async with self.store() as database, database.read() as db:
            return list((await db.execute(query)).all())


def said(person: Person | int, text: str, lane: Lane = Lane.REPLY, **more: Any) -> Letter:
    """A finished call that says this text."""
    chat_id = person if isinstance(person, int) else person.id
    fields = {"chat_id": str(chat_id), "text": text}
    return Letter(lane=lane, chat_id=chat_id, method="sendMessage", payload=fields, **more)


def noticed(person: Person, message: Message, lane: Lane = Lane.SERVICE, **more: Any) -> Letter:
    """A notice, rendered as it is sent."""
    return Letter(
        lane=lane,
        chat_id=person.id,
        notice=message.message_name,
        context=dump_context(message),
        language="ru",
        **more,
    )


async def post(app: App, letters: Sequence[Letter]) -> list[Letter]:
    """Queues letters and hands them to delivery, as a stimulus does after its commit."""
    async with app.database.write() as db:
        queued = await outbox.queue(db, letters, app.clock.now())
    app.delivery.offer(queued)
    return queued


async def settled(app: App) -> None:
    """All that could be sent was sent; fails where that takes far too long."""
    async with asyncio.timeout(PATIENCE_S):
        await app.settle()


async def until(is_so: Callable[[], bool]) -> None:
    """Returns once it is so; fails where that takes far too long."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_so():  # noqa: ASYNC110 - whatever is asked about knows nothing of us
            await asyncio.sleep(0.005)


def texts(person: Person) -> list[str]:
    """What the bot has said in this chat."""
    return [message.text for message in person.messages]

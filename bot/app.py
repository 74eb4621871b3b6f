"""The composition root: everything is built here, by hand, and nowhere else.

`svoi run`, the playground and the tests call the same `App`; they differ in its settings, its
clock and, for benchmarks, its pace.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer

from bot import waypoints
from bot.alerts import Alerts
from bot.delivery.calls import CallMaker
from bot.delivery.pace import Limits
from bot.delivery.sending import Delivery
from bot.handling import Handling
from bot.inbox import Inbox
from bot.menus import announce_commands
from bot.polling import Polling
from bot.settings import Settings
from bot.telegram import Telegram, TelegramUnanswered, TelegramUnreachable
from bot.throttle import Throttle
from bot.webhook import Webhook
from handlers.routers import build_dispatcher
from loyalty.programme import Programme, load_programme
from operations.sending import Later, Send, Skip, may_send
from operations.transaction import Tx
from scheduler.clock import Clock
from scheduler.clockwork import Clockwork
from storage.database import Database
from storage.outbox import Lane, Letter
from storage.schema import migrate
from templates.rendering import Renderer

STOP_WITHIN_S = 12.0
POSTGRES_WORKERS = 8
START_PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0)

log = structlog.get_logger("app")


@dataclass(frozen=True)
class Identity:
    """The bot as Telegram knows it."""

    id: int
    username: str


class App:
    """One bot, from its settings to its running parts."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        *,
        limits: Limits | None = None,
        waypoint: waypoints.Waypoint = waypoints.unwatched,
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.programme: Programme = load_programme(settings.programme)
        self.database = Database(settings.database_url)
        self.telegram = Telegram(settings.telegram_api, settings.bot_token)
        business = self.programme.business
        self.renderer = Renderer(
            business.currency, business.minor_digits, business.timezone, clock.now
        )
        self._bot = _serialising_bot(settings)
        self._waypoint = waypoint
        self.delivery = Delivery(
            self.database,
            self.telegram,
            clock,
            make_call=CallMaker(self._bot, self.renderer),
            check=self.may_send,
            limits=limits or Limits(),
            waypoint=waypoint,
        )
        self.alerts = Alerts(
            self.database, clock, self.programme, settings.owner_ids, self.delivery.offer
        )
        self.clockwork = Clockwork(
            self.database, clock, self.programme, settings.owner_ids, self.delivery.offer
        )
        self.inbox: Inbox
        self._started = asyncio.Event()

    async def run(self, stopping: asyncio.Event) -> None:
        """Runs until `stopping` is set; what was begun is finished, the rest waits in the database.

        Raises:
            SchemaNewerThanCode: a newer program has migrated the database.
            TokenRevoked: Telegram does not know the token.
        """
        try:
            await migrate(self.database)
            identity = await self._identify(stopping)
            if identity is not None:
                self._build_inbox(identity)
                await self._run_parts(stopping)
        finally:
            await self.telegram.close()
            await self._bot.session.close()
            await self.database.close()

    def build_dispatcher(self, identity: Identity) -> Dispatcher:
        """Every handler there is, in its order."""
        return build_dispatcher(bot_username=identity.username)

    def _build_inbox(self, identity: Identity) -> None:
        dispatcher = self.build_dispatcher(identity)
        handling = Handling(
            self.database,
            self.clock,
            self.programme,
            dispatcher=dispatcher,
            bot=self._bot,
            renderer=self.renderer,
            owner_ids=self.settings.owner_ids,
            waypoint=self._waypoint,
        )
        self.inbox = Inbox(
            self.database,
            self.clock,
            handle=handling.handle,
            park=handling.park,
            offer=self.delivery.offer,
            throttle=Throttle(asyncio.get_running_loop().time),
            waypoint=self._waypoint,
            workers=1 if self.database.is_sqlite else POSTGRES_WORKERS,
        )
        self.clockwork.add_chore("forget updates", self.inbox.forget)

    async def _run_parts(self, stopping: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            menus = tasks.create_task(
                announce_commands(self.telegram, self._bot, self.programme, self.settings.owner_ids)
            )
            source = tasks.create_task(self._source().run())
            clockwork = tasks.create_task(self.clockwork.run())
            inbox = tasks.create_task(self.inbox.run())
            delivery = tasks.create_task(self.delivery.run())
            self._started.set()
            await stopping.wait()
            log.info("stopping")
            menus.cancel()
            source.cancel()
            clockwork.cancel()
            self.inbox.stop()
            self.delivery.stop()
            _, late = await asyncio.wait((inbox, delivery), timeout=STOP_WITHIN_S)
            for part in late:
                part.cancel()

    def _source(self) -> "Polling | Webhook":
        if self.settings.webhook_url is None:
            return Polling(self.telegram, self.inbox.receive, self.alerts.conflict)
        return Webhook(self.settings, self.telegram, self.inbox.receive)

    async def _identify(self, stopping: asyncio.Event) -> Identity | None:
        """Asks Telegram who we are; waits while it is down, None if we are stopped meanwhile."""
        failures = 0
        while not stopping.is_set():
            try:
                me = await self.telegram.call("getMe")
                return Identity(int(me["id"]), str(me["username"]))
            except (TelegramUnreachable, TelegramUnanswered) as error:
                log.warning("Telegram does not answer", reason=str(error))
            try:
                async with asyncio.timeout(START_PAUSES_S[min(failures, len(START_PAUSES_S) - 1)]):
                    await stopping.wait()
            except TimeoutError:
                failures += 1
        return None

    async def may_send(self, letter: Letter, *, doubtful: bool) -> Send | Later | Skip:
        """Asked as a letter is sent; `doubtful`: its chat has refused us lately."""
        if letter.lane in (Lane.CALLBACK, Lane.REPLY) and not doubtful:
            return Send()
        async with self.database.read() as db:
            tx = Tx(db, self.clock.now(), self.programme)
            return await may_send(tx, letter, doubtful=doubtful)

    # -- for the playground and the tests, which move the clock

    async def started(self) -> None:
        """Returns once updates are taken."""
        await self._started.wait()

    async def settle(self) -> None:
        """Returns once nothing waits: no update, nothing due, nothing that may be sent now."""
        await self._started.wait()
        await self.clockwork.catch_up()
        self.delivery.wake()
        # Both must be idle at one moment: a look now and then is simpler than a signal from each.
        while not (self.inbox.is_idle and self.delivery.is_idle):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def _serialising_bot(settings: Settings) -> Bot:
    """aiogram's bot: it parses updates and serialises replies, and never opens a connection."""
    api = TelegramAPIServer.from_base(settings.telegram_api)
    session: Any = AiohttpSession(api=api)
    return Bot(settings.bot_token, session=session, default=DefaultBotProperties(parse_mode="HTML"))

"""The composition root: everything is built here, by hand, and nowhere else.

`svoi run`, the playground and the tests call the same `App`; they differ in its settings, its
clock and, for benchmarks, its pace.
"""

import asyncio
import time

import orjson
import structlog
from aiogram import Dispatcher
from sqlalchemy.ext.asyncio import AsyncConnection

from bot import waypoints
from bot.alerts import Alerts
from bot.backlog import Backlog
from bot.delivery.calls import CallMaker
from bot.delivery.pace import Limits
from bot.delivery.permissions import Permissions
from bot.delivery.sending import Delivery
from bot.erasure_list import ErasureList
from bot.handling import Handling
from bot.inbox import Inbox
from bot.menus import announce_commands
from bot.parking import Parking
from bot.polling import Polling
from bot.receiving import Receiving
from bot.restoring import restored
from bot.settings import Settings
from bot.starting import Identity, identified, migrated
from bot.stocking import stocked
from bot.telegram import Telegram
from bot.throttle import Throttle
from bot.unconnected import unconnected_bot
from bot.webhook import Webhook
from handlers.routers import build_dispatcher
from loyalty.programme import Programme
from operations.in_force import InForce
from operations.outgoing import Recipient, notify, to_account
from operations.sending import Decision
from operations.transaction import Tx
from scheduler.clock import Clock
from scheduler.clockwork import Clockwork
from scheduler.data_files import DataFiles
from storage.database import Database
from storage.outbox import Lane, Letter
from templates.every_chat import Apology
from templates.rendering import Renderer

# Together under the 15 s within which we have stopped, whatever hangs.
STOP_WITHIN_S = 8.0
CLOSE_WITHIN_S = 2.0
PEOPLE_FIRST_S = 1.0
POSTGRES_WORKERS = 8

log = structlog.get_logger("app")


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
        self.in_force = InForce.load(settings.programme)
        self.database = Database(settings.database_url)
        self.telegram = Telegram(settings.telegram_api, settings.bot_token)
        business = self.programme.business
        self.renderer = Renderer(
            business.currency, business.minor_digits, business.timezone, clock.now
        )
        self._bot = unconnected_bot(settings.bot_token)
        self._waypoint = waypoint
        self.backlog = Backlog(self.database)
        self._permissions = Permissions(self.database, clock, self.in_force)
        self.delivery = Delivery(
            self.database,
            self.telegram,
            clock,
            make_call=CallMaker(self._bot, self.renderer),
            check=self.may_send,
            apologise=self._apologise,
            others_write=lambda: not self.backlog.is_idle,
            limits=limits or Limits(),
            waypoint=waypoint,
        )
        self.alerts = Alerts(
            self.database,
            clock,
            self.in_force,
            settings.owner_ids,
            offer=self.delivery.offer,
            monotonic=time.monotonic,
        )
        self.clockwork = Clockwork(
            self.database,
            clock,
            self.in_force,
            settings.owner_ids,
            self.delivery.offer,
            acting=lambda: waypoint(waypoints.ACTING),
            acted=lambda: waypoint(waypoints.ACTED),
        )
        self.receiving = Receiving(
            self.database,
            clock,
            self.in_force,
            backlog=self.backlog,
            throttle=Throttle(time.monotonic),
            offer=self.delivery.offer,
            waypoint=waypoint,
        )
        self.erasure_list = ErasureList(
            self.database,
            clock,
            self.programme,
            settings.erasures_path,
            alert=self.alerts.erasure_list,
        )
        self.inbox: Inbox
        self._started = asyncio.Event()

    @property
    def programme(self) -> Programme:
        """The one in force: another object after a change."""
        return self.in_force.programme

    async def run(self, stopping: asyncio.Event) -> None:
        """Runs until `stopping` is set; what was begun is finished, the rest waits in the database.

        Raises:
            SchemaNewerThanCode: a newer program has migrated the database.
            TokenRevoked: Telegram does not know the token.
            WebhookUnusable: the webhook cannot be served as the settings have it.
        """
        try:
            if await migrated(self.database, stopping):
                await restored(
                    self.database, self.clock, self.in_force, self.settings.owner_ids, stopping
                )
                await stocked(self.database, self.clock, self.programme, stopping)
                # Before anybody is written to: what waits in a restored backup may be theirs.
                await self.erasure_list.at_start(stopping)
                identity = await identified(self.telegram, stopping)
                if identity is not None:
                    await self._run_parts(self.build_dispatcher(identity), stopping)
        finally:
            await self._close()

    def build_dispatcher(self, identity: Identity) -> Dispatcher:
        """Every handler there is, in its order."""
        return build_dispatcher(bot_username=identity.username)

    def _build_inbox(self, dispatcher: Dispatcher) -> Inbox:
        handling = Handling(
            self.database,
            self.clock,
            self.in_force,
            dispatcher=dispatcher,
            bot=self._bot,
            renderer=self.renderer,
            owner_ids=self.settings.owner_ids,
            waypoint=self._waypoint,
        )
        return Inbox(
            self.database,
            self.clock,
            backlog=self.backlog,
            handle=handling.handle,
            parking=Parking(self.database, self.clock, self.in_force, self.alerts),
            offer=self.delivery.offer,
            waypoint=self._waypoint,
            workers=1 if self.database.is_sqlite else POSTGRES_WORKERS,
        )

    def _source(self, dispatcher: Dispatcher) -> Polling | Webhook:
        allowed = orjson.dumps(sorted(dispatcher.resolve_used_update_types())).decode()
        receive = self.receiving.receive
        if self.settings.webhook_url is None:
            return Polling(
                self.telegram,
                receive,
                on_conflict=self.alerts.conflict,
                allowed_updates=allowed,
            )
        return Webhook(self.settings, self.telegram, receive, allowed_updates=allowed)

    async def _run_parts(self, dispatcher: Dispatcher, stopping: asyncio.Event) -> None:
        self.inbox = self._build_inbox(dispatcher)
        self.clockwork.add_chore("forget updates", self.inbox.forget)
        files = DataFiles(
            self.database, self.clock, self.programme, self.renderer, self.delivery.offer
        )
        self.clockwork.add_chore("list of erasures", self.erasure_list.write_new, at_each_tick=True)
        self.clockwork.add_chore("files of clients' data", files.go, at_each_tick=True)
        async with asyncio.TaskGroup() as tasks:
            menus = tasks.create_task(
                announce_commands(self.telegram, self._bot, self.programme, self.settings.owner_ids)
            )
            source = tasks.create_task(self._source(dispatcher).run())
            clockwork = tasks.create_task(self._keep_time())
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

    async def _keep_time(self) -> None:
        # Who wrote while we were away is answered before we look at what time has brought.
        await asyncio.sleep(PEOPLE_FIRST_S)
        await self.clockwork.run()

    async def _close(self) -> None:
        """Lets go of everything; what does not come loose dies with the process."""
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self.telegram.close()
                await self.database.close()
        except TimeoutError:
            log.warning("stopped without closing the database")

    async def may_send(self, letter: Letter, *, doubtful: bool) -> Decision:
        """Asked as a letter is sent; `doubtful`: its chat has refused us lately."""
        return await self._permissions.may_send(letter, doubtful=doubtful)

    async def _apologise(self, db: AsyncConnection, unsaid: Letter) -> list[Letter]:
        """In place of a reply that could not be said, unless it was this very apology."""
        tx = Tx(db, self.clock.now(), self.programme)
        if unsaid.chat_id > 0 and unsaid.notice != Apology().message_name:
            recipient = Recipient(unsaid.chat_id, (await to_account(tx, unsaid.chat_id)).language)
            key = f"apology:letter:{unsaid.id}"
            await notify(tx, recipient, Apology(), lane=Lane.REPLY, key=key)
        return tx.queued

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

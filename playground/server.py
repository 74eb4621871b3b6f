"""The local Telegram as one object: starts, stops, holds the people and what they do."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from playground.backend import Backend
from playground.bot_api import BotApi
from playground.calls import CallLog
from playground.control import Control
from playground.faults import Faults
from playground.files import FileStore
from playground.limits import Pace, PaceLimits
from playground.people import Person
from playground.population import Population
from playground.schema import JSON
from playground.updates import PollAborted, UpdateQueue
from playground.webhook import RetryPause, Target, Webhook
from playground.wire import REQUEST_BYTES_MAX
from playground.world import Keep, User, World

HOST = "127.0.0.1"
BOT_ID = 5_000_000_001
TOKEN = f"{BOT_ID}:LOCAL-stand-in-not-a-secret-000000"
FIRST_UPDATE_ID = 700_000_001
CALLBACK_SECONDS = 150.0
SHUTDOWN_SECONDS = 1.0
ACCEPTING_TURNS = 8
DEFAULT_PACE = PaceLimits()
KEEP_ALL = Keep()
DEFAULT_PAUSE = RetryPause()


class LocalTelegram:
    """A Bot API server on this machine, and everybody who talks to the bot through it.

    `async with LocalTelegram() as telegram:` listens on `telegram.base_url`. All state lives in
    the event loop that started it; nothing here is for other threads.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        token: str = TOKEN,
        bot_username: str = "svoi_local_bot",
        bot_name: str = "Свои",
        pace: PaceLimits | None = DEFAULT_PACE,
        keep: Keep = KEEP_ALL,
        callback_lifetime_s: float = CALLBACK_SECONDS,
        webhook_pause: RetryPause = DEFAULT_PAUSE,
        first_update_id: int = FIRST_UPDATE_ID,
        page: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        bot_id = int(token.partition(":")[0])
        bot = User({"id": bot_id, "is_bot": True, "first_name": bot_name, "username": bot_username})
        updates = UpdateQueue(first_id=first_update_id, history_max=keep.updates)
        self.backend = Backend(
            world=World(bot, keep=keep, clock=clock),
            updates=updates,
            files=FileStore(keep.file_bytes),
            pace=Pace(pace),
            faults=Faults(),
            calls=CallLog(keep.calls),
            webhook=Webhook(updates, webhook_pause),
            bot_username=bot_username,
            callback_lifetime_s=callback_lifetime_s,
        )
        self.token = token
        self.population = Population(self.backend)
        self.person = self.population.person
        self.group = self.population.group
        self.channel = self.population.channel
        self.control = Control(self.backend, self.population, page)
        self._wanted_port = port
        self._port = 0
        self._api = BotApi(self.backend, token)
        self.backend.webhook.on_answer = self._api.perform
        self._runner: web.AppRunner | None = None
        self._target: Target | None = None  # the webhook, while the server is down

    @property
    def world(self) -> World:
        return self.backend.world

    @property
    def updates(self) -> UpdateQueue:
        return self.backend.updates

    @property
    def calls(self) -> CallLog:
        return self.backend.calls

    @property
    def faults(self) -> Faults:
        return self.backend.faults

    @property
    def pace(self) -> Pace:
        return self.backend.pace

    @property
    def people(self) -> dict[int, Person]:
        return self.population.people

    @property
    def bot_username(self) -> str:
        return self.backend.bot_username

    @property
    def port(self) -> int:
        """The port it listens on; it stays the same when the server goes down and comes up."""
        return self._port or self._wanted_port

    @property
    def base_url(self) -> str:
        return f"http://{HOST}:{self.port}"

    async def __aenter__(self) -> Self:
        await self.come_up()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def come_up(self) -> None:
        """Listens (again); everything that it knew is still there."""
        assert self._runner is None, "the server is up already"
        self._api.going_down.clear()
        app = web.Application(client_max_size=REQUEST_BYTES_MAX)
        app.router.add_route("*", "/bot{token}/{method}", self._api.handle)
        app.router.add_get("/file/bot{token}/{path:.+}", self._api.download)
        self.control.attach(app)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
        await runner.setup()
        site = web.TCPSite(runner, HOST, self.port)
        await site.start()
        self._port = runner.addresses[0][1]
        self._runner = runner
        if self._target is not None:
            await self.backend.webhook.set(self._target)
            self._target = None

    async def go_down(self) -> None:
        """Refuses connections and cuts those that are open, as a machine that vanishes does."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        self._target = self.backend.webhook.target
        await self.backend.webhook.unset()
        self._api.going_down.set()
        self.updates.end_poll(PollAborted())
        await self._stop_accepting(runner)
        for site in list(runner.sites):
            await site.stop()
        if runner.server is not None:
            for connection in runner.server.connections:
                if connection.transport is not None:
                    connection.transport.abort()
        await runner.cleanup()

    async def _stop_accepting(self, runner: web.AppRunner) -> None:
        """Lets what is being accepted become connections, and accepts nothing more.

        asyncio drops a connection on the floor, its socket open, if the server that accepted it
        is closed a turn of the loop before the connection is made.
        """
        loop = asyncio.get_running_loop()
        for site in runner.sites:
            for listening in getattr(getattr(site, "_server", None), "sockets", ()):
                loop.remove_reader(listening.fileno())
        for _ in range(ACCEPTING_TURNS):
            await asyncio.sleep(0)

    async def close(self) -> None:
        """Ends everything."""
        await self.go_down()
        await self.backend.webhook.close()

    def revoke_token(self) -> None:
        """From now on every call is answered 401."""
        self._api.token = None
        self.updates.end_poll(PollAborted())

    def inject(self, raw: JSON | str | bytes) -> int:
        """Queues an update verbatim: of an unknown type, malformed, of any kind."""
        return self.updates.inject(raw)

    def redeliver(self, update_id: int, times: int = 1) -> None:
        """Delivers an update again, so many times."""
        self.updates.redeliver(update_id, times)

    async def until_all_confirmed(self, timeout_s: float = 10) -> None:
        """Returns when the bot has confirmed every update."""
        async with asyncio.timeout(timeout_s):
            await self.updates.emptied()

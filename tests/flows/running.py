"""A running bot in a test, and the clock it lives by."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from bot.app import App
from bot.settings import Settings
from playground.server import LocalTelegram

OWNER_ID = 7_900_000_001  # nobody whom `telegram.person(...)` makes without an id


class MovableClock:
    """Business time that a test sets; a Monday noon in Moscow to begin with."""

    def __init__(self, start: datetime = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by

    def move_to(self, moment: datetime) -> None:
        self._now = moment


class RunningBot:
    """The bot, its Telegram and its clock."""

    def __init__(self, app: App, telegram: LocalTelegram, clock: MovableClock) -> None:
        self.app = app
        self.telegram = telegram
        self.clock = clock

    async def passes(self, by: timedelta) -> None:
        """Business time moves on, and all that became due by it is done."""
        self.clock.move(by)
        await self.settle()

    async def settle(self) -> None:
        """Every update is handled and everything that may be sent now is sent."""
        await self.telegram.until_all_confirmed()
        await self.app.settle()


@asynccontextmanager
async def running(
    app: App, telegram: LocalTelegram, clock: MovableClock
) -> AsyncIterator[RunningBot]:
    """The bot up and polling; stopped as SIGTERM would."""
    stopping = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        run = tasks.create_task(app.run(stopping))
        started = tasks.create_task(app.started())
        await asyncio.wait((run, started), return_when=asyncio.FIRST_COMPLETED)
        yield RunningBot(app, telegram, clock)
        stopping.set()


def settings_for(telegram: LocalTelegram, database_url: str, **more: object) -> Settings:
    """Settings for a bot at this local Telegram; the owner is `OWNER_ID`."""
    values: dict[str, object] = {
        "bot_token": telegram.token,
        "telegram_api": telegram.base_url,
        "database_url": database_url,
        "owner_ids": frozenset({OWNER_ID}),
    }
    return Settings(_env_file=None, **(values | more))  # type: ignore[arg-type]

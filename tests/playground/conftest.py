"""The local Telegram and a real aiogram bot that talks to it."""

from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from aiogram import Bot, Dispatcher

from playground import LocalTelegram, Person
from tests.playground.bots import Pollers, bot_for


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    """Without a pace, as most tests send more than people could bear."""
    async with LocalTelegram(pace=None) as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: LocalTelegram) -> AsyncIterator[Bot]:
    bot = bot_for(telegram)
    yield bot
    await bot.session.close()


@pytest.fixture
def anna(telegram: LocalTelegram) -> Person:
    """Somebody who pressed "start" before."""
    return telegram.person("Анна", language_code="ru", phone="+79120000001", started=True)


@pytest.fixture
async def poll(bot: Bot) -> AsyncIterator[Callable[[Dispatcher], None]]:
    """Starts dispatchers that poll until the test ends."""
    async with Pollers(bot) as pollers:
        yield pollers.start


@pytest.fixture
async def http(telegram: LocalTelegram) -> AsyncIterator[aiohttp.ClientSession]:
    """Bare HTTP, for what no library would send."""
    base = f"{telegram.base_url}/bot{telegram.token}/"
    async with aiohttp.ClientSession(base_url=base) as session:
        yield session

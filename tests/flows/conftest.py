"""The whole bot against the local Telegram: what a person would type and tap."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app import App
from bot.delivery.pace import Limits
from playground.server import LocalTelegram
from programmes import SERVICE_CENTRE
from tests.flows.running import MovableClock, RunningBot, running, settings_for

# Telegram's pace is proved in tests/bot; here it would only make each dialogue wait.
NO_LIMITS = Limits(messages_per_s=None)


@pytest.fixture
def database_kind() -> str:
    """Flows run on SQLite; that operations mean the same on PostgreSQL is shown elsewhere."""
    return "sqlite"


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    async with LocalTelegram(port=0, pace=None) as telegram:
        yield telegram


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def programme_file() -> Path:
    """The sample service centre, unless a test brings its own."""
    return SERVICE_CENTRE


@pytest.fixture
async def svoi(
    telegram: LocalTelegram, database_url: str, clock: MovableClock, programme_file: Path
) -> AsyncIterator[RunningBot]:
    """A running bot of this programme."""
    settings = settings_for(telegram, database_url, programme=programme_file)
    app = App(settings, clock, limits=NO_LIMITS)
    async with running(app, telegram, clock) as bot:
        yield bot

"""A local Telegram and a way to make bots at it."""

import logging
import sys
from collections.abc import AsyncIterator, Iterator

import pytest
import structlog

from bot.logs import configure_logs
from playground.limits import PaceLimits
from playground.server import LocalTelegram
from tests.bot.lives import Rig
from tests.flows.running import MovableClock


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    """As in the real process; structlog's own default prints every local of a traceback."""
    hook, handlers, level = sys.excepthook, logging.root.handlers[:], logging.root.level
    configure_logs()
    yield
    sys.excepthook, logging.root.handlers = hook, handlers
    logging.root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def database_kind() -> str:
    """SQLite unless a test asks for both: one writer, one worker, the harder case."""
    return "sqlite"


@pytest.fixture
def pace() -> PaceLimits | None:
    """Telegram takes any pace here; a test about pace sets its own."""
    return None


@pytest.fixture
async def telegram(pace: PaceLimits | None) -> AsyncIterator[LocalTelegram]:
    async with LocalTelegram(port=0, pace=pace) as telegram:
        yield telegram


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def rig(telegram: LocalTelegram, database_url: str, clock: MovableClock) -> Rig:
    return Rig(telegram, database_url, clock)

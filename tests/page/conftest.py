"""The playground in a real browser: the demo as it is composed, Chromium as it is installed."""

import asyncio
import os
import shutil
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright

from loyalty.programme import load_programme
from playground.demo import Demo
from playground.sample.build import write_sample
from playground.sample.business import FILE_NAME, write_programme
from tests.page.screens import Screen, open_screen

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
CHROMIUM_OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HISTORY_DAYS = 60  # a few clients are enough here
FOLDER_OF_PICTURES = "SVOI_TEST_SCREENSHOTS"


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is; without one the tests of the page are skipped, and say so."""
    found = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if found is None:
        pytest.skip("no Chromium is installed: the page is not tested")
    return found


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sample business of some weeks, made once."""
    file = tmp_path_factory.mktemp("sample") / "svoi.db"
    now = datetime.now(UTC)
    programme = load_programme(write_programme(file.parent, now.date()))
    story = write_sample(file, programme, now, newest_days=HISTORY_DAYS)
    asyncio.run(story)
    return file


@pytest.fixture
async def demo(sample: Path, tmp_path: Path) -> AsyncIterator[Demo]:
    """A running demo of its own."""
    database = tmp_path / "svoi.db"
    shutil.copy(sample, database)
    demo = Demo(database, sample.with_name(FILE_NAME), _free_port())
    stopping, opened = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(demo.run(stopping, opened.set))
        await opened.wait()
        yield demo
        stopping.set()


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=list(CHROMIUM_OPTIONS)
        )
        yield browser
        await browser.close()


@pytest.fixture
def pictures() -> Path | None:
    """Where pictures of the screens go, if somebody wants to look at them."""
    folder = os.environ.get(FOLDER_OF_PICTURES)
    return None if folder is None else Path(folder)


@pytest.fixture
async def laptop(browser: Browser, demo: Demo, pictures: Path | None) -> AsyncIterator[Screen]:
    """A laptop's window with the page open, in Russian."""
    async with open_screen(
        browser,
        demo,
        width=1440,
        height=900,
        language="ru-RU",
        pictures=pictures,
    ) as screen:
        yield screen


@pytest.fixture
async def pocket(browser: Browser, demo: Demo, pictures: Path | None) -> AsyncIterator[Screen]:
    """A phone's browser with the page open, in English."""
    async with open_screen(
        browser,
        demo,
        width=390,
        height=844,
        language="en-US",
        pictures=pictures,
    ) as screen:
        yield screen


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

"""The page's errands let go of the bot's database before it is closed."""

import asyncio
import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from loyalty.programme import load_programme
from playground.demo import Demo
from playground.errands import Errands
from playground.sample.build import write_sample
from playground.sample.business import FILE_NAME, write_programme


async def test_an_errand_answers_whoever_asked() -> None:
    async def ask() -> str:
        await asyncio.sleep(0)
        return "the first of May"

    errands = Errands()
    assert await errands.run(ask()) == "the first of May"
    await errands.end()


async def test_at_the_end_the_running_are_gone_and_none_begins() -> None:
    events: list[str] = []

    async def read() -> None:
        events.append("opened")
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # as a connection is handed back
            events.append("closed")

    errands = Errands()
    running = errands.run(read())
    await asyncio.sleep(0)
    await errands.end()
    assert (running.cancelled(), events) == (True, ["opened", "closed"])

    late = errands.run(read())
    with pytest.raises(asyncio.CancelledError):
        await late
    assert events == ["opened", "closed"]


async def test_stopped_in_the_midst_of_a_journey_the_demo_leaves_no_connection_open(
    tmp_path: Path,
) -> None:
    file, now = tmp_path / "svoi.db", datetime.now(UTC)
    programme = load_programme(write_programme(tmp_path, now.date()))
    await write_sample(file, programme, now, newest_days=2)
    before = _connections()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    demo = Demo(file, tmp_path / FILE_NAME, port)
    stopping, opened = asyncio.Event(), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(demo.run(stopping, opened.set))
        await opened.wait()
        journey = demo._errands.run(demo.journey.to(now + timedelta(days=90)))
        while demo.journey.progress is None or demo.journey.progress.step < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        stopping.set()
    assert journey.cancelled()
    assert _connections() <= before


def _connections() -> set[threading.Thread]:
    """Each connection to a SQLite file that is open has a thread of its own."""
    return {t for t in threading.enumerate() if "connection_worker" in t.name}

"""SIGTERM and SIGINT: exit code 0 within 15 s, nothing lost and nothing doubled, whatever hangs."""

import asyncio
import contextlib
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from playground.server import LocalTelegram
from tests.bot.lives import Rig, said, texts, until
from tests.bot.processes import Ended, Process, running

WITHIN_S = 15.0


@pytest.fixture
def env(rig: Rig) -> dict[str, str]:
    return {
        "SVOI_BOT_TOKEN": rig.telegram.token,
        "SVOI_TELEGRAM_API": rig.telegram.base_url,
        "SVOI_DATABASE_URL": rig.database_url,
    }


@asynccontextmanager
async def up(
    env: dict[str, str], tmp_path: Path, telegram: LocalTelegram
) -> AsyncIterator[Process]:
    """The process, once it polls."""
    polls = telegram.updates.polls
    async with running("run", env=env, cwd=tmp_path) as process:
        async with asyncio.timeout(60):
            while telegram.updates.polls == polls:
                assert not process.is_over, (await process.ended()).err
                await asyncio.sleep(0.02)
        yield process


async def stopped(process: Process, *numbers: signal.Signals) -> Ended:
    """Asks it to stop; it has to within the time."""
    asked = time.monotonic()
    for number in numbers or (signal.SIGTERM,):
        process.signal(number)
        await asyncio.sleep(0.05)
    ended = await process.ended()
    assert time.monotonic() - asked < WITHIN_S
    assert ended.code == 0, ended.err
    return ended


async def test_stops_under_load_lose_nothing_and_double_nothing(
    rig: Rig, telegram: LocalTelegram, env: dict[str, str], tmp_path: Path
) -> None:
    people = [telegram.person(f"p{n}") for n in range(16)]
    telegram.faults.slow(0.1, method="sendMessage")
    sent = 0

    async def talk() -> None:
        nonlocal sent
        while True:
            for person in people:
                await person.send("/nothing")
            sent += 1
            await asyncio.sleep(2)  # half of what Telegram lets us say in one chat

    talking = asyncio.ensure_future(talk())
    for signals in (
        (signal.SIGTERM,),
        (signal.SIGTERM, signal.SIGTERM, signal.SIGTERM),
        (signal.SIGINT,),
    ):
        async with up(env, tmp_path, telegram) as process:
            before = len(telegram.calls.of("sendMessage"))
            await until(lambda before=before: len(telegram.calls.of("sendMessage")) > before + 20)  # type: ignore[misc]
            await stopped(process, *signals)
    talking.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await talking
    telegram.faults.clear()
    async with up(env, tmp_path, telegram) as process:
        await telegram.until_all_confirmed(timeout_s=60)
        await until(lambda: all(len(texts(person)) >= sent for person in people))
        await stopped(process)
    assert all(len(texts(person)) == sent for person in people), "each command has one answer"
    assert {row.status for row in await rig.updates()} == {"done"}
    assert set(await rig.statuses()) == {"sent"}


async def test_stops_while_telegram_is_down(
    rig: Rig, telegram: LocalTelegram, env: dict[str, str], tmp_path: Path
) -> None:
    anna = telegram.person("Анна", started=True)
    async with up(env, tmp_path, telegram) as process:
        await telegram.go_down()
        await rig.queue([said(anna, "later")])
        await asyncio.sleep(1)
        await stopped(process)
        await telegram.come_up()
    async with running(
        "run", env={**env, "SVOI_TELEGRAM_API": "http://127.0.0.1:1"}, cwd=tmp_path
    ) as process:
        await asyncio.sleep(5)  # wherever it is by then: importing, or asking who it is
        await stopped(process)
    async with up(env, tmp_path, telegram) as process:
        await anna.hears("later", timeout_s=30)
        await stopped(process)


async def test_stops_while_telegram_hangs(
    rig: Rig, telegram: LocalTelegram, env: dict[str, str], tmp_path: Path
) -> None:
    crowd = [telegram.person(f"p{n}", started=True) for n in range(40)]
    async with up(env, tmp_path, telegram) as process:
        hung = telegram.faults.hang(120, method="sendMessage", times=None, accepted=False)
        await rig.queue([said(person, "once") for person in crowd])
        await until(lambda: hung.hits >= 20)
        await stopped(process)
        await telegram.go_down()
        telegram.faults.clear()
        await telegram.come_up()
    async with up(env, tmp_path, telegram) as process:
        await until(lambda: all(texts(person) for person in crowd))
        await stopped(process)
    assert all(texts(person) == ["once"] for person in crowd)


async def test_stops_while_the_database_is_locked(
    rig: Rig, telegram: LocalTelegram, env: dict[str, str], tmp_path: Path
) -> None:
    anna = telegram.person("Анна")
    other = sqlite3.connect(make_url(rig.database_url).database or "", isolation_level=None)
    async with up(env, tmp_path, telegram) as process:
        await anna.send("/nothing")
        await anna.hears()
        await asyncio.sleep(0.5)  # until the answer is marked
        other.execute("BEGIN IMMEDIATE")
        await anna.send("/nothing")
        await asyncio.sleep(1)
        await stopped(process)
        other.execute("ROLLBACK")
    other.close()
    async with up(env, tmp_path, telegram) as process:
        await until(lambda: len(texts(anna)) == 2)
        await stopped(process)
    assert {row.status for row in await rig.updates()} == {"done"}


async def test_a_revoked_token_ends_in_one_line_and_exit_code_1(
    telegram: LocalTelegram, env: dict[str, str], tmp_path: Path
) -> None:
    async with up(env, tmp_path, telegram) as process:
        telegram.revoke_token()
        ended = await process.ended()
    assert ended.code == 1
    last = ended.err.splitlines()[-1]
    assert last.startswith("SVOI_BOT_TOKEN: ")
    assert "Traceback" not in ended.err
    assert telegram.token not in ended.err


async def test_a_fault_of_the_program_is_logged_masked_and_ends_in_exit_code_1(
    rig: Rig, telegram: LocalTelegram, env: dict[str, str], tmp_path: Path
) -> None:
    async with up(env, tmp_path, telegram) as process:
        async with rig.store() as database, database.write() as db:
            await db.exec_driver_sql("DROP TABLE inbox")
        anna = telegram.person("Анна")
        await anna.send("+79120000001")
        ended = await process.ended()
    assert ended.code == 1
    assert "level=critical" in ended.err
    assert telegram.token not in ended.err
    assert "9120000001" not in ended.err

"""The database full, locked, cut off or stopped: late, but not lost, and not twice."""

import asyncio
import sqlite3

import pytest
from aiogram import Router
from aiogram.types import Message
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bot.app import App
from bot.delivery.sending import SEND_IN_FLIGHT_MAX
from playground.people import Person
from playground.server import LocalTelegram
from tests.bot.lives import Rig, alive, post, said, settled, texts, until
from tests.databases import Postgres
from tests.flows.running import MovableClock

ROUNDS = 12


@pytest.fixture
def app(rig: Rig) -> App:
    return rig.app(router=echo())


def echo() -> Router:
    router = Router()

    @router.message()
    async def say(message: Message) -> object:
        return message.answer(f"эхо {message.text}")

    return router


async def chat_on(people: list[Person], rounds: int = ROUNDS) -> None:
    """Everybody says something again and again, whether they are answered or not."""
    for number in range(rounds):
        for person in people:
            await person.send(str(number))
        await asyncio.sleep(0.02)


def expected(rounds: int = ROUNDS) -> list[str]:
    return [f"эхо {number}" for number in range(rounds)]


async def test_a_full_disk_advances_no_offset_and_all_resumes_once_there_is_room(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна")
    long = "x" * 4_000
    async with alive(app):
        await anna.send("before")
        await anna.hears("before")
        await settled(app)
        async with app.database.write() as db:
            pages = (await db.execute(text("PRAGMA page_count"))).scalar_one()
            await db.execute(text(f"PRAGMA max_page_count = {pages}"))
        ids = [await anna.send(f"{number} {long}") for number in range(20)]
        polls = telegram.updates.polls
        await until(lambda: telegram.updates.polls >= polls + 2)
        assert any(pending.update_id in ids for pending in telegram.updates.waiting())
        async with app.database.write() as db:
            await db.execute(text("PRAGMA max_page_count = 1000000"))
        await telegram.until_all_confirmed(timeout_s=30)
        await settled(app)
    assert texts(anna)[1:] == [f"эхо {number} {long}" for number in range(20)]
    assert {row.status for row in await rig.updates()} == {"done"}


async def test_a_file_locked_for_longer_than_we_wait_delays_and_loses_nothing(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна")
    crowd = [telegram.person(f"p{n}", started=True) for n in range(20)]
    other = sqlite3.connect(make_url(rig.database_url).database or "", isolation_level=None)
    async with alive(app):
        await anna.send("before")
        await anna.hears("before")
        await settled(app)
        await post(app, [said(person, "on its way") for person in crowd])
        other.execute("BEGIN IMMEDIATE")
        await until(lambda: all(texts(person) for person in crowd))  # sent, though not marked
        await anna.send("meanwhile")
        await asyncio.sleep(6)  # longer than busy_timeout
        assert texts(anna) == ["эхо before"]
        other.execute("ROLLBACK")
        await anna.hears("meanwhile")
        await settled(app)
    other.close()
    assert texts(anna) == ["эхо before", "эхо meanwhile"]
    assert all(texts(person) == ["on its way"] for person in crowd)
    assert set(await rig.statuses()) == {"sent"}


async def test_while_nothing_can_be_marked_a_chat_gets_one_message_and_all_get_32(
    rig: Rig, telegram: LocalTelegram
) -> None:
    """So many, and no more, would a crash repeat."""
    crowd = [telegram.person(f"p{n}", started=True) for n in range(60)]
    other = sqlite3.connect(make_url(rig.database_url).database or "", isolation_level=None)
    app = rig.app()
    async with alive(app):
        await settled(app)
        await post(app, [said(person, word) for word in ("one", "two") for person in crowd])
        other.execute("BEGIN IMMEDIATE")
        await until(lambda: len(telegram.calls.of("sendMessage")) == SEND_IN_FLIGHT_MAX)
        await asyncio.sleep(0.5)
        assert len(telegram.calls.of("sendMessage")) == SEND_IN_FLIGHT_MAX
        assert max(len(texts(person)) for person in crowd) == 1
        other.execute("ROLLBACK")
        await settled(app)
    other.close()
    assert all(texts(person) == ["one", "two"] for person in crowd)


class TestPostgres:
    @pytest.fixture
    def database_kind(self) -> str:
        return "postgresql"

    async def test_connections_killed_in_mid_work_lose_and_double_nothing(
        self, app: App, rig: Rig, telegram: LocalTelegram, server: Postgres
    ) -> None:
        people = [telegram.person(f"p{n}") for n in range(8)]
        name = make_url(rig.database_url).database
        async with alive(app):
            async with asyncio.TaskGroup() as tasks:
                talk = tasks.create_task(chat_on(people))
                while not talk.done():
                    await server.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                        f"WHERE datname = '{name}'"
                    )
                    await asyncio.sleep(0.05)
            await telegram.until_all_confirmed(timeout_s=30)
            await settled(app)
        assert all(texts(person) == expected() for person in people)
        assert {row.status for row in await rig.updates()} == {"done"}

    async def test_chats_run_side_by_side_and_each_in_its_order(
        self, app: App, telegram: LocalTelegram
    ) -> None:
        people = [telegram.person(f"p{n}") for n in range(16)]
        async with alive(app):
            await chat_on(people)
            await telegram.until_all_confirmed()
            await settled(app)
        assert all(texts(person) == expected() for person in people)


async def test_the_process_survives_a_restart_of_the_postgresql_server(
    own_server: Postgres, telegram: LocalTelegram, clock: MovableClock
) -> None:
    await own_server.execute("CREATE DATABASE restarted")
    rig = Rig(telegram, own_server.url("restarted"), clock)
    people = [telegram.person(f"p{n}") for n in range(8)]
    async with alive(rig.app(router=echo())) as app:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(chat_on(people))
            await until(lambda: any(texts(person) for person in people))
            await asyncio.to_thread(own_server.halt)
            for person in people:
                await person.send("while it was down")
            await asyncio.to_thread(own_server.resume)
        await telegram.until_all_confirmed(timeout_s=30)
        await settled(app)
    words = sorted([*expected(), "эхо while it was down"])
    assert all(sorted(texts(person)) == words for person in people)
    assert {row.status for row in await rig.updates()} == {"done"}

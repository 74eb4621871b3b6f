"""The webhook, as Telegram and as an enemy call it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiogram import Router
from aiogram.types import Message
from sqlalchemy.engine import make_url

from bot.app import App
from bot.settings import Listen
from bot.webhook import BODY_BYTES_MAX, SECRET_HEADER, WebhookUnusable
from playground.server import LocalTelegram
from playground.webhook import RetryPause
from tests.bot.lives import AppWith, Rig, alive, settled, texts, until

SECRET = "s3cret_" + "x" * 30


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    pause = RetryPause(first_s=0.1, factor=1.5, longest_s=0.5)
    async with LocalTelegram(port=0, pace=None, webhook_pause=pause) as telegram:
        yield telegram


@pytest.fixture
def port(unused_tcp_port: int) -> int:
    return unused_tcp_port


@pytest.fixture
def app(rig: Rig, port: int) -> App:
    router = Router()

    @router.message()
    async def echo(message: Message) -> object:
        return message.answer(f"эхо {message.text}")

    settings = rig.settings(
        webhook_url=f"http://127.0.0.1:{port}/hook",
        webhook_secret=SECRET,
        webhook_listen=Listen("127.0.0.1", port),
    )
    return AppWith(settings, rig.clock, router=router)


async def post(port: int, body: bytes, secret: str | None = SECRET, method: str = "POST") -> int:
    headers = {} if secret is None else {SECRET_HEADER: secret}
    url = f"http://127.0.0.1:{port}/hook"
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, url, data=body, headers=headers) as answer,
    ):
        return answer.status


async def until_set(telegram: LocalTelegram) -> None:
    await until(lambda: telegram.backend.webhook.is_set)


async def test_updates_come_by_the_webhook_and_are_answered(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    people = [telegram.person(f"p{n}") for n in range(5)]
    async with alive(app):
        await until_set(telegram)
        for number in range(10):
            for person in people:
                await person.send(str(number))
        await telegram.until_all_confirmed()
        await settled(app)
    expected = [f"эхо {number}" for number in range(10)]
    assert all(texts(person) == expected for person in people)
    assert {row.status for row in await rig.updates()} == {"done"}


@pytest.mark.parametrize("secret", [None, "", "wrong", SECRET + "x", SECRET[:-1], "\u043f\u0430"])
async def test_whoever_lacks_the_secret_gets_401_and_stores_nothing(
    app: App, rig: Rig, telegram: LocalTelegram, port: int, secret: str | None
) -> None:
    async with alive(app):
        await until_set(telegram)
        assert await post(port, b'{"update_id": 1}', secret) == 401
        assert await post(port, b"x" * (BODY_BYTES_MAX + 1), secret) == 401
        assert await post(port, b"", secret, "GET") == 401
    assert await rig.updates() == []


async def test_what_is_no_update_is_refused_and_what_is_too_large_too(
    app: App, rig: Rig, telegram: LocalTelegram, port: int
) -> None:
    async with alive(app):
        await until_set(telegram)
        for body in (b"", b"not json", b"[]", b"7", b"\xff\xfe"):
            assert await post(port, body) == 400
        assert await post(port, b"x" * (BODY_BYTES_MAX + 1)) == 413
        assert await post(port, b"", method="GET") == 405
        assert await post(port, b'{"message": {}}') == 200, "nothing that could come again better"
        assert await post(port, b'{"update_id": 1, "new": {}}') == 200
    assert [row.update_id for row in await rig.updates()] == [1]


async def test_200_is_said_only_after_the_commit(
    app: App, rig: Rig, telegram: LocalTelegram, port: int
) -> None:
    anna = telegram.person("Анна", started=True)
    other = sqlite3.connect(make_url(rig.database_url).database or "", isolation_level=None)
    async with alive(app):
        await until_set(telegram)
        await settled(app)
        other.execute("BEGIN IMMEDIATE")
        assert await post(port, b'{"update_id": 1, "new": {}}') == 500
        other.execute("ROLLBACK")
        await anna.send("раз")
        await anna.hears("раз")
    other.close()


async def test_what_could_not_be_stored_comes_again(
    app: App, rig: Rig, telegram: LocalTelegram, port: int
) -> None:
    anna = telegram.person("Анна", started=True)
    async with alive(app):
        await until_set(telegram)
        async with app.database.write() as db:
            await db.exec_driver_sql("PRAGMA query_only = ON")
        await anna.send("раз")
        assert await post(port, b'{"update_id": 1, "new": {}}') == 500
        async with app.database._writer.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None
            await raw.driver_connection.execute("PRAGMA query_only = OFF")
        await anna.hears("раз", ever=True)
    assert texts(anna) == ["эхо раз"]


async def test_telegram_away_at_the_start_is_told_the_address_later(
    app: App, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна")
    telegram.faults.bad_gateway(method="setWebhook", times=2)
    telegram.faults.too_many_requests(1, method="setWebhook")
    async with alive(app):
        await anna.send("раз")
        await anna.hears("раз")


async def test_a_port_that_is_taken_stops_the_start_by_its_name(app: App, port: int) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", port)
    with pytest.raises(ExceptionGroup) as stopped:
        await app.run(asyncio.Event())
    (reason,) = stopped.value.exceptions
    assert isinstance(reason, WebhookUnusable)
    assert reason.setting == "SVOI_WEBHOOK_LISTEN"
    taken.close()
    await taken.wait_closed()


async def test_an_address_that_telegram_refuses_stops_the_start_by_its_name(
    app: App, telegram: LocalTelegram
) -> None:
    words = "Bad Request: bad webhook: HTTPS url must be provided for webhook"
    telegram.faults.answer(400, words, method="setWebhook")
    with pytest.raises(ExceptionGroup) as stopped:
        await app.run(asyncio.Event())
    (reason,) = stopped.value.exceptions
    assert isinstance(reason, WebhookUnusable)
    assert reason.setting == "SVOI_WEBHOOK_URL"
    assert "HTTPS" in reason.reason

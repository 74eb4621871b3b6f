"""Delivery to a webhook: the secret, the order, and the patience with a bot that fails."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramConflictError
from aiogram.webhook.aiohttp_server import SimpleRequestHandler
from aiohttp import web

from playground import LocalTelegram, Person
from playground.webhook import SECRET_HEADER, RetryPause
from playground.world import Bell
from tests.playground.bots import bot_for, echo

QUICK = RetryPause(first_s=0.001, factor=1.5, longest_s=0.01)
Answer = Callable[[dict[str, Any], web.Request], Awaitable[web.StreamResponse]]


class Receiver:
    """A webhook that remembers what it was given; `answer` may be changed."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.updates: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.bell = Bell()
        self.answer: Answer = self.accept

    async def accept(self, _update: dict[str, Any], _request: web.Request) -> web.Response:
        return web.Response()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        update = await request.json()
        self.updates.append(update)
        self.secrets.append(request.headers.get(SECRET_HEADER))
        self.bell.ring()
        return await self.answer(update, request)

    async def has(self, count: int) -> None:
        async with asyncio.timeout(10):
            while len(self.updates) < count:
                await self.bell.wait()


@asynccontextmanager
async def served(app: web.Application, port: int = 0) -> AsyncIterator[str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    finally:
        await runner.cleanup()


@pytest.fixture
async def telegram() -> AsyncIterator[LocalTelegram]:
    async with LocalTelegram(pace=None, webhook_pause=QUICK) as telegram:
        yield telegram


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    app = web.Application()
    receiver = Receiver("")
    app.router.add_post("/hook", receiver.handle)
    async with served(app) as receiver.url:
        yield receiver


async def test_a_bot_echoes_through_its_webhook(telegram: LocalTelegram, anna: Person) -> None:
    bot = bot_for(telegram)
    app = web.Application()
    handler = SimpleRequestHandler(echo(), bot, secret_token="s3cret", handle_in_background=False)
    handler.register(app, path="/hook")
    async with served(app) as url:
        await bot.set_webhook(url, secret_token="s3cret")
        await anna.send("привет")
        assert (await anna.hears()).text == "эхо: привет"
        await telegram.until_all_confirmed()
        await bot.delete_webhook()
    await bot.session.close()


async def test_the_secret_comes_in_its_header(bot: Bot, receiver: Receiver, anna: Person) -> None:
    await bot.set_webhook(receiver.url, secret_token="abc_-1")
    await anna.send("раз")
    await receiver.has(1)
    assert receiver.secrets == ["abc_-1"]
    await bot.set_webhook(receiver.url)
    await anna.send("два")
    await receiver.has(2)
    assert receiver.secrets == ["abc_-1", None]


async def test_what_waited_is_delivered_when_the_webhook_is_set(
    bot: Bot, telegram: LocalTelegram, receiver: Receiver, anna: Person
) -> None:
    ids = [await anna.send(str(number)) for number in range(5)]
    await bot.set_webhook(receiver.url)
    await telegram.until_all_confirmed()
    assert [update["update_id"] for update in receiver.updates] == ids


async def test_pending_updates_are_dropped_if_the_bot_wishes(
    bot: Bot, telegram: LocalTelegram, receiver: Receiver, anna: Person
) -> None:
    await anna.send("старое")
    await bot.set_webhook(receiver.url, drop_pending_updates=True)
    new = await anna.send("новое")
    await telegram.until_all_confirmed()
    assert [update["update_id"] for update in receiver.updates] == [new]


async def test_a_delivery_is_repeated_until_it_is_taken_and_keeps_its_place(
    bot: Bot, telegram: LocalTelegram, receiver: Receiver, anna: Person
) -> None:
    failures = iter([500, 403, 302])

    async def fail_thrice(_update: dict[str, Any], _request: web.Request) -> web.Response:
        return web.Response(status=next(failures, 200))

    receiver.answer = fail_thrice
    await bot.set_webhook(receiver.url)
    first = await anna.send("раз")
    second = await anna.send("два")
    await telegram.until_all_confirmed()
    assert [update["update_id"] for update in receiver.updates] == [first] * 4 + [second]


async def test_what_went_wrong_is_told(
    bot: Bot, telegram: LocalTelegram, receiver: Receiver, anna: Person
) -> None:
    async def fail(_update: dict[str, Any], _request: web.Request) -> web.Response:
        return web.Response(status=500)

    receiver.answer = fail
    await bot.set_webhook(receiver.url, max_connections=7, allowed_updates=["message"])
    await anna.send("раз")
    await receiver.has(2)
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections) == (receiver.url, 7)
    assert (info.pending_update_count, info.allowed_updates) == (1, ["message"])
    assert info.last_error_message == ("Wrong response from the webhook: 500 Internal Server Error")


async def test_a_webhook_that_is_down_gets_its_updates_when_it_is_up(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    receiver = Receiver("")
    first = web.Application()
    async with served(first) as url:
        port = int(url.split(":")[2].partition("/")[0])
    await bot.set_webhook(url)
    update_id = await anna.send("раз")
    app = web.Application()
    app.router.add_post("/hook", receiver.handle)
    async with served(app, port):
        await telegram.until_all_confirmed()
        await bot.delete_webhook()
    assert [update["update_id"] for update in receiver.updates] == [update_id]


async def test_one_chats_updates_come_in_order_and_chats_come_side_by_side(
    bot: Bot, telegram: LocalTelegram, receiver: Receiver, anna: Person
) -> None:
    boris = telegram.person("Борис")
    seen: dict[int, list[str]] = defaultdict(list)
    boris_was_served = asyncio.Event()

    async def hold_anna(update: dict[str, Any], _request: web.Request) -> web.Response:
        message = update["message"]
        if message["chat"]["id"] == anna.id:
            await boris_was_served.wait()
        else:
            boris_was_served.set()
        seen[message["chat"]["id"]].append(message["text"])
        return web.Response()

    receiver.answer = hold_anna
    await bot.set_webhook(receiver.url)
    for number in range(3):
        await anna.send(str(number))
    await boris.send("я тоже")
    await telegram.until_all_confirmed()
    assert seen == {anna.id: ["0", "1", "2"], boris.id: ["я тоже"]}


async def test_a_method_in_the_answer_is_performed(
    bot: Bot, telegram: LocalTelegram, receiver: Receiver, anna: Person
) -> None:
    async def reply(update: dict[str, Any], _request: web.Request) -> web.Response:
        chat_id = update["message"]["chat"]["id"]
        return web.json_response({"method": "sendMessage", "chat_id": chat_id, "text": "и вам"})

    receiver.answer = reply
    await bot.set_webhook(receiver.url)
    await anna.send("здравствуйте")
    assert (await anna.hears()).text == "и вам"


async def test_polling_and_a_webhook_exclude_each_other(
    bot: Bot, telegram: LocalTelegram, receiver: Receiver
) -> None:
    before = telegram.updates.polls
    waiting = asyncio.get_running_loop().create_task(bot.get_updates(timeout=20))
    await telegram.updates.polled_after(before)
    await bot.set_webhook(receiver.url)
    with pytest.raises(TelegramConflictError, match="terminated by setWebhook request"):
        await waiting
    with pytest.raises(TelegramConflictError, match="can't use getUpdates method while webhook"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == []


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        ("http://example.com/hook", None, "An HTTPS URL must be provided for webhook"),
        ("https://example.com:99/", None, "only on ports 80, 88, 443 or 8443"),
        ("http://127.0.0.1:1/", "no spaces", "secret token contains unallowed characters"),
        ("http://127.0.0.1:1/", "x" * 257, "secret token is too long"),
    ],
)
async def test_a_webhook_that_telegram_would_not_take_is_refused(
    bot: Bot, url: str, secret: str | None, words: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=words):
        await bot.set_webhook(url, secret_token=secret)
    assert (await bot.get_webhook_info()).url == ""


async def test_an_empty_address_deletes_the_webhook(bot: Bot, receiver: Receiver) -> None:
    await bot.set_webhook(receiver.url)
    await bot.set_webhook("")
    assert (await bot.get_webhook_info()).url == ""


async def test_the_webhook_survives_that_the_server_goes_down(
    bot: Bot, telegram: LocalTelegram, receiver: Receiver, anna: Person
) -> None:
    await bot.set_webhook(receiver.url)
    await telegram.go_down()
    update_id = await anna.send("пока вас не было")
    assert receiver.updates == []
    await telegram.come_up()
    await telegram.until_all_confirmed()
    assert [update["update_id"] for update in receiver.updates] == [update_id]

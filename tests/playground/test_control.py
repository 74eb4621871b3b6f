"""The page's way in: snapshot, events, acts, and who is not let in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
)

from playground import LocalTelegram, Person
from tests.playground.bots import png


class Page:
    """A page as its WebSocket sees it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self.unread: list[dict[str, Any]] = []
        self._number = 0

    async def event(self, kind: str) -> dict[str, Any]:
        """The next event of this kind; the others are kept."""
        return await self._next(lambda told: told.get("event") == kind)

    async def does(self, act: str, **arguments: Any) -> dict[str, Any]:
        """Sends a command; returns its answer."""
        self._number += 1
        number = self._number
        await self._socket.send_json({"n": number, "do": act, **arguments})
        return await self._next(lambda told: told.get("re") == number)

    async def _next(self, wanted: Any) -> dict[str, Any]:
        async with asyncio.timeout(10):
            while True:
                for told in self.unread:
                    if wanted(told):
                        self.unread.remove(told)
                        return told
                self.unread.append(await self._socket.receive_json())


@asynccontextmanager
async def opened(telegram: LocalTelegram) -> AsyncIterator[Page]:
    url = f"{telegram.base_url}/play/ws"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, origin=telegram.base_url) as socket,
    ):
        yield Page(socket)


@pytest.fixture
async def page(telegram: LocalTelegram, anna: Person) -> AsyncIterator[Page]:
    async with opened(telegram) as page:
        yield page


async def test_a_page_begins_with_everything_that_is_there(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    key = KeyboardButton(text="📱 Номер", request_contact=True)
    await bot.set_my_commands([BotCommand(command="start", description="Начать")])
    await bot.send_message(
        anna.id,
        "<b>Номер?</b> <i>&lt;</i>",
        parse_mode="HTML",
        reply_markup=ReplyKeyboardMarkup(keyboard=[[key]], input_field_placeholder="Номер"),
    )
    async with opened(telegram) as page:
        snapshot = await page.event("snapshot")
    assert snapshot["bot"]["username"] == "svoi_local_bot"
    [chat] = snapshot["chats"]
    assert chat["person"]["first_name"] == "Анна"
    assert chat["person"]["phone"] == "+79120000001"
    assert chat["commands"] == [{"command": "start", "description": "Начать"}]
    assert chat["keyboard"]["rows"][0][0]["asks_contact"] is True
    assert chat["keyboard"]["placeholder"] == "Номер"
    [message] = chat["messages"]
    assert message["html"] == "<b>Номер?</b> <i>&lt;</i>"
    assert (message["from_bot"], message["kind"], message["edited"]) == (True, "text", False)


async def test_a_page_hears_of_messages_edits_and_deletions(
    bot: Bot, page: Page, anna: Person
) -> None:
    buttons = InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text="✅ Да", callback_data="secret", style="success")],
            [InlineKeyboardButton(text="Сайт", url="https://ya.ru")],
        ]
    )
    sent = await bot.send_message(anna.id, "раз", reply_markup=buttons)
    told = await page.event("message")
    assert (told["chat"], told["message"]["text"]) == (anna.id, "раз")
    assert told["message"]["buttons"] == [
        [{"text": "✅ Да", "kind": "callback", "style": "success", "url": None}],
        [{"text": "Сайт", "kind": "url", "style": None, "url": "https://ya.ru/"}],
    ]
    await sent.edit_text("два")
    assert (await page.event("edited"))["message"]["text"] == "два"
    await sent.pin()
    assert (await page.event("pinned"))["message_ids"] == [sent.message_id]
    await bot.send_chat_action(anna.id, "typing")
    assert (await page.event("action"))["action"] == "typing"
    await sent.delete()
    assert (await page.event("deleted"))["message_id"] == sent.message_id


async def test_a_page_writes_taps_presses_and_shares(
    bot: Bot, telegram: LocalTelegram, page: Page, anna: Person
) -> None:
    assert (await page.does("send", person=anna.id, text="/start"))["ok"]
    assert (await page.event("message"))["message"]["from_bot"] is False
    buttons = InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(text="✅", callback_data="yes"),
                InlineKeyboardButton(text="Код", copy_text=CopyTextButton(text="123")),
                InlineKeyboardButton(text="Сайт", url="https://ya.ru"),
                InlineKeyboardButton(text="Друзьям", switch_inline_query="x"),
            ]
        ]
    )
    sent = await bot.send_message(anna.id, "?", reply_markup=buttons)
    results = [
        (await page.does("tap", person=anna.id, message_id=sent.message_id, row=0, column=column))[
            "result"
        ]
        for column in range(4)
    ]
    assert results[:3] == [{}, {"copied": "123"}, {"opened": "https://ya.ru/"}]
    assert results[3]["shared"]["switch_inline_query"] == "x"
    key = KeyboardButton(text="📱", request_contact=True)
    await bot.send_message(anna.id, "!", reply_markup=ReplyKeyboardMarkup(keyboard=[[key]]))
    await page.does("press", person=anna.id, row=0, column=0)
    boris = telegram.person("Борис")
    await page.does("share_contact", person=anna.id)
    await page.does("share_contact", person=anna.id, of=boris.id)
    await page.does("share_contact", person=anna.id, phone="+79990000000")
    await page.does(
        "open_link", person=anna.id, url=f"https://t.me/{telegram.bot_username}?start=a"
    )
    await page.does("block", person=anna.id)
    assert (await page.event("membership"))["blocked"] is True
    await page.does("unblock", person=anna.id)
    updates = await bot.get_updates()
    owners = [u.message.contact.user_id for u in updates if u.message and u.message.contact]
    assert owners == [anna.id, anna.id, boris.id, None]
    assert [u.callback_query.data for u in updates if u.callback_query] == ["yes"]
    assert [u.message.text for u in updates if u.message and u.message.text] == [
        "/start",
        "/start a",
    ]
    assert len([u for u in updates if u.my_chat_member]) == 2


async def test_an_answer_to_a_tap_reaches_the_page(bot: Bot, page: Page, anna: Person) -> None:
    await anna.tap_data("x", message_id=1)
    query = (await bot.get_updates())[0].callback_query
    assert query is not None
    await bot.answer_callback_query(query.id, "готово", show_alert=True)
    told = await page.event("answer")
    assert (told["person_id"], told["text"], told["show_alert"]) == (anna.id, "готово", True)


async def test_a_page_adds_a_person_and_every_page_hears_of_it(
    telegram: LocalTelegram, page: Page
) -> None:
    async with opened(telegram) as other:
        added = await page.does("add_person", first_name="John", language_code="en", note="клиент")
        told = await other.event("person")
    person = telegram.people[added["result"]["id"]]
    assert (person.user.language_code, person.note) == ("en", "клиент")
    assert told["chat"]["person"]["id"] == person.id


async def test_commands_that_change_are_told(bot: Bot, page: Page, anna: Person) -> None:
    await bot.set_my_commands([BotCommand(command="help", description="Помощь")])
    told = await page.event("commands")
    assert told["chat"] == anna.id
    assert told["commands"] == [{"command": "help", "description": "Помощь"}]


@pytest.mark.parametrize(
    "command",
    [
        {"do": "send", "person": 1, "text": "x"},
        {"do": "fly"},
        {"do": "send"},
        {"do": "tap", "person": 1, "message_id": 1, "row": 0, "column": 0},
    ],
)
async def test_a_senseless_command_is_answered_and_the_page_lives_on(
    page: Page, anna: Person, command: dict[str, Any]
) -> None:
    answer = await page.does(command.pop("do"), **command)
    assert answer["ok"] is False
    assert answer["error"]
    assert (await page.does("send", person=anna.id, text="жив"))["ok"]


async def test_words_that_are_no_command_are_answered(
    telegram: LocalTelegram, anna: Person
) -> None:
    url = f"{telegram.base_url}/play/ws"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        await socket.receive_json()
        for text in ("not json", "[]", "7"):
            await socket.send_str(text)
            assert (await socket.receive_json())["ok"] is False


async def test_a_picture_is_shown_and_anything_else_is_a_download(
    bot: Bot, telegram: LocalTelegram, page: Page, anna: Person
) -> None:
    await bot.send_photo(anna.id, BufferedInputFile(png(), "a.png"))
    picture = (await page.event("message"))["message"]["file"]
    assert (picture["width"], picture["height"]) == (4, 3)
    await bot.send_document(anna.id, BufferedInputFile(b"<script>", "a.html"))
    document = (await page.event("message"))["message"]["file"]
    assert document["name"] == "a.html"
    async with aiohttp.ClientSession(base_url=telegram.base_url) as http:
        async with http.get(picture["url"]) as response:
            assert await response.read() == png()
            assert "Content-Disposition" not in response.headers
        async with http.get(document["url"]) as response:
            assert response.headers["Content-Disposition"] == "attachment"
            assert response.headers["X-Content-Type-Options"] == "nosniff"
        async with http.get("/play/file/unknown") as response:
            assert response.status == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
    ],
)
@pytest.mark.parametrize("path", ["/play/ws", "/play/file/x", "/bot{token}/getMe"])
async def test_strangers_in_the_same_browser_are_refused(
    telegram: LocalTelegram, path: str, headers: dict[str, str]
) -> None:
    path = path.format(token=telegram.token)
    async with (
        aiohttp.ClientSession(base_url=telegram.base_url) as http,
        http.get(path, headers=headers) as response,
    ):
        assert response.status == 403


async def test_a_page_of_its_own_folder_is_served_and_nothing_outside_it(tmp_path: Path) -> None:
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<!doctype html>привет")
    (folder / "app.js").write_text("1")
    (tmp_path / "secret.txt").write_text("нет")
    async with (
        LocalTelegram(page=folder) as telegram,
        aiohttp.ClientSession(base_url=telegram.base_url) as http,
    ):
        statuses = []
        for path in ("/", "/page/app.js", "/page/..%2Fsecret.txt", "/page/none.js"):
            async with http.get(path) as response:
                statuses.append(response.status)
        assert statuses == [200, 200, 404, 404]


async def test_pages_are_hung_up_when_the_server_goes_down(
    telegram: LocalTelegram, page: Page, anna: Person
) -> None:
    await page.event("snapshot")
    await telegram.go_down()
    await telegram.come_up()
    async with opened(telegram) as again:
        assert (await again.event("snapshot"))["chats"]

"""What Telegram refuses, in its own words."""

from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MessageEntity,
    ReplyKeyboardMarkup,
    ReplyParameters,
    WebAppInfo,
)

from playground import LocalTelegram, Person
from tests.playground.bots import bot_for


def inline(**button: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="кнопка", **button)]])


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"text": ""}, "message text is empty"),
        ({"text": " \n "}, "text must be non-empty"),
        ({"text": "<b></b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "я" * 4097}, "message is too long"),
        ({"text": "😀" * 2049}, "message is too long"),
        ({"text": "x", "parse_mode": "BBCode"}, "unsupported parse_mode"),
        (
            {"text": "раз<x>", "parse_mode": "HTML"},
            'can\'t parse entities: Unsupported start tag "x" at byte offset 6',
        ),
        (
            {"text": "x", "reply_parameters": ReplyParameters(message_id=999)},
            "message to be replied not found",
        ),
        ({"text": "x", "reply_markup": inline(callback_data="я" * 33)}, "BUTTON_DATA_INVALID"),
        (
            {"text": "x", "reply_markup": inline()},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "reply_markup": inline(callback_data="")},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "x", "reply_markup": inline(url="not-a-url")},
            "inline keyboard button URL 'not-a-url' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "x", "reply_markup": inline(url="ftp://example.com")},
            "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
        ),
        (
            {"text": "x", "reply_markup": inline(web_app=WebAppInfo(url="http://a.example"))},
            "inline keyboard button Web App URL 'http://a.example' is invalid: "
            "Only HTTPS links are allowed",
        ),
        (
            {"text": "x", "reply_markup": inline(copy_text=CopyTextButton(text="x" * 257))},
            "BUTTON_COPY_TEXT_INVALID",
        ),
        ({"text": "x", "reply_markup": inline(pay=True)}, "BUTTON_TYPE_INVALID"),
        (
            {
                "text": "hello",
                "entities": [MessageEntity(type="bold", offset=0, length=100)],
            },
            "entity beginning at UTF-16 offset 0 ends after the end of the text "
            "at UTF-16 offset 100",
        ),
        (
            {"text": "hello", "entities": [MessageEntity(type="bold", offset=100, length=1)]},
            "entity begins after the end of the text at UTF-16 offset 100",
        ),
        ({"text": "x", "message_thread_id": 5}, "message thread not found"),
        ({"text": "x", "business_connection_id": "b"}, "business connection not found"),
        ({"text": "x", "allow_paid_broadcast": True}, "FLOODSKIP_NOT_ALLOWED"),
    ],
)
async def test_a_message_is_refused_in_telegrams_words(
    bot: Bot, anna: Person, sent: dict[str, Any], words: str
) -> None:
    with pytest.raises(TelegramBadRequest) as refused:
        await bot.send_message(anna.id, **sent)
    assert refused.value.message == f"Bad Request: {words}"
    assert anna.messages == []


async def test_a_message_of_exactly_the_longest_length_passes(bot: Bot, anna: Person) -> None:
    await bot.send_message(anna.id, "😀" * 2048)
    await bot.send_message(anna.id, f"<b>{'я' * 4096}</b>", parse_mode="HTML")
    await bot.send_message(anna.id, "x", reply_markup=inline(callback_data="я" * 32))


@pytest.mark.parametrize(
    ("chat_id", "words"),
    [
        (1, "Bad Request: chat not found"),
        (-5, "Bad Request: chat not found"),
        ("@nobody_knows", "Bad Request: chat not found"),
    ],
)
async def test_a_chat_that_is_not_there_is_not_found(
    bot: Bot, chat_id: int | str, words: str
) -> None:
    with pytest.raises(TelegramBadRequest) as refused:
        await bot.send_message(chat_id, "x")
    assert refused.value.message == words


async def test_a_bot_cannot_write_to_who_never_started_it(
    bot: Bot, telegram: LocalTelegram
) -> None:
    stranger = telegram.person("Пётр")
    with pytest.raises(TelegramForbiddenError, match="bot can't initiate conversation"):
        await bot.send_message(stranger.id, "купите!")


async def test_a_bot_cannot_write_to_who_blocked_it_until_they_return(
    bot: Bot, anna: Person
) -> None:
    anna.block()
    with pytest.raises(TelegramForbiddenError) as refused:
        await bot.send_message(anna.id, "x")
    assert refused.value.message == "Forbidden: bot was blocked by the user"
    await anna.send("/start")
    await bot.send_message(anna.id, "x")


async def test_a_deleted_account_is_deactivated(bot: Bot, anna: Person) -> None:
    anna.deactivate()
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await bot.send_message(anna.id, "x")


async def test_a_wrong_token_is_unauthorized(telegram: LocalTelegram) -> None:
    stranger = bot_for(telegram, "123:wrong")
    with pytest.raises(TelegramUnauthorizedError):
        await stranger.get_me()
    await stranger.session.close()


async def test_a_revoked_token_is_unauthorized_from_then_on(
    bot: Bot, telegram: LocalTelegram
) -> None:
    await bot.get_me()
    telegram.revoke_token()
    with pytest.raises(TelegramUnauthorizedError):
        await bot.get_me()


async def test_the_http_status_equals_the_error_code(http: aiohttp.ClientSession) -> None:
    async with http.post("sendMessage", json={"chat_id": 1, "text": "x"}) as response:
        body = await response.json()
        assert response.status == 400
    assert body == {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}


@pytest.mark.parametrize(
    ("method", "params", "status", "words"),
    [
        ("noSuchMethod", {}, 404, "Not Found: method not found"),
        ("getUserGifts", {"user_id": 1}, 404, "Not Found: method not found"),
        ("sendMessage", {"text": "x"}, 400, "Bad Request: chat_id is empty"),
        ("sendMessage", {"chat_id": 0}, 400, "Bad Request: message text is empty"),
        ("sendPhoto", {"chat_id": 1}, 400, "Bad Request: there is no photo in the request"),
        ("sendDocument", {"chat_id": 1}, 400, "Bad Request: there is no document in the request"),
        ("getFile", {"file_id": "?"}, 400, "Bad Request: invalid file_id"),
        ("getChatMember", {"chat_id": 1}, 400, "Bad Request: invalid user_id specified"),
        (
            "deleteMessage",
            {"chat_id": 1},
            400,
            "Bad Request: message identifier is not specified",
        ),
        (
            "sendMessage",
            {"chat_id": 1, "text": "x", "link_preview_options": {"is_disabled": "yes"}},
            400,
            'Bad Request: field "is_disabled" must be of type Boolean',
        ),
        (
            "setMyCommands",
            {"commands": [{"command": "start"}]},
            400,
            "Bad Request: can't parse BotCommand: Can't find field \"description\"",
        ),
        (
            "setMyCommands",
            {"commands": "[{"},
            400,
            "Bad Request: can't parse commands JSON object",
        ),
        (
            "answerCallbackQuery",
            {"callback_query_id": "1", "text": "я" * 201},
            400,
            "Bad Request: MESSAGE_TOO_LONG",
        ),
    ],
)
async def test_a_call_is_refused_in_telegrams_words(
    http: aiohttp.ClientSession, method: str, params: dict[str, Any], status: int, words: str
) -> None:
    async with http.post(method, json=params) as response:
        body = await response.json()
    assert (response.status, body["description"]) == (status, words)


async def test_methods_are_found_in_any_case(http: aiohttp.ClientSession) -> None:
    async with http.get("GETME") as response:
        assert (await response.json())["result"]["is_bot"] is True


async def test_a_method_without_a_life_of_its_own_is_checked_and_answers_true(
    http: aiohttp.ClientSession, anna: Person
) -> None:
    async with http.post("setMessageReaction", json={"chat_id": anna.id}) as response:
        assert response.status == 400
    params = {"chat_id": anna.id, "message_id": 1}
    async with http.post("setMessageReaction", json=params) as response:
        assert await response.json() == {"ok": True, "result": True}


async def test_a_key_that_asks_for_a_phone_is_for_private_chats_only(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    group = telegram.group("Мастерская", anna)
    key = KeyboardButton(text="📱", request_contact=True)
    with pytest.raises(TelegramBadRequest, match="phone number can be requested in private"):
        await bot.send_message(group.id, "x", reply_markup=ReplyKeyboardMarkup(keyboard=[[key]]))


async def test_a_method_that_is_unknown_is_not_found_for_the_library_too(bot: Bot) -> None:
    with pytest.raises(TelegramNotFound):
        await bot.get_available_gifts()

"""Faults on order, a server that goes down, and what the log of calls tells of it."""

import asyncio

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from playground import LocalTelegram, Person
from tests.playground.bots import bot_for


async def test_a_fault_answers_the_next_calls_and_then_is_over(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    fault = telegram.faults.answer(500, "Internal Server Error", method="sendMessage", times=2)
    await bot.get_me()
    for _ in range(2):
        with pytest.raises(TelegramServerError, match="Internal Server Error"):
            await bot.send_message(anna.id, "раз")
    await bot.send_message(anna.id, "два")
    assert [message.text for message in anna.messages] == ["два"]
    assert fault.hits == 2


async def test_a_fault_may_meet_one_chat_only_and_be_cancelled(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    boris = telegram.person("Борис", started=True)
    fault = telegram.faults.too_many_requests(7, chat_id=anna.id, times=None)
    await bot.send_message(boris.id, "раз")
    for _ in range(3):
        with pytest.raises(TelegramRetryAfter) as refused:
            await bot.send_message(anna.id, "раз")
        assert refused.value.retry_after == 7
    fault.cancel()
    await bot.send_message(anna.id, "раз")


async def test_a_fault_may_last_for_a_while(bot: Bot, telegram: LocalTelegram) -> None:
    fault = telegram.faults.answer(500, "Internal Server Error", for_s=3_600)
    with pytest.raises(TelegramServerError):
        await bot.get_me()
    fault.until = 0.0
    assert (await bot.get_me()).is_bot


async def test_a_refusal_on_order_has_telegrams_shape(
    http: aiohttp.ClientSession, telegram: LocalTelegram
) -> None:
    telegram.faults.too_many_requests(3)
    async with http.get("getMe") as response:
        assert response.status == 429
        assert await response.json() == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 3",
            "parameters": {"retry_after": 3},
        }


async def test_half_an_answer_cannot_be_read(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    telegram.faults.invalid_json()
    with pytest.raises(ClientDecodeError):
        await bot.send_message(anna.id, "раз")
    assert anna.messages == []
    telegram.faults.invalid_json(accepted=True)
    with pytest.raises(ClientDecodeError):
        await bot.send_message(anna.id, "раз")
    assert [message.text for message in anna.messages] == ["раз"]


async def test_a_proxys_page_is_no_json(bot: Bot, telegram: LocalTelegram) -> None:
    telegram.faults.bad_gateway()
    with pytest.raises(ClientDecodeError, match="502 Bad Gateway"):
        await bot.get_me()
    assert (await bot.get_me()).is_bot


@pytest.mark.parametrize("accepted", [True, False])
async def test_a_connection_drops_with_or_without_the_effect(
    bot: Bot, telegram: LocalTelegram, anna: Person, accepted: bool
) -> None:
    telegram.faults.drop(method="sendMessage", accepted=accepted)
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(anna.id, "раз")
    assert len(anna.messages) == accepted
    await bot.send_message(anna.id, "раз")
    assert len(telegram.calls.repeated()) == accepted


async def test_a_caller_times_out_after_its_message_was_accepted(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    telegram.faults.hang(method="sendMessage")
    with pytest.raises(TelegramNetworkError, match="timeout"):
        await bot.send_message(anna.id, "раз", request_timeout=1)
    assert [message.text for message in anna.messages] == ["раз"]


async def test_a_slow_answer_is_still_right(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    telegram.faults.slow(0.01, times=1)
    assert (await bot.send_message(anna.id, "раз")).text == "раз"


async def test_a_poll_meets_faults_too(bot: Bot, telegram: LocalTelegram, anna: Person) -> None:
    await anna.send("раз")
    telegram.faults.bad_gateway(method="getUpdates")
    with pytest.raises(ClientDecodeError):
        await bot.get_updates()
    assert len(await bot.get_updates()) == 1


async def test_a_download_meets_faults_too(bot: Bot, telegram: LocalTelegram, anna: Person) -> None:
    await anna.send_document(b"bytes", "a.txt")
    document = anna.all_messages[-1].raw["document"]
    file = await bot.get_file(document["file_id"])
    assert file.file_path is not None
    telegram.faults.bad_gateway(method="file")
    with pytest.raises(aiohttp.ClientResponseError):
        await bot.download_file(file.file_path)
    downloaded = await bot.download_file(file.file_path)
    assert downloaded is not None
    assert downloaded.read() == b"bytes"


async def test_the_server_goes_down_and_comes_up_on_its_port_with_all_it_knew(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    await bot.send_message(anna.id, "до")
    port = telegram.port
    before = telegram.updates.polls
    waiting = asyncio.get_running_loop().create_task(bot.get_updates(timeout=20))
    await telegram.updates.polled_after(before)
    await telegram.go_down()
    with pytest.raises(TelegramNetworkError):
        await waiting
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(anna.id, "во время")
    update_id = await anna.send("кто-нибудь?")
    await telegram.come_up()
    assert telegram.port == port
    await bot.send_message(anna.id, "после")
    assert [message.text for message in anna.messages] == ["до", "после"]
    assert [update.update_id for update in await bot.get_updates()] == [update_id]


async def test_the_log_tells_every_call_and_how_it_was_answered(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    await bot.send_message(anna.id, "раз")
    with pytest.raises(TelegramAPIError):
        await bot.send_message(1, "два")
    sent, refused = telegram.calls.of("sendMessage")
    assert (sent.status, sent.chat_id, sent.params["text"]) == (200, anna.id, "раз")
    assert sent.message_id == anna.last.message_id
    assert (refused.status, refused.description) == (400, "Bad Request: chat not found")
    assert refused.at >= sent.at
    assert telegram.calls.of(chat_id=anna.id, ok=True) == [sent]
    telegram.calls.clear()
    assert len(telegram.calls) == 0
    assert telegram.calls.total == 2


async def test_the_log_is_waited_for_by_event(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    async with asyncio.TaskGroup() as tasks:
        awaited = tasks.create_task(
            telegram.calls.wait_for(lambda call: call.method == "sendMessage", times=2)
        )
        tasks.create_task(bot.send_message(anna.id, "раз"))
        tasks.create_task(bot.send_message(anna.id, "два"))
    assert len(awaited.result()) == 2


async def test_the_log_finds_sends_before_their_time(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    boris = telegram.person("Борис", started=True)
    telegram.faults.too_many_requests(30, chat_id=anna.id)
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(anna.id, "раз")
    await bot.send_message(boris.id, "раз")
    await bot.get_chat(anna.id)
    assert telegram.calls.too_soon() == []
    await bot.send_message(anna.id, "раз")
    assert [call.params["text"] for call in telegram.calls.too_soon()] == ["раз"]


async def test_a_base_session_is_all_that_a_bot_needs(telegram: LocalTelegram) -> None:
    bot = bot_for(telegram)
    assert isinstance(bot.session, BaseSession)
    me = await bot.get_me()
    assert (me.username, me.id) == (telegram.bot_username, bot.id)
    await bot.session.close()

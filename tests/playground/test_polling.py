"""Long polling: offsets, time-outs, conflicts, and updates that come again."""

import asyncio
from collections.abc import Callable

import aiohttp
import orjson
import pytest
from aiogram import Bot, Dispatcher
from aiogram.exceptions import TelegramConflictError

from playground import LocalTelegram, Person
from tests.playground.bots import echo

Poll = Callable[[Dispatcher], None]


async def polled(bot: Bot, telegram: LocalTelegram) -> "asyncio.Task[list[int]]":
    """A poll that waits on the server."""

    async def ids() -> list[int]:
        updates = await bot.get_updates(timeout=20, request_timeout=30)
        return [update.update_id for update in updates]

    before = telegram.updates.polls
    task = asyncio.get_running_loop().create_task(ids())
    await telegram.updates.polled_after(before)
    return task


async def test_a_dispatcher_echoes_what_a_person_writes(poll: Poll, anna: Person) -> None:
    poll(echo())
    await anna.send("привет")
    assert (await anna.hears()).text == "эхо: привет"
    await anna.send("/start")
    assert (await anna.hears("эхо")).text == "эхо: /start"


async def test_an_update_stays_until_a_higher_offset_confirms_it(bot: Bot, anna: Person) -> None:
    first = await anna.send("раз")
    second = await anna.send("два")
    assert [update.update_id for update in await bot.get_updates()] == [first, second]
    assert [update.update_id for update in await bot.get_updates()] == [first, second]
    assert [u.update_id for u in await bot.get_updates(offset=second)] == [second]
    assert await bot.get_updates(offset=second + 1) == []


async def test_a_limit_gives_the_oldest_and_a_senseless_one_gives_a_hundred(
    bot: Bot, anna: Person
) -> None:
    ids = [await anna.send(str(number)) for number in range(120)]
    assert [u.update_id for u in await bot.get_updates(limit=3)] == ids[:3]
    assert len(await bot.get_updates(limit=100)) == 100
    assert len(await bot.get_updates(limit=101)) == 100


async def test_a_negative_offset_forgets_all_but_the_newest(bot: Bot, anna: Person) -> None:
    ids = [await anna.send(str(number)) for number in range(5)]
    assert [u.update_id for u in await bot.get_updates(offset=-2)] == ids[-2:]
    assert [u.update_id for u in await bot.get_updates()] == ids[-2:]


async def test_a_poll_that_waits_is_answered_as_the_update_comes(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    waiting = await polled(bot, telegram)
    assert not waiting.done()
    update_id = await anna.send("наконец")
    assert await waiting == [update_id]


async def test_an_empty_poll_is_answered_at_its_time_out(bot: Bot) -> None:
    assert await bot.get_updates(timeout=1) == []


async def test_a_second_poller_ends_the_first_with_a_conflict(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    first = await polled(bot, telegram)
    second = await polled(bot, telegram)
    with pytest.raises(TelegramConflictError) as refused:
        await first
    assert refused.value.message == (
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running"
    )
    update_id = await anna.send("кто здесь?")
    assert await second == [update_id]


async def test_an_offset_in_the_future_confirms_nothing(bot: Bot, anna: Person) -> None:
    update_id = await anna.send("раз")
    assert [u.update_id for u in await bot.get_updates(offset=update_id + 500)] == [update_id]


async def test_ids_may_restart_and_old_offsets_lose_nothing(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    old = await anna.send("до")
    assert await bot.get_updates(offset=old + 1) == []
    telegram.updates.restart_ids(1_000)
    assert await anna.send("после") == 1_000
    assert [u.update_id for u in await bot.get_updates(offset=old + 1)] == [1_000]
    assert await bot.get_updates(offset=1_001) == []


async def test_what_was_unconfirmed_before_the_restart_comes_first(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    old = await anna.send("до")
    telegram.updates.restart_ids(1_000)
    new = await anna.send("после")
    assert [u.update_id for u in await bot.get_updates()] == [old, new]
    assert await bot.get_updates(offset=new + 1) == []


async def test_an_update_may_be_delivered_again_after_it_was_confirmed(
    bot: Bot, telegram: LocalTelegram, anna: Person
) -> None:
    update_id = await anna.send("раз")
    assert await bot.get_updates(offset=update_id + 1) == []
    telegram.redeliver(update_id, times=3)
    again = await bot.get_updates(offset=update_id + 1)
    assert [u.update_id for u in again] == [update_id] * 3
    assert {u.message.text for u in again if u.message} == {"раз"}
    assert await bot.get_updates(offset=update_id + 1) == []


async def test_a_repeat_of_an_update_that_nobody_remembers_is_an_error(
    telegram: LocalTelegram,
) -> None:
    with pytest.raises(KeyError):
        telegram.redeliver(1)


async def test_raw_updates_come_byte_for_byte(
    http: aiohttp.ClientSession, telegram: LocalTelegram
) -> None:
    telegram.inject({"update_id": 5, "from_the_future": {"new": [1, 2]}})
    telegram.inject('{"update_id": 6, "message": "not an object"}')
    update_id = telegram.inject({"poll": {"id": 1}})
    async with http.get("getUpdates") as response:
        body = await response.read()
    assert b'{"update_id": 6, "message": "not an object"}' in body
    result = orjson.loads(body)["result"]
    assert result[0] == {"update_id": 5, "from_the_future": {"new": [1, 2]}}
    assert result[2] == {"update_id": update_id, "poll": {"id": 1}}


async def test_only_the_kinds_that_the_bot_asked_for_are_queued(bot: Bot, anna: Person) -> None:
    await bot.get_updates(allowed_updates=["callback_query"])
    assert await anna.send("не нужно") == 0
    tapped = await anna.tap_data("x", message_id=1)
    assert [u.update_id for u in await bot.get_updates()] == [tapped]
    await bot.get_updates(allowed_updates=["message"])
    assert await anna.send("нужно") > 0


async def test_blocking_and_returning_are_updates(bot: Bot, anna: Person) -> None:
    anna.block()
    anna.block()
    anna.unblock()
    changes = [u.my_chat_member for u in await bot.get_updates()]
    told = [(c.old_chat_member.status, c.new_chat_member.status) for c in changes if c]
    assert told == [("member", "kicked"), ("kicked", "member")]


async def test_the_server_says_when_everything_is_confirmed(
    poll: Poll, telegram: LocalTelegram, anna: Person
) -> None:
    for number in range(250):
        await anna.send(str(number))
    poll(echo())
    await telegram.until_all_confirmed()
    assert len(telegram.updates) == 0

"""Telegram on its bad days, as the poller meets them."""

import asyncio
from datetime import timedelta

import orjson
import pytest
from aiogram import Router
from aiogram.types import Message

from bot.app import App
from bot.polling import SAME_BATCH_MAX
from bot.telegram import TokenRevoked
from playground.server import LocalTelegram
from playground.webhook import Target
from tests.bot.lives import Rig, alive, settled, texts, until
from tests.flows.running import OWNER_ID


@pytest.fixture
def app(rig: Rig) -> App:
    router = Router()

    @router.message()
    async def echo(message: Message) -> object:
        return message.answer(f"эхо {message.text}")

    return rig.app(router=router)


async def test_gateway_errors_drops_and_half_answers_are_waited_out(
    app: App, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна")
    async with alive(app):
        telegram.faults.bad_gateway(method="getUpdates", times=1)
        telegram.faults.drop(method="getUpdates", times=1)
        telegram.faults.invalid_json(method="getUpdates", times=1, accepted=True)
        telegram.faults.answer(500, "Internal Server Error", method="getUpdates")
        await anna.send("раз")
        await anna.hears("раз")
    assert texts(anna) == ["эхо раз"]


async def test_a_poll_that_is_never_answered_is_given_up_and_made_again(
    app: App, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.polling.POLL_TIMEOUT_S", 1)
    monkeypatch.setattr("bot.polling.ANSWER_MARGIN_S", 0.5)
    anna = telegram.person("Анна")
    hung = telegram.faults.hang(method="getUpdates", times=1, accepted=False)
    async with alive(app):
        await until(lambda: hung.hits == 1)
        await anna.send("раз")
        await anna.hears("раз")


async def test_telegram_away_is_waited_for(app: App, telegram: LocalTelegram) -> None:
    anna = telegram.person("Анна")
    async with alive(app):
        await anna.send("ноль")
        await anna.hears("ноль")
        await telegram.go_down()
        await anna.send("раз")
        await telegram.come_up()
        await anna.hears("раз")


async def test_the_commands_are_told_however_telegram_feels_at_the_start(
    app: App, telegram: LocalTelegram
) -> None:
    telegram.faults.bad_gateway(method="setMyCommands", times=1)
    telegram.faults.too_many_requests(1, method="setMyCommands")
    async with alive(app):
        await until(lambda: len(telegram.calls.of("setMyCommands", ok=True)) >= 2)


async def test_telegram_away_at_the_start_is_waited_for(app: App, telegram: LocalTelegram) -> None:
    anna = telegram.person("Анна")
    await anna.send("раз")
    await telegram.go_down()
    async with asyncio.TaskGroup() as tasks:
        stopping = asyncio.Event()
        tasks.create_task(app.run(stopping))
        await asyncio.sleep(0)
        await telegram.come_up()
        await anna.hears("раз", ever=True)
        stopping.set()


async def test_another_poller_is_an_alert_once_an_hour_and_no_end(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    owner, anna = telegram.person("Олег", id=OWNER_ID, started=True), telegram.person("Анна")
    words = "Conflict: terminated by other getUpdates request"
    async with alive(app):
        telegram.faults.answer(409, words, method="getUpdates", times=2)
        await anna.send("раз")
        await anna.hears("раз")
        await settled(app)
        assert len(texts(owner)) == 1
        rig.clock.move(timedelta(hours=1))  # another hour of the business, not of the machine
        telegram.faults.answer(409, words, method="getUpdates", times=1)
        await anna.send("два")
        await anna.hears("два")
    assert len(texts(owner)) == 1

    async with alive(rig.app()) as again:  # a restart within the hour
        rig.clock.move(-timedelta(hours=1))
        telegram.faults.answer(409, words, method="getUpdates", times=1)
        await anna.send("/cancel")
        await anna.hears()
        await settled(again)
    assert len(texts(owner)) == 1


async def test_a_webhook_that_was_set_earlier_is_deleted_and_what_waits_is_kept(
    app: App, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна")
    await telegram.backend.webhook.set(Target("http://127.0.0.1:1/", None))
    await anna.send("раз")
    async with alive(app):
        await anna.hears("раз", ever=True)
    assert len(telegram.calls.of("deleteWebhook")) == 1


async def test_a_revoked_token_is_a_loud_stop(app: App, telegram: LocalTelegram) -> None:
    with pytest.raises(ExceptionGroup) as stopped:
        async with alive(app):
            telegram.revoke_token()
            await asyncio.Event().wait()
    assert stopped.value.subgroup(TokenRevoked) is not None
    assert stopped.value.split(TokenRevoked)[1] is None


async def test_a_token_that_telegram_never_knew_is_a_loud_stop(
    app: App, telegram: LocalTelegram
) -> None:
    telegram.revoke_token()
    with pytest.raises(TokenRevoked):
        await app.run(asyncio.Event())


async def test_ids_that_go_down_are_handled_once_and_confirmed(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    for update_id in (900, 800, 700):
        telegram.inject(raw(update_id, anna.id, str(update_id)))
    async with alive(app):
        await until(lambda: len(texts(anna)) == 3)
        await telegram.until_all_confirmed()
    assert texts(anna) == ["эхо 900", "эхо 800", "эхо 700"]
    assert len(await rig.updates()) == 3


async def test_ids_that_begin_anew_after_a_quiet_week_lose_nothing(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна")
    async with alive(app):
        await anna.send("до")
        await anna.hears("до")
        telegram.updates.restart_ids(5)
        await anna.send("после")
        await anna.hears("после")
        await telegram.until_all_confirmed()
    assert texts(anna) == ["эхо до", "эхо после"]


async def test_a_batch_without_ids_is_not_asked_for_in_a_hot_loop(
    app: App, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна")
    async with alive(app):
        polls = telegram.updates.polls
        telegram.inject(b'{"message": {}}')
        telegram.inject(b'{"update_id": "seven"}')
        telegram.inject(b"[1, 2]")
        await until(lambda: telegram.updates.polls >= polls + 2)
        telegram.updates.drop_all()
        await anna.send("раз")
        await anna.hears("раз")
        assert telegram.updates.polls < polls + 2 * SAME_BATCH_MAX + 4


def raw(update_id: int, person_id: int, text: str) -> dict[str, object]:
    message = {
        "message_id": update_id,
        "date": 1,
        "from": {"id": person_id, "is_bot": False, "first_name": "А"},
        "chat": {"id": person_id, "type": "private"},
        "text": text,
    }
    made: dict[str, object] = orjson.loads(
        orjson.dumps({"update_id": update_id, "message": message})
    )
    return made

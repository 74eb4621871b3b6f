"""Telegram away, silent or stammering: everything is said in the end, in order, once."""

import asyncio

import pytest

from bot.delivery.sending import ADVERTS_IN_FLIGHT_MAX, SEND_IN_FLIGHT_MAX
from playground.server import LocalTelegram
from storage.outbox import Lane, Letter
from tests.bot.lives import End, Rig, alive, post, said, settled, texts, until

WORDS = [f"word {number}" for number in range(6)]


async def test_connections_refused_for_a_while_lose_and_double_nothing(
    rig: Rig, telegram: LocalTelegram
) -> None:
    people = [telegram.person(f"p{n}", started=True) for n in range(10)]
    async with alive(rig.app()) as app:
        await telegram.go_down()
        await post(app, [said(person, word) for word in WORDS for person in people])
        await until(lambda: app.delivery._line.is_down)
        await telegram.come_up()
        await settled(app)
    assert [texts(person) for person in people] == [WORDS] * len(people)
    assert telegram.calls.repeated() == []


async def test_a_gateway_in_trouble_loses_and_doubles_nothing(
    rig: Rig, telegram: LocalTelegram
) -> None:
    people = [telegram.person(f"p{n}", started=True) for n in range(5)]
    async with alive(rig.app()) as app:
        telegram.faults.bad_gateway(method="sendMessage", times=9)
        telegram.faults.bad_gateway(method="getMe", times=2)
        await post(app, [said(person, word) for word in WORDS for person in people])
        await settled(app)
    assert [texts(person) for person in people] == [WORDS] * len(people)
    assert telegram.calls.repeated() == []


@pytest.mark.parametrize("kind", ["drop", "invalid_json"])
async def test_an_answer_that_got_lost_repeats_a_message_once_at_the_most(
    rig: Rig, telegram: LocalTelegram, kind: str
) -> None:
    anna = telegram.person("Анна", started=True)
    fault = getattr(telegram.faults, kind)
    fault(method="sendMessage", chat_id=anna.id, times=5, accepted=True)
    async with alive(rig.app()) as app:
        (first,) = await post(app, [said(anna, "first")])
        await settled(app)
        telegram.faults.clear()
        await post(app, [said(anna, "second")])
        await settled(app)
    assert texts(anna) == ["first", "first", "second"]
    assert (await rig.ends())[first.id] == End("failed", "unanswered", 2)


async def test_a_message_that_was_not_taken_is_said_again(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    telegram.faults.drop(method="sendMessage", times=1, accepted=False)
    async with alive(rig.app()) as app:
        await post(app, [said(anna, word) for word in WORDS])
        await settled(app)
    assert texts(anna) == WORDS


async def test_what_may_be_said_twice_is_tried_until_it_is_answered(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    async with alive(rig.app()) as app:
        await post(app, [said(anna, "page 1")])
        await anna.hears("page 1")
        telegram.faults.drop(method="editMessageText", times=3)
        fields = {
            "chat_id": str(anna.id),
            "message_id": str(anna.last.message_id),
            "text": "page 2",
        }
        await post(
            app,
            [Letter(lane=Lane.REPLY, chat_id=anna.id, method="editMessageText", payload=fields)],
        )
        await settled(app)
    assert texts(anna) == ["page 2"]
    assert await rig.statuses() == ["sent", "sent"]


async def test_an_outage_that_swallows_sends_costs_few_letters_their_second_try(
    rig: Rig, telegram: LocalTelegram
) -> None:
    """Telegram answers questions and drops messages: one at a time is risked, not all of them."""
    crowd = [telegram.person(f"p{n}", started=True) for n in range(60)]
    async with alive(rig.app()) as app:
        fault = telegram.faults.drop(method="sendMessage", times=None, accepted=False)
        await post(app, [said(person, "x") for person in crowd])
        await until(lambda: fault.hits >= SEND_IN_FLIGHT_MAX + 5)
        fault.cancel()
        await settled(app)
    assert all(texts(person) == ["x"] for person in crowd)


async def test_the_second_try_is_remembered_over_a_restart(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    app = rig.app()
    stopping = asyncio.Event()
    drop = telegram.faults.drop(method="sendMessage", times=None)
    running = asyncio.ensure_future(app.run(stopping))
    await app.started()
    down = telegram.faults.bad_gateway(method="getMe", times=None)
    await post(app, [said(anna, "once")])
    await until(lambda: app.delivery._line.is_down)
    stopping.set()
    await running
    down.cancel()
    async with alive(rig.app()) as again:
        await settled(again)
    assert drop.hits == 2
    assert texts(anna) == ["once", "once"]


async def test_people_are_answered_while_a_whole_broadcast_hangs(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна")
    silent = [telegram.person(f"p{n}", started=True) for n in range(100)]
    async with alive(rig.app(consents=True)) as app:
        await anna.send("/cancel")
        await anna.hears()
        hung = [telegram.faults.hang(60, chat_id=person.id, times=1) for person in silent]
        await post(app, [said(person, "x", Lane.ADVERT) for person in silent])
        await until(lambda: sum(fault.hits for fault in hung) == ADVERTS_IN_FLIGHT_MAX)
        await anna.tap_data("forged", message_id=1)
        await anna.sees_answer()
        await anna.send("/cancel")
        await anna.hears()
        await telegram.go_down()  # or the hung ones would hold the end of the test up


async def test_nothing_is_sent_while_telegram_is_down_but_now_and_then_a_question(
    rig: Rig, telegram: LocalTelegram
) -> None:
    people = [telegram.person(f"p{n}", started=True) for n in range(50)]
    async with alive(rig.app()) as app:
        fault = telegram.faults.bad_gateway(times=None)
        await post(app, [said(person, "x") for person in people])
        await until(lambda: fault.hits > 32)
        sends = [call for call in telegram.calls if call.method == "sendMessage"]
        assert len(sends) <= 32, "only what was in flight already"
        fault.cancel()
        await settled(app)
    assert all(texts(person) == ["x"] for person in people)

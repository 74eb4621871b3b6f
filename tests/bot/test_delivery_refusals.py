"""What Telegram may answer to a letter, and what becomes of it and of the others."""

import pytest
from sqlalchemy import update

from bot.delivery.carrying import SERVER_ERRORS_MAX
from playground.server import LocalTelegram
from storage.outbox import Lane, Letter
from storage.tables import outbox
from templates.every_chat import Cancelled
from tests.bot.lives import End, Rig, alive, noticed, post, said, settled, texts, until


async def test_a_chat_that_is_told_to_wait_waits_and_the_others_go_on(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna, boris = telegram.person("Анна", started=True), telegram.person("Борис", started=True)
    telegram.faults.too_many_requests(2, chat_id=anna.id)
    async with alive(rig.app()) as app:
        await post(app, [said(anna, f"a{n}") for n in range(3)])
        await post(app, [said(boris, f"b{n}") for n in range(3)])
        await until(lambda: len(texts(boris)) == 3)
        assert texts(anna) == []
        await settled(app)
    assert texts(anna) == ["a0", "a1", "a2"]
    assert telegram.calls.too_soon() == []


async def test_an_answer_to_a_tap_waits_too_where_it_is_told_to(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    telegram.faults.too_many_requests(1, method="answerCallbackQuery")
    async with alive(rig.app()) as app:
        await anna.tap_data("forged", message_id=1)
        await anna.sees_answer()
        await settled(app)
    first, second = telegram.calls.of("answerCallbackQuery")
    assert second.at - first.at >= 1


async def test_rule_19_who_blocked_the_bot_is_marked_and_their_other_letters_skipped_by_name(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna, boris = telegram.person("Анна"), telegram.person("Борис", started=True)
    async with alive(rig.app()) as app:
        await anna.send("/cancel")
        await anna.hears()
        anna.chat.blocked = True  # Telegram has not told us yet
        telegram.calls.clear()
        letters = [said(anna, "first"), said(anna, "second"), noticed(anna, Cancelled())]
        queued = await post(app, [*letters, said(boris, "hello")])
        await settled(app)
        ends = await rig.ends()
        unreachable = End("skipped", "unreachable", 1)
        assert [ends[letter.id] for letter in queued] == [
            *[unreachable] * 3,
            End("sent", None, 1),
        ]
        assert len(telegram.calls.of(chat_id=anna.id)) == 1, "one refusal is enough"

        anna.chat.blocked = False
        await anna.send("/cancel")
        await anna.hears()
        await post(app, [noticed(anna, Cancelled())])
        await anna.hears()


async def test_rule_19_my_chat_member_says_who_is_gone_and_who_is_back(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна")
    async with alive(rig.app()) as app:
        await anna.send("/cancel")
        await anna.hears()
        anna.block()
        await telegram.until_all_confirmed()
        await settled(app)
        telegram.calls.clear()
        (skipped,) = await post(app, [noticed(anna, Cancelled())])
        await settled(app)
        assert (await rig.ends())[skipped.id].reason == "unreachable"
        assert telegram.calls.of(chat_id=anna.id) == []

        anna.unblock()
        await telegram.until_all_confirmed()
        await settled(app)
        await post(app, [noticed(anna, Cancelled())])
        await anna.hears()


async def test_markup_that_telegram_cannot_read_is_sent_as_plain_text(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    text = "a < b & <b>bold"
    fields = {"chat_id": str(anna.id), "text": text, "parse_mode": "HTML"}
    broken = Letter(lane=Lane.REPLY, chat_id=anna.id, method="sendMessage", payload=fields)
    async with alive(rig.app()) as app:
        await post(app, [broken, said(anna, "next")])
        await settled(app)
    assert texts(anna)[1] == "next"
    assert texts(anna)[0].replace(" ", "").startswith("a<b&")
    assert await rig.statuses() == ["sent", "sent"]


async def test_an_edit_of_a_message_that_is_gone_becomes_a_message(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    fields = {"chat_id": str(anna.id), "message_id": "999999", "text": "the page"}
    edit = Letter(lane=Lane.REPLY, chat_id=anna.id, method="editMessageText", payload=fields)
    async with alive(rig.app()) as app:
        await post(app, [edit])
        await settled(app)
    assert texts(anna) == ["the page"]


async def test_an_edit_that_changes_nothing_is_done(rig: Rig, telegram: LocalTelegram) -> None:
    anna = telegram.person("Анна", started=True)
    async with alive(rig.app()) as app:
        await post(app, [said(anna, "same")])
        await anna.hears("same")
        fields = {
            "chat_id": str(anna.id),
            "message_id": str(anna.last.message_id),
            "text": "same",
        }
        edit = Letter(lane=Lane.REPLY, chat_id=anna.id, method="editMessageText", payload=fields)
        (queued,) = await post(app, [edit])
        await settled(app)
    assert (await rig.ends())[queued.id] == End("sent", "already-so", 1)


async def test_a_late_answer_to_a_tap_is_skipped_by_name(rig: Rig, telegram: LocalTelegram) -> None:
    anna = telegram.person("Анна", started=True)
    fields = {"callback_query_id": "123"}
    answer = Letter(
        lane=Lane.CALLBACK, chat_id=anna.id, method="answerCallbackQuery", payload=fields
    )
    async with alive(rig.app()) as app:
        await post(app, [answer])
        await settled(app)
    assert list((await rig.ends()).values()) == [End("skipped", "too-late", 1)]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"notice": "common/gone", "context": "{}", "language": "ru"}, "unrenderable"),
        ({"notice": "common/cancelled", "context": "not json", "language": "ru"}, "unrenderable"),
        ({"method": "sendMessage", "payload": {"chat_id": "1"}}, "refused-400"),
        ({"method": "noSuchMethod", "payload": {}}, "refused-404"),
    ],
)
async def test_a_letter_that_cannot_be_sent_fails_by_name_and_the_others_flow(
    rig: Rig, telegram: LocalTelegram, broken: dict[str, object], reason: str
) -> None:
    anna = telegram.person("Анна", started=True)
    (letter,) = await rig.queue([said(anna, "to be broken")])
    async with alive(rig.app()) as app:
        await settled(app)
        anna.forget()
        poison = Letter(lane=Lane.REPLY, chat_id=anna.id, **broken)  # type: ignore[arg-type]
        queued = await post(app, [poison, said(anna, "next")])
        await settled(app)
    ends = await rig.ends()
    assert ends[queued[0].id] == End("failed", reason, 1)
    assert ends[queued[1].id] == End("sent", None, 1)
    assert ends[letter.id].status == "sent"
    assert len(texts(anna)) == 3, "an apology, for somebody waits for a reply"


@pytest.mark.parametrize(
    ("payload", "reason"),
    [('{"chat_id": "1", "text": "\\ud800"}', "unsendable"), ("no JSON", "refused-400")],
)
async def test_a_letter_that_was_damaged_fails_by_name_and_stops_nobody(
    rig: Rig, telegram: LocalTelegram, payload: str, reason: str
) -> None:
    anna = telegram.person("Анна", started=True)
    (letter,) = await rig.queue([said(anna, "to be broken")])
    async with rig.store() as database, database.write() as db:
        await db.execute(update(outbox).values(payload=payload))
    async with alive(rig.app()) as app:
        await post(app, [said(anna, "next")])
        await settled(app)
    assert (await rig.ends())[letter.id] == End("failed", reason, 1)
    assert "next" in texts(anna)


async def test_an_apology_that_cannot_be_said_is_not_apologised_for(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    words = "Bad Request: something new"
    telegram.faults.answer(400, words, method="sendMessage", times=5)
    async with alive(rig.app()) as app:
        await post(app, [said(anna, "a reply"), said(anna, "a notice", Lane.SERVICE)])
        await settled(app)
    assert texts(anna) == []
    assert await rig.statuses() == ["failed"] * 3


async def test_a_letter_that_telegram_stumbles_over_holds_up_its_own_chat_only(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna, boris = telegram.person("Анна", started=True), telegram.person("Борис", started=True)
    fault = telegram.faults.bad_gateway(method="sendMessage", chat_id=anna.id, times=None)
    async with alive(rig.app()) as app:
        await post(app, [said(anna, "poison")])
        for number in range(5):
            await post(app, [said(boris, f"b{number}")])
            await until(lambda wanted=number + 1: len(texts(boris)) == wanted)  # type: ignore[misc]
        assert fault.hits < 20, "it is not hammered either"
        fault.cancel()
        await settled(app)
    assert texts(anna) == ["poison"]
    assert SERVER_ERRORS_MAX > 5, "so few errors do not give it up"


async def test_a_wait_that_telegram_asked_for_outlasts_a_restart(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna, boris = (telegram.person(name, started=True) for name in ("Анна", "Борис"))
    told = telegram.faults.too_many_requests(4, method="sendMessage", chat_id=anna.id)
    async with alive(rig.app()) as app:
        await post(app, [said(anna, "later")])
        await until(lambda: told.hits == 1)
    async with alive(rig.app()) as app:
        await post(app, [said(anna, "behind it", Lane.REPLY), said(boris, "at once")])
        await settled(app)
    refused, *taken = [call for call in telegram.calls.of("sendMessage") if call.chat_id == anna.id]
    assert taken[0].at - refused.at >= 4
    assert texts(anna) == ["later", "behind it"]
    assert telegram.calls.of("sendMessage", ok=True)[0].chat_id == boris.id

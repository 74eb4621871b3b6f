"""Updates: each has its effect once, in the order of its chat; a poisonous one stops nobody."""

import asyncio
import json
from typing import Any

import pytest
from aiogram import F, Router
from aiogram.types import Message
from sqlalchemy import select, text

from bot.app import App
from bot.backlog import LOADED_MAX
from bot.parking import NeverAgain
from bot.throttle import BURST_MAX
from handlers.conversations import Conversation
from loyalty.names import NameEmpty
from operations.actors import A_STRANGER
from operations.ledger import EntryKind, grant
from operations.outgoing import queue
from operations.transaction import Tx
from playground.server import LocalTelegram
from storage import inbox, people
from storage.inbox import Arrival
from storage.tables import audit_log
from tests.bot.lives import Rig, alive, post, said, settled, texts, until
from tests.flows.running import OWNER_ID
from tests.operations.conftest import add_client


def echo() -> Router:
    """Says what it hears; what it is told to do wrong, it does."""
    router = Router()

    @router.message(F.text.startswith("poison"))
    async def fail(message: Message, tx: Tx, conversation: Conversation) -> Any:
        await conversation.set_state(None, "poisoned")  # type: ignore[arg-type]
        raise RuntimeError(f"cannot take {message.text!r}\x00")

    @router.message(F.text == "words that nobody answers")
    async def silence(message: Message) -> None:
        return None

    @router.message(F.text == "be refused")
    async def refuse(message: Message, tx: Tx, conversation: Conversation) -> Any:
        await conversation.set_state(None, "refused")  # type: ignore[arg-type]
        await people.choose_language(tx.db, message.chat.id, "en")
        await queue(tx, [said(message.chat.id, "you have a point")])
        raise NameEmpty

    @router.message(F.text == "reuse a key")
    async def reuse(message: Message, tx: Tx) -> Any:
        client_id = await add_client(tx)
        for amount in (50, 60):
            await grant(
                tx,
                client_id,
                amount,
                kind=EntryKind.ACTION,
                key="action:1",
                valid_through=None,
            )

    @router.message(F.text == "hang")
    async def hang(message: Message) -> Any:
        await asyncio.Event().wait()

    @router.message(F.text == "cancel yourself")
    async def cancelled(message: Message) -> Any:
        raise asyncio.CancelledError

    @router.message(F.text.startswith("say "))
    async def say(message: Message) -> Any:
        assert message.text is not None
        return message.answer(message.text.removeprefix("say "))

    return router


@pytest.fixture
def app(rig: Rig) -> App:
    return rig.app(router=echo())


async def test_an_update_delivered_a_hundred_times_has_one_effect(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна")
    async with alive(app):
        update_id = await anna.send("say it")
        telegram.redeliver(update_id, times=50)
        await telegram.until_all_confirmed()
        await settled(app)
        telegram.redeliver(update_id, times=50)
        await telegram.until_all_confirmed()
        await anna.send("say done")
        await anna.hears("done")
    assert texts(anna) == ["it", "done"]
    assert len(await rig.updates()) == 2


async def test_a_poisonous_update_is_tried_three_times_and_parked_while_others_flow(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    """One worker on SQLite: while the poison waits for its next try, it serves the others."""
    owner = telegram.person("Олег", id=OWNER_ID, started=True)
    anna, boris = telegram.person("Анна"), telegram.person("Борис")
    async with alive(app):
        await anna.send("poison")
        await anna.send("say after it")
        await boris.send("say hello")
        await boris.hears("hello")
        assert (await rig.updates())[0].status == "waiting", "the poison was not yet given up"
        assert texts(anna) == []
        await anna.hears("after it")
        alert = await owner.hears("RuntimeError", ever=True)
        assert alert.text
    parked, *done = await rig.updates()
    assert (parked.status, parked.attempts) == ("parked", 3)
    assert "RuntimeError: cannot take 'poison'\ufffd" in parked.traceback
    assert [row.status for row in done] == ["done"] * 2
    apology, after = texts(anna)
    assert after == "after it"
    assert "poison" not in apology


async def test_a_fault_that_everybody_meets_does_not_bury_the_owner_in_alerts(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    owner = telegram.person("Олег", id=OWNER_ID, started=True)
    people = [telegram.person(f"p{n}") for n in range(12)]
    async with alive(app):
        for person in people:
            await person.send("poison")
        await until(lambda: all(texts(person) for person in people))
        await settled(app)
    assert len(texts(owner)) == 5
    assert {row.status for row in await rig.updates()} == {"parked"}


@pytest.mark.parametrize("word", ["hang", "cancel yourself"])
async def test_a_handler_that_hangs_or_cancels_itself_stops_nobody(
    app: App, rig: Rig, telegram: LocalTelegram, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.handling.HANDLER_S", 0.2)
    anna, boris = telegram.person("Анна"), telegram.person("Борис")
    async with alive(app):
        await anna.send(word)
        await boris.send("say hello")
        await boris.hears("hello")
        await anna.hears()
        await anna.send("say again")
        await anna.hears("again")
    assert [row.status for row in await rig.updates()] == ["parked", "done", "done"]


async def test_an_update_that_cannot_be_parsed_is_parked_and_its_batch_is_handled(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    anna, boris = telegram.person("Анна"), telegram.person("Борис")
    secret = "a word that is nobody's business"
    await anna.send("say before")
    broken = {
        "message": {
            "message_id": "not a number",
            "from": {"id": anna.id, "is_bot": False, "first_name": secret},
            "chat": {"id": anna.id, "type": "private"},
        }
    }
    telegram.inject(broken)
    telegram.inject({"message": "not an object"})
    telegram.inject(b'{"update_id": 5, "message": {"text": "half a character: \\ud83d"}}')
    await boris.send("say after")
    async with alive(app):
        await boris.hears("after")
        await anna.hears("before", ever=True)
        await until(lambda: len(texts(anna)) == 2)
        await settled(app)
    rows = await rig.updates()
    assert [row.status for row in rows] == ["done", "parked", "parked", "parked", "done"]
    assert rows[1].attempts == 1, "it will not become readable"
    assert "message_id" in rows[1].traceback
    assert secret not in rows[1].traceback


async def test_unknown_kinds_and_new_fields_are_stored_and_ignored(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    telegram.inject({"from_the_future": {"chat": {"id": anna.id}, "new": [1, 2, {"a": None}]}})
    telegram.inject({})
    message = {
        "message_id": 9_000,
        "from": {**anna.user.payload, "new_field": {"x": 1}},
        "chat": {"id": anna.id, "type": "private", "first_name": "Анна", "aura": "green"},
        "date": 1,
        "text": "say hello",
        "hologram": {"depth": 3},
    }
    telegram.inject({"message": message, "also": "new"})
    async with alive(app):
        await anna.hears("hello", ever=True)
        await settled(app)
    rows = await rig.updates()
    assert [row.status for row in rows] == ["done"] * 3
    assert "from_the_future" in rows[0].raw
    assert texts(anna) == ["hello"]


async def test_updates_of_one_chat_are_handled_in_their_order(
    app: App, telegram: LocalTelegram
) -> None:
    people = [telegram.person(f"p{n}") for n in range(5)]
    for number in range(20):
        for person in people:
            await person.send(f"say {number}")
    async with alive(app):
        await telegram.until_all_confirmed()
        await settled(app)
    assert all(texts(person) == list(map(str, range(20))) for person in people)


async def drain(rig: Rig, telegram: LocalTelegram, updates: int, loaded_max: int) -> None:
    """So many updates, of a hundred chats in turn, are each handled once in bounded memory."""
    handled: list[int] = []
    router = Router()

    @router.message()
    async def count(message: Message) -> None:
        handled.append(message.message_id)

    people = [telegram.person(f"p{n}") for n in range(100)]
    for number in range(updates // 100):
        for person in people:
            await person.send(f"say {number}")
    app = rig.app(router=router)
    async with alive(app):
        await telegram.until_all_confirmed(timeout_s=updates / 20)
        async with asyncio.timeout(updates / 20):
            while not app.backlog.is_idle:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    assert len(handled) == len(set(handled)) == updates
    assert loaded_max / 2 < app.backlog.loaded_most <= loaded_max
    async with rig.store() as database, database.read() as db:
        assert await inbox.waiting(db, after_id=0, limit=1) == []


async def test_a_backlog_larger_than_memory_is_drained(
    rig: Rig, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.backlog.LOADED_MAX", 100)
    monkeypatch.setattr("bot.backlog.PAGE_MAX", 30)
    await drain(rig, telegram, updates=1_000, loaded_max=100)


@pytest.mark.soak
async def test_a_backlog_of_ten_thousand_is_drained_in_bounded_memory(
    rig: Rig, telegram: LocalTelegram
) -> None:
    await drain(rig, telegram, updates=10_000, loaded_max=LOADED_MAX)


async def test_a_flood_is_throttled_and_told_once_and_others_are_answered(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    anna, flooder = telegram.person("Анна"), telegram.person("Шум", language_code="en")
    async with alive(app):
        await anna.send("say first")
        await anna.hears("first")
        for number in range(1_000):
            await flooder.send(f"say {number}")
        await anna.send("say hello")
        await anna.hears("hello")
        await telegram.until_all_confirmed()
        await settled(app)
    answered = [text for text in texts(flooder) if text.isdigit()]
    told = [text for text in texts(flooder) if not text.isdigit()]
    assert 300 <= len(answered) < 400, "a burst, and what time gave back"
    assert len(told) == 1
    assert len(await rig.updates()) == len(answered) + 2


async def test_what_piled_up_while_nobody_fetched_is_no_flood(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна")
    for _ in range(BURST_MAX + 150):
        await anna.send("words that nobody answers")
    async with alive(app):
        await telegram.until_all_confirmed()
        await settled(app)
    assert len(await rig.updates()) == BURST_MAX + 150


async def test_what_a_process_that_has_gone_left_behind_is_handled(
    app: App, rig: Rig, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.backlog.SEARCH_EVERY_S", 0.2)
    anna, boris = telegram.person("Анна", started=True), telegram.person("Борис")
    async with rig.store() as database, database.write() as db:
        left = Arrival(1, "digest", anna.id, raw_text(anna.id, "say late"))
        (row,) = await inbox.store(db, [left], rig.clock.now())
        await inbox.mark_done(db, row.id, rig.clock.now())  # in the hands of the other, so far
    async with alive(app):
        await boris.send("say first")
        await boris.hears("first")
        async with rig.store() as database, database.write() as db:
            await db.execute(text("UPDATE inbox SET status = 'waiting' WHERE update_id = 1"))
        await anna.hears("late")


def raw_text(person_id: int, text: str) -> str:
    return (
        '{"update_id": 1, "message": {"message_id": 1, "date": 1, '
        f'"from": {{"id": {person_id}, "is_bot": false, "first_name": "А"}}, '
        f'"chat": {{"id": {person_id}, "type": "private"}}, "text": "{text}"}}}}'
    )


async def test_what_was_stored_before_a_restart_is_handled_after_it(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    async with rig.store() as database, database.write() as db:
        made = Arrival(1, "digest", anna.id, raw_text(anna.id, "say late"))
        await inbox.store(db, [made], rig.clock.now())
    async with alive(rig.app(router=echo())):
        await anna.hears("late")


async def test_nothing_can_be_wrong_with_parking_that_stops_the_others(
    app: App, rig: Rig, telegram: LocalTelegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise LookupError("no such template")

    monkeypatch.setattr(app.alerts, "poison", broken)
    anna = telegram.person("Анна")
    async with alive(app):
        await anna.send("poison")
        await anna.send("say hello")
        await anna.hears("hello")
    assert [row.status for row in await rig.updates()] == ["parked", "done"]
    assert issubclass(NeverAgain, Exception)


async def test_a_key_used_for_something_else_is_refused_once_and_on_record(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    owner = telegram.person("Олег", id=OWNER_ID, started=True)
    anna = telegram.person("Анна")
    async with alive(app):
        await anna.send("reuse a key")
        await anna.hears()
        await owner.hears("KeyReused", ever=True)
    [parked] = await rig.updates()
    assert (parked.status, parked.attempts) == ("parked", 1)
    async with rig.store() as database, database.read() as db:
        assert (await db.execute(text("SELECT count(*) FROM ledger_entries"))).scalar() == 0
        row = (await db.execute(select(audit_log))).one()
    assert (row.actor_id, row.action) == (A_STRANGER, "ledger.key_refused")
    assert json.loads(row.details) == {"kind": "action", "amount": 60}


async def test_letters_of_a_failed_handler_are_not_sent(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    async with alive(app):
        await post(app, [said(anna, "unrelated")])
        await anna.hears("unrelated")
        await anna.send("poison pill")
        await anna.hears()
    async with rig.store() as database, database.read() as db:
        assert (await db.execute(text("SELECT count(*) FROM fsm_states"))).scalar() == 0


async def test_a_refusal_takes_back_what_its_handler_did_and_is_told(
    app: App, rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    async with alive(app):
        await anna.send("be refused")
        await anna.hears()
        await anna.send("say next")
        await anna.hears("next")
    words, after = texts(anna)
    assert words != "you have a point"
    assert after == "next"
    assert [update.status for update in await rig.updates()] == ["done", "done"]
    async with rig.store() as database, database.read() as db:
        account = await people.account(db, anna.id, anna.id)
    assert account.is_known
    assert (account.state, account.language) == (None, "ru")

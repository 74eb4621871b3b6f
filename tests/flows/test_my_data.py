"""Rule 21 as people meet it: all of one's data in a file, or an end to it."""

import pytest
from sqlalchemy import func, select

from operations.senders import Role
from playground.people import Person
from playground.seen import ChatMessage
from storage import audit, clients
from storage.clients import ClientStatus
from storage.tables import data_requests
from tests.flows.desk_scene import an_owner, staff_at
from tests.flows.guests import a_client, town_of
from tests.flows.running import RunningBot
from tests.traces import traces

PHONE = "+79120000001"


def words(message: ChatMessage) -> str:
    return message.words.replace("\u00a0", " ")


async def tap(svoi: RunningBot, person: Person, label: str) -> ChatMessage:
    await svoi.settle()
    await person.tap(label)
    message = await person.hears()
    await svoi.settle()
    return message


async def say(svoi: RunningBot, person: Person, text: str) -> ChatMessage:
    await svoi.settle()
    await person.send(text)
    message = await person.hears()
    await svoi.settle()
    return message


async def erases(svoi: RunningBot, person: Person) -> ChatMessage:
    await say(svoi, person, "/profile")
    await tap(svoi, person, "🗂")
    await tap(svoi, person, "🗑")
    return await tap(svoi, person, "✅")


@pytest.mark.parametrize("language_code", ["ru", "en"])
async def test_rule_21_who_erases_themselves_is_told_what_goes_and_is_a_stranger_then(
    svoi: RunningBot, language_code: str
) -> None:
    anna, client_id = await a_client(svoi, "Анна-Мария", language_code=language_code)
    await say(svoi, anna, "/profile")
    await tap(svoi, anna, "🗂")
    assert "100" in words(await tap(svoi, anna, "🗑"))
    assert "Анна-Мария" in words(await tap(svoi, anna, "❌")), "nothing was done"
    gone = await erases(svoi, anna)
    assert "/start" in words(gone)
    await svoi.settle()
    await svoi.settle()
    assert await traces(svoi.app.database, ["анна-мария", anna.id, PHONE[1:]]) == []
    async with svoi.app.database.read() as db:
        assert await audit.differences(db) == []
        erased = await clients.by_id(db, client_id)
    assert erased is not None
    assert (erased.status, erased.balance) == (ClientStatus.ERASED, 0)
    as_a_stranger = words(await say(svoi, anna, "/balance"))
    assert "Баланс:" not in as_a_stranger
    assert "Balance:" not in as_a_stranger


async def test_rule_21_an_old_button_neither_shows_nor_erases_the_card_that_came_after(
    svoi: RunningBot,
) -> None:
    anna, first = await a_client(svoi)
    await say(svoi, anna, "/profile")
    await tap(svoi, anna, "🗂")
    await tap(svoi, anna, "🗑")
    question = f"my_data_erase:{first}"
    await tap(svoi, anna, "✅")
    for old in (question, "my_data", "my_data_ask", "my_data_file", "profile_name"):
        await anna.tap_data(old)
        await anna.sees_answer("больше не работает")
    again = await a_new_card(svoi, anna)
    assert again != first
    await anna.tap_data(question)
    await anna.sees_answer("больше не работает")
    async with svoi.app.database.read() as db:
        client = await clients.by_id(db, again)
    assert client is not None
    assert (client.status, client.balance) == (ClientStatus.ACTIVE, 0)


async def a_new_card(svoi: RunningBot, person: Person) -> int:
    """Registers once more, by what they tap; says what the bot answers to the contact."""
    await person.send("/start")
    for key in ("✅", "✅", "✅"):
        await svoi.settle()
        await person.tap(key)
    await svoi.settle()
    assert any("не прошло года" in words(one) for one in person.messages[-3:])
    await person.send("/cancel")
    await svoi.settle()
    async with svoi.app.database.read() as db:
        client = await clients.by_telegram_id(db, person.id)
    assert client is not None
    return client.id


async def test_rule_21_who_works_here_keeps_the_desk(svoi: RunningBot) -> None:
    anna, _ = await a_client(svoi)
    await town_of(svoi).hires("Анна", Role.STAFF, telegram_id=anna.id)
    gone = await erases(svoi, anna)
    assert "Доступ сотрудника" in words(gone)
    assert "не знаю" not in words(await say(svoi, anna, "/today"))


@pytest.mark.parametrize(
    ("language_code", "title", "nothing"),
    [("ru", "Мои данные", "Пусто"), ("en", "My data", "Nothing")],
)
async def test_rule_21_all_of_one_s_data_comes_in_one_file(
    svoi: RunningBot, language_code: str, title: str, nothing: str
) -> None:
    name = '<b>Анна & "Ко"</b>'
    anna, client_id = await a_client(svoi, name, language_code=language_code)
    await town_of(svoi).visit(client_id)
    await say(svoi, anna, "/profile")
    await tap(svoi, anna, "🗂")
    await anna.tap("⬇️")
    await svoi.settle()
    await svoi.settle()
    [file] = [one for one in anna.messages if one.document is not None]
    assert file.document is not None
    page = file.document.content.decode()
    assert page.startswith("<!doctype html>")
    assert title in page
    assert nothing in page
    assert PHONE in page
    assert "<b>Анна" not in page, "what people wrote is shown as they wrote it"
    assert "&lt;b&gt;Анна" in page
    assert "<script" not in page
    assert str(8_000_000_001) not in page, "who served is another person's datum"
    async with svoi.app.database.read() as db:
        assert (await db.execute(select(func.count()).select_from(data_requests))).scalar() == 0


async def test_rule_21_an_owner_erases_at_a_written_request(svoi: RunningBot) -> None:
    svoi.telegram.person("Кто-то")  # whose id is that of who hires in these tests
    anna, client_id = await a_client(svoi, "Анна-Мария")
    owner = an_owner(svoi)
    alina = await staff_at(svoi, role=Role.MANAGER)
    unknown = words(await say(svoi, alina, "/unknown"))
    assert words(await say(svoi, alina, f"/erase {PHONE}")) == unknown
    assert "/erase" in words(await say(svoi, owner, "/erase"))
    asked = words(await say(svoi, owner, f"/erase {PHONE}"))
    assert "Анна-Мария" in asked
    assert PHONE not in asked
    assert "осталась" in words(await tap(svoi, owner, "❌"))
    await say(svoi, owner, f"/erase {PHONE}")
    assert "удалены" in words(await tap(svoi, owner, "✅"))
    farewell = await anna.hears("Ваши данные удалены")
    assert "/start" in words(farewell)
    await owner.tap_data(f"erase_client:{client_id}")
    await svoi.settle()
    await svoi.settle()
    assert await traces(svoi.app.database, ["анна-мария", anna.id, PHONE[1:]]) == []
    assert "данные клиента удалены" in words(await say(svoi, owner, "/audit_log"))
    assert "удалять нечего" in words(await say(svoi, owner, f"/erase {PHONE}"))


async def test_rule_21_nobody_s_button_erases_somebody_else(svoi: RunningBot) -> None:
    _, client_id = await a_client(svoi)
    boris, _ = await a_client(svoi, "Борис", phone="+79120000002")
    alina = await staff_at(svoi, role=Role.MANAGER)
    await say(svoi, alina, "/today")
    for person in (boris, alina):
        for forged in (f"my_data_erase:{client_id}", f"erase_client:{client_id}"):
            await person.tap_data(forged)
            await person.sees_answer("больше не работает")
    async with svoi.app.database.read() as db:
        client = await clients.by_id(db, client_id)
    assert client is not None
    assert client.status is ClientStatus.ACTIVE

"""What clients look at: by command, by key and by button, in both languages."""

import re
from datetime import timedelta

import pytest

from handlers.commands import client_commands, commands_of
from operations.senders import Role
from operations.transaction import Tx
from playground.people import Person
from playground.seen import ChatMessage
from storage import clients
from storage.ledger import EntryKind
from templates.client import HistoryKind
from tests.flows.guests import a_client, a_colleague
from tests.flows.running import RunningBot
from tests.operations.visiting import undo, visit

WORDS_OF_CLIENTS = {
    "ru": {
        "/balance": ("⭐", "Баланс: 100"),
        "/history": ("🧾", "за знакомство"),
        "/tier": ("🏆", "▶ Серебряный"),
        "/invite": ("👋", "https://t.me/"),
        "/profile": ("👤", "Язык: Русский"),
        "/help": ("❔", "/card"),
    },
    "en": {
        "/balance": ("⭐", "Balance: 100"),
        "/history": ("🧾", "welcome gift"),
        "/tier": ("🏆", "▶ Silver"),
        "/invite": ("👋", "https://t.me/"),
        "/profile": ("👤", "Language: English"),
        "/help": ("❔", "/card"),
    },
}


def words(message: ChatMessage) -> str:
    return message.words.replace("\u00a0", " ")


async def hears(svoi: RunningBot, person: Person, text: str) -> str:
    """Writes; what the bot answers, with ordinary spaces."""
    await svoi.settle()
    await person.send(text)
    answer = words(await person.hears())
    await svoi.settle()
    return answer


async def visits(svoi: RunningBot, client_id: int, bill: int) -> int:
    """A visit that the desk would book; its №."""
    async with svoi.app.database.write() as db:
        tx = Tx(db, svoi.clock.now(), svoi.app.programme)
        visit_id, _, _ = await visit(tx, client_id, bill)
    await svoi.settle()
    return visit_id


@pytest.mark.parametrize("language_code", ["ru", "en"])
async def test_every_screen_has_a_command_and_a_key(svoi: RunningBot, language_code: str) -> None:
    anna, _ = await a_client(svoi, "Anna", language_code=language_code)
    await hears(svoi, anna, "/start")
    for command, (key, expected) in WORDS_OF_CLIENTS[language_code].items():
        by_command = await hears(svoi, anna, command)
        assert expected in by_command
        await anna.tap(key)
        assert words(await anna.hears()) == by_command
        await svoi.settle()


@pytest.mark.parametrize(
    ("language_code", "first_line"), [("ru", "Баланс: 100"), ("en", "Balance: 100")]
)
async def test_the_balance_stands_alone_on_its_line(
    svoi: RunningBot, language_code: str, first_line: str
) -> None:
    anna, _ = await a_client(svoi, "Anna", language_code=language_code)
    assert (await hears(svoi, anna, "/balance")).split("\n")[0] == first_line


async def test_the_balance_is_plain_digits_however_large_or_low(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    for balance in (1_234_567, -300):
        async with svoi.app.database.write() as db:
            await clients.change(db, client_id, {"balance": balance})
        answer = await hears(svoi, anna, "/balance")
        assert answer.split("\n")[0] == f"Баланс: {balance}"
    assert "ниже нуля" in answer


async def test_the_balance_tells_what_expires_and_what_is_missing(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    await visits(svoi, client_id, 1_000_000)
    answer = await hears(svoi, anna, "/balance")
    assert "100 баллов — после 1 февраля 2028" in answer
    assert "Уровень: Серебряный" in answer
    assert "До уровня «Золотой» осталось купить на 20 000 ₽" in answer


async def test_the_card_s_caption_has_one_number_of_five_digits(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi, "12345678")
    async with svoi.app.database.write() as db:
        await clients.change(db, client_id, {"balance": 1_234_567})
        client = await clients.by_id(db, client_id)
    assert client is not None
    await anna.send("/card")
    card = await anna.hears()
    assert card.photo is not None
    assert re.findall(r"[0-9]{5,}", card.caption) == [client.card_number]


async def test_a_command_and_a_key_are_obeyed_in_mid_dialogue(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    for interruption, expected in (("/balance", "Баланс"), ("🧾 История", "История")):
        await hears(svoi, anna, "/profile")
        await anna.tap("✏️")
        await anna.hears("Как к вам обращаться?")
        assert expected in await hears(svoi, anna, interruption)
        assert "Я бот" in await hears(svoi, anna, "Мария")
    async with svoi.app.database.read() as db:
        client = await clients.by_id(db, client_id)
    assert client is not None
    assert client.name == "Анна"


async def test_the_history_turns_its_pages_in_place(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    numbers = []
    for _ in range(10):
        svoi.clock.move(timedelta(minutes=1))
        numbers.append(await visits(svoi, client_id, 10_000))
    anna.forget()
    first = await hears(svoi, anna, "/history")
    assert "1 из 2" in first
    assert f"Визит № {numbers[-1]}" in first
    assert "за знакомство" not in first
    await anna.tap("Раньше")
    older = words(await anna.hears())
    assert f"Визит № {numbers[0]}" in older
    assert "за знакомство" in older
    await svoi.settle()
    await anna.tap("◀ Новее")
    assert words(await anna.hears()) == first


async def test_a_visit_taken_back_is_struck_out_and_its_reversal_told(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    visit_id = await visits(svoi, client_id, 100_000)
    async with svoi.app.database.write() as db:
        await undo(Tx(db, svoi.clock.now(), svoi.app.programme), visit_id)
    await svoi.settle()
    await anna.send("/history")
    shown = await anna.hears("История")
    assert f"<s>Визит № {visit_id}</s>" in shown.html
    assert "отменён" in shown.text


async def test_a_page_that_is_not_there_is_the_nearest_that_is(svoi: RunningBot) -> None:
    anna, _ = await a_client(svoi)
    await hears(svoi, anna, "/history")
    for page in (-5, 0, 99, 2**63 - 1):
        await anna.tap_data(f"history:{page}", message=anna.last)
        await svoi.settle()
    assert "за знакомство" in anna.last.text


async def test_levels_and_badges_show_the_way(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    await visits(svoi, client_id, 3_100_000)
    tier = await hears(svoi, anna, "/tier")
    assert "▶ Золотой — ваш уровень" in tier
    assert "До уровня «Платиновый» осталось 69 000 ₽" in tier
    assert "Ваш уровень сохранится и после 1 марта" in tier
    badges = await hears(svoi, anna, "/badges")
    assert "🔧 Первый визит · 1 февраля" in badges
    assert "🏅 Свой человек — 1 из 10 визитов" in badges
    svoi.clock.move(timedelta(days=365))
    assert "нужно ещё 30 000 ₽" in await hears(svoi, anna, "/tier")


async def test_a_level_and_badges_are_celebrated_in_one_message(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    anna.forget()
    await visits(svoi, client_id, 3_100_000)
    told = words(await anna.hears("Новый уровень: Золотой"))
    assert "Новые значки: 🔧 Первый визит, 💎 Крупный заказ" in told
    await anna.tap("🏅")
    assert "Ваши значки" in words(await anna.hears())


async def test_words_that_nobody_waited_for_are_answered_with_the_menu(svoi: RunningBot) -> None:
    anna, _ = await a_client(svoi, "Ann", language_code="en")
    assert "I am a bot" in await hears(svoi, anna, "is anybody there?")
    assert anna.keyboard[0] == ["💳 Card", "⭐ Balance"]


async def test_a_button_of_a_client_s_screen_opens_nothing_for_a_stranger(svoi: RunningBot) -> None:
    await a_client(svoi)
    boris = svoi.telegram.person("Борис")
    await boris.send("/start")
    await boris.hears()
    for data in ("open:balance", "history:1", "profile_adverts:1", "open:nothing", "open"):
        await boris.tap_data(data)
        assert (await boris.sees_answer()).text == "Эта кнопка больше не работает"


@pytest.mark.parametrize("role", [None, Role.STAFF, Role.MANAGER, Role.OWNER])
async def test_help_names_every_command_of_the_role(svoi: RunningBot, role: Role | None) -> None:
    programme = svoi.app.programme
    if role is None:
        person, _ = await a_client(svoi)
        expected = client_commands(programme)
    else:
        person = await a_colleague(svoi, "Алина", role)
        expected = tuple(set(commands_of(programme, role)) - set(client_commands(programme)))
    text = await hears(svoi, person, "/help")
    for command in expected:
        assert re.search(rf"/{command}\b", text)
    for foreign in set(commands_of(programme, Role.OWNER)) - set(commands_of(programme, role)):
        assert not re.search(rf"/{foreign}\b", text)


def test_every_kind_of_ledger_entry_has_its_words_in_the_history() -> None:
    assert {kind.value for kind in EntryKind} <= {kind.value for kind in HistoryKind}

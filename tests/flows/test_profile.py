"""/profile: each line of it changes with a tap, or with a tap and a word."""

import pytest

from playground.people import Person
from playground.seen import ChatMessage
from storage import clients, consents
from storage.clients import Client
from tests.flows.guests import a_client
from tests.flows.running import RunningBot


def words(message: ChatMessage) -> str:
    return message.words.replace("\u00a0", " ")


async def tap(svoi: RunningBot, person: Person, label: str, wanted: str = "") -> ChatMessage:
    await svoi.settle()
    await person.tap(label)
    message = await person.hears(wanted)
    await svoi.settle()
    return message


async def say(svoi: RunningBot, person: Person, text: str) -> ChatMessage:
    await svoi.settle()
    await person.send(text)
    message = await person.hears()
    await svoi.settle()
    return message


async def as_now(svoi: RunningBot, client_id: int) -> Client:
    async with svoi.app.database.read() as db:
        client = await clients.by_id(db, client_id)
    assert client is not None
    return client


async def test_the_name_changes(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    await say(svoi, anna, "/profile")
    await tap(svoi, anna, "✏️")
    assert "ни одного знака" in words(await say(svoi, anna, "\u200b"))
    assert "Имя: <b>Мария" in words(await say(svoi, anna, "<b>Мария"))
    assert (await as_now(svoi, client_id)).name == "<b>Мария"


async def test_a_question_can_be_left_and_then_waits_for_nothing(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    await say(svoi, anna, "/profile")
    for button in ("✏️", "🎂"):
        await tap(svoi, anna, button)
        assert "Имя: Анна" in words(await tap(svoi, anna, "❌ Отмена"))
    assert "Я бот" in words(await say(svoi, anna, "Мария"))
    assert (await as_now(svoi, client_id)).name == "Анна"


async def test_the_birthday_is_told_changed_and_taken_out(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    await say(svoi, anna, "/profile")
    await tap(svoi, anna, "🎂")
    assert "ещё не наступила" in words(await say(svoi, anna, "12.03.2050"))
    assert "День рождения: 29 февраля 2000" in words(await say(svoi, anna, "29.02.2000"))
    assert "за 30 дней" in words(await tap(svoi, anna, "🎂"))
    assert "День рождения: 1 марта\n" in words(await say(svoi, anna, "1 марта"))
    client = await as_now(svoi, client_id)
    assert (client.birthday_day, client.birthday_month, client.birthday_year) == (1, 3, None)
    assert client.birthday_told_on == client.registered_on
    await tap(svoi, anna, "🎂")
    assert "День рождения: не указан" in words(await tap(svoi, anna, "🗑"))
    assert (await as_now(svoi, client_id)).birthday_day is None


async def test_the_language_changes_everything_at_once(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    await say(svoi, anna, "/profile")
    await tap(svoi, anna, "🌐")
    await tap(svoi, anna, "English", "Language: English")
    assert (await as_now(svoi, client_id)).language == "en"
    assert anna.keyboard[0] == ["💳 Card", "⭐ Balance"]
    assert words(await tap(svoi, anna, "⭐")).startswith("Balance: 100\n")
    # The phone's own language no longer decides.
    assert words(await say(svoi, anna, "/balance")).startswith("Balance: 100\n")


async def test_a_language_that_the_programme_lacks_is_not_spoken(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    await say(svoi, anna, "/profile")
    await anna.tap_data("profile_language:de", message=anna.last)
    await svoi.settle()
    assert (await as_now(svoi, client_id)).language == "ru"


async def test_favourite_services_are_put_in_and_taken_out(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    await say(svoi, anna, "/profile")
    await tap(svoi, anna, "❤️ Услуги")
    await tap(svoi, anna, "🤍 Ремонт")
    await tap(svoi, anna, "🤍 Замена фильтра")
    assert (await as_now(svoi, client_id)).favourite_services == ("repair", "filter")
    await tap(svoi, anna, "❤️ Ремонт")
    assert "Любимые услуги: Замена фильтра" in words(await tap(svoi, anna, "◀"))
    await anna.tap_data("profile_service:unlisted:1", message=anna.last)
    await svoi.settle()
    assert (await as_now(svoi, client_id)).favourite_services == ("filter",)


@pytest.mark.parametrize("language_code", ["ru", "en"])
async def test_rule_20_advertising_goes_off_and_on_with_one_tap(
    svoi: RunningBot, language_code: str
) -> None:
    anna, client_id = await a_client(svoi, "Ann", language_code=language_code, adverts=True)
    await say(svoi, anna, "/profile")
    shown = await tap(svoi, anna, "❌")
    assert shown.edited
    assert not (await as_now(svoi, client_id)).advert_consent
    await tap(svoi, anna, "✅")
    assert (await as_now(svoi, client_id)).advert_consent
    assert [answer.text != "" for answer in anna.answers] == [True, True]
    async with svoi.app.database.read() as db:
        kept = await consents.of_client(db, client_id)
    adverts = [(consent.given, consent.text_version) for consent in kept if consent.kind != "data"]
    assert adverts == [(True, "advert-1"), (False, "advert-1"), (True, "advert-1")]


async def test_withdrawing_twice_is_withdrawing_once(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi, adverts=True)
    await say(svoi, anna, "/profile")
    for _ in range(3):
        await anna.tap_data("profile_adverts:0", message=anna.last)
        await svoi.settle()
    async with svoi.app.database.read() as db:
        kept = await consents.of_client(db, client_id)
    assert len(kept) == 3


async def test_the_phone_is_never_shown_whole(svoi: RunningBot) -> None:
    anna, _ = await a_client(svoi)
    shown = words(await say(svoi, anna, "/profile"))
    assert anna.phone not in shown
    assert "Телефон: +7 ••• •••-••-01" in shown


async def test_cancelling_the_new_number_brings_the_menu_s_keys_back(svoi: RunningBot) -> None:
    anna, _ = await a_client(svoi)
    await say(svoi, anna, "/profile")
    await tap(svoi, anna, "📱")
    assert anna.keyboard == [["✅ Отправить мой номер"], ["❌ Оставить прежний"]]
    await say(svoi, anna, "/cancel")
    assert "💳 Карта" in anna.keyboard[0]


@pytest.mark.parametrize("key", ["❌", "✅"])
async def test_the_keys_for_a_new_number_act_after_a_command_broke_in(
    svoi: RunningBot, key: str
) -> None:
    anna, _ = await a_client(svoi)
    await say(svoi, anna, "/profile")
    await tap(svoi, anna, "📱")
    await say(svoi, anna, "/balance")
    assert "+7 ••• •••-••-01" in words(await tap(svoi, anna, key))
    assert "💳 Карта" in anna.keyboard[0]

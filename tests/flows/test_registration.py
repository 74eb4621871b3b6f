"""From a stranger to the card: by what a person types and taps, in both languages."""

import asyncio
import re
from pathlib import Path

import pytest

from bot.app import App
from operations.deep_links import CARD_CODE_CHARS
from playground.people import Person
from playground.seen import ChatMessage
from playground.server import LocalTelegram
from storage import cases, clients, consents, people
from storage.clients import Client
from storage.database import Database
from tests.flows.desk_scene import CARD_CODE, a_card, an_owner, staff_at
from tests.flows.guests import a_client, town_of
from tests.flows.running import OWNER_ID, MovableClock, RunningBot, settings_for
from tests.operations.conftest import add_client

NUMBER = re.compile(r"[0-9]{5,}")


def words(message: ChatMessage) -> str:
    """With ordinary spaces."""
    return message.words.replace("\u00a0", " ")


async def tap(svoi: RunningBot, person: Person, label: str) -> ChatMessage:
    """Taps, and returns what the bot said to it."""
    await svoi.settle()
    await person.tap(label)
    message = await person.hears()
    await svoi.settle()
    return message


async def say(svoi: RunningBot, person: Person, text: str) -> ChatMessage:
    """Writes, and returns what the bot said to it."""
    await svoi.settle()
    await person.send(text)
    message = await person.hears()
    await svoi.settle()
    return message


async def client_of(svoi: RunningBot, person: Person) -> Client | None:
    async with svoi.app.database.read() as db:
        return await clients.by_telegram_id(db, person.id)


async def to_contact(svoi: RunningBot, person: Person) -> None:
    """As far as the key that shares the contact."""
    await say(svoi, person, "/start")
    await tap(svoi, person, "✅")
    await tap(svoi, person, "⏭")


@pytest.mark.parametrize("language_code", ["ru", "en"])
async def test_only_agreeing_and_skipping_leads_a_stranger_to_the_card(
    svoi: RunningBot, language_code: str
) -> None:
    person = svoi.telegram.person("Анна", language_code=language_code)
    await say(svoi, person, "/start")
    for _ in range(10):
        marks = [key[0] for row in person.keyboard for key in row]
        if "✅" not in marks and "⏭" not in marks:
            break
        await tap(svoi, person, "✅" if "✅" in marks else "⏭")
    card = person.last
    assert card.photo is not None
    client = await client_of(svoi, person)
    assert client is not None
    assert client.phone == person.phone
    assert client.language == language_code
    assert NUMBER.findall(card.caption) == [client.card_number]


async def test_skipping_all_that_can_be_skipped_leads_there_too(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await to_contact(svoi, anna)
    await tap(svoi, anna, "✅")
    await tap(svoi, anna, "⏭")
    card = await tap(svoi, anna, "⏭")
    assert card.photo is not None
    client = await client_of(svoi, anna)
    assert client is not None
    assert not client.advert_consent


async def test_a_stranger_is_told_what_this_is_before_anything_is_asked(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    welcome = words(await say(svoi, anna, "/start"))
    for promised in ("Мастер", "100 баллов", "от 3 % до 7 %", "1 балл — это 1 ₽"):
        assert promised in welcome


async def test_the_client_exists_from_the_contact_on(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await to_contact(svoi, anna)
    assert await client_of(svoi, anna) is None
    assert "100 баллов" in words(await tap(svoi, anna, "✅"))
    client = await client_of(svoi, anna)
    assert client is not None
    assert client.balance == 100
    assert words(await say(svoi, anna, "/balance")).splitlines()[0] == "Баланс: 100"


@pytest.mark.parametrize("advert", ["✅", "⏭"])
async def test_both_consents_are_kept_as_they_were_given(svoi: RunningBot, advert: str) -> None:
    anna = svoi.telegram.person("Анна")
    await say(svoi, anna, "/start")
    await tap(svoi, anna, "✅")
    await tap(svoi, anna, advert)
    await tap(svoi, anna, "✅")
    client = await client_of(svoi, anna)
    assert client is not None
    async with svoi.app.database.read() as db:
        kept = await consents.of_client(db, client.id)
    expected = [("data", "data-2"), ("advert", "advert-1")][: 2 if advert == "✅" else 1]
    assert [(consent.kind, consent.text_version) for consent in kept] == expected


async def test_who_does_not_agree_is_left_in_peace_and_finds_the_way_back(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await say(svoi, anna, "/start")
    await tap(svoi, anna, "❌")
    assert await client_of(svoi, anna) is None
    await tap(svoi, anna, "✅")
    await tap(svoi, anna, "⏭")
    await tap(svoi, anna, "✅")
    assert await client_of(svoi, anna) is not None


async def test_a_typed_phone_is_not_taken_and_the_key_stays(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await to_contact(svoi, anna)
    for typed in ("+7 912 000-00-77", "не хочу"):
        assert "принимаем только по кнопке" in words(await say(svoi, anna, typed))
    await anna.send_location(55.76, 37.62)
    assert "принимаем только по кнопке" in words(await anna.hears())
    assert anna.keyboard == [["✅ Поделиться номером"]]
    assert await client_of(svoi, anna) is None


async def test_somebody_else_s_contact_is_not_taken(svoi: RunningBot) -> None:
    anna, boris = svoi.telegram.person("Анна"), svoi.telegram.person("Борис")
    await to_contact(svoi, anna)
    for user_id in (boris.id, None):
        await anna.share_contact(phone=boris.phone, user_id=user_id)
        assert "другого человека" in words(await anna.hears())
    assert await client_of(svoi, anna) is None
    assert anna.keyboard == [["✅ Поделиться номером"]]


async def test_a_forwarded_contact_is_not_taken_even_one_s_own(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await to_contact(svoi, anna)
    contact = {"phone_number": anna.phone, "first_name": "Анна", "user_id": anna.id}
    origin = {"type": "user", "date": 1, "sender_user": anna.user.payload}
    await anna.send_content({"contact": contact, "forward_origin": origin, "forward_date": 1})
    assert "Пересланный" in words(await anna.hears())
    assert await client_of(svoi, anna) is None


async def test_a_contact_before_any_consent_begins_at_the_consent(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await anna.share_contact()
    await anna.hears()
    assert anna.keyboard[0] == ["✅ Даю согласие"]
    assert await client_of(svoi, anna) is None


async def test_a_phone_of_another_account_is_looked_into_by_people(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    boris = svoi.telegram.person("Борис", phone=anna.phone)
    await to_contact(svoi, boris)
    assert "уже есть карта" in words(await tap(svoi, boris, "✅"))
    assert boris.keyboard == []
    assert await client_of(svoi, boris) is None
    async with svoi.app.database.read() as db:
        assert await cases.count_open(db, client_id) == 1
    await to_contact(svoi, boris)
    await tap(svoi, boris, "✅")
    async with svoi.app.database.read() as db:
        assert await cases.count_open(db, client_id) == 1


async def test_every_key_tapped_twice_at_once_does_no_harm(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await say(svoi, anna, "/start")
    for label in ("✅", "✅", "✅", "✅", "⏭"):
        await svoi.settle()
        await asyncio.gather(anna.tap(label), anna.tap(label))
    await svoi.settle()
    client = await client_of(svoi, anna)
    assert client is not None
    assert client.balance == 100
    assert client.birthday_day is None
    assert sum(message.photo is not None for message in anna.messages) == 1


async def test_the_name_and_the_birthday_may_be_told(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Annie")
    await to_contact(svoi, anna)
    assert "Карта готова" in words(await tap(svoi, anna, "✅"))
    assert "Вас зовут Annie?" in words(await anna.hears())
    assert "покороче" in words(await say(svoi, anna, "Ы" * 65))
    assert "Приятно познакомиться, Анна!" in words(await say(svoi, anna, " Анна "))
    assert "Такого дня" in words(await say(svoi, anna, "31.02"))
    assert "четырьмя цифрами" in words(await say(svoi, anna, "12.03.85"))
    card = await say(svoi, anna, "12 марта 1985")
    assert card.photo is not None
    assert "День рождения: 12 марта. Ошиблись?" in words(card)
    client = await client_of(svoi, anna)
    assert client is not None
    birthday = (client.birthday_day, client.birthday_month, client.birthday_year)
    assert (client.name, birthday) == ("Анна", (12, 3, 1985))


@pytest.mark.parametrize(
    "hostile", ['<a href="tg://user?id=1">Аня</a>', "</b>", "{{ 7*7 }}", "=cmd()", "\u202eАня"]
)
async def test_a_hostile_name_is_shown_as_it_is_written(svoi: RunningBot, hostile: str) -> None:
    person = svoi.telegram.person(hostile)
    await to_contact(svoi, person)
    await tap(svoi, person, "✅")
    assert f"Вас зовут {hostile.replace(chr(0x202E), '')}?" in words(await person.hears())
    await tap(svoi, person, "✅")
    assert (await tap(svoi, person, "⏭")).photo is not None


async def test_a_command_in_the_midst_is_obeyed_and_start_goes_on(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await to_contact(svoi, anna)
    assert "Такой команды нет" in words(await say(svoi, anna, "/visit"))
    assert "номер телефона" in words(await say(svoi, anna, "/start"))
    await tap(svoi, anna, "✅")
    assert await client_of(svoi, anna) is not None


async def test_the_keys_of_a_question_go_on_after_a_command_broke_in(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await say(svoi, anna, "/start")
    for key in ("✅ Даю", "✅ Да,", "✅ Поделиться", "✅ Да, верно"):
        await tap(svoi, anna, key)
        assert "Такой команды нет" in words(await say(svoi, anna, "/stats"))
    assert (await tap(svoi, anna, "⏭ Пропустить")).photo is not None
    client = await client_of(svoi, anna)
    assert client is not None
    assert client.advert_consent


async def test_help_is_answered_in_mid_registration_and_no_consent_asked_again(
    svoi: RunningBot,
) -> None:
    anna = svoi.telegram.person("Ann", language_code="en")
    await to_contact(svoi, anna)
    assert "/history" in words(await say(svoi, anna, "/help"))
    assert "your phone number" in words(anna.last)
    assert "no card yet" in words(await say(svoi, anna, "/balance"))
    assert words(anna.last).startswith("One last thing: your phone number")
    assert anna.keyboard == [["✅ Share my number"]]
    await tap(svoi, anna, "✅")
    async with svoi.app.database.read() as db:
        client = await client_of(svoi, anna)
        assert client is not None
        kept = await consents.of_client(db, client.id)
    assert [consent.kind for consent in kept] == ["data"]


async def test_a_command_at_the_name_leads_on_to_the_birthday(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await to_contact(svoi, anna)
    await tap(svoi, anna, "✅")
    assert words(await say(svoi, anna, "/balance")).startswith("Баланс: 100")
    assert "день рождения" in words(await tap(svoi, anna, "✅ Да, верно"))


async def test_cancel_at_the_name_gives_the_menu_s_keys(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await to_contact(svoi, anna)
    await tap(svoi, anna, "✅")
    await say(svoi, anna, "/cancel")
    assert anna.keyboard[0][0] == "💳 Карта"


async def test_cancel_forgets_what_a_stranger_had_agreed_to(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await to_contact(svoi, anna)
    assert "отменили" in words(await say(svoi, anna, "/cancel"))
    assert "Здравствуйте" in words(await say(svoi, anna, "/start"))
    assert "Отменять нечего" not in words(await say(svoi, anna, "/cancel"))


async def test_start_while_the_name_is_asked_shows_the_card(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await to_contact(svoi, anna)
    await tap(svoi, anna, "✅")
    assert (await say(svoi, anna, "/start")).photo is not None


@pytest.mark.parametrize(
    "typed", ["/balance", "/card", "/history", "/tier", "/badges", "/invite", "/profile"]
)
async def test_a_stranger_s_client_command_leads_to_registration(
    svoi: RunningBot, typed: str
) -> None:
    anna = svoi.telegram.person("Анна")
    assert "Здравствуйте" in words(await say(svoi, anna, typed))
    assert anna.keyboard[0] == ["✅ Даю согласие"]


async def test_a_stranger_s_help_is_answered_and_leads_to_registration(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    assert "/card" in words(await say(svoi, anna, "/help"))
    assert "Здравствуйте" in words(anna.last)
    assert anna.keyboard[0] == ["✅ Даю согласие"]


async def test_any_words_of_a_stranger_lead_to_registration(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Ann", language_code="en")
    assert "Hello" in words(await say(svoi, anna, "hello?"))
    await anna.send_sticker()
    assert "Hello" in words(await anna.hears())


async def test_an_owner_acts_at_once_and_may_get_a_card_as_well(svoi: RunningBot) -> None:
    owner = svoi.telegram.person("Олег", id=OWNER_ID)
    shown = await say(svoi, owner, "/start")
    assert "/staff" in shown.text
    assert "/balance" not in shown.text
    await tap(svoi, owner, "💳")
    for key in ("✅", "⏭", "✅", "✅", "⏭"):
        await tap(svoi, owner, key)
    assert owner.last.photo is not None
    both = await say(svoi, owner, "/help")
    assert "/balance" in both.text
    assert "/staff" in both.text


# -- links


async def test_a_friend_s_link_is_told_and_counts(svoi: RunningBot) -> None:
    boris, _ = await a_client(svoi, "Борис Иванов")
    link = re.search(r"https://\S+", (await say(svoi, boris, "/invite")).text)
    assert link is not None
    vera = svoi.telegram.person("Вера")
    await vera.open_link(link.group())
    assert "150 баллов после первого визита от 500 ₽" in words(await vera.hears())
    await tap(svoi, vera, "✅")
    await tap(svoi, vera, "⏭")
    await tap(svoi, vera, "✅")
    assert "Борис" in words(answer := await vera.hears())
    assert "Иванов" not in words(answer)
    shown = words(await say(svoi, boris, "/invite"))
    assert "ждём визит: 1" in shown
    assert "⏳ Вера" in shown


@pytest.mark.parametrize(
    "code", ["r_guessed", "c_guessed", "s_guessed", "p_poster", "x", "%20", "r_", "s_", "a" * 64]
)
async def test_a_guessed_link_opens_what_no_link_opens(svoi: RunningBot, code: str) -> None:
    anna, boris = svoi.telegram.person("Анна"), svoi.telegram.person("Борис")
    plain = words(await say(svoi, anna, "/start"))
    assert words(await say(svoi, boris, f"/start {code}")) == plain
    assert await client_of(svoi, boris) is None


async def test_who_tries_codes_is_no_longer_looked_up(svoi: RunningBot) -> None:
    boris, _ = await a_client(svoi, "Борис")
    link = re.search(r"start=(\S+)", (await say(svoi, boris, "/invite")).text)
    assert link is not None
    anna = svoi.telegram.person("Анна")
    for attempt in range(5):
        await anna.send(f"/start r_guess{attempt}")
    await svoi.settle()
    await say(svoi, anna, f"/start {link.group(1)}")
    async with svoi.app.database.write() as db:
        account = await people.account(db, anna.id, anna.id)
    assert account.referral_code is None


async def test_who_tries_invitations_is_no_longer_looked_up(svoi: RunningBot) -> None:
    owner = an_owner(svoi)
    await owner.send("/staff invite manager Центр")
    link = re.search(r"start=(s_\S+)", (await owner.hears("start=s_")).text)
    assert link is not None
    anna = svoi.telegram.person("Анна")
    plain = words(await say(svoi, anna, "/start"))
    for attempt in range(5):
        assert words(await say(svoi, anna, f"/start s_guess{attempt}")) == plain
    assert words(await say(svoi, anna, f"/start {link.group(1)}")) == plain


async def test_a_colleague_s_torn_cards_do_not_close_the_next_one(svoi: RunningBot) -> None:
    alina = await staff_at(svoi)
    await a_card(svoi)
    for attempt in range(3):
        for kind in "crs":
            await say(svoi, alina, f"/start {kind}_torn{attempt}")
    assert "Анна" in words(await say(svoi, alina, f"/start c_{CARD_CODE}"))


async def test_the_source_of_a_poster_is_kept(svoi: RunningBot) -> None:
    anna = svoi.telegram.person("Анна")
    await say(svoi, anna, "/start p_window")
    async with svoi.app.database.write() as db:
        account = await people.account(db, anna.id, anna.id)
    assert (account.referral_code, account.source_code) == (None, "window")


async def test_the_code_on_a_card_opens_a_desk_for_staff_only(svoi: RunningBot) -> None:
    anna, client_id = await a_client(svoi)
    async with svoi.app.database.read() as db:
        client = await clients.by_id(db, client_id)
    assert client is not None
    assert client.card_code is not None
    assert len(client.card_code) == CARD_CODE_CHARS
    boris = svoi.telegram.person("Борис")
    opened = await say(svoi, boris, f"/start c_{client.card_code}")
    assert "Здравствуйте" in words(opened)
    assert "Анна" not in words(opened)
    assert (await say(svoi, anna, f"/start c_{client.card_code}")).photo is not None


async def test_registration_goes_on_after_a_restart(
    telegram: LocalTelegram, database_url: str, clock: MovableClock, tmp_path: Path
) -> None:
    anna = telegram.person("Анна")
    for steps in (("/start",), ("✅", "⏭"), ("✅",), ("✅",), ("⏭",)):
        app = App(settings_for(telegram, database_url), clock)
        stopping = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(app.run(stopping))
            await app.started()
            svoi = RunningBot(app, telegram, clock)
            for step in steps:
                await (say if step.startswith("/") else tap)(svoi, anna, step)
            stopping.set()
    assert anna.last.photo is not None
    database = Database(database_url)
    async with database.read() as db:
        client = await clients.by_telegram_id(db, anna.id)
    await database.close()
    assert client is not None
    assert client.balance == 100


async def test_an_imported_client_is_welcomed_by_their_card(svoi: RunningBot) -> None:
    async with town_of(svoi).tx() as tx:
        await add_client(tx, name="Анна Ивановна", phone="+79120000055", registered_at=None)
    anna = svoi.telegram.person("Аня", phone="+79120000055")
    await to_contact(svoi, anna)
    answer = words(await tap(svoi, anna, "✅"))
    assert "Мы вас узнали" in answer
    assert "Анна Ивановна" in words(await anna.hears())

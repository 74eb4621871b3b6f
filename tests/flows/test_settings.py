"""/settings: an owner changes figures and texts; clients meet the new ones, and lose nothing."""

from datetime import timedelta

import pytest

from loyalty.programme.settable import Section
from operations.senders import Role
from operations.setting_subjects import subjects
from playground.people import Person
from templates.settings import (
    AsInFile,
    ConfirmChange,
    DropChange,
    OpenFigure,
    OpenHistory,
    OpenSection,
    OpenSettings,
    OpenVersion,
    ReturnTo,
)
from tests.flows.guests import a_client, a_colleague
from tests.flows.running import OWNER_ID, RunningBot

PHONE = "+79120000001"
WORDS = {
    "ru": {
        "points": "Баллы",
        "welcome": "За знакомство",
        "was": "Было: 100 баллов",
        "will": "Станет: 250 баллов",
        "back": "Назад",
        "texts": "Тексты",
        "greeting": "Приветствие (по-русски)",
        "history": "История",
        "before": "как было до",
        "whole": "целое число",
    },
    "en": {
        "points": "Points",
        "welcome": "Welcome points",
        "was": "Was: 100 points",
        "will": "Will be: 250 points",
        "back": "Back",
        "texts": "Texts",
        "greeting": "Welcome (in Russian)",
        "history": "History",
        "before": "what was before",
        "whole": "whole number",
    },
}


async def an_owner(svoi: RunningBot, language: str = "ru") -> Person:
    return svoi.telegram.person("Олег", id=OWNER_ID, language_code=language)


async def says(svoi: RunningBot, person: Person, text: str) -> str:
    await person.send(text)
    await svoi.settle()
    return person.last.words


async def taps(svoi: RunningBot, person: Person, *labels: str) -> str:
    for part in labels:
        await person.tap(next((label for label in person.last.labels if part in label), part))
        await svoi.settle()
    return person.last.words


async def opens(svoi: RunningBot, owner: Person, *labels: str) -> str:
    await says(svoi, owner, "/settings")
    return await taps(svoi, owner, *labels)


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_an_owner_sees_old_and_new_before_a_figure_changes(
    svoi: RunningBot, language: str
) -> None:
    words, owner = WORDS[language], await an_owner(svoi, language)
    page = await opens(svoi, owner, words["points"], words["welcome"])
    assert words["welcome"] in page
    preview = await says(svoi, owner, "250")
    assert words["was"] in preview
    assert words["will"] in preview
    assert svoi.app.programme.points.welcome == 100, "nothing before the ✅"
    assert "✅" in await taps(svoi, owner, "✅")
    assert svoi.app.programme.points.welcome == 250
    anna, _ = await a_client(svoi, phone=PHONE)
    assert "250" in await says(svoi, anna, "/balance")


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_what_cannot_be_is_asked_again_in_the_owners_language(
    svoi: RunningBot, language: str
) -> None:
    words, owner = WORDS[language], await an_owner(svoi, language)
    await opens(svoi, owner, words["points"], words["welcome"])
    for typed in ("1e9", "=1+1", "-5", "12,5", "<b>5</b>", "1000001", "NaN", "007"):
        asked = await says(svoi, owner, typed)
        assert words["whole"] in asked
    assert words["will"] in await says(svoi, owner, "250"), "the question is still open"


async def test_a_refused_preview_changes_nothing_and_a_second_tap_once(svoi: RunningBot) -> None:
    owner = await an_owner(svoi)
    await opens(svoi, owner, "Баллы", "За знакомство")
    await says(svoi, owner, "250")
    await taps(svoi, owner, "❌")
    assert svoi.app.programme.points.welcome == 100
    await opens(svoi, owner, "Баллы", "За знакомство")
    await says(svoi, owner, "250")
    await owner.tap("✅")
    await owner.tap("✅")
    await svoi.settle()
    assert svoi.app.programme.points.welcome == 250
    assert svoi.app.in_force.version == 1


async def test_others_are_answered_as_if_there_were_no_such_command(svoi: RunningBot) -> None:
    boris = await a_colleague(svoi, "Борис", Role.MANAGER)
    unknown = await says(svoi, boris, "/no_such_command")
    assert await says(svoi, boris, "/settings") == unknown


async def test_a_forged_button_of_a_setting_is_an_unknown_one_to_everybody_else(
    svoi: RunningBot,
) -> None:
    """With the number of a preview that is there, open: whoever taps, nothing changes by it."""
    owner = await an_owner(svoi)
    await opens(svoi, owner, "Баллы", "За знакомство")
    await says(svoi, owner, "250")
    welcome = subjects(svoi.app.programme)["points.welcome"].code
    forged = (
        OpenSettings(),
        OpenSection(Section.POINTS, 1),
        OpenFigure(welcome),
        AsInFile(welcome),
        ConfirmChange(1),
        DropChange(1),
        OpenHistory(1),
        OpenVersion(1),
        ReturnTo(1, before=True),
    )
    anna, _ = await a_client(svoi, phone=PHONE)
    boris = await a_colleague(svoi, "Борис", Role.STAFF)
    maria = await a_colleague(svoi, "Мария", Role.MANAGER)
    for person in (anna, boris, maria):
        heard = len(person.all_messages)
        await person.tap_data("no_such_button")
        for tap in forged:
            await person.tap_data(tap.pack())
            await svoi.settle()
        answers = {answer.text for answer in person.answers[-len(forged) - 1 :]}
        assert len(answers) == 1, "word for word as for a button that there is not"
        assert answers != {None}
        assert len(person.all_messages) == heard
        await says(svoi, person, "777")
        assert "777" not in person.last.words
    assert svoi.app.in_force.version == 0
    await taps(svoi, owner, "✅")
    assert svoi.app.programme.points.welcome == 250, "the owner's own is still there"


async def test_the_owners_greeting_is_read_as_it_was_typed(svoi: RunningBot) -> None:
    owner = await an_owner(svoi)
    await opens(svoi, owner, "Тексты", "Приветствие (по-русски)")
    assert "{unknown}" in await says(svoi, owner, "Привет, {unknown}!")
    assert "скобки" in await says(svoi, owner, "Привет {")
    preview = await says(svoi, owner, "Добро <b>пожаловать</b>, {name}! Вас ждёт {welcome_points}.")
    assert "Добро <b>пожаловать</b>, Олег! Вас ждёт 100 баллов." in preview
    await taps(svoi, owner, "✅")
    vera = svoi.telegram.person("Вера <i>", language_code="ru", phone="+79120000077")
    welcome = await says(svoi, vera, "/start")
    assert welcome.startswith("Добро <b>пожаловать</b>, Вера <i>! Вас ждёт 100 баллов.")
    assert "разрешаете нам хранить" in welcome, "the consent stays ours"
    john = svoi.telegram.person("John", language_code="en", phone="+79120000078")
    assert "loyalty card" in await says(svoi, john, "/start"), "only one language was changed"
    await opens(svoi, owner, "Тексты", "Приветствие (по-русски)", "Стандартный текст", "✅")
    lena = svoi.telegram.person("Лена", language_code="ru", phone="+79120000079")
    assert "Это карта постоянного клиента" in await says(svoi, lena, "/start")


async def test_rules_and_privileges_reach_the_client(svoi: RunningBot) -> None:
    anna, _ = await a_client(svoi, phone=PHONE)
    assert "1 балл — это 1 ₽" in (await says(svoi, anna, "/rules")).replace("\u00a0", " ")
    owner = await an_owner(svoi)
    await opens(svoi, owner, "Тексты", "Правила программы (по-русски)")
    await says(svoi, owner, "Мы дарим баллы.\nОдин балл — {point_value}.")
    await taps(svoi, owner, "✅")
    await opens(svoi, owner, "Тексты", "Серебряный · Привилегии (по-русски)")
    await says(svoi, owner, "Кофе, пока ждёте")
    await taps(svoi, owner, "✅")
    assert "Кофе, пока ждёте" in await says(svoi, anna, "/tier")
    rules = await taps(svoi, anna, "Правила")
    assert "Мы дарим баллы.\nОдин балл — 1" in rules


async def test_a_level_earns_by_the_new_figure_and_an_open_preview_is_shown_again(
    svoi: RunningBot,
) -> None:
    await a_client(svoi, phone=PHONE)
    boris = await a_colleague(svoi, "Борис", Role.STAFF)
    assert "30" in await says(svoi, boris, f"/visit {PHONE} 1000 repair")
    owner = await an_owner(svoi)
    await opens(svoi, owner, "Уровни", "Серебряный · кэшбэк")
    preview = await says(svoi, owner, "5 %")
    assert "получит 50 баллов вместо 30" in preview
    await taps(svoi, owner, "✅")
    again = await taps(svoi, boris, "✅")
    assert "50" in again
    assert "Начислено" not in again
    await taps(svoi, boris, "✅")
    assert "Начислено: 50 баллов" in boris.last.words


async def test_history_tells_who_and_leads_back_through_the_same_preview(svoi: RunningBot) -> None:
    await a_client(svoi, phone=PHONE)
    owner = await an_owner(svoi)
    await opens(svoi, owner, "Баллы", "За знакомство")
    await says(svoi, owner, "250")
    await taps(svoi, owner, "✅")
    history = await opens(svoi, owner, "История")
    assert "100 баллов → 250 баллов" in history
    assert "· вы" in history
    assert str(OWNER_ID) not in history, "an id says nothing to a person"
    preview = await taps(svoi, owner, "№ 1", "как было до")
    assert "Станет: 100 баллов" in preview
    await taps(svoi, owner, "✅")
    assert svoi.app.programme.points.welcome == 100
    assert svoi.app.in_force.version == 2
    assert "изменена настройка" in await says(svoi, owner, "/audit_log")


async def test_the_other_owners_are_told_who_changed_what(svoi: RunningBot) -> None:
    owner = await an_owner(svoi)
    john = await a_colleague(svoi, "John <b>", Role.OWNER, language_code="en")
    await opens(svoi, owner, "Баллы", "За знакомство")
    await says(svoi, owner, "250")
    heard = len(owner.all_messages)
    await owner.tap("✅")
    await owner.tap("✅")
    await svoi.settle()
    assert len(owner.all_messages) == heard, "whoever did it sees it in reply"
    told = john.last.words.replace("\u00a0", " ")
    assert told.startswith("⚙️ A setting was changed: Welcome points\n100 points → 250 points\nBy: ")
    page = await taps(svoi, john, "1")
    assert "250 points" in page.replace("\u00a0", " ")
    await taps(svoi, john, "what was before", "✅")
    assert svoi.app.programme.points.welcome == 100
    told = owner.last.words.replace("\u00a0", " ")
    assert "250 баллов → 100 баллов" in told
    assert "John <b>" in told
    await opens(svoi, owner, "Тексты", "Правила программы (по-русски)")
    await says(svoi, owner, "Мы дарим баллы.")
    await taps(svoi, owner, "✅")
    assert "There is another text now" in john.last.words


async def test_a_command_or_cancel_ends_the_question(svoi: RunningBot) -> None:
    owner = await an_owner(svoi)
    await opens(svoi, owner, "Баллы", "За знакомство")
    await says(svoi, owner, "/cancel")
    await says(svoi, owner, "250")
    assert "Станет" not in owner.last.words


async def test_promises_stand_in_the_way_and_say_why(svoi: RunningBot) -> None:
    await a_client(svoi, phone=PHONE)  # has welcome points
    owner = await an_owner(svoi)
    await opens(svoi, owner, "Баллы", "Цена балла")
    assert "потеряют то, что заработали" in await says(svoi, owner, "0,5")
    dearer = (await says(svoi, owner, "2 ₽")).replace("\u00a0", " ")
    assert "100 баллов оплатят 200 ₽ вместо 100 ₽" in dearer
    await opens(svoi, owner, "Реклама", "Тихие часы с")
    assert "никогда ночью" in await says(svoi, owner, "23:30")
    await opens(svoi, owner, "Оплата баллами", "Доля чека")
    assert "нельзя будет потратить" in await says(svoi, owner, "0")


async def test_a_change_that_breaks_the_programme_is_refused_in_plain_words(
    svoi: RunningBot,
) -> None:
    owner = await an_owner(svoi)
    await opens(svoi, owner, "Уровни", "Золотой · скидка")
    assert "больше 100" in await says(svoi, owner, "99")
    await opens(svoi, owner, "Уровни", "Золотой · начинается")
    assert "выше предыдущего" in await says(svoi, owner, "200000")


async def test_yes_and_no_are_buttons(svoi: RunningBot) -> None:
    owner = await an_owner(svoi)
    await opens(svoi, owner, "Стойка", "Одобрять чеки", "никакие", "✅")
    assert svoi.app.programme.desk.approve_above is None
    assert "50" in await opens(svoi, owner, "Стойка", "Одобрять чеки")
    await taps(svoi, owner, "Как в файле", "✅")
    assert svoi.app.programme.desk.approve_above == 5_000_000
    await opens(svoi, owner, "Уровни", "Пересмотр", "раз в год", "✅")
    assert svoi.app.programme.tiers.review.value == "yearly"


async def test_what_is_in_the_file_alone_says_where(svoi: RunningBot) -> None:
    owner = await an_owner(svoi)
    page = await opens(svoi, owner, "только в файле")
    assert "service_centre.toml" in page
    assert "[business]" in page


async def test_the_gift_of_a_birthday_that_was_given_stays(svoi: RunningBot) -> None:
    _, anna_id = await a_client(svoi, phone=PHONE)
    owner = await an_owner(svoi)
    await opens(svoi, owner, "Баллы", "Срок жизни")
    preview = await says(svoi, owner, "30 дней")
    assert "живут до прежнего срока" in preview
    await taps(svoi, owner, "✅")
    await svoi.passes(timedelta(days=60))
    async with svoi.app.database.read() as db:
        from storage import clients

        client = await clients.by_id(db, anna_id)
    assert client is not None
    assert client.balance == 100, "rule 11: welcome points keep their year"

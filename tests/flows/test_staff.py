"""The team: invitations, joining and dismissal, as owners and newcomers type and tap them."""

import re
from datetime import timedelta

import pytest

from operations.senders import Role
from playground.method_profile import commands_shown
from playground.people import Person
from tests.flows.desk_scene import an_owner, staff_at
from tests.flows.running import RunningBot


async def invited_by(owner: Person, command: str) -> str:
    """The link that the bot answers with."""
    await owner.send(command)
    heard = await owner.hears("https://t.me/")
    found = re.search(r"https://t\.me/\w+\?start=s_[\w-]+", heard.text)
    assert found is not None
    return found[0]


@pytest.mark.parametrize(
    ("language_code", "command", "welcome", "invalid", "told"),
    [
        ("ru", "/staff invite staff Центр", "добро пожаловать", "больше не работает", "пополнение"),
        (
            "ru",
            "/staff пригласить сотрудника «вокзал»",
            "добро пожаловать",
            "больше не",
            "В команде",
        ),
        ("en", "/staff invite manager центр", "welcome to the team", "works no more", "has grown"),
    ],
)
async def test_a_link_makes_one_colleague(
    svoi: RunningBot, language_code: str, command: str, welcome: str, invalid: str, told: str
) -> None:
    owner = an_owner(svoi, language_code=language_code)
    link = await invited_by(owner, command)
    alina = svoi.telegram.person("Алина", language_code=language_code)
    await alina.open_link(link)
    await alina.hears(welcome)
    await alina.hears("/undo")
    await owner.hears(told, ever=True)
    boris = svoi.telegram.person("Борис", language_code=language_code)
    await boris.open_link(link)
    await boris.hears(invalid)
    await alina.send("/today")
    await alina.hears()
    await svoi.settle()
    assert "visit" in offered(alina)
    assert "visit" not in offered(boris)


async def test_dismissal_takes_the_desk_s_commands_away(svoi: RunningBot) -> None:
    owner = an_owner(svoi)
    alina = svoi.telegram.person("Алина")
    await alina.open_link(await invited_by(owner, "/staff invite staff Центр"))
    await svoi.settle()
    assert "visit" in offered(alina)
    await owner.send("/staff")
    await owner.tap("👤")
    await owner.tap("🚪")
    await owner.tap("✅")
    await svoi.settle()
    assert "visit" not in offered(alina)
    assert "card" in offered(alina)


def offered(person: Person) -> set[str]:
    """The commands that Telegram shows in this chat."""
    backend, spoken = person.backend, person.user.language_code or ""
    return {found["command"] for found in commands_shown(backend, person.chat, person.id, spoken)}


async def test_a_link_that_lapsed_is_refused_kindly(svoi: RunningBot) -> None:
    link = await invited_by(an_owner(svoi), "/staff invite staff Центр")
    await svoi.passes(timedelta(hours=48))
    alina = svoi.telegram.person("Алина")
    await alina.open_link(link)
    await alina.hears("больше не работает")


async def test_who_works_here_does_not_use_the_link_up(svoi: RunningBot) -> None:
    owner, boris = an_owner(svoi), await staff_at(svoi, "Борис")
    link = await invited_by(owner, "/staff invite manager Центр")
    await boris.open_link(link)
    await boris.hears("ссылка цела")
    await owner.open_link(link)
    await owner.hears("Вы уже в команде: владелец, все филиалы")
    alina = svoi.telegram.person("Алина")
    await alina.open_link(link)
    await alina.hears("управляющий, Центр")


async def test_guessing_invitations_is_futile_and_soon_unheard(svoi: RunningBot) -> None:
    mallory = svoi.telegram.person("Мэллори")
    for number in range(5):
        await mallory.send(f"/start s_guess{number}")
        heard = await mallory.hears("Здравствуйте")
        assert "больше не работает" not in heard.text
    link = await invited_by(an_owner(svoi), "/staff invite staff Центр")
    await mallory.open_link(link)
    heard = await mallory.hears()
    assert "добро пожаловать в команду" not in heard.text


async def test_buttons_lead_to_an_invitation(svoi: RunningBot) -> None:
    owner = an_owner(svoi)
    await owner.send("/staff")
    await owner.hears("Пока никого")
    await owner.tap("➕")
    await owner.hears("Кого пригласить?")
    await owner.tap("🗂")
    await owner.hears("В каком филиале")
    await owner.tap("📍 Вокзал")
    heard = await owner.hears("управляющий, Вокзал")
    assert heard.buttons[0].text == "📤 Отправить коллеге"
    await owner.tap("📤")
    assert "t.me/share/url?url=https" in owner.opened_urls[-1]
    await owner.tap("👥")
    await owner.hears("Ждут ответа")
    await owner.tap("🗑")
    await svoi.settle()
    assert "Ждут ответа" not in owner.last.text
    await owner.tap("➕")
    await owner.tap("🔑")
    await owner.hears("владелец, все филиалы")


async def test_a_manager_may_be_meant_for_all_branches_and_staff_for_one(
    svoi: RunningBot,
) -> None:
    owner = an_owner(svoi)
    await owner.send("/staff invite manager")
    await owner.hears("В каком филиале")
    await owner.tap("🏢 Все филиалы")
    await owner.hears("управляющий, все филиалы")
    await owner.send("/staff invite manager все филиалы")
    await owner.hears("управляющий, все филиалы")
    await owner.send("/staff invite staff все филиалы")
    heard = await owner.hears("Такого филиала нет")
    assert "🏢 Все филиалы" not in [button.text for button in heard.buttons]
    await owner.tap_data("staff_invite:staff:-1")
    await owner.hears("В каком филиале")


async def test_a_manager_invites_and_dismisses_staff_only(svoi: RunningBot) -> None:
    marina = await staff_at(svoi, "Марина", role=Role.MANAGER)
    await staff_at(svoi, "Пётр", role=Role.MANAGER)
    await staff_at(svoi, "Алина")
    await marina.send("/staff invite owner")
    await marina.hears("только сотрудников")
    await marina.send("/staff invite manager Центр")
    await marina.hears("только сотрудников")
    await marina.send("/staff invite кто-то")
    heard = await marina.hears("Кого пригласить?")
    assert [button.text for button in heard.buttons] == ["🧰 Сотрудник", "👥 Вся команда"]
    await marina.send("/staff")
    await marina.tap("👤 Пётр")
    heard = await marina.hears("может только владелец")
    assert [button.text for button in heard.buttons] == ["👥 Вся команда"]
    await marina.tap_data("staff_dismissed:2")
    await marina.hears("только сотрудников")
    await marina.tap_data("staff_dismissed:1")
    await marina.hears("Самому себе")
    await marina.tap_data("staff_dismissed:3")
    await marina.hears("доступ закрыт")
    await marina.tap_data("staff_dismissed:3")
    await marina.hears("уже был закрыт")


async def test_an_unknown_branch_is_chosen_from_a_list(svoi: RunningBot) -> None:
    owner = an_owner(svoi)
    await owner.send("/staff invite staff Нигде")
    await owner.hears("Такого филиала нет")
    await owner.tap("📍 Центр")
    await owner.hears("сотрудник, Центр")


async def test_a_name_of_markup_joins_as_it_is_written(svoi: RunningBot) -> None:
    owner = an_owner(svoi)
    link = await invited_by(owner, "/staff invite staff Центр")
    alina = svoi.telegram.person("</b><i>", last_name="&amp; " + "Ы" * 60)
    await alina.open_link(link)
    assert "</b><i> &amp;" in (await alina.hears("добро пожаловать")).text
    await owner.send("/staff")
    await owner.hears("</b><i> &amp;")

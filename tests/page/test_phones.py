"""The phones behave as phones do: names, blocking, sizes, languages, a lost connection."""

import pytest
from playwright.async_api import expect

from playground.demo import Demo
from tests.page.screens import OLEG, OWNER, STRANGER_ID, Screen

pytestmark = pytest.mark.page

LONG_NAME = "<b>Константин</b> 🔥 Преображенский-Воскресенский & Сыновья №1"


async def test_everything_fits_the_width_of_a_phone(pocket: Screen) -> None:
    anna = pocket.phone(STRANGER_ID)
    await pocket.keep("pocket_desk")
    await anna.register("Balance: 100")
    assert await pocket.has_no_sideways_scroll()
    await pocket.keep("pocket_registered")

    await pocket.page.get_by_role("tab", name="Oleg").click()
    await expect(anna.frame).to_be_hidden()
    oleg = pocket.phone(OLEG.telegram_id)
    await oleg.say("/today")
    await expect(oleg.messages.first).to_be_visible()
    assert await pocket.has_no_sideways_scroll()
    await pocket.keep("pocket_today")


async def test_what_comes_to_a_phone_out_of_sight_is_counted_on_its_tab(
    pocket: Screen, demo: Demo
) -> None:
    await pocket.phone(STRANGER_ID).register("Balance: 100")
    await pocket.page.get_by_role("tab", name="Oleg").click()
    await demo.telegram.people[STRANGER_ID].send("/balance")
    count = pocket.page.get_by_role("tab", name="Anna").locator(".count")
    await expect(count).to_have_text("1")
    await pocket.page.get_by_role("tab", name="Anna").click()
    await expect(count).to_have_count(0)


async def test_a_long_name_with_markup_in_it_is_shown_as_typed(laptop: Screen) -> None:
    assert len(LONG_NAME) <= 64
    await laptop.page.locator("#people-button").click()
    await laptop.page.get_by_label("Имя в Telegram").fill(LONG_NAME)
    await laptop.page.get_by_role("button", name="Добавить").click()
    phone = laptop.page.locator(".phone").last
    await expect(phone.locator(".owner")).to_have_text(LONG_NAME)
    person = int(await phone.get_attribute("data-person") or 0)
    await laptop.phone(person).register("Баланс: 100")
    await expect(phone.locator(".words").filter(has_text="<b>Константин</b>").first).to_be_visible()
    assert await phone.get_by_text("Константин", exact=True).count() == 0
    assert await laptop.has_no_sideways_scroll()
    await laptop.keep("long_name")


async def test_somebody_elses_contact_is_not_taken_for_ones_own(laptop: Screen) -> None:
    anna = laptop.phone(STRANGER_ID)
    await anna.start()
    await anna.tap("✅")
    await anna.tap("✅")
    await expect(anna.frame.locator(".key").filter(has_text="номером")).to_be_visible()
    await anna.frame.get_by_role("button", name="Прикрепить").click()
    await anna.frame.get_by_role("button", name="Чужой контакт").click()
    await anna.frame.get_by_role("button", name="Олег").click()
    await expect(anna.frame.locator(".contact")).to_contain_text("Олег")
    await expect(anna.frame.locator(".picture")).to_have_count(0)
    await expect(anna.frame.locator(".key").filter(has_text="номером")).to_be_visible()
    await laptop.keep("cheated")


async def test_a_blocked_bot_is_unblocked_by_its_button(laptop: Screen, demo: Demo) -> None:
    anna = laptop.phone(STRANGER_ID)
    await anna.register("Баланс: 100")
    await anna.frame.get_by_role("button", name="Ещё").click()
    await anna.frame.get_by_role("button", name="Заблокировать бота").click()
    await expect(anna.frame.locator(".big-button")).to_have_text("Разблокировать")
    assert demo.telegram.people[STRANGER_ID].chat.blocked
    await laptop.keep("blocked")
    await anna.frame.locator(".big-button").click()
    await expect(anna.frame.get_by_role("textbox")).to_be_visible()
    assert not demo.telegram.people[STRANGER_ID].chat.blocked


async def test_the_language_of_the_page_is_that_of_phones_still_unused(laptop: Screen) -> None:
    await laptop.phone(OLEG.telegram_id).start()
    await expect(laptop.phone(OLEG.telegram_id).messages.first).to_contain_text("визит")
    await laptop.page.get_by_role("button", name="En", exact=True).click()
    anna = laptop.phone(STRANGER_ID)
    await expect(anna.frame.locator(".big-button")).to_have_text("Start")
    await expect(laptop.phone(OLEG.telegram_id).frame.get_by_role("textbox")).to_have_attribute(
        "placeholder", "Сообщение"
    )
    await anna.register("Balance: 100")
    await laptop.keep("english")


async def test_the_page_comes_back_after_the_server_was_away(laptop: Screen, demo: Demo) -> None:
    anna = laptop.phone(STRANGER_ID)
    await anna.register("Баланс: 100")
    await demo.telegram.go_down()
    await expect(laptop.page.locator("#notice")).to_contain_text("подключаюсь")
    await laptop.keep("offline")
    await demo.telegram.come_up()
    await expect(laptop.page.locator("#notice")).to_contain_text("восстановлена")
    await anna.say("/balance")
    await anna.hears("Баланс: 100")
    # The browser itself complains of each attempt while nobody listened.
    laptop.complaints[:] = [said for said in laptop.complaints if "WebSocket" not in said]


async def at_its_end(screen: Screen, person: int) -> None:
    """Waits until the newest words of this chat are in sight."""
    await screen.page.wait_for_function(
        """(person) => {
          const talk = document.querySelector(`.phone[data-person='${person}'] .talk`);
          return talk.scrollHeight - talk.scrollTop - talk.clientHeight < 4;
        }""",
        arg=person,
    )


async def test_a_chat_stays_at_its_end_when_the_page_changes_its_language(
    pocket: Screen, demo: Demo
) -> None:
    anna = pocket.phone(STRANGER_ID)
    await anna.register("Balance: 100")
    for language, words in (("Ру", "Balance: 100"), ("En", "Balance: 100")):
        await anna.say("/balance")
        await anna.hears(words)
        await pocket.page.get_by_role("button", name=language, exact=True).click()
        await at_its_end(pocket, STRANGER_ID)
        await demo.telegram.people[STRANGER_ID].send("/history")
        await anna.hears("welcome gift")
        await at_its_end(pocket, STRANGER_ID)
        await expect(anna.frame.locator(".down")).to_be_hidden()


async def test_four_phones_lie_side_by_side_and_a_fifth_is_pointed_at(laptop: Screen) -> None:
    edge = laptop.page.locator(".aside.before")
    for number in (4, 5):
        await expect(edge).to_be_hidden()
        await laptop.page.locator("#people-button").click()
        await laptop.page.get_by_label("Имя в Telegram").fill(f"Гость {number}")
        await laptop.page.get_by_role("button", name="Добавить").click()
        await expect(laptop.page.locator(".phone")).to_have_count(number)
        await laptop.keep(f"phones_{number}")
        if number == 4:
            for phone in await laptop.page.locator(".phone").all():
                await expect(phone).to_be_in_viewport(ratio=0.95)
    await expect(edge).to_have_text("1")
    await edge.click()
    await expect(laptop.phone(STRANGER_ID).frame).to_be_in_viewport(ratio=0.95)


async def test_the_scanner_shows_each_person_s_newest_picture_only(laptop: Screen) -> None:
    anna = laptop.phone(STRANGER_ID)
    await anna.register("Баланс: 100")
    await anna.say("/card")
    await expect(anna.frame.locator(".picture")).to_have_count(2)
    oleg = laptop.phone(OLEG.telegram_id)
    await oleg.start()
    await oleg.frame.get_by_role("button", name="Сканировать QR-код").click()
    tiles = oleg.frame.locator(".tile")
    await expect(tiles.filter(has_text="Анна")).to_have_count(1)


async def test_the_phones_that_lay_open_lie_there_again_after_a_reload(pocket: Screen) -> None:
    await pocket.page.locator("#people-button").click()
    await pocket.page.get_by_label("Name in Telegram").fill("Guest")
    await pocket.page.get_by_role("button", name="Add").click()
    await pocket.page.reload()
    tabs = pocket.page.get_by_role("tab")
    await expect(tabs).to_have_count(4)
    await expect(tabs.last).to_have_attribute("aria-selected", "true")
    await expect(tabs.last).to_contain_text("Guest")


async def test_who_joins_the_team_and_leaves_it_is_called_so(laptop: Screen) -> None:
    owner = laptop.phone(OWNER.telegram_id)
    await owner.start()
    await owner.say("/staff invite staff Вокзал")
    await owner.hears("?start=s_")
    await owner.tap("📤")
    await owner.frame.get_by_role("button", name="Новому человеку").click()
    lena = laptop.page.locator(".phone").last
    await expect(lena.locator(".role")).to_have_text("клиент")
    await lena.locator(".letter a").click()
    await expect(lena.locator(".role")).to_have_text("сотрудник")
    await expect(lena.locator(".message.theirs").last).to_contain_text("/visit")

    await owner.say("/staff")
    await owner.tap("👤 Лена")
    await owner.tap("🚪")
    await owner.tap("✅")
    await expect(lena.locator(".role")).to_have_text("клиент")


async def test_who_registers_is_listed_among_the_clients(laptop: Screen) -> None:
    await laptop.phone(STRANGER_ID).register("Баланс: 100")
    await laptop.page.locator("#people-button").click()
    await laptop.page.get_by_label("Найти по имени или номеру").fill("Анна")
    await expect(laptop.page.locator(".people-list h3")).to_have_text(["Клиенты"])


async def test_the_ways_of_the_clock_stand_in_even_rows(pocket: Screen) -> None:
    await pocket.page.locator(".clock-toggle").click()
    tops = await pocket.page.locator(".jump:visible").evaluate_all(
        "(jumps) => jumps.map((jump) => Math.round(jump.getBoundingClientRect().top))"
    )
    assert [tops.count(top) for top in sorted(set(tops))] == [2, 2]
    await pocket.keep("pocket_clock")

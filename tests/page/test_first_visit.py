"""A visitor tries the shop: a stranger registers, staff book a visit, points arrive."""

import pytest
from playwright.async_api import expect

from playground.sample.heroes import LEO, VERA
from tests.page.screens import OLEG, OWNER, STRANGER_ID, Screen

pytestmark = pytest.mark.page


async def test_three_phones_lie_on_the_desk_each_with_its_next_step(laptop: Screen) -> None:
    for person in (STRANGER_ID, OLEG.telegram_id, OWNER.telegram_id):
        await expect(laptop.phone(person).frame.locator(".big-button")).to_have_text("Начать")
    await expect(laptop.page.locator(".clock-time")).to_be_visible()
    await laptop.keep("desk")


async def test_a_stranger_registers_by_agreeing_and_skipping_alone(laptop: Screen) -> None:
    anna = laptop.phone(STRANGER_ID)
    await anna.register("Баланс: 100")
    await expect(anna.frame.locator(".picture img")).to_have_js_property("naturalWidth", 1000)
    await laptop.keep("registered")


async def test_a_visit_typed_by_staff_brings_the_client_points(laptop: Screen) -> None:
    anna, oleg = laptop.phone(STRANGER_ID), laptop.phone(OLEG.telegram_id)
    await anna.register("Баланс: 100")
    number = await anna.card_number()

    await oleg.say(f"/visit {number} 2 000 ремонт")
    await oleg.hears("60 баллов")
    await laptop.keep("preview")
    await oleg.tap("✅")
    await oleg.hears("проведён")
    await expect(anna.messages.filter(has_text="+60 баллов")).to_have_count(1)

    await anna.say("/balance")
    await anna.hears("Баланс: 160")
    await laptop.keep("visit")


async def test_a_mistyped_amount_is_explained(laptop: Screen) -> None:
    anna, oleg = laptop.phone(STRANGER_ID), laptop.phone(OLEG.telegram_id)
    await anna.register("Баланс: 100")
    await oleg.say(f"/visit {await anna.card_number()} 1e9")
    await expect(oleg.messages).to_have_count(1)
    await expect(oleg.frame.locator(".inline-key").filter(has_text="✅")).to_have_count(0)
    await laptop.keep("mistyped")


async def test_staff_scan_the_code_on_the_screen_of_a_client(laptop: Screen) -> None:
    anna, oleg = laptop.phone(STRANGER_ID), laptop.phone(OLEG.telegram_id)
    await anna.register("Баланс: 100")
    await oleg.frame.get_by_role("button", name="Сканировать QR-код").click()
    await laptop.keep("scanner")
    await oleg.frame.locator(".tile").first.click()
    await oleg.hears("Анна")
    await oleg.hears(await anna.card_number())


async def test_a_friend_opens_the_link_that_a_client_shared(laptop: Screen) -> None:
    anna = laptop.phone(STRANGER_ID)
    await anna.register("Баланс: 100")
    await anna.say("/invite")
    await anna.hears("?start=r_")
    await anna.frame.locator(".inline-key[data-kind='url'], .inline-key[data-kind='share']").click()
    await anna.frame.get_by_role("button", name="Новому человеку").click()

    friend = laptop.page.locator(".phone").last
    await expect(laptop.page.locator(".phone")).to_have_count(4)
    await friend.locator(".letter a").click()
    await expect(friend.locator(".message.ours")).to_contain_text("/start r_")
    await expect(friend.locator(".message.theirs").first).to_contain_text("150")
    await laptop.keep("invited")


async def test_a_client_with_a_history_is_opened_from_the_list(laptop: Screen) -> None:
    await laptop.page.locator("#people-button").click()
    await laptop.keep("people")
    known = laptop.page.locator(".people-list h3", has_text="Клиенты")
    await known.locator("xpath=following-sibling::button[1]").click()
    phone = laptop.page.locator(".phone").last
    await phone.locator(".big-button").click()
    await expect(phone.locator(".picture")).to_be_visible()
    await phone.get_by_role("textbox").fill("/history")
    await phone.get_by_role("textbox").press("Enter")
    await expect(phone.locator(".message.theirs").last).to_contain_text("№")
    await laptop.keep("history")


async def test_what_there_is_to_try_opens_its_phone_and_types_the_command(laptop: Screen) -> None:
    await laptop.page.get_by_role("button", name="Что попробовать").click()
    await laptop.keep("tries")
    line = laptop.page.locator("#tries .choice", has_text="Вера Климова: /rewards")
    await line.click()
    vera = laptop.phone(VERA.client.telegram_id)
    await expect(vera.frame).to_be_in_viewport(ratio=0.9)
    await expect(vera.frame.locator(".message.ours")).to_contain_text("/rewards")
    await vera.hears("Бесплатная диагностика")
    await laptop.keep("tried")


async def test_a_ready_made_client_speaks_the_language_of_the_page(laptop: Screen) -> None:
    await laptop.page.get_by_role("button", name="En", exact=True).click()
    await laptop.page.locator("#people-button").click()
    await laptop.page.locator("#people .choice", has_text="Leo Gromov").click()
    leo = laptop.phone(LEO.client.telegram_id)
    await leo.say("/card")
    await leo.hears("Balance:")


async def test_who_works_here_is_called_so_in_the_language_of_the_page(pocket: Screen) -> None:
    await pocket.page.get_by_role("tab", name="Marina").click()
    marina = pocket.phone(OWNER.telegram_id)
    await marina.say("/staff")
    await marina.hears("Oleg")

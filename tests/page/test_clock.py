"""The clock above the phones: days pass, what they bring arrives, one can stop on the way."""

from datetime import timedelta

import pytest
from playwright.async_api import expect

from playground.demo import Demo
from tests.page.screens import STRANGER_ID, Phone, Screen

pytestmark = pytest.mark.page

AHEAD = timedelta(days=45)


async def _register_with_birthday(anna: Phone, birthday: str) -> None:
    await anna.start()
    await anna.tap("✅")
    await expect(anna.messages).to_have_count(2)
    await anna.tap("✅")
    await expect(anna.messages).to_have_count(3)
    await anna.tap("✅")
    await anna.frame.locator(".sheet .button.main").click()
    await anna.hears("Вас зовут")
    await anna.tap("✅")
    await anna.hears("день рождения")
    await anna.say(birthday)
    await anna.hears("Баланс: 150")


async def test_the_birthday_of_a_client_comes_with_its_gift(laptop: Screen, demo: Demo) -> None:
    anna = laptop.phone(STRANGER_ID)
    day = (demo.clock.now() + AHEAD).date()
    await _register_with_birthday(anna, f"{day:%d.%m}.1990")

    await laptop.page.locator("[data-to='birthday']").click()
    await anna.hears("300")
    await laptop.keep("birthday")
    await expect(laptop.page.locator(".way")).to_be_hidden(timeout=60_000)
    assert demo.clock.now().date() == day
    await anna.say("/balance")
    await anna.hears("Баланс: 450")


async def test_without_a_birthday_the_page_says_how_to_tell_one(laptop: Screen) -> None:
    await laptop.phone(STRANGER_ID).register("Баланс: 100")
    await laptop.page.locator("[data-to='birthday']").click()
    await expect(laptop.page.locator("#notice")).to_contain_text("не указан")


async def test_a_journey_shows_its_days_and_can_be_stopped(laptop: Screen, demo: Demo) -> None:
    before = demo.clock.now()
    await laptop.page.locator("[data-to='quarter']").click()
    await expect(laptop.page.locator(".steps")).to_contain_text("из")
    await laptop.page.get_by_role("button", name="Стоп").click()
    await expect(laptop.page.locator(".way")).to_be_hidden(timeout=60_000)
    passed = demo.clock.now() - before
    assert timedelta() < passed < timedelta(days=89)


async def test_an_hour_passes_at_once(laptop: Screen, demo: Demo) -> None:
    before = demo.clock.now()
    await laptop.page.locator("[data-to='hour']").click()
    await expect(laptop.page.locator(".way")).to_be_hidden()
    passed = demo.clock.now() - before
    assert timedelta(hours=1) <= passed < timedelta(hours=2)

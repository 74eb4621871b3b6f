"""A window with the playground in it, driven as a visitor would: by what they see."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, expect

from playground.demo import Demo
from playground.sample.cast import OLEG, OWNER, STRANGER_ID

__all__ = ["OLEG", "OWNER", "STRANGER_ID", "Phone", "Screen", "open_screen"]

# A busy machine is slow, not wrong.
expect.set_options(timeout=30_000)

CONFIRMS_OR_SKIPS = re.compile(r"^\s*[✅⏭]")
STEPS_MAX = 12


@dataclass(frozen=True)
class Phone:
    """One phone on the page."""

    screen: "Screen"
    person: int

    @property
    def frame(self) -> Locator:
        return self.screen.page.locator(f".phone[data-person='{self.person}']")

    @property
    def messages(self) -> Locator:
        """What the bot wrote, oldest first."""
        return self.frame.locator(".message.theirs")

    @property
    def last(self) -> Locator:
        return self.messages.last

    async def start(self) -> None:
        await self.frame.locator(".big-button").click()

    async def say(self, text: str) -> None:
        """Types a line and presses Enter."""
        await self.frame.get_by_role("textbox").fill(text)
        await self.frame.get_by_role("textbox").press("Enter")

    async def tap(self, label: str) -> None:
        """Taps the newest button, inline or of the keyboard, whose label begins so."""
        named = re.compile(rf"^\s*{re.escape(label)}")
        await self.frame.locator(".inline-key, .key").filter(has_text=named).last.click()

    async def hears(self, words: str) -> None:
        """Waits until the newest message of the bot has these words."""
        await expect(self.last).to_contain_text(words)

    async def hears_all(self) -> None:
        """Waits until the bot is idle and all that it wrote is shown."""
        demo = self.screen.demo
        await demo.settle()
        await expect(self.messages).to_have_count(len(demo.telegram.people[self.person].messages))

    async def register(self, sign_of_card: str) -> None:
        """Taps ✅ and ⏭ only, until the card is there."""
        await self.start()
        picture = self.frame.locator(".picture")
        keys = self.frame.locator(".key").filter(has_text=CONFIRMS_OR_SKIPS)
        agree = self.frame.locator(".sheet .button.main")
        for _ in range(STEPS_MAX):
            seen = await self.messages.count()
            await expect(keys.first.or_(picture).or_(agree).first).to_be_visible()
            if await picture.count():
                break
            await (agree if await agree.count() else keys.first).click()
            if not await agree.count():
                await expect(self.messages.nth(seen).or_(agree).first).to_be_visible()
                # An answer may be two messages: until the second the keys of the question stay.
                await self.hears_all()
        await expect(picture).to_be_visible()
        await self.hears(sign_of_card)

    async def card_number(self) -> str:
        found = re.search(r"\b[0-9]{6,8}\b", await self.last.inner_text())
        assert found is not None
        return found[0]


@dataclass
class Screen:
    """The window."""

    page: Page
    demo: Demo
    pictures: Path | None
    complaints: list[str] = field(default_factory=list)

    def phone(self, person: int) -> Phone:
        return Phone(self, person)

    async def keep(self, name: str) -> None:
        """Keeps a picture of it for whoever wants to look, where a folder is named."""
        if self.pictures is not None:
            await self.page.screenshot(path=self.pictures / f"{name}.png")

    async def has_no_sideways_scroll(self) -> bool:
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        return not await self.page.evaluate(wide)


@asynccontextmanager
async def open_screen(
    browser: Browser,
    demo: Demo,
    *,
    width: int,
    height: int,
    language: str,
    pictures: Path | None = None,
) -> AsyncIterator[Screen]:
    """Opens the page; afterwards nothing may have been logged as an error."""
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale=language
    )
    page = await context.new_page()
    screen = Screen(page, demo, pictures)
    page.on("pageerror", lambda error: screen.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: screen.complaints.append(said.text) if said.type == "error" else None,
    )
    await page.goto(demo.telegram.base_url)
    await expect(page.locator(".phone")).to_have_count(3)
    yield screen
    assert screen.complaints == []
    await context.close()

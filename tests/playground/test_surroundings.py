"""The clock, the camera, the languages and the files, as a page asks for them."""

import asyncio
import io
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
import pytest
import segno

from playground import LocalTelegram, Person
from playground.birthdays import NextBirthday
from playground.calls import Call
from playground.clock import Journey, MovableClock
from playground.files import Upload
from playground.method_messages import send_message
from playground.surroundings import Surroundings
from tests.playground.test_control import Page, opened

START = datetime(2027, 1, 31, 6, 0, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")


class FixedClock:
    def now(self) -> datetime:
        return START


@dataclass
class Stage:
    """A local Telegram with its surroundings, and what was asked of them."""

    telegram: LocalTelegram
    clock: MovableClock
    surroundings: Surroundings
    anna: Person
    birthdays: dict[int, NextBirthday] = field(default_factory=dict)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    telegram = LocalTelegram(port=0)
    clock = MovableClock(FixedClock())
    birthdays: dict[int, NextBirthday] = {}

    async def settle() -> None:
        """No bot is here that would have anything to do."""

    async def find_birthday(person: int) -> NextBirthday | None:
        return birthdays.get(person)

    async def on_language(person: int, language: str) -> None:
        """Nobody here has a record that would have to follow."""

    async with asyncio.TaskGroup() as tasks:

        def spawn(journey: Coroutine[Any, Any, None]) -> None:
            tasks.create_task(journey)

        journey = Journey(clock, MOSCOW, settle)
        surroundings = Surroundings(
            telegram,
            clock,
            journey,
            spawn=spawn,
            find_birthday=find_birthday,
            on_language=on_language,
        )
        anna = telegram.person("Анна", language_code="ru")
        surroundings.first_shown = [anna.id]
        surroundings.names[anna.id] = {"ru": "Анна", "en": "Anna"}
        async with telegram:
            yield Stage(telegram, clock, surroundings, anna, birthdays)


@pytest.fixture
async def page(stage: Stage) -> AsyncIterator[Page]:
    async with opened(stage.telegram) as page:
        yield page


def picture_of(text: str) -> bytes:
    out = io.BytesIO()
    segno.make_qr(text).save(out, kind="png", scale=6)
    return out.getvalue()


async def test_the_snapshot_tells_the_time_and_whose_phones_come_first(
    page: Page, stage: Stage
) -> None:
    told = await page.event("snapshot")
    expected = {"now": START.timestamp() * 1000, "zone": "Europe/Moscow", "journey": None}
    assert told["clock"] == expected
    assert told["first_shown"] == [stage.anna.id]


@pytest.mark.parametrize(
    ("to", "end"),
    [
        ("hour", START + timedelta(hours=1)),
        ("day", START + timedelta(days=1)),
        ("quarter", datetime(2027, 4, 30, 6, 0, tzinfo=UTC)),  # 31 January + 3 months
    ],
)
async def test_a_journey_is_told_step_by_step_until_it_ends(
    page: Page, stage: Stage, to: str, end: datetime
) -> None:
    assert (await page.does("travel", to=to))["result"] == {"found": True}
    while (told := await page.event("clock"))["journey"] is not None:
        assert told["journey"]["step"] <= told["journey"]["steps"]
    assert told["now"] == end.timestamp() * 1000
    assert stage.clock.now() == end


async def test_the_journey_to_a_birthday_is_that_persons(page: Page, stage: Stage) -> None:
    answer = await page.does("travel", to="birthday", person=stage.anna.id)
    assert answer["result"] == {"found": False}
    stage.birthdays[stage.anna.id] = NextBirthday(START + timedelta(days=4), has_gift=False)
    answer = await page.does("travel", to="birthday", person=stage.anna.id)
    assert answer["result"] == {"found": True, "gift": False}
    while (await page.event("clock"))["journey"] is not None:
        pass
    assert stage.clock.now() == START + timedelta(days=4)


async def test_nobody_travels_elsewhere(page: Page, stage: Stage) -> None:
    assert not (await page.does("travel", to="yesterday"))["ok"]
    assert stage.clock.now() == START


async def test_the_camera_opens_a_link_to_the_bot_for_who_holds_it(
    page: Page, stage: Stage
) -> None:
    link = f"https://t.me/{stage.telegram.bot_username}?start=c_Kx3"
    oleg = stage.telegram.person("Олег")
    card = stage.telegram.backend.files.add("photo", Upload("c.png", "image/png", picture_of(link)))
    seen = await page.does("scan", person=oleg.id, file=card.file_id)
    assert seen["result"] == {"link": link, "opened": True}
    assert [message.text for message in oleg.all_messages] == ["/start c_Kx3"]
    assert stage.anna.all_messages == []


@pytest.mark.parametrize(
    ("content", "link"),
    [(picture_of("https://example.com/"), "https://example.com/"), (b"no picture", None)],
)
async def test_the_camera_only_reads_what_leads_elsewhere(
    page: Page, stage: Stage, content: bytes, link: str | None
) -> None:
    upload = Upload("poster.png", "image/png", content)
    stored = stage.telegram.backend.files.add("document", upload)
    seen = await page.does("scan", person=stage.anna.id, file=stored.file_id)
    assert seen["result"] == {"link": link, "opened": False}
    assert stage.anna.all_messages == []


async def test_who_is_not_on_the_desk_yet_takes_the_language_of_the_page_too(
    page: Page, stage: Stage
) -> None:
    lidia = stage.telegram.person("Лидия", language_code="ru", started=True)
    # What the bot wrote by itself, before anybody opened the page, is no word of hers.
    call = Call("sendMessage", {"chat_id": lidia.id, "text": "Визит ждёт вас"})
    send_message(stage.telegram.backend, call)
    stage.surroundings.names[lidia.id] = {"ru": "Лидия", "en": "Lidia"}
    await page.does("speak", language_code="en")
    assert (lidia.user.payload["first_name"], lidia.user.language_code) == ("Lidia", "en")


async def test_only_who_has_not_spoken_yet_takes_the_language_of_the_page(
    page: Page, stage: Stage
) -> None:
    await page.does("speak", language_code="en")
    told = await page.event("person")
    assert told["chat"]["person"]["first_name"] == "Anna"
    assert stage.anna.user.language_code == "en"
    await stage.anna.send("/start")
    await page.does("speak", language_code="ru")
    assert stage.anna.user.language_code == "en"
    await page.does("set_language", person=stage.anna.id, language_code="ru")
    assert stage.anna.user.language_code == "ru"
    assert not (await page.does("set_language", person=stage.anna.id, language_code="xx"))["ok"]


@pytest.mark.parametrize(
    ("name", "kind", "content"),
    [("me.png", "image/png", picture_of("hi")), ("list.csv", "text/csv", b"name,phone")],
)
async def test_files_from_the_disk_go_to_the_chat(
    stage: Stage, name: str, kind: str, content: bytes
) -> None:
    form = aiohttp.FormData()
    form.add_field("file", content, filename=name, content_type=kind)
    url = f"{stage.telegram.base_url}/play/upload/{stage.anna.id}"
    async with aiohttp.ClientSession() as session, session.post(url, data=form) as answer:
        assert answer.status == 204
    [message] = stage.anna.all_messages
    assert (message.photo or message.document.content) == content  # type: ignore[union-attr]


async def test_files_are_taken_from_our_own_page_only(stage: Stage) -> None:
    form = aiohttp.FormData()
    form.add_field("file", b"x", filename="x.txt")
    url = f"{stage.telegram.base_url}/play/upload/{stage.anna.id}"
    headers = {"Origin": "https://example.com"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=form, headers=headers) as answer,
    ):
        assert answer.status == 403
    assert stage.anna.all_messages == []


async def test_a_file_for_nobody_is_refused(stage: Stage) -> None:
    form = aiohttp.FormData()
    form.add_field("file", b"x", filename="x.txt")
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{stage.telegram.base_url}/play/upload/1", data=form) as answer,
    ):
        assert answer.status == 400

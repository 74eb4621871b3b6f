"""Memory mirrors the outbox: nothing is sent twice, nothing overlooked, and memory is bounded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.delivery.queues import LOADED_MAX
from playground.server import LocalTelegram
from storage.database import Database
from storage.outbox import File, Lane, Letter
from tests.bot.lives import Rig, alive, post, said, settled, texts, until
from tests.records import letters_waiting

CROWD = 40


class SlowToRead(Database):
    """What is read here may arrive late: the world has moved on meanwhile."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.prompt_reads = 0  # so many are not held up
        self.let_go = asyncio.Event()
        self.has_read = asyncio.Event()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with super().read() as db:
            yield db
        self.prompt_reads -= 1
        if self.prompt_reads < 0:
            self.has_read.set()
            await self.let_go.wait()


async def test_a_letter_sent_while_a_page_was_being_read_is_not_sent_again(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna, boris = telegram.person("Анна", started=True), telegram.person("Борис", started=True)
    app = rig.app()
    fault = telegram.faults.slow(0.3, chat_id=anna.id)
    async with alive(app):
        await settled(app)
        slow = SlowToRead(rig.database_url)
        app.delivery._loading._database = slow
        await rig.queue([said(boris, "unseen")])
        await post(app, [said(anna, "once")])
        slow.prompt_reads = len(Lane)  # the search; what comes next is a page
        app.delivery.wake()
        await slow.has_read.wait()  # a page with both letters is on its way into memory
        await until(lambda: app.delivery._queues.is_empty)  # the first is sent and marked
        slow.let_go.set()
        await settled(app)
    await slow.close()
    assert fault.hits == 1
    assert (texts(anna), texts(boris)) == (["once"], ["unseen"])


async def test_a_letter_offered_while_a_page_was_being_read_is_sent_at_once(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    app = rig.app()
    slow = SlowToRead(rig.database_url)
    app.delivery._loading._database = slow
    async with alive(app):
        await slow.has_read.wait()  # the very first page, which was empty
        await post(app, [said(anna, "meanwhile")])
        slow.let_go.set()
        searches = app.delivery._loading._searches_asked
        await anna.hears("meanwhile")
        assert app.delivery._loading._searches_asked == searches, "no search had to find it"
    await slow.close()


async def test_more_letters_than_memory_takes_are_all_sent_once_and_in_order(
    rig: Rig, telegram: LocalTelegram
) -> None:
    people = [telegram.person(f"p{n}", started=True) for n in range(CROWD)]
    each = (LOADED_MAX + 1_500) // CROWD
    stored = [said(person, str(number)) for number in range(each) for person in people]
    await rig.queue(stored)
    app = rig.app()
    most = 0

    def watch() -> None:
        nonlocal most
        most = max(most, app.delivery._queues.loaded(Lane.REPLY))

    app.delivery._loading._changed = lambda: (watch(), app.delivery._changed.set())  # type: ignore[assignment, func-returns-value]
    async with alive(app):
        await post(app, [said(person, "last") for person in people])
        await settled(app)
    expected = [*map(str, range(each)), "last"]
    assert all(texts(person) == expected for person in people)
    assert 1_000 < most <= LOADED_MAX


async def test_letters_that_flow_in_faster_than_they_leave_keep_their_order(
    rig: Rig, telegram: LocalTelegram
) -> None:
    people = [telegram.person(f"p{n}", started=True) for n in range(CROWD)]
    rounds = (LOADED_MAX + 2_000) // CROWD
    async with alive(rig.app()) as app:
        for number in range(rounds):
            await post(app, [said(person, str(number)) for person in people])
        await settled(app)
    expected = list(map(str, range(rounds)))
    assert all(texts(person) == expected for person in people)


async def test_what_nobody_offered_is_found(rig: Rig, telegram: LocalTelegram) -> None:
    anna = telegram.person("Анна", started=True)
    async with alive(rig.app()) as app:
        await settled(app)
        await rig.queue([said(anna, "committed by another process")])
        await anna.hears("committed by another process")


async def test_a_letter_for_later_is_sent_when_its_moment_has_come(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    in_an_hour = rig.clock.now() + timedelta(hours=1)
    async with alive(rig.app()) as app:
        await post(app, [said(anna, "later", not_before=in_an_hour), said(anna, "now")])
        await settled(app)
        assert texts(anna) == ["now"]
        rig.clock.move(timedelta(hours=1))
        await settled(app)
        assert texts(anna) == ["now", "later"]


async def test_what_is_postponed_stays_in_the_outbox_and_out_of_memory(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна")
    rig.clock.move(timedelta(hours=12))  # midnight in Moscow
    async with alive(rig.app()) as app:
        await anna.send("/cancel")
        await anna.hears()
        anna.forget()
        await post(app, [said(anna, "good morning", Lane.SERVICE, keeps_quiet=True)])
        await settled(app)
        assert "good morning" not in texts(anna)
        rig.clock.move(timedelta(hours=12))
        await settled(app)
        assert texts(anna)[-1] == "good morning"


async def test_files_survive_a_restart_and_are_not_held_in_memory(
    rig: Rig, telegram: LocalTelegram
) -> None:
    anna = telegram.person("Анна", started=True)
    fields = {"chat_id": str(anna.id), "document": "attach://f1"}
    letter = Letter(
        lane=Lane.REPLY,
        chat_id=anna.id,
        method="sendDocument",
        payload=fields,
        files=(File("f1", "отчёт.csv", b"a;b\n" * 1000),),
    )
    await rig.queue([letter])
    async with alive(rig.app()) as app:
        await settled(app)
        telegram.faults.bad_gateway(method="sendDocument", times=1)
        await post(app, [letter])
        held = app.delivery._queues._chats[anna.id].lanes[Lane.REPLY]
        assert [(one.files, one.has_files) for one in held] == [((), True)]
        await settled(app)
    uploads = [call.uploads["f1"] for call in telegram.calls.of("sendDocument", ok=True)]
    assert [(upload.file_name, upload.content) for upload in uploads] == [
        ("отчёт.csv", b"a;b\n" * 1000)
    ] * 2


async def test_marks_are_written_in_batches(rig: Rig, telegram: LocalTelegram) -> None:
    people = [telegram.person(f"p{n}", started=True) for n in range(200)]
    app = rig.app()
    commits = 0

    def count(name: str) -> None:
        nonlocal commits
        commits += name == "delivery: marked"

    app.delivery._marking._waypoint = count
    async with alive(app):
        await post(app, [said(person, "x") for person in people])
        await settled(app)
    assert await rig.statuses() == ["sent"] * 200
    assert commits < 100
    async with rig.store() as database, database.read() as db:
        assert await letters_waiting(db, rig.clock.now()) == 0

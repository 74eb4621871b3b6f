"""Letters: queued in order, once for a key, with their files, and marked."""

from datetime import UTC, datetime, timedelta

from storage import outbox
from storage.database import Database
from storage.outbox import File, Lane, Letter, Mark
from tests.records import letters_waiting

NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


def call(text: str, **more: object) -> Letter:
    values: dict[str, object] = {
        "lane": Lane.REPLY,
        "chat_id": 1,
        "method": "sendMessage",
        "payload": {"text": text},
    }
    return Letter(**(values | more))  # type: ignore[arg-type]


async def test_letters_keep_the_order_they_were_queued_in(database: Database) -> None:
    async with database.write() as db:
        queued = await outbox.queue(db, [call(str(number)) for number in range(50)], NOW)
        loaded = await outbox.waiting(db, Lane.REPLY, after_id=0, now=NOW, limit=100)
    assert loaded == queued
    assert [letter.payload for letter in loaded] == [{"text": str(n)} for n in range(50)]


async def test_what_has_a_key_is_said_once(database: Database) -> None:
    async with database.write() as db:
        first = await outbox.queue(db, [call("a", key="k"), call("b")], NOW)
        again = await outbox.queue(db, [call("c", key="k")], NOW)
        answer = await outbox.queue(db, [call("d", key="k", may_repeat=True)], NOW)
    assert len(first) == 2
    assert again == []
    assert [letter.key for letter in answer] == [None], "an answer is given all the same"


async def test_files_travel_beside_the_call(database: Database) -> None:
    letter = call("x", files=(File("f1", "a.png", b"\x00\x01"), File("f2", "b.png", b"\x02")))
    async with database.write() as db:
        await outbox.queue(db, [letter], NOW)
        (loaded,) = await outbox.waiting(db, Lane.REPLY, after_id=0, now=NOW, limit=10)
        assert loaded.files == (), "thousands of letters are held in memory, their files are not"
        assert loaded.has_files
        assert await outbox.files(db, loaded.id) == letter.files


async def test_a_letter_for_later_waits_for_its_moment(database: Database) -> None:
    later = NOW + timedelta(hours=1)
    async with database.write() as db:
        await outbox.queue(db, [call("x", not_before=later)], NOW)
        assert await outbox.waiting(db, Lane.REPLY, after_id=0, now=NOW, limit=10) == []
        assert await letters_waiting(db, NOW) == 0
        assert len(await outbox.waiting(db, Lane.REPLY, after_id=0, now=later, limit=10)) == 1


async def test_letters_are_postponed_each_until_its_own_moment(database: Database) -> None:
    hours = [NOW + timedelta(hours=hour) for hour in (1, 2)]
    async with database.write() as db:
        first, second, third = await outbox.queue(db, [call("a"), call("b"), call("c")], NOW)
        await outbox.postpone(db, {first.id: hours[0], second.id: hours[1]})
        for now, expected in (
            (NOW, [third.id]),
            (hours[0], [first.id, third.id]),
            (hours[1], [first.id, second.id, third.id]),
        ):
            assert await outbox.waiting_ids(db, Lane.REPLY, now=now, limit=10) == expected


async def test_what_is_marked_waits_no_longer(database: Database) -> None:
    async with database.write() as db:
        sent, skipped, waiting = await outbox.queue(db, [call("a"), call("b"), call("c")], NOW)
        marks = [
            Mark(sent.id, "sent", None, 77),
            Mark(skipped.id, "skipped", "unreachable"),
        ]
        await outbox.mark(db, marks, NOW)
        assert await outbox.waiting(db, Lane.REPLY, after_id=0, now=NOW, limit=10) == [waiting]


async def test_bodies_are_emptied_once_they_are_old(database: Database) -> None:
    letter = call("secret", files=(File("f", "a.png", b"x"),))
    async with database.write() as db:
        (queued,) = await outbox.queue(db, [letter], NOW)
        await outbox.mark(db, [Mark(queued.id, "sent")], NOW)
        assert await outbox.empty(db, NOW) == 0
        assert await outbox.empty(db, NOW + timedelta(seconds=1)) == 1
        assert await outbox.empty(db, NOW + timedelta(seconds=1)) == 0

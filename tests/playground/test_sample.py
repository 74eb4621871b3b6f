"""The sample business: made by the bot's own operations, its books in order, never made twice."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import programmes
from loyalty.programme import load_programme
from playground.sample.build import continue_sample, find_kept, write_sample
from playground.sample.cast import COLLEAGUES, OWNER, STRANGERS
from playground.sample.clients import CLIENTS_COUNT, sample_clients
from playground.sample.plan import Attendance, Happening, Registration, plan
from storage.audit import differences
from storage.clients import by_telegram_id
from storage.database import Database
from storage.outbox import count_waiting
from storage.staff import count

PROGRAMME = load_programme(programmes.SERVICE_CENTRE)
ZONE = PROGRAMME.business.timezone
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
NEWEST_DAYS = 80


@pytest.fixture(scope="module")
def short_sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("sample") / "svoi.db"
    asyncio.run(write_sample(file, PROGRAMME, NOW, newest_days=NEWEST_DAYS))
    return file


def test_the_same_day_has_the_same_story() -> None:
    assert plan(NOW.date(), NOW, ZONE) == plan(NOW.date(), NOW, ZONE)


def test_the_story_of_a_later_start_begins_with_that_of_the_earlier_one() -> None:
    earlier = plan(NOW.date(), NOW, ZONE)
    later = plan(NOW.date(), NOW + timedelta(days=9), ZONE)
    assert [happening for happening in later if happening.at < NOW] == earlier
    assert len(later) > len(earlier)


def test_nobody_comes_before_they_registered_nor_is_invited_by_a_stranger() -> None:
    registered: set[int] = set()
    for happening in plan(NOW.date(), NOW, ZONE):
        if isinstance(happening, Registration):
            inviter = happening.client.invited_by
            assert inviter is None or inviter in registered
            registered.add(happening.client.place)
        elif isinstance(happening, Attendance):
            assert happening.client.place in registered
    assert len(registered) == CLIENTS_COUNT


def test_people_have_ids_and_phones_of_their_own() -> None:
    ids = [person.telegram_id for person in (*COLLEAGUES, *STRANGERS, *sample_clients())]
    phones = [person.phone for person in (*COLLEAGUES, *STRANGERS, *sample_clients())]
    assert len(set(ids)) == len(ids)
    assert len(set(phones)) == len(phones)


def _visits(story: list[Happening], person: int) -> int:
    return sum(
        isinstance(h, Attendance) and h.client.telegram_id == person and not h.is_mistaken
        for h in story
    )


async def test_every_balance_and_tier_agrees_with_the_ledger(short_sample: Path) -> None:
    story = plan(NOW.date(), NOW, ZONE, NEWEST_DAYS)
    database = Database(f"sqlite:///{short_sample}")
    try:
        async with database.read() as db:
            assert await differences(db) == []
            assert await count(db) == len(COLLEAGUES) - 1, "the owner needs no row"
            assert await by_telegram_id(db, OWNER.telegram_id) is None
            for known in sample_clients():
                client = await by_telegram_id(db, known.telegram_id)
                assert (client is not None) == (known.joined_days_ago <= NEWEST_DAYS)
                if client is not None:
                    assert client.visits == _visits(story, known.telegram_id)
    finally:
        await database.close()


async def test_nothing_of_the_past_is_still_to_be_sent(short_sample: Path) -> None:
    database = Database(f"sqlite:///{short_sample}")
    try:
        async with database.read() as db:
            assert await count_waiting(db, NOW + timedelta(days=1)) == 0
    finally:
        await database.close()


async def test_a_kept_sample_is_brought_up_to_the_day(short_sample: Path, tmp_path: Path) -> None:
    file = tmp_path / "svoi.db"
    shutil.copy(short_sample, file)
    later = NOW + timedelta(days=6)
    await continue_sample(file, PROGRAMME, NOW, later, newest_days=NEWEST_DAYS)
    story = plan(NOW.date(), later, ZONE, NEWEST_DAYS)
    database = Database(f"sqlite:///{file}")
    try:
        async with database.read() as db:
            assert await differences(db) == []
            for known in sample_clients():
                client = await by_telegram_id(db, known.telegram_id)
                if client is not None:
                    assert client.visits == _visits(story, known.telegram_id)
    finally:
        await database.close()


@pytest.mark.parametrize(
    "name", ["sample-0000000000000000-1795000000.db", "sample-x.db", "other.db"]
)
def test_what_other_code_made_is_not_taken(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    assert find_kept(tmp_path, NOW) is None

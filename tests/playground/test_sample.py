"""The sample business: made by the bot's own operations, its books in order, never made twice."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from loyalty.challenges import Phase, phase_of
from loyalty.programme import Programme, load_programme
from loyalty.promotions import is_running
from operations.challenges import show_challenge
from operations.client_card import show_balance
from operations.referral_link import show_invite
from operations.stamps import stamp_cards
from operations.transaction import Tx
from playground.sample.build import KEPT_DAYS_MAX, continue_sample, find_kept, write_sample
from playground.sample.business import write_programme
from playground.sample.cast import COLLEAGUES, OLD_CARDS, OWNER, STRANGER_ID, STRANGERS
from playground.sample.clients import crowd
from playground.sample.happenings import Attendance, Happening, Registration
from playground.sample.heroes import HEROES, sample_clients
from playground.sample.plan import plan
from playground.sample.tries import CHAPTERS
from storage import rewards
from storage.audit import differences
from storage.cases import open_complaint_of
from storage.clients import Client, by_phone, by_telegram_id
from storage.database import Database
from storage.partner_codes import of_client
from storage.staff import count
from templates.referrals import FriendLine, Invite
from tests.records import letters_waiting

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Moscow")
NEWEST_DAYS = 80


@pytest.fixture(scope="module")
def programme(tmp_path_factory: pytest.TempPathFactory) -> Programme:
    return load_programme(write_programme(tmp_path_factory.mktemp("programme"), NOW.date()))


@pytest.fixture(scope="module")
def short_sample(tmp_path_factory: pytest.TempPathFactory, programme: Programme) -> Path:
    file = tmp_path_factory.mktemp("sample") / "svoi.db"
    asyncio.run(write_sample(file, programme, NOW, newest_days=NEWEST_DAYS))
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
    assert len(registered) == len(sample_clients())


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
            for known in crowd():
                client = await by_telegram_id(db, known.telegram_id)
                assert (client is not None) == (known.joined_days_ago <= NEWEST_DAYS)
                if client is not None:
                    assert client.visits == _visits(story, known.telegram_id)
    finally:
        await database.close()


@pytest.mark.parametrize("days_later", [0, KEPT_DAYS_MAX])
def test_an_action_and_a_contest_run_while_the_sample_is_kept(
    programme: Programme, days_later: int
) -> None:
    day = NOW.date() + timedelta(days=days_later)
    assert all(is_running(promotion, day) for promotion in programme.promotions)
    assert len(programme.promotions) == 2
    assert [phase_of(challenge, day) for challenge in programme.challenges] == [Phase.RUNNING]


async def test_each_ready_made_client_shows_what_is_said_of_them(
    short_sample: Path, programme: Programme
) -> None:
    database = Database(f"sqlite:///{short_sample}")
    try:
        async with database.read() as db:
            tx = Tx(db, NOW, programme)
            vera, roman, igor, pavel, leo, olga, maria, dina = [
                await _client(tx, hero.client.telegram_id) for hero in HEROES
            ]
            assert (await rewards.counts(db, vera.id)).open == 1
            assert [friend.name for friend in (await _invited_by(tx, vera))] == ["Дина"]
            assert await of_client(db, roman.id) != {}
            table = await show_challenge(tx, roman, "ru", "spring", owner_ids=())
            assert table is not None
            assert len(table.leaders) >= 3
            soonest = (await show_balance(tx, igor, "ru")).expiring[0]
            assert soonest.on <= NOW.date() + timedelta(days=31)
            assert (pavel.tier, olga.tier) == ("gold", "vip")
            assert olga.tier_until is not None
            assert [card.is_next_free for card in await stamp_cards(tx, leo.id)] == [True]
            assert await open_complaint_of(db, maria.id) is not None
            assert dina.visits == 1
    finally:
        await database.close()


async def _client(tx: Tx, telegram_id: int) -> Client:
    client = await by_telegram_id(tx.db, telegram_id)
    assert client is not None
    return client


async def _invited_by(tx: Tx, client: Client) -> tuple[FriendLine, ...]:
    shown = await show_invite(tx, client, "svoi_bot", "")
    assert isinstance(shown, Invite)
    assert shown.waiting == 1
    return shown.friends


async def test_old_cards_wait_for_their_owners(short_sample: Path) -> None:
    database = Database(f"sqlite:///{short_sample}")
    try:
        async with database.read() as db:
            for card in OLD_CARDS:
                client = await by_phone(db, card.phone)
                assert client is not None
                assert (client.balance, client.telegram_id) == (card.balance, None)
    finally:
        await database.close()


def test_what_there_is_to_try_begins_at_phones_that_are_there() -> None:
    people = {person.telegram_id for person in (*COLLEAGUES, *STRANGERS, *sample_clients())}
    for chapter in CHAPTERS:
        for one in chapter.tries:
            assert one.person in people | {STRANGER_ID}
            assert (one.text is None) != (one.to is None), "typed, or the clock moves"


async def test_nothing_of_the_past_is_still_to_be_sent(short_sample: Path) -> None:
    database = Database(f"sqlite:///{short_sample}")
    try:
        async with database.read() as db:
            assert await letters_waiting(db, NOW + timedelta(days=1)) == 0
    finally:
        await database.close()


async def test_a_kept_sample_is_brought_up_to_the_day(
    short_sample: Path, programme: Programme, tmp_path: Path
) -> None:
    file = tmp_path / "svoi.db"
    shutil.copy(short_sample, file)
    later = NOW + timedelta(days=6)
    await continue_sample(file, programme, NOW, later, newest_days=NEWEST_DAYS)
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

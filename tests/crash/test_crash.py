"""SIGKILL at random and at named points, under load, with duplicates and 429s."""

import asyncio
import os
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot import waypoints
from operations.senders import Role
from playground.server import LocalTelegram
from storage import clients, inbox, people, staff
from storage.database import Database
from storage.schema import migrate
from tests.crash.crowd import Crowd
from tests.crash.verdict import Repeats, gifts_given, nothing_lost_or_doubled, sent_too_soon, told
from tests.crash.victims import Nursery, nursery
from tests.databases import Postgres, is_sound
from tests.records import letters_waiting

SHORT_KILLS = 20
SOAK_KILLS = int(os.environ.get("SVOI_SOAK_KILLS", "250"))
CLIENTS, STAFF = 8, 3
FIRST_BILL = 5_000  # kopecks; the next one is a kopeck more
LIFE_S = (0.5, 4.0)  # of a victim that is killed at random
PASSES_MAX = 25  # of a waypoint, before it kills
CELEBRANTS = 5  # whose birthday was yesterday: what is due while a job is to be killed
DRAIN_S = 180.0


async def crash_run(
    url: str, kills: int, seed: int, report: list[str], sqlite_file: Path | None
) -> None:
    """So many kills, then quiet; asserts after each and at the end."""
    chance = random.Random(seed)
    database = Database(url)
    try:
        await migrate(database)
        async with LocalTelegram(port=0) as telegram, nursery() as cradle:
            crowd = Crowd(telegram, chance)
            visitors = [telegram.person(f"Клиент {n}") for n in range(CLIENTS)]
            colleagues = [telegram.person(f"Мастер {n}") for n in range(STAFF)]
            await hire(database, [person.id for person in colleagues])
            async with asyncio.TaskGroup() as tasks:
                for person in visitors:
                    tasks.create_task(crowd.client(person))
                for number, person in enumerate(colleagues, start=1):
                    tasks.create_task(crowd.staff(person, visitors, number * FIRST_BILL))
                tasks.create_task(crowd.sometimes_refused())
                settings = settings_of(telegram, url)
                kills_at: list[float] = []
                killed = await kill_again_and_again(
                    cradle, settings, kills, crowd, database, sqlite_file, kills_at
                )
                last = await cradle.start(settings)
                crowd.stopping.set()
            telegram.faults.clear()
            await until_quiet(telegram, database, crowd)
            assert await last.is_asked_to_stop() == 0
            counts = await nothing_lost_or_doubled(crowd, database)
            report.append(f"seed {seed}: {killed.total()} kills {dict(killed)}; {counts}")
            early = sent_too_soon(telegram, kills_at)
            assert early == [], told(telegram, early[0], kills_at)
    finally:
        await database.close()


async def kill_again_and_again(
    cradle: Nursery,
    settings: dict[str, str],
    kills: int,
    crowd: Crowd,
    database: Database,
    sqlite_file: Path | None,
    kills_at: list[float],
) -> Counter[str]:
    """So many kills at least, and until as many visits were booked in the midst of them."""
    killed: Counter[str] = Counter()
    repeats = Repeats(Counter())
    chance = crowd.chance
    still_to_see = [*waypoints.ALL]  # each of them once, before chance decides
    while killed.total() < kills or len(crowd.confirmed_bills) < kills:
        where = still_to_see.pop() if still_to_see else chance.choice((None, *waypoints.ALL))
        if where is None:
            victim = await cradle.start(settings)
            await asyncio.sleep(chance.uniform(*LIFE_S))
            await victim.is_killed()
        else:
            passes = PASSES_MAX
            if where in (waypoints.ACTING, waypoints.ACTED):
                passes = await celebrate(database, crowd)
            victim = await cradle.start(settings, (where, chance.randint(1, passes)))
            if not await victim.dies_by_itself(within_s=8):
                await victim.is_killed()
                where = None
        kills_at.append(time.monotonic())
        killed[where or "at random"] += 1
        await repeats.after_a_crash(crowd.telegram, database)
        if sqlite_file is not None:
            assert is_sound(sqlite_file), "the file is damaged"
    return killed


async def celebrate(database: Database, crowd: Crowd) -> int:
    """A few more clients of old whose gifts are due: a transaction each."""
    now = datetime.now(UTC)
    yesterday = now.date() - timedelta(days=1)
    async with database.write() as db:
        for _ in range(CELEBRANTS):
            crowd.celebrants += 1
            person = crowd.telegram.person("Вера", started=True)
            await people.meet(db, person.id, "ru", now)
            await clients.add(
                db,
                {
                    "phone": person.phone,
                    "telegram_id": person.id,
                    "name": "Вера",
                    "language": "ru",
                    "status": "active",
                    "created_at": now - timedelta(days=400),
                    "birthday_day": yesterday.day,
                    "birthday_month": yesterday.month,
                    "birthday_told_on": yesterday - timedelta(days=300),
                    "tier": "silver",
                    "tier_since": yesterday,
                },
            )
    return CELEBRANTS


async def hire(database: Database, telegram_ids: list[int]) -> None:
    async with database.write() as db:
        for telegram_id in telegram_ids:
            await staff.hire(
                db,
                telegram_id=telegram_id,
                name="Мастер",
                role=Role.STAFF,
                branch="Центр",
                invited_by=telegram_id,
                now=datetime.now(UTC),
            )


def settings_of(telegram: LocalTelegram, url: str) -> dict[str, str]:
    return {
        "SVOI_BOT_TOKEN": telegram.token,
        "SVOI_TELEGRAM_API": telegram.base_url,
        "SVOI_DATABASE_URL": url,
    }


async def until_quiet(telegram: LocalTelegram, database: Database, crowd: Crowd) -> None:
    """Every update is confirmed, every gift given and every message sent."""
    await telegram.until_all_confirmed(timeout_s=DRAIN_S)
    async with asyncio.timeout(DRAIN_S):
        while True:
            async with database.read() as db:
                unhandled = await inbox.waiting(db, after_id=0, limit=1)
                unsent = await letters_waiting(db, datetime.now(UTC))
                due = crowd.celebrants - await gifts_given(db)
            if not unhandled and not unsent and due <= 0:
                return
            await asyncio.sleep(0.1)


def seed() -> int:
    """A new one each time unless SVOI_SEED says which; it is printed with the result."""
    return int(os.environ.get("SVOI_SEED") or random.SystemRandom().randrange(10**9))


async def test_twenty_kills_lose_nothing_and_double_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await run_and_print(tmp_path / "svoi.db", SHORT_KILLS, capsys)


@pytest.mark.soak
async def test_hundreds_of_kills_lose_nothing_and_double_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await run_and_print(tmp_path / "svoi.db", SOAK_KILLS, capsys)


@pytest.mark.soak
async def test_kills_on_postgresql_lose_nothing_and_double_nothing(
    postgres: Postgres, capsys: pytest.CaptureFixture[str]
) -> None:
    name = await postgres.create()
    report: list[str] = []
    chosen = seed()
    with capsys.disabled():
        print(f"crash run on PostgreSQL, seed {chosen}")
        await crash_run(postgres.url(name), SOAK_KILLS // 4, chosen, report, None)
        print(*report, sep="\n")


async def run_and_print(file: Path, kills: int, capsys: pytest.CaptureFixture[str]) -> None:
    report: list[str] = []
    chosen = seed()
    with capsys.disabled():
        print(f"crash run, seed {chosen}")
        await crash_run(f"sqlite:///{file}", kills, chosen, report, file)
        print(*report, sep="\n")

"""How fast clients are warned, written off and reviewed, and in how much memory.

`python -m tests.bench.rounds --clients 1000000`; without the option a tenth of them. Every client
is due in every round, which no real day brings: each has a lot that is warned of and then expires,
two that live on, a visit that leaves the window, and a level that goes with it.
"""

import argparse
import asyncio
import resource
import shutil
import sqlite3
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.programme import load_programme
from operations import expiry, reviews
from programmes import SERVICE_CENTRE
from scheduler.business import business_jobs
from scheduler.clockwork import Clockwork
from storage.database import Database
from storage.outbox import Letter
from storage.schema import migrate
from tests.bench.measuring import percentile
from tests.movable_clock import MovableClock

CLIENTS = 100_000
FILL_PAGE = 50_000
BOUGHT = "2026-02-20"
AT = "2026-02-20 09:00:00.000000"
REVIEW = date(2027, 3, 1)
WARNED = REVIEW - timedelta(days=1)
LOTS = ((1, 100, WARNED.isoformat()), (2, 50, "2027-09-01"), (3, 20, "2027-12-01"))


def fill(file: Path, clients: int) -> None:
    """Plain SQL: what the operations would have left behind, many rows at a time."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    for first in range(1, clients + 1, FILL_PAGE):
        ids = range(first, min(first + FILL_PAGE, clients + 1))
        connection.execute("BEGIN")
        _fill_page(connection, ids)
        connection.execute("COMMIT")
    connection.close()


def _fill_page(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    connection.executemany(
        "INSERT INTO telegram_accounts (telegram_id, first_seen_at) VALUES (?, ?)",
        ((n, AT) for n in ids),
    )
    connection.executemany(
        "INSERT INTO clients (id, telegram_id, phone, name, language, card_number, status,"
        " created_at, registered_at, registered_on, balance, tier, tier_since, visits,"
        " last_visit_on)"
        " VALUES (?, ?, ?, 'Анна', 'ru', ?, 'active', ?, ?, ?, 170, 'gold', ?, 1, ?)",
        ((n, n, f"+7{n:010d}", f"{n:08d}", AT, AT, BOUGHT, BOUGHT, BOUGHT) for n in ids),
    )
    connection.executemany(
        "INSERT INTO visits (id, client_id, branch, bill, discount, points_spent, to_pay, eligible,"
        " percent, points_earned, tier, staff_id, at, on_day, status)"
        " VALUES (?, ?, 'Центр', 3000000, 0, 0, 3000000, 3000000, '3', 170, 'silver', 1, ?, ?,"
        " 'confirmed')",
        ((n, n, AT, BOUGHT) for n in ids),
    )
    connection.executemany(
        "INSERT INTO tier_changes (client_id, from_tier, to_tier, reason, visit_id, at)"
        " VALUES (?, 'silver', 'gold', 'visit', ?, ?)",
        ((n, n, AT) for n in ids),
    )
    before = {1: 0, 2: 100, 3: 150}
    entries = [(n * 3 + place, n, points, place) for n in ids for place, points, _ in LOTS]
    connection.executemany(
        "INSERT INTO ledger_entries (id, client_id, kind, amount, balance_before, balance_after,"
        " key, content_hash, at) VALUES (?, ?, 'action', ?, ?, ?, ?, '', ?)",
        (
            (entry, n, points, before[place], before[place] + points, f"fill:{entry}", AT)
            for entry, n, points, place in entries
        ),
    )
    connection.executemany(
        "INSERT INTO lots (client_id, entry_id, amount, remaining, valid_through)"
        " VALUES (?, ?, ?, ?, ?)",
        ((n, n * 3 + place, points, points, until) for n in ids for place, points, until in LOTS),
    )


class Ears:
    """Takes the letters, as delivery does, keeps none, and moves the bar of progress."""

    def __init__(self, progress: Progress) -> None:
        self.letters = 0
        self._progress = progress
        self._bar: TaskID | None = None

    def begin(self, job: str, total: int) -> None:
        self.letters = 0
        self._bar = self._progress.add_task(job, total=total)

    def end(self) -> None:
        if self._bar is not None:
            self._progress.remove_task(self._bar)
            self._bar = None

    def offer(self, letters: Sequence[Letter]) -> None:
        self.letters += len(letters)
        if self._bar is not None:
            self._progress.update(self._bar, completed=self.letters)


class WatchedDatabase(Database):
    """Notes how long each transaction that writes has kept the others waiting."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.held_ms: list[float] = []

    def write(self) -> AbstractAsyncContextManager[AsyncConnection]:
        return self._timed()

    @asynccontextmanager
    async def _timed(self) -> AsyncIterator[AsyncConnection]:
        async with super().write() as db:
            began = time.monotonic()
            yield db
        self.held_ms.append((time.monotonic() - began) * 1000)


class Bystander:
    """Somebody at the desk: a small write every so often, and how long it waited its turn."""

    EVERY_S = 0.1

    def __init__(self, database: Database) -> None:
        self._database = database
        self._is_here = True
        self.waited_ms: list[float] = []

    def goes(self) -> None:
        self._is_here = False

    async def run(self) -> None:
        while self._is_here:
            began = time.monotonic()
            async with Database.write(self._database) as db:
                await db.exec_driver_sql("UPDATE clients SET visits = visits WHERE id = 1")
            self.waited_ms.append((time.monotonic() - began) * 1000)
            await asyncio.sleep(self.EVERY_S)


def peak_mb() -> float:
    """Of the whole process, ever; Linux counts in kilobytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@asynccontextmanager
async def filled(clients: int) -> AsyncIterator[WatchedDatabase]:
    folder = Path(tempfile.mkdtemp(prefix="svoi-rounds-"))
    database = WatchedDatabase(f"sqlite:///{folder / 'svoi.db'}")
    try:
        await migrate(database)
        await asyncio.to_thread(fill, folder / "svoi.db", clients)
        yield database
    finally:
        await database.close()
        shutil.rmtree(folder, ignore_errors=True)


def bar() -> Progress:
    """On the terminal, and nowhere else; a log has the product's own lines of progress."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True)


async def main(clients: int) -> None:
    programme, clock = load_programme(SERVICE_CENTRE), MovableClock()
    began = time.monotonic()
    async with filled(clients) as database:
        took_s = time.monotonic() - began
        print(f"{clients:,} clients, all of them due in every round (SQLite, one process)")
        print(f"filled in {took_s:.0f} s")
        print(
            f"{'':16}{'clients/s':>10}{'of CPU':>8}{'s':>8}{'CPU s':>8}{'peak MB':>9}"
            f"{'a transaction, p50 ms':>23}{'p99':>8}{'max':>8}{'another waits, p99 ms':>23}"
        )
        with bar() as progress:
            ears = Ears(progress)
            for job, day in (
                (expiry.WARNINGS_JOB, WARNED),
                (reviews.WARNINGS_JOB, WARNED),
                (expiry.JOB, REVIEW),
                (reviews.JOB, REVIEW),
            ):
                clock.move_to(datetime(day.year, day.month, day.day, 9, tzinfo=UTC))
                jobs = [found for found in business_jobs(()) if found.name == job]
                clockwork = Clockwork(database, clock, programme, (), ears.offer, jobs=jobs)
                ears.begin(job, clients)
                await measure(job, clients, clockwork, database, ears)
                ears.end()
        await nothing_due(Clockwork(database, clock, programme, (), ears.offer))


async def measure(
    job: str, clients: int, clockwork: Clockwork, database: WatchedDatabase, ears: Ears
) -> None:
    bystander = Bystander(database)
    database.held_ms.clear()
    began, cpu_began_s = time.monotonic(), time.process_time()
    async with asyncio.TaskGroup() as tasks:
        standing_by = tasks.create_task(bystander.run())
        await clockwork.catch_up()
        took_s, cpu_s = time.monotonic() - began, time.process_time() - cpu_began_s
        bystander.goes()
        await standing_by
    assert ears.letters == clients, f"{job}: {ears.letters} were told, {clients} were due"
    held_ms = database.held_ms
    print(
        f"{job:16}{clients / took_s:10.0f}{clients / cpu_s:8.0f}{took_s:8.1f}{cpu_s:8.1f}"
        f"{peak_mb():9.0f}{percentile(held_ms, 50):23.1f}{percentile(held_ms, 99):8.1f}"
        f"{max(held_ms):8.1f}{percentile(bystander.waited_ms, 99):23.1f}",
        flush=True,
    )


async def nothing_due(clockwork: Clockwork) -> None:
    """The look at everything after which nothing is to be done."""
    began = time.monotonic()
    await clockwork.catch_up()
    print(f"all jobs, nothing due: {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.rounds")
    arguments.add_argument("--clients", type=int, default=CLIENTS)
    asyncio.run(main(arguments.parse_args().clients))

"""`python -m tests.bench.confirming`: confirmed visits a second, one client with thousands of lots.

Each confirmation is the business's whole day in small: the preview that staff see, their ✅, the
visit with its points, receipt, level and badges, in two transactions as the bot makes them. Staff
work side by side, each with a connection of their own on PostgreSQL. One client has come for years
and has a lot for every visit: what they cost beside the others is a ratio. Then both spend.
"""

import argparse
import asyncio
import random
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import event, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.programme import Programme, load_programme
from operations.desk import ServiceTyped
from operations.ledger import EntryKind, grant_hash, spend
from operations.senders import Role, Sender, identify
from operations.transaction import Tx
from operations.visit_previews import Preview, preview_visit
from operations.visits import Booked, ShownAnew, confirm_visit
from programmes import SERVICE_CENTRE
from storage import clients, people, staff
from storage.database import Database
from storage.schema import migrate
from storage.tables import ledger_entries, lots, visits
from tests.bench.measuring import percentile
from tests.databases import Postgres

CLIENTS = 50
LOTS = 5_000
CONFIRMATIONS = 600
SPENDS = 60
COLLEAGUES = 4
LOT_POINTS = 10
SPENT_LOTS = 300  # that the regular's large spend takes
NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
FILL_PAGE = 500


@dataclass
class Taken:
    """How long each took, in milliseconds of the wall's clock."""

    regular: list[float] = field(default_factory=list)
    others: list[float] = field(default_factory=list)

    def of(self, is_regular: bool) -> list[float]:
        return self.regular if is_regular else self.others


class Shop:
    """One business: staff, clients of one lot each, and the regular of thousands."""

    def __init__(self, url: str) -> None:
        self.database = Database(url)
        self.programme: Programme = load_programme(SERVICE_CENTRE)
        self.people: list[int] = []
        self.statements = 0
        self._moment = NOW

    def now(self) -> datetime:
        """Later each time, so that no visit looks like another's twin."""
        self._moment += timedelta(seconds=1)
        return self._moment

    @property
    def regular(self) -> int:
        return self.people[0]

    async def open(self) -> None:
        await migrate(self.database)
        async with self.database.write() as db:
            tx = Tx(db, NOW, self.programme)
            for number in range(COLLEAGUES):
                await people.meet(db, 1 + number, "ru", NOW, language="ru")
                await staff.hire(
                    db,
                    telegram_id=1 + number,
                    name="Алина",
                    role=Role.STAFF,
                    branch="Центр",
                    invited_by=1,
                    now=NOW,
                )
            for number in range(CLIENTS):
                self.people.append(await _add_client(tx, number))
        for number, client_id in enumerate(self.people):
            await self._fill(client_id, LOTS if number == 0 else 1)
        event.listen(self.database.engine.sync_engine, "before_cursor_execute", self._count)

    def _count(self, *_: object) -> None:
        self.statements += 1

    async def _fill(self, client_id: int, count: int) -> None:
        for first in range(0, count, FILL_PAGE):
            async with self.database.write() as db:
                await _history(db, client_id, range(first, min(first + FILL_PAGE, count)), count)

    async def confirm(self, client_id: int, colleague: int, bill: int) -> None:
        """The preview and the ✅, each a transaction."""
        async with self.database.write() as db:
            tx = Tx(db, self.now(), self.programme)
            actor = await _sender(tx, colleague)
            shown = await preview_visit(
                tx, actor=actor, client_id=client_id, bill=bill, service=ServiceTyped()
            )
            assert isinstance(shown, Preview)
        async with self.database.write() as db:
            tx = Tx(db, self.now(), self.programme)
            actor = await _sender(tx, colleague)
            booked = await confirm_visit(tx, preview_id=shown.id, actor=actor, branch_place=0)
            if isinstance(booked, ShownAnew):  # a colleague has just lifted the client's level
                again = booked.preview.id
                booked = await confirm_visit(tx, preview_id=again, actor=actor, branch_place=0)
            assert isinstance(booked, Booked)

    async def spend(self, client_id: int, points: int, key: str) -> None:
        async with self.database.write() as db:
            tx = Tx(db, self.now(), self.programme)
            await spend(tx, client_id, points, kind=EntryKind.REDEMPTION, key=key)


async def _sender(tx: Tx, telegram_id: int) -> Sender:
    return await identify(
        tx,
        telegram_id=telegram_id,
        chat_id=telegram_id,
        first_name="Алина",
        language_code="ru",
        owner_ids=(),
    )


async def _add_client(tx: Tx, number: int) -> int:
    telegram_id = 1_000 + number
    await people.meet(tx.db, telegram_id, "ru", tx.now, language="ru")
    row = {
        "telegram_id": telegram_id,
        "phone": f"+7912{number:07d}",
        "name": "Анна",
        "language": "ru",
        "card_number": f"{number:07d}",
        "referral_code": f"code{number}",
        "status": "active",
        "created_at": tx.now,
        "registered_at": tx.now,
        "registered_on": tx.today,
        "tier": tx.programme.tiers.levels[0].code,
        "tier_since": tx.today,
    }
    return await clients.add(tx.db, row)


async def _history(db: AsyncConnection, client_id: int, some: range, count: int) -> None:
    """So many of a client's visits, each with a lot, over the years before today."""
    days = [(NOW - timedelta(days=(count - n) * 1_000 // count + 1)) for n in some]
    await db.execute(
        insert(visits),
        [
            {
                "client_id": client_id,
                "branch": "Центр",
                "bill": 100_000,
                "discount": 0,
                "points_spent": 0,
                "to_pay": 100_000,
                "eligible": 100_000,
                "percent": "3",
                "points_earned": LOT_POINTS,
                "tier": "silver",
                "staff_id": 1,
                "at": day,
                "on_day": day.date(),
                "status": "confirmed",
            }
            for day in days
        ],
    )
    made = await db.execute(
        insert(ledger_entries).returning(ledger_entries.c.id, ledger_entries.c.key),
        [
            {
                "client_id": client_id,
                "kind": EntryKind.ACTION.value,
                "amount": LOT_POINTS,
                "balance_before": n * LOT_POINTS,
                "balance_after": (n + 1) * LOT_POINTS,
                "key": f"fill:{client_id}:{n}",
                "content_hash": grant_hash(client_id, LOT_POINTS, EntryKind.ACTION),
                "at": day,
            }
            for n, day in zip(some, days, strict=True)
        ],
    )
    entries = {row.key: row.id for row in made}
    await db.execute(
        insert(lots),
        [
            {
                "client_id": client_id,
                "entry_id": entries[f"fill:{client_id}:{n}"],
                "amount": LOT_POINTS,
                "remaining": LOT_POINTS,
                "valid_through": (day + timedelta(days=1_400)).date(),
            }
            for n, day in zip(some, days, strict=True)
        ],
    )
    balance = (some[-1] + 1) * LOT_POINTS
    await clients.change(db, client_id, {"balance": balance, "visits": some[-1] + 1})


async def timed(taken: list[float], work: Awaitable[None]) -> None:
    began = time.perf_counter()
    await work
    taken.append((time.perf_counter() - began) * 1000)


async def side_by_side(jobs: Sequence[Callable[[int], Awaitable[None]]], workers: int) -> None:
    """All of them, by so many colleagues, each of whom takes the next when done."""
    waiting = list(reversed(jobs))

    async def work(colleague: int) -> None:
        while waiting:
            await waiting.pop()(colleague)

    async with asyncio.TaskGroup() as tasks:
        for colleague in range(1, workers + 1):
            tasks.create_task(work(colleague))


async def confirmations(shop: Shop, count: int, workers: int) -> tuple[Taken, float]:
    """How long each took, and all of them in seconds."""
    chance, taken = random.Random(7), Taken()

    def job(number: int) -> Callable[[int], Awaitable[None]]:
        # Every fifth is the regular's.
        client_id = shop.regular if number % 5 == 0 else chance.choice(shop.people[1:])
        whose = taken.of(client_id == shop.regular)
        return lambda colleague: timed(
            whose, shop.confirm(client_id, colleague, 100_000 + number * 100)
        )

    began = time.perf_counter()
    await side_by_side([job(number) for number in range(count)], workers)
    return taken, time.perf_counter() - began


async def measure(name: str, url: str, count: int) -> None:
    shop = Shop(url)
    await shop.open()
    workers = 1 if shop.database.is_sqlite else COLLEAGUES
    await confirmations(shop, 40, workers)  # warms the caches
    shop.statements, cpu_began_s = 0, time.process_time()
    taken, took_s = await confirmations(shop, count, workers)
    cpu_ms = (time.process_time() - cpu_began_s) / count * 1000
    each = shop.statements / count
    spent = Taken()
    for number in range(SPENDS):
        for client_id in (shop.regular, shop.people[1 + number % (CLIENTS - 1)]):
            one = shop.spend(client_id, 1, f"small:{number}:{client_id}")
            await timed(spent.of(client_id == shop.regular), one)
    many = Taken()
    for number in range(3):
        large = shop.spend(shop.regular, SPENT_LOTS * LOT_POINTS, f"large:{number}")
        await timed(many.regular, large)
    await shop.database.close()
    print(
        f"{name:12}{count / took_s:10.0f}{cpu_ms:10.1f}{each:12.0f}"
        f"{percentile(taken.others, 50):9.1f}{percentile(taken.others, 99):8.1f}"
        f"{_ratio(taken, 50):11.2f}{_ratio(taken, 99):8.2f}"
        f"{percentile(spent.others, 50):12.1f}{_ratio(spent, 50):9.2f}"
        f"{percentile(many.regular, 50):14.1f}",
        flush=True,
    )


def _ratio(taken: Taken, percent: float) -> float:
    """The regular's beside the others'."""
    return percentile(taken.regular, percent) / percentile(taken.others, percent)


async def main(count: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="svoi-bench-"))
    postgres = Postgres(folder / "pg", is_durable=True)
    print(f"{CLIENTS} clients, one of them with {LOTS:,} open lots and as many visits")
    print(
        f"{'':12}{'confirm/s':>10}{'CPU ms':>10}{'statements':>12}{'p50 ms':>9}{'p99':>8}"
        f"{'regular: x':>11}{'p99, x':>8}{'spend, ms':>12}{'regular':>9}{'300 lots, ms':>14}"
    )
    try:
        await measure("SQLite", f"sqlite:///{folder / 'svoi.db'}", count)
        await measure("PostgreSQL", postgres.url(await postgres.create(empty=True)), count)
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(prog="python -m tests.bench.confirming")
    arguments.add_argument("--confirmations", type=int, default=CONFIRMATIONS)
    asyncio.run(main(arguments.parse_args().confirmations))

"""Prints one table; every figure of Svoi's stands beside the bare bot's of the same run."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playground.people import Person
from playground.server import LocalTelegram
from tests.bench.databases import fill_outbox, fill_with_clients
from tests.bench.measuring import Latency, latency, replies_per_second, until_sends
from tests.bench.processes import BotProcess, bare_bot, svoi_bot
from tests.databases import Postgres

PEOPLE = 600
ROUNDS = 2
LATENCY_PER_S = 30.0
LATENCY_S = 15.0
PACED_LETTERS = 300
LIFTED_LETTERS = 3_000


@dataclass
class Row:
    """One bot's figures; None where it has no such thing."""

    name: str
    first_answer_s: float
    memory_mb: float
    replies_per_s: float
    reply_cpu_ms: float  # of the bot's own process
    latency: Latency
    memory_after_mb: float


@asynccontextmanager
async def crowd(*, paced: bool = False) -> AsyncIterator[tuple[LocalTelegram, list[Person]]]:
    """A stand-in with people who have all talked to the bot before."""
    options = {} if paced else {"pace": None}
    async with LocalTelegram(**options) as telegram:  # type: ignore[arg-type]
        yield telegram, [telegram.person(f"Анна {n}", started=True) for n in range(PEOPLE)]


async def measure(
    name: str,
    bot: AbstractAsyncContextManager[BotProcess],
    telegram: LocalTelegram,
    people: list[Person],
) -> Row:
    await people[0].send("/balance")
    async with bot as running:
        first = await until_sends(telegram, 1) - running.started_at
        memory = running.memory_mb()
        await replies_per_second(telegram, people[:50], 1)  # warms the caches
        cpu_began_s = running.cpu_s()
        throughput = await replies_per_second(telegram, people, ROUNDS)
        cpu_ms = (running.cpu_s() - cpu_began_s) / (ROUNDS * len(people)) * 1000
        times = await latency(telegram, people, per_second=LATENCY_PER_S, seconds=LATENCY_S)
        return Row(name, first, memory, throughput, cpu_ms, times, running.memory_mb())


async def measure_bare() -> Row:
    async with crowd() as (telegram, people):
        return await measure("bare aiogram", bare_bot(telegram), telegram, people)


async def measure_svoi(name: str, url: str) -> Row:
    async with crowd() as (telegram, people):
        await fill_with_clients(url, [person.id for person in people])
        bot = svoi_bot(telegram, url, unpaced=True)
        return await measure(name, bot, telegram, people)


async def delivered_per_second(url: str, letters: int, *, unpaced: bool) -> tuple[float, int]:
    """Messages a second from a full outbox, and how many 429s there were."""
    async with crowd(paced=not unpaced) as (telegram, people):
        await fill_with_clients(url, [person.id for person in people])
        await fill_outbox(url, [person.id for person in people], letters)
        async with svoi_bot(telegram, url, unpaced=unpaced):
            await until_sends(telegram, letters)
        times = [call.at for call in telegram.calls.of("sendMessage", ok=True)]
        refused = [call for call in telegram.calls if call.status == 429]
        return (len(times) - 1) / (times[-1] - times[0]), len(refused)


async def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix="svoi-bench-"))
    postgres = Postgres(folder / "pg", is_durable=True)
    try:
        await postgres.execute(f"CREATE DATABASE {postgres.TEMPLATE}")
        name = await postgres.create()
        rows = [
            await measure_bare(),
            await measure_svoi("Svoi, SQLite", f"sqlite:///{folder / 'svoi.db'}"),
            await measure_svoi("Svoi, PostgreSQL", postgres.url(name)),
        ]
        paced = await delivered_per_second(
            f"sqlite:///{folder / 'paced.db'}", PACED_LETTERS, unpaced=False
        )
        lifted = await delivered_per_second(
            f"sqlite:///{folder / 'lifted.db'}", LIFTED_LETTERS, unpaced=True
        )
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
    report(rows, paced, lifted)


def report(rows: list[Row], paced: tuple[float, int], lifted: tuple[float, int]) -> None:
    bare = rows[0]
    head = f"{'':18}{'replies/s':>12}{'of bare':>9}{'CPU ms':>8}{'p50 ms':>9}{'p99 ms':>9}"
    print(head + f"{'first s':>9}{'+ bare':>8}{'MB':>7}{'x bare':>8}{'MB after':>10}")
    for row in rows:
        print(
            f"{row.name:18}{row.replies_per_s:12.0f}"
            f"{row.replies_per_s / bare.replies_per_s:9.2f}"
            f"{row.reply_cpu_ms:8.1f}"
            f"{row.latency.p50_ms:9.1f}{row.latency.p99_ms:9.1f}"
            f"{row.first_answer_s:9.2f}{row.first_answer_s - bare.first_answer_s:8.2f}"
            f"{row.memory_mb:7.0f}{row.memory_mb / bare.memory_mb:8.2f}{row.memory_after_mb:10.0f}"
        )
    print(f"delivery, paced:  {paced[0]:.1f} messages/s, {paced[1]} answers 429")
    print(f"delivery, lifted: {lifted[0]:.0f} messages/s")


if __name__ == "__main__":
    began = time.monotonic()
    asyncio.run(main())
    print(f"measured in {time.monotonic() - began:.0f} s")

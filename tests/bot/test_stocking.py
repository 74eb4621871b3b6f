"""Partners' codes at the start of the process."""

import asyncio
from dataclasses import replace
from pathlib import Path

from bot.stocking import stocked
from loyalty.programme import load_programme
from programmes import SERVICE_CENTRE
from storage import partner_codes
from storage.database import Database
from storage.partner_codes import Stock
from tests.movable_clock import MovableClock

PROGRAMME = load_programme(SERVICE_CENTRE)


async def stock(database: Database) -> Stock:
    async with database.read() as db:
        return await partner_codes.stock(db, "kino")


async def test_the_sample_s_codes_are_there_after_the_start_and_once_only(
    database: Database,
) -> None:
    for _ in range(2):
        await stocked(database, MovableClock(), PROGRAMME, asyncio.Event())
    assert await stock(database) == Stock(total=20, taken=0)


async def test_a_file_that_vanished_since_the_start_stops_nobody(
    database: Database, tmp_path: Path
) -> None:
    await stocked(database, MovableClock(), PROGRAMME, asyncio.Event())
    elsewhere = replace(PROGRAMME, folder=tmp_path)
    await stocked(database, MovableClock(), elsewhere, asyncio.Event())
    assert await stock(database) == Stock(total=20, taken=0)


async def test_who_is_to_stop_does_not_begin(database: Database) -> None:
    stopping = asyncio.Event()
    stopping.set()
    await stocked(database, MovableClock(), PROGRAMME, stopping)
    assert await stock(database) == Stock(total=0, taken=0)

"""At every start: partners' codes from their files into the database."""

import asyncio

import structlog

from bot.starting import once_it_answers
from loyalty.programme import Programme
from loyalty.programme.partner_codes import CodesUnreadable
from operations.partners import due_refills, refill
from operations.transaction import Tx
from scheduler.clock import Clock
from storage.database import Database

log = structlog.get_logger("start")


async def stocked(
    database: Database, clock: Clock, programme: Programme, stopping: asyncio.Event
) -> None:
    """Adds the lines that are new, withdraws those that are gone; codes given out stay.

    Waits while the database is locked or away. A file that became unreadable since the programme
    was loaded stops nobody: what is in the database goes on being given out.
    """
    try:
        await once_it_answers(lambda: _stock(database, clock, programme, stopping), stopping)
    except CodesUnreadable as fault:
        log.error("partners' codes are not readable", expected=fault.expected)


async def _stock(
    database: Database, clock: Clock, programme: Programme, stopping: asyncio.Event
) -> None:
    if not programme.partners:
        return
    async with database.read() as db:
        batches = await due_refills(Tx(db, clock.now(), programme))
    for batch in batches:
        if stopping.is_set():
            return
        async with database.write() as db:
            await refill(Tx(db, clock.now(), programme), batch)
    if batches:
        added = sum(len(batch.added) for batch in batches)
        withdrawn = sum(len(batch.withdrawn) for batch in batches)
        log.info("partners' codes", added=added, withdrawn=withdrawn)

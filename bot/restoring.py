"""At the start: what owners changed in the bot is put over the file, and what cannot be is told."""

import asyncio
from collections.abc import Collection

from bot.starting import once_it_answers
from operations.in_force import InForce
from operations.setting_notices import tell_unfit
from operations.transaction import Tx
from scheduler.clock import Clock
from storage.database import Database


async def restored(
    database: Database,
    clock: Clock,
    in_force: InForce,
    owner_ids: Collection[int],
    stopping: asyncio.Event,
) -> None:
    """Returns once the programme is the one in force; waits while the database is away.

    A change that the file no longer has room for is left out, and the owners hear of it: the bot
    of a shop stays up.
    """

    async def restore() -> None:
        async with database.read() as db:
            await in_force.refresh(db)
        if in_force.effective.unfit:
            async with database.write() as db:
                await tell_unfit(Tx(db, clock.now(), in_force.programme), in_force, owner_ids)

    await once_it_answers(restore, stopping)

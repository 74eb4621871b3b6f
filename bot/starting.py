"""What has to be so before anything runs: the schema is ours, and Telegram says who we are."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from bot.telegram import (
    Telegram,
    TelegramRefused,
    TelegramUnanswered,
    TelegramUnreachable,
    TokenRevoked,
)
from storage.database import Database
from storage.failures import is_passing
from storage.schema import migrate

PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0)
UNKNOWN_TOKEN_CODES = (401, 404)  # the latter for one that is none by its form

log = structlog.get_logger("start")


@dataclass(frozen=True)
class Identity:
    """The bot as Telegram knows it."""

    id: int
    username: str


async def migrated(database: Database, stopping: asyncio.Event) -> bool:
    """Brings the schema up; waits while the database is locked or away. False: stopped meanwhile.

    Raises:
        SchemaNewerThanCode: a newer program has migrated the database.
    """
    return await once_it_answers(lambda: migrate(database), stopping)


async def once_it_answers(
    attempt: Callable[[], Awaitable[object]], stopping: asyncio.Event
) -> bool:
    """Does it, waiting while the database is locked or away. False: stopped meanwhile.

    Raises what `attempt` raises and does not pass by itself.
    """
    failures = 0
    while not stopping.is_set():
        try:
            await attempt()
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("the database does not answer", error=type(error).__name__)
        else:
            return True
        await pause(failures, stopping)
        failures += 1
    return False


async def identified(telegram: Telegram, stopping: asyncio.Event) -> Identity | None:
    """Asks Telegram who we are; waits while it is away. None: stopped meanwhile.

    Raises:
        TokenRevoked: Telegram does not know the token.
    """
    failures = 0
    while not stopping.is_set():
        asking = asyncio.ensure_future(telegram.call("getMe"))
        stopped = asyncio.ensure_future(stopping.wait())
        try:
            await asyncio.wait((asking, stopped), return_when=asyncio.FIRST_COMPLETED)
            if not asking.done():
                return None
            me = asking.result()
            return Identity(int(me["id"]), str(me["username"]))
        except TelegramRefused as refusal:
            if refusal.code in UNKNOWN_TOKEN_CODES:
                raise TokenRevoked from None
            log.warning("getMe refused", reason=refusal.description)
        except (TelegramUnreachable, TelegramUnanswered) as error:
            log.warning("Telegram does not answer", reason=str(error))
        finally:
            asking.cancel()
            stopped.cancel()
        await pause(failures, stopping)
        failures += 1
    return None


async def pause(failures: int, stopping: asyncio.Event) -> None:
    """Longer after each failure, over at once when we are to stop."""
    try:
        async with asyncio.timeout(PAUSES_S[min(failures, len(PAUSES_S) - 1)]):
            await stopping.wait()
    except TimeoutError:
        return

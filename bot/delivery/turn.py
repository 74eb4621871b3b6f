"""Whose turn it is to send: one process at a time, whoever else has been started beside it."""

import asyncio

import structlog

from storage.failures import is_passing
from storage.sole_sender import SoleSender

LOOK_EVERY_S = 1.0

log = structlog.get_logger("delivery")


class SenderTaken(Exception):
    """Another process sends now: what we hold in memory, it may have said already."""


class Turn:
    """Waits for the right to send, and watches over it."""

    def __init__(self, sole: SoleSender) -> None:
        self._sole = sole

    async def comes_before(self, stopping: asyncio.Event) -> bool:
        """True once it is ours; False if we are stopped before."""
        told = False
        while not await self._is_ours():
            if not told:
                log.warning("another process sends; we wait for our turn")
                told = True
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await stopping.wait()
            except TimeoutError:
                continue
            return False
        return True

    async def is_kept(self) -> None:
        """Until it is cancelled; raises SenderTaken."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            if await self._is_ours(when_unknown=True):
                continue
            raise SenderTaken

    async def resign(self) -> None:
        await self._sole.resign()

    async def _is_ours(self, *, when_unknown: bool = False) -> bool:
        try:
            return await self._sole.is_ours()
        except Exception as error:
            if not is_passing(error):
                raise
            log.warning("the database does not say whose turn it is", error=type(error).__name__)
            return when_unknown

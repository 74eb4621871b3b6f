"""Who was erased, kept beside the database: a backup that is restored is told again (rule 21).

The list names nobody. A line is the number of a record and when that record was made; a restored
copy of the database has the same two, and no other record has. It is appended to and never
changed, and it must not be restored together with the copy: see docs/decisions/erasure.md.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

import orjson
import structlog

from bot.starting import once_it_answers
from loyalty.programme import Programme
from operations.erasure import NobodyToErase, erase_client
from operations.transaction import Tx
from scheduler.clock import Clock
from storage import clients, erasures
from storage.database import Database
from storage.erasures import Erasure

PAGE_MAX = 1_000

log = structlog.get_logger("erasures")

Alert = Callable[[str, str], Awaitable[None]]  # the name of the file, and what the system says


class ErasureList:
    """The file, and the database that it goes with."""

    def __init__(
        self, database: Database, clock: Clock, programme: Programme, path: Path, *, alert: Alert
    ) -> None:
        """`alert` tells the owners, each time that the file cannot be reached, why."""
        self.path = path
        self._alert = alert
        self._database = database
        self._clock = clock
        self._programme = programme
        self._written_up_to = 0  # the latest erasure of the database that the file has

    async def at_start(self, stopping: asyncio.Event) -> None:
        """Reconciles, and waits while the database is locked or away."""
        await once_it_answers(self.reconcile, stopping)

    async def reconcile(self) -> int:
        """Erases again whom the database knows and the list has; how many.

        What the database has and the list lacks is added to the list.
        """
        listed = await self._listed()
        again = 0
        for erasure in listed:
            again += await self._erase_again(erasure)
        if again:
            log.warning("a restored backup was told of erasures", records=again)
        await self._write_new(frozenset((one.client_id, one.client_created_at) for one in listed))
        return again

    async def _listed(self) -> list[Erasure]:
        try:
            return await asyncio.to_thread(_read, self.path)
        except OSError as error:
            log.error("the list of erasures cannot be read", error=error.strerror)
            await self._alert(self.path.name, error.strerror or type(error).__name__)
            return []

    async def write_new(self) -> None:
        """At each tick: what was erased since goes to the list."""
        await self._write_new(frozenset())

    async def _erase_again(self, erasure: Erasure) -> bool:
        async with self._database.read() as db:
            client = await clients.by_id(db, erasure.client_id)
            is_it = client is not None and client.created_at == erasure.client_created_at
            if not is_it or await erasures.erased_at(db, erasure.client_id) is not None:
                return False
        async with self._database.write() as db:
            tx = Tx(db, self._clock.now(), self._programme)
            try:
                erased = await erase_client(tx, erasure.client_id, by=None, at=erasure.at)
            except NobodyToErase:
                return False
        return not erased.repeated

    async def _write_new(self, known: frozenset[tuple[int, object]]) -> None:
        while True:
            async with self._database.read() as db:
                page = await erasures.after(db, self._written_up_to, limit=PAGE_MAX)
            if not page:
                return
            new = [one for _, one in page if (one.client_id, one.client_created_at) not in known]
            try:
                await asyncio.to_thread(_append, self.path, new)
            except OSError as error:
                # Tried again at the next tick; the erasure itself is done.
                log.error("the list of erasures cannot be written", error=error.strerror)
                await self._alert(self.path.name, error.strerror or type(error).__name__)
                return
            self._written_up_to = page[-1][0]


def _read(path: Path) -> list[Erasure]:
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return []
    found = [_erasure(line) for line in lines if line.strip()]
    return [one for one in found if one is not None]


def _erasure(line: bytes) -> Erasure | None:
    """None: half a line, cut short by a power failure; the next tick has written it anew."""
    try:
        told = orjson.loads(line)
        return Erasure.told(told["record"], told["made"], told["erased"])
    except (ValueError, KeyError, TypeError):
        log.warning("a line of the list of erasures cannot be read")
        return None


def _append(path: Path, new: Iterable[Erasure]) -> None:
    lines = [
        orjson.dumps({"record": one.client_id, "made": one.client_created_at, "erased": one.at})
        for one in new
    ]
    if not lines:
        return
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            # Half a line, cut short by a power failure, is closed first.
            file.write(b"" if file.read(1) == b"\n" else b"\n")
        file.write(b"\n".join(lines) + b"\n")
        file.flush()
        os.fsync(file.fileno())

"""The business of one example: a fresh database of its own, a clock, and a process that may die."""

import asyncio
import contextlib
import functools
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Table, TextClause, event, select, text

from loyalty.programme import Programme
from operations.challenge_prizes import PAY_JOB
from operations.due import SUBJECT_FIRST, Due, DuePage, NotDueNow
from operations.senders import Role, Sender, identify
from operations.transaction import Tx
from scheduler.business import business_jobs
from scheduler.jobs import Job, ReadFirst, Together
from storage import job_claims, people, staff
from storage.database import Database
from storage.tables import metadata

T = TypeVar("T")
Work = Callable[[Tx], Awaitable[T]]
Rows = dict[str, list[tuple[Any, ...]]]

OWNER = 7_300_000_001
CLERK = 7_300_000_002
MANAGER = 7_300_000_003
BRANCH = "Центр"
START = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)  # noon in Moscow, a Monday
PAGE_MAX = 500
DIES_OF = 1 / 12  # of all stimuli
STATEMENTS_MAX = 40  # of most stimuli; beyond its last one a stimulus dies before its commit
# Built once: building them takes longer than running them.
ALL_OF = {
    table: select(table).order_by(*table.primary_key.columns) for table in metadata.sorted_tables
}


@functools.cache
def all_as_text(dialect: str, tables: tuple[Table, ...]) -> TextClause:
    """One statement for many tables: a line is a row, and says of which table."""

    def line(table: Table) -> str:
        if dialect == "postgresql":
            return f"SELECT '{table.name} ' || CAST(it AS text) FROM {table.name} AS it"
        cells = " || ',' || ".join(f'quote("{column.name}")' for column in table.columns)
        return f"SELECT '{table.name} ' || {cells} FROM {table.name}"

    return text(" UNION ALL ".join(map(line, tables)))


class Killed(Exception):
    """The process died at this statement."""


class World:
    """Everything goes through `act`: one transaction for one stimulus, as in the bot."""

    def __init__(
        self, runner: asyncio.Runner, database: Database, programme: Programme, *, fate: int = 0
    ) -> None:
        self._runner = runner
        self.database = database
        self.programme = programme
        self.now = START
        self.happened: Counter[str] = Counter()  # so that it can be seen what was reached
        self._fate = random.Random(fate) if fate else None  # decides when the process dies
        self._left: int | None = None
        self._seen: dict[object, Any] = {}  # since the last stimulus
        event.listen(self.database.engine.sync_engine, "before_cursor_execute", self._count)
        self.act(self._hire)

    def _count(self, *_: object) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            self._left = None
            raise Killed

    def run(self, work: Awaitable[T]) -> T:
        async def done() -> T:
            return await work

        return self._runner.run(done())

    def close(self) -> None:
        """All connections; the next one opens the database anew."""
        self.run(self.database.close())

    def end(self) -> None:
        self.close()
        event.remove(self.database.engine.sync_engine, "before_cursor_execute", self._count)

    @property
    def today(self) -> date:
        return Tx(None, self.now, self.programme).today  # type: ignore[arg-type]

    # -- one stimulus

    def act(self, work: Work[T]) -> T:
        """The stimulus, once. Now and then the process dies of it first, at any statement or right
        before the commit; that leaves no trace, and the next process gets it again."""
        self._seen.clear()
        if self._fate is not None and self._fate.random() < DIES_OF:
            self._die(work, self._fate.randrange(STATEMENTS_MAX))
        return self.run(self._transaction(work))

    def _die(self, work: Work[Any], dies_in: int) -> None:
        before = self.lines()
        try:
            self.run(self._transaction(work, dies_in))
        except Killed:
            self.happened["death"] += 1
        finally:
            self._left = None
        self.close()
        assert self.lines() == before, "a process that was killed has left traces"

    async def _transaction(self, work: Work[T], dies_in: int | None = None) -> T:
        async with self.database.write() as db:
            self._left = dies_in
            result = await work(Tx(db, self.now, self.programme))
            if dies_in is not None:
                raise Killed  # all is done but for the commit
            return result

    # -- what time sets off

    def rounds(self) -> None:
        """What is due of every job is done, as the scheduler does it: a transaction a subject, or
        one for several. All look at once; what was settled meanwhile they find so under locks.
        Only the prizes of a contest that was closed just now are looked for behind the rest."""
        self._round(business_jobs({OWNER}))
        self._round([job for job in business_jobs({OWNER}) if job.name == PAY_JOB])

    def _round(self, jobs: Sequence[Job]) -> None:
        async def look(tx: Tx) -> list[tuple[Job, DuePage]]:
            return [
                (job, await job.due(tx, SUBJECT_FIRST, PAGE_MAX))
                for job in jobs
                if job.epoch is None or job.epoch(tx.now, tx.programme) is not None
            ]

        for job, page in self.read(look):
            assert page.after is None, "a small business"
            if isinstance(job.act, Together):
                self._together(job.act, page.found)
            else:
                for due in page.found:
                    self._one(job, due)

    def _together(self, act: Together, found: tuple[Due, ...]) -> None:
        async def work(tx: Tx) -> None:
            assert await act.act(tx, found) == 0, "nobody else is at it"

        if found:
            self.act(work)

    def _one(self, job: Job, due: Due) -> None:
        act = job.act
        assert not isinstance(act, Together)
        with contextlib.suppress(NotDueNow):
            found = self._read_first(act, due) if isinstance(act, ReadFirst) else None

            async def work(tx: Tx) -> None:
                if not await job_claims.claim(tx.db, job.name, due.subject, due.period, tx.now):
                    return
                if isinstance(act, ReadFirst):
                    await act.act(tx, due, found)
                else:
                    await act(tx, due)

            self.act(work)

    def _read_first(self, act: ReadFirst[Any], due: Due) -> Any:
        async def look(tx: Tx) -> Any:
            return await act.read(tx, due)

        return self.read(look)

    # -- looking

    def read(self, look: Work[T]) -> T:
        async def reading() -> T:
            async with self.database.read() as db:
                return await look(Tx(db, self.now, self.programme))

        return self.run(reading())

    def see(self, look: Work[T], *before: Work[Any]) -> T:
        """What is looked at several times between two stimuli, read once; with `before`, what is
        to be looked at on the way, in the same snapshot."""

        async def looks(tx: Tx) -> T:
            for one in before:
                await one(tx)
            return await look(tx)

        if before or look not in self._seen:
            self._seen[look] = self.read(looks)
        found: T = self._seen[look]
        return found

    def has_seen(self, look: Work[Any]) -> bool:
        """Whether nothing was done since it was looked at."""
        return look in self._seen

    def table(self, table: Table) -> list[Any]:
        """Its rows by primary key, read once between two stimuli."""

        async def look(tx: Tx) -> list[Any]:
            return list(await tx.db.execute(ALL_OF[table]))

        if table not in self._seen:
            self._seen[table] = self.read(look)
        found: list[Any] = self._seen[table]
        return found

    def rows(self) -> Rows:
        """All rows of every table."""

        async def look(tx: Tx) -> Rows:
            found: Rows = {}
            for table, query in ALL_OF.items():
                found[table.name] = [tuple(row) for row in await tx.db.execute(query)]
            return found

        return self.read(look)

    def lines(self, *tables: Table) -> list[str]:
        """The same as text, of these tables alone if any are named: to see whether any of it
        changed."""

        async def look(tx: Tx) -> list[str]:
            query = all_as_text(tx.db.dialect.name, tables or tuple(ALL_OF))
            return sorted((await tx.db.execute(query)).scalars())

        return self.read(look)

    # -- people

    async def _hire(self, tx: Tx) -> None:
        for telegram_id, role in ((CLERK, Role.STAFF), (MANAGER, Role.MANAGER)):
            await people.meet(tx.db, telegram_id, "ru", tx.now)
            await staff.hire(
                tx.db,
                telegram_id=telegram_id,
                name=role.name,
                role=role,
                branch=BRANCH,
                invited_by=OWNER,
                now=tx.now,
            )

    def passes(self, by: timedelta) -> None:
        self.now += by


async def sender(tx: Tx, telegram_id: int) -> Sender:
    """Whoever this is, as the database knows them now."""
    return await identify(
        tx,
        telegram_id=telegram_id,
        chat_id=telegram_id,
        first_name=f"Имя-{telegram_id}",
        language_code="ru",
        owner_ids={OWNER},
    )

"""A contest in a test: people who come, whom they bring, and the day after."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from loyalty.programme import Challenge, Programme, Score
from loyalty.programme.text import Text
from loyalty.referrals import ReferralState
from operations.challenge_prizes import (
    close,
    due_payments,
    due_prizes,
    due_tellings,
    pay,
    rank,
    tell,
)
from operations.challenges import show_challenge
from operations.due import Due
from operations.transaction import Tx
from storage import clients, referrals, visits
from storage.database import Database
from storage.tables import visits as visits_table
from storage.visits import Visit
from templates import challenges as screens
from tests.movable_clock import MovableClock
from tests.town import OWNER_ID, Town

SPRING = "spring"
FIRST, LAST = date(2027, 3, 1), date(2027, 3, 31)
MIDDLE = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)
AFTER = datetime(2027, 4, 1, 7, 0, tzinfo=UTC)  # ten in Moscow on the day after


def with_challenge(
    programme: Programme, score: Score = Score.VISITS, prizes: tuple[int, ...] = (1000, 500, 300)
) -> Programme:
    """The spring's contest alone."""
    name = Text({"ru": "Весенний забег", "en": "Spring run"})
    spring = Challenge(SPRING, name, FIRST, LAST, score, prizes)
    return replace(programme, challenges=(spring,))


class Contest(Town):
    """A town in the middle of its contest."""

    def __init__(self, database: Database, clock: MovableClock, programme: Programme) -> None:
        super().__init__(database, clock, programme)
        self.now = clock
        clock.move_to(MIDDLE)

    async def comes(
        self, client_id: int, times: int = 1, *, eligible: int = 100_000
    ) -> list[Visit]:
        """So many visits, a minute after each other."""
        made = []
        for _ in range(times):
            self.now.move_to(self.clock.now() + timedelta(minutes=1))
            visit = await self.visit(client_id)
            async with self.tx() as tx:
                found = visits_table.c.id == visit.id
                await tx.db.execute(visits_table.update().where(found).values(eligible=eligible))
                client = await clients.by_id(tx.db, client_id)
                assert client is not None
                await clients.change(tx.db, client_id, {"visits": client.visits + 1})
            made.append(visit)
        return made

    async def takes_back(self, visit: Visit) -> None:
        await self.undoes(visit)
        async with self.tx() as tx:
            client = await clients.by_id(tx.db, visit.client_id)
            assert client is not None
            await clients.change(tx.db, client.id, {"visits": client.visits - 1})

    async def brings(self, referrer_id: int, state: ReferralState = ReferralState.REWARDED) -> int:
        """A friend who came and paid, or whose reward was capped or taken back."""
        self.now.move_to(self.clock.now() + timedelta(minutes=1))
        friend = await self.person(name="Друг")
        async with self.tx() as tx:
            await referrals.add(tx.db, friend_id=friend, referrer_id=referrer_id, now=tx.now)
            paid = state in (ReferralState.REWARDED, ReferralState.CAPPED)
            at = tx.now if paid else None
            await referrals.settle(tx.db, friend, status=state, visit_id=None, rewarded_at=at)
        return friend

    async def looks(self, client_id: int, language: str = "ru") -> screens.Challenge:
        async with self.database.read() as db:
            tx = Tx(db, self.clock.now(), self.programme)
            client = await clients.by_id(db, client_id)
            assert client is not None
            shown = await show_challenge(tx, client, language, SPRING, owner_ids={OWNER_ID})
        assert shown is not None
        return shown

    async def table(self, client_id: int) -> list[tuple[int, str | None, int]]:
        """The table as this client reads it: place, name, score."""
        shown = await self.looks(client_id)
        return [(line.place, line.name, line.score) for line in shown.leaders]

    async def due(self) -> tuple[Due, ...]:
        async with self.database.read() as db:
            tx = Tx(db, self.clock.now(), self.programme)
            return (await due_prizes(tx, 0, 100)).found

    async def is_over(self) -> None:
        """The day after: prizes are given and everybody hears of it."""
        self.now.move_to(AFTER)
        due = Due(1, SPRING)
        async with self.tx() as tx:
            await close(tx, due, await rank(tx, due, {OWNER_ID}))
        for find, act in ((due_payments, pay), (due_tellings, tell)):
            async with self.tx() as tx:
                page = await find(tx, 0, 100)
            for one in page.found:
                async with self.tx() as tx:
                    await act(tx, one)

    async def visits_of(self, client_id: int) -> int:
        async with self.database.read() as db:
            return (await visits.totals(db, client_id)).visits

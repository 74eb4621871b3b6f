"""One statement says what four say apart; lots come soonest first, a few at a time."""

import random
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.programme import Programme, QualifyBy, load_programme
from operations.ledger import EntryKind, grant, spend
from operations.transaction import Tx
from programmes import SERVICE_CENTRE
from storage import disputes, ledger, pending, qualifying, redemptions, standing_sums, visits
from storage.database import Database
from storage.pending import PendingStatus
from storage.standing_sums import StandingSums
from storage.tables import lots, pending_points
from storage.tables import redemptions as redemption_rows
from tests.operations.conftest import add_client
from tests.records import next_expiries

NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
TODAY = date(2027, 2, 1)
CLIENTS = 6
EXPIRIES = 3


@pytest.fixture(scope="module")
def programme() -> Programme:
    return load_programme(SERVICE_CENTRE)


@pytest.fixture
async def tx(database: Database, programme: Programme) -> AsyncIterator[Tx]:
    async with database.write() as db:
        yield Tx(db, NOW, programme)


async def a_visit(tx: Tx, client_id: int, day: date, eligible: int) -> int:
    visit = await visits.add(
        tx.db,
        {
            "client_id": client_id,
            "branch": "Центр",
            "bill": eligible,
            "discount": 0,
            "points_spent": 0,
            "to_pay": eligible,
            "eligible": eligible,
            "percent": "3",
            "points_earned": eligible // 1_000,
            "tier": "silver",
            "staff_id": 1,
            "at": datetime(day.year, day.month, day.day, 9, tzinfo=UTC),
            "on_day": day,
        },
    )
    return visit.id


async def a_life(tx: Tx, chance: random.Random) -> int:
    """A client with some of everything, or with nothing of it."""
    client_id = await add_client(tx)
    for n in range(chance.randrange(6)):
        until = chance.choice((None, TODAY + timedelta(days=chance.randrange(4))))
        key, amount = f"gift:{client_id}:{n}", chance.randrange(1, 50)
        await grant(tx, client_id, amount, kind=EntryKind.ACTION, key=key, valid_through=until)
    for _ in range(chance.randrange(5)):
        day = TODAY - timedelta(days=chance.randrange(500))
        visit_id = await a_visit(tx, client_id, day, chance.randrange(1, 900_000))
        rests = {
            "visit_id": visit_id,
            "client_id": client_id,
            "key": f"visit:{visit_id}",
            "amount": chance.randrange(1, 90),
            "active_on": TODAY + timedelta(days=chance.randrange(1, 4)),
            "status": chance.choice(tuple(PendingStatus)),
        }
        await tx.db.execute(insert(pending_points).values(rests))
    return client_id


async def apart(
    db: AsyncConnection, client_id: int, by: QualifyBy, since: tuple[date, date]
) -> StandingSums:
    """The same, asked one after the other."""
    held = await redemptions.held_points_of(db, (client_id,), NOW)
    value, at_review = await qualifying.qualifying_values(db, client_id, by, since=since)
    return StandingSums(
        expiring=tuple(await next_expiries(db, client_id, limit=EXPIRIES)),
        awaited=tuple(await pending.of_client(db, client_id)),
        held=held.get(client_id, 0),
        disputes=len(await disputes.open_of(db, client_id)),
        value=value,
        value_at_review=at_review,
    )


@pytest.mark.parametrize("by", QualifyBy)
async def test_all_sums_together_are_the_sums_apart(tx: Tx, by: QualifyBy) -> None:
    chance = random.Random(7)
    since = (TODAY - timedelta(days=365), TODAY - timedelta(days=300))
    people = [await a_life(tx, chance) for _ in range(CLIENTS)]
    seen = set()
    for client_id in [*people, 4_711]:
        together = await standing_sums.of_client(
            tx.db, client_id, now=NOW, expiries_max=EXPIRIES, qualify_by=by, since=since
        )
        assert together == await apart(tx.db, client_id, by, since)
        seen.add((bool(together.expiring), bool(together.awaited), bool(together.value)))
    assert {(True, True, True), (False, False, False)} <= seen


async def test_points_are_held_by_an_open_question_until_it_runs_out(tx: Tx) -> None:
    anna = await add_client(tx)
    await a_visit(tx, anna, TODAY, 1_000)
    question = {
        "preview_id": 1,
        "client_id": anna,
        "staff_id": 1,
        "points": 70,
        "status": "open",
        "created_at": NOW,
        "expires_at": NOW + timedelta(minutes=10),
    }
    await tx.db.execute(insert(redemption_rows).values(question))
    since = (TODAY, TODAY)
    for moment, held in ((NOW, 70), (NOW + timedelta(minutes=10), 0)):
        sums = await standing_sums.of_client(
            tx.db,
            anna,
            now=moment,
            expiries_max=EXPIRIES,
            qualify_by=QualifyBy.VISITS,
            since=since,
        )
        assert (sums.held, sums.value) == (held, 1)


async def test_rule_2_the_lots_of_a_spend_are_read_soonest_first_and_no_more_than_it_takes(
    tx: Tx,
) -> None:
    anna = await add_client(tx)
    chance = random.Random(11)
    for n in range(400):
        until = chance.choice((None, TODAY + timedelta(days=chance.randrange(90))))
        await grant(tx, anna, 10, kind=EntryKind.ACTION, key=f"a:{n}", valid_through=until)
    await spend(tx, anna, 25, kind=EntryKind.REWARD, key="r")
    rows = (await tx.db.execute(select(lots).where(lots.c.remaining > 0))).all()
    order = sorted(rows, key=lambda row: (row.valid_through or date.max, row.id))
    for covering in (1, 15, 160, 161, 1_500, 3_975, 9_999):
        found = await ledger.open_lots(tx.db, anna, covering=covering)
        wanted = [(row.id, row.remaining, row.valid_through) for row in order[: len(found)]]
        assert [(lot.id, lot.remaining, lot.valid_through) for lot in found] == wanted
        assert sum(lot.remaining for lot in found) >= min(covering, 3_975)
    assert len(await ledger.open_lots(tx.db, anna, covering=15)) == ledger.OPEN_LOTS_PAGE_FIRST

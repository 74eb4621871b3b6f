"""The ledger on both databases: keys, lots, debt, races, and that it cannot be rewritten."""

import asyncio
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loyalty.programme import Programme
from operations.ledger import (
    EntryKind,
    KeyReused,
    NotEnoughPoints,
    NothingLeftToReverse,
    grant,
    reverse,
    spend,
)
from operations.transaction import Tx
from storage import audit, clients, ledger
from storage.database import Database
from tests.operations.conftest import NOW, add_client

SOON, LATE = date(2027, 3, 1), date(2028, 3, 1)


async def give(tx: Tx, client_id: int, amount: int, key: str, until: date | None = LATE) -> int:
    posted = await grant(tx, client_id, amount, kind=EntryKind.VISIT, key=key, valid_through=until)
    return posted.entry_id


async def take(tx: Tx, client_id: int, amount: int, key: str) -> int:
    posted = await spend(tx, client_id, amount, kind=EntryKind.REDEMPTION, key=key)
    return posted.entry_id


async def balance(tx: Tx, client_id: int) -> int:
    client = await clients.by_id(tx.db, client_id)
    assert client is not None
    return client.balance


async def remaining(tx: Tx, client_id: int) -> list[tuple[int, date | None]]:
    lots = await ledger.open_lots(tx.db, client_id, covering=10**9)
    return [(lot.remaining, lot.valid_through) for lot in lots]


async def differences(tx: Tx) -> list[audit.Difference]:
    return await audit.differences(tx.db)


async def test_rule_02_a_spend_takes_the_soonest_to_expire_first(
    database: Database, programme: Programme, client_id: int
) -> None:
    async with database.write() as db:
        tx = Tx(db, NOW, programme)
        await give(tx, client_id, 50, "a", None)
        await give(tx, client_id, 50, "b", LATE)
        await give(tx, client_id, 50, "c", SOON)
        await take(tx, client_id, 70, "d")
        assert await remaining(tx, client_id) == [(30, LATE), (50, None)]


async def test_rule_04_the_same_key_returns_the_first_result(
    database: Database, programme: Programme, client_id: int
) -> None:
    for attempt in range(3):
        async with database.write() as db:
            tx = Tx(db, NOW + timedelta(days=attempt), programme)
            posted = await grant(
                tx,
                client_id,
                100,
                kind=EntryKind.WELCOME,
                key="welcome:1",
                valid_through=tx.today,
            )
            assert posted.repeated == (attempt > 0)
            assert await balance(tx, client_id) == 100


async def test_rule_04_the_same_key_with_other_content_is_refused(
    database: Database, programme: Programme, client_id: int
) -> None:
    async with database.write() as db:
        tx = Tx(db, NOW, programme)
        await give(tx, client_id, 100, "key")
        with pytest.raises(KeyReused):
            await give(tx, client_id, 101, "key")
        other = await add_client(tx)
        with pytest.raises(KeyReused):
            await give(tx, other, 100, "key")
        assert await balance(tx, other) == 0


async def test_rule_07_nobody_spends_more_than_there_is(
    database: Database, programme: Programme, client_id: int
) -> None:
    async with database.write() as db:
        tx = Tx(db, NOW, programme)
        await give(tx, client_id, 99, "a")
        with pytest.raises(NotEnoughPoints) as refusal:
            await take(tx, client_id, 100, "b")
        assert (refusal.value.balance, refusal.value.wanted) == (99, 100)


async def test_rule_08_a_spend_taken_back_goes_into_the_lots_it_came_from(
    database: Database, programme: Programme, client_id: int
) -> None:
    async with database.write() as db:
        tx = Tx(db, NOW, programme)
        await give(tx, client_id, 50, "a", SOON)
        await give(tx, client_id, 50, "b", LATE)
        spent = await take(tx, client_id, 70, "c")
        await reverse(tx, spent, kind=EntryKind.RETURN, key="d", amount=30)
        assert await balance(tx, client_id) == 60
        await reverse(tx, spent, kind=EntryKind.RETURN, key="e")
        assert await remaining(tx, client_id) == [(50, SOON), (50, LATE)]
        with pytest.raises(NothingLeftToReverse):
            await reverse(tx, spent, kind=EntryKind.RETURN, key="f")


async def test_rule_09_points_already_spent_leave_a_debt_that_later_points_fill_first(
    database: Database, programme: Programme, client_id: int
) -> None:
    async with database.write() as db:
        tx = Tx(db, NOW, programme)
        earned = await give(tx, client_id, 100, "a")
        await take(tx, client_id, 80, "b")
        await reverse(tx, earned, kind=EntryKind.RETURN, key="c")
        assert await balance(tx, client_id) == -80
        assert await remaining(tx, client_id) == []
        await give(tx, client_id, 100, "d", SOON)
        assert await balance(tx, client_id) == 20
        assert await remaining(tx, client_id) == [(20, SOON)]
        assert await differences(tx) == []


@pytest.mark.parametrize("table", ["ledger_entries", "lot_movements", "audit_log"])
@pytest.mark.parametrize("change", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
async def test_rule_01_the_database_itself_refuses_to_rewrite_history(
    database: Database, programme: Programme, client_id: int, table: str, change: str
) -> None:
    async with database.write() as db:
        tx = Tx(db, NOW, programme)
        await give(tx, client_id, 10, "a")
        await take(tx, client_id, 5, "b")
        await db.execute(
            text("INSERT INTO audit_log (at, action) VALUES (:at, 'test')").bindparams(
                at=NOW.replace(tzinfo=None) if database.is_sqlite else NOW
            )
        )
    column = "action" if table == "audit_log" else "amount"
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.write() as db:
            await db.execute(text(change.format(table, column, column)))
    if database.is_sqlite:
        # It deletes the row with the same key, and asks no DELETE trigger.
        with pytest.raises(DBAPIError, match="append-only"):
            async with database.write() as db:
                await db.execute(
                    text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1")
                )


async def test_rule_03_twenty_spends_at_once_of_the_last_points_have_one_winner(
    database: Database, programme: Programme, client_id: int
) -> None:
    async with database.write() as db:
        await give(Tx(db, NOW, programme), client_id, 100, "a")

    async def attempt(number: int) -> bool:
        async with database.write() as db:
            try:
                await take(Tx(db, NOW, programme), client_id, 100, f"spend:{number}")
            except NotEnoughPoints:
                return False
            return True

    won = await asyncio.gather(*(attempt(number) for number in range(20)))
    assert sum(won) == 1
    async with database.write() as db:
        assert await differences(Tx(db, NOW, programme)) == []


async def test_rule_04_twenty_grants_at_once_under_one_key_are_one(
    database: Database, programme: Programme, client_id: int
) -> None:
    async def attempt() -> bool:
        async with database.write() as db:
            tx = Tx(db, NOW, programme)
            posted = await grant(
                tx, client_id, 100, kind=EntryKind.VISIT, key="visit:1", valid_through=None
            )
            return posted.repeated

    repeated = await asyncio.gather(*(attempt() for _ in range(20)))
    assert repeated.count(False) == 1
    async with database.read() as db:
        assert await balance(Tx(db, NOW, programme), client_id) == 100


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("give"), st.integers(1, 300), st.sampled_from([SOON, LATE, None])),
        st.tuples(st.just("take"), st.integers(1, 300), st.none()),
        st.tuples(st.just("reverse"), st.integers(0, 30), st.none() | st.integers(1, 200)),
    ),
    max_size=25,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
async def test_rule_01_whatever_is_posted_all_sums_agree(
    database: Database, programme: Programme, steps: list[tuple[str, int, object]]
) -> None:
    async with database.write() as db:
        tx = Tx(db, NOW, programme)
        client_id = await add_client(tx)
        entries: list[int] = []
        for number, (what, amount, more) in enumerate(steps):
            key = f"{client_id}:{number}"
            try:
                if what == "give":
                    assert more is None or isinstance(more, date)
                    entries.append(await give(tx, client_id, amount, key, more))
                elif what == "take":
                    entries.append(await take(tx, client_id, amount, key))
                elif entries:
                    assert more is None or isinstance(more, int)
                    await reverse(
                        tx,
                        entries[amount % len(entries)],
                        kind=EntryKind.RETURN,
                        key=key,
                        amount=more,
                    )
            except (NotEnoughPoints, NothingLeftToReverse):
                continue
        assert await differences(tx) == []

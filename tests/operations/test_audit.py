"""What `svoi audit` finds out about levels, on both databases."""

import pytest
from sqlalchemy import text

from loyalty.programme import Programme
from operations.standing import TierReason
from operations.transaction import Tx
from storage import audit, tiers
from storage.database import Database
from tests.operations.conftest import NOW


async def found(database: Database) -> list[tuple[str, object, object]]:
    async with database.read() as db:
        differences = await audit.differences(db)
    return [(found.figure, found.kept, found.recomputed) for found in differences]


async def test_rule_01_a_level_that_nothing_led_to_is_found(
    database: Database, client_id: int
) -> None:
    """Of a client who was never lifted, too."""
    assert await found(database) == []
    async with database.write() as db:
        await db.execute(text("UPDATE clients SET tier = 'platinum'"))
    assert await found(database) == [("tier", "platinum", "silver")]


async def test_rule_01_a_client_without_a_first_level_is_found(
    database: Database, client_id: int
) -> None:
    async with database.write() as db:
        await db.execute(text("DELETE FROM tier_changes"))
    assert await found(database) == [("tier", "silver", None)]


@pytest.mark.parametrize(
    ("from_tier", "expected"),
    [
        ("silver", []),
        ("gold", [("tier before a change", "gold", "silver")]),
        (None, [("tier before a change", None, "silver")]),
    ],
)
async def test_a_step_begins_where_the_one_before_it_led(
    database: Database,
    programme: Programme,
    client_id: int,
    from_tier: str | None,
    expected: list[tuple[str, object, object]],
) -> None:
    async with database.write() as db:
        tx = Tx(db, NOW, programme)
        await tiers.add_change(
            tx.db,
            client_id=client_id,
            from_tier=from_tier,
            to_tier="platinum",
            reason=TierReason.REVIEW,
            visit_id=None,
            now=tx.now,
        )
        await db.execute(text("UPDATE clients SET tier = 'platinum'"))
    assert await found(database) == expected

"""What tests of operations share: the sample programme, a moment, clients at hand."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import count

import pytest

from loyalty.programme import Programme, load_programme
from operations.transaction import Tx
from programmes import SERVICE_CENTRE
from storage import clients
from storage.database import Database

NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="session")
def programme() -> Programme:
    return load_programme(SERVICE_CENTRE)


_numbers = count(1)


async def add_client(tx: Tx, **values: object) -> int:
    """A bare client, straight into the table."""
    number = next(_numbers)
    row: dict[str, object] = {
        "phone": f"+7912{number:07d}",
        "name": "Анна",
        "language": "ru",
        "card_number": f"{number:07d}",
        "referral_code": f"code{number}",
        "status": "active",
        "created_at": tx.now,
        "registered_at": tx.now,
        "registered_on": tx.today,
        "tier": tx.programme.tiers.levels[0].code,
        "tier_since": tx.today,
    }
    return await clients.add(tx.db, row | values)


@pytest.fixture
async def client_id(database: Database, programme: Programme) -> int:
    """A client without points."""
    async with database.write() as db:
        return await add_client(Tx(db, NOW, programme))


InTx = Callable[[Callable[[Tx], Awaitable[object]]], Awaitable[object]]

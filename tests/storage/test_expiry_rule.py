"""Rule 11 stands twice: as a function, and as SQL over a million lots. Both say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.expiry import may_expire, warning_due
from loyalty.programme import Programme
from operations.ledger import EntryKind, grant
from operations.transaction import Tx
from storage import expiry
from storage.database import Database
from storage.expiry import Place
from storage.tables import lots
from tests.operations.conftest import NOW, add_client
from tests.operations.conftest import programme as programme  # the fixture, for this folder too

TODAY = date(2027, 2, 1)
LOTS_MAX = 8
BEGINNING = Place(date.min, 0)


@dataclass(frozen=True)
class Drawn:
    """A lot: days from today of its last day and of its warning, what the warning stood for."""

    remaining: int
    ends_in: int | None
    warned_ahead: int | None
    warned_in: int

    @property
    def valid_through(self) -> date | None:
        return None if self.ends_in is None else TODAY + timedelta(days=self.ends_in)

    @property
    def warned_on(self) -> date | None:
        return None if self.warned_ahead is None else TODAY + timedelta(days=self.warned_in)


LOTS = st.lists(
    st.builds(
        Drawn,
        remaining=st.sampled_from([0, 1, 10]),
        ends_in=st.one_of(st.none(), st.integers(-3, 3), st.integers(-40, 40)),
        warned_ahead=st.sampled_from([None, 1, 2, 7, 30]),
        warned_in=st.integers(-3, 2),
    ),
    max_size=LOTS_MAX,
)
WARN_DAYS = st.sampled_from([(30, 7, 1), (7, 2), (1,), (30, 2)])


async def prepared(tx: Tx) -> tuple[int, list[int]]:
    """A client with as many entries as there may be lots."""
    client_id = await add_client(tx)
    entries = [
        await grant(tx, client_id, 10, kind=EntryKind.VISIT, key=f"visit:{n}", valid_through=None)
        for n in range(LOTS_MAX)
    ]
    return client_id, [posted.entry_id for posted in entries]


async def lay_out(
    db: AsyncConnection, client_id: int, entries: Sequence[int], drawn: Sequence[Drawn]
) -> dict[int, Drawn]:
    """These lots instead of all others; by their ids."""
    await db.execute(delete(lots))
    laid: dict[int, Drawn] = {}
    for entry_id, one in zip(entries, drawn, strict=False):
        values = {
            "client_id": client_id,
            "entry_id": entry_id,
            "amount": 10,
            "remaining": one.remaining,
            "valid_through": one.valid_through,
            "warned_ahead": one.warned_ahead,
            "warned_on": one.warned_on,
        }
        result = await db.execute(insert(lots).values(values).returning(lots.c.id))
        laid[int(result.scalar_one())] = one
    return laid


def goes(one: Drawn, nearest: int) -> bool:
    """By the function alone."""
    last = one.warned_on if one.warned_ahead is not None and one.warned_ahead <= nearest else None
    through = one.valid_through
    return one.remaining > 0 and through is not None and may_expire(through, last, TODAY)


def is_to_be_warned_of(one: Drawn, warn_days: Sequence[int]) -> bool:
    through = one.valid_through
    if one.remaining == 0 or through is None:
        return False
    return warning_due(through, warn_days, one.warned_ahead, TODAY) is not None


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=LOTS, warn_days=WARN_DAYS)
async def test_rule_11_the_query_finds_exactly_the_lots_that_the_rule_lets_go_or_warns_of(
    database: Database, programme: Programme, drawn: list[Drawn], warn_days: tuple[int, ...]
) -> None:
    nearest = min(warn_days)
    async with database.engine.connect() as db:  # rolled back: each example begins anew
        client_id, entries = await prepared(Tx(db, NOW, programme))
        laid = await lay_out(db, client_id, entries, drawn)
        going = {lot_id for lot_id, one in laid.items() if goes(one, nearest)}
        found = await expiry.past_lots(db, [client_id], TODAY, nearest=nearest)
        assert {lot.id for lot in found[client_id]} == going
        page = await expiry.past(db, TODAY, nearest=nearest, after=BEGINNING, limit=100)
        assert sorted(place.last_day for place in page) == sorted(
            one.valid_through
            for lot_id, one in laid.items()
            if lot_id in going  # type: ignore[type-var]
        )
        until = {ahead: TODAY + timedelta(days=ahead) for ahead in warn_days}
        unwarned = await expiry.unwarned(db, until, after=BEGINNING, limit=100)
        assert {place.last_day for place in unwarned} == {
            one.valid_through for one in laid.values() if is_to_be_warned_of(one, warn_days)
        }

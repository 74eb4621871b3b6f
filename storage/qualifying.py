"""What lifts a client to a level, reckoned from the visits and the old cards (rule 12)."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.programme import QualifyBy
from storage.tables import imported_cards, visits
from storage.visits import CONFIRMED


async def qualifying_value(
    db: AsyncConnection, client_id: int, qualify_by: QualifyBy, *, since: date
) -> int:
    """What lifts the client to a level, over the window that begins on this day (rule 12).

    Minor units of spend, visits, or points, as the programme qualifies.
    """
    value, _ = await qualifying_values(db, client_id, qualify_by, since=(since, since))
    return value


_MEASURED: Mapping[QualifyBy, ColumnElement[Any]] = {
    QualifyBy.SPEND: visits.c.eligible,
    QualifyBy.VISITS: literal_column("1"),
    QualifyBy.POINTS: visits.c.points_earned,
}


def _imported(measure: QualifyBy, day: str) -> ColumnElement[Any]:
    """What a card from before the bot adds: its spend, from the day of its import."""
    if measure is not QualifyBy.SPEND:
        return literal_column("0")
    return func.coalesce(
        select(func.sum(imported_cards.c.spend))
        .where(
            imported_cards.c.counts_for_id == bindparam("client"),
            imported_cards.c.on_day >= bindparam(day),
        )
        .scalar_subquery(),
        0,
    )


# Built once: building it took longer than running it.
QUALIFYING = {
    measure: select(
        *(
            (
                func.coalesce(func.sum(case((visits.c.on_day >= bindparam(day), what), else_=0)), 0)
                + _imported(measure, day)
            ).label(f"since_{day}")
            for day in ("first", "second")
        )
    ).where(
        visits.c.client_id == bindparam("client"),
        visits.c.on_day >= bindparam("earliest"),
        CONFIRMED,
    )
    for measure, what in _MEASURED.items()
}


async def qualifying_values(
    db: AsyncConnection, client_id: int, qualify_by: QualifyBy, *, since: tuple[date, date]
) -> tuple[int, int]:
    """The same over two windows, read in one query."""
    first, second = since
    values = {"client": client_id, "first": first, "second": second, "earliest": min(since)}
    row = (await db.execute(QUALIFYING[qualify_by], values)).one()
    return int(row[0]), int(row[1])


_QUALIFYING_OF = {
    measure: select(visits.c.client_id, func.sum(what).label("value"))
    .where(
        visits.c.client_id.in_(bindparam("clients", expanding=True)),
        visits.c.on_day >= bindparam("since"),
        CONFIRMED,
    )
    .group_by(visits.c.client_id)
    for measure, what in _MEASURED.items()
}


_IMPORTED_OF = (
    select(imported_cards.c.counts_for_id, func.sum(imported_cards.c.spend).label("value"))
    .where(
        imported_cards.c.counts_for_id.in_(bindparam("clients", expanding=True)),
        imported_cards.c.on_day >= bindparam("since"),
    )
    .group_by(imported_cards.c.counts_for_id)
)


async def qualifying_values_of(
    db: AsyncConnection, client_ids: Sequence[int], qualify_by: QualifyBy, *, since: date
) -> dict[int, int]:
    """The same for many clients over one window; who has nothing in it is left out."""
    values = {"clients": list(client_ids), "since": since}
    rows = await db.execute(_QUALIFYING_OF[qualify_by], values)
    found = {row.client_id: int(row.value) for row in rows}
    if qualify_by is QualifyBy.SPEND:
        for row in await db.execute(_IMPORTED_OF, values):
            found[row.counts_for_id] = found.get(row.counts_for_id, 0) + int(row.value)
    return found

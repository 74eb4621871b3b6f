"""What a client's own figures are made of, beside the balance itself: all sums in one statement.

Everybody asks for it, all day, and what costs is the crossing to the database rather than the sums.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CompoundSelect,
    Date,
    Select,
    cast,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.programme import QualifyBy
from storage.disputes import OPEN_OF_CLIENT
from storage.ledger import NEXT_EXPIRIES, OpenLot
from storage.pending import BY_DAY, PendingDay
from storage.qualifying import QUALIFYING
from storage.redemptions import HELD_BY_CLIENT


class _What(StrEnum):
    EXPIRING = "expiring"
    AWAITED = "awaited"
    HELD = "held"
    DISPUTED = "disputed"
    REACHED = "reached"


@dataclass(frozen=True)
class StandingSums:
    """Points, but for the two values, which are what the programme qualifies by."""

    expiring: tuple[OpenLot, ...]  # by their last day, the soonest first
    awaited: tuple[PendingDay, ...]  # by the day on which they become active, the soonest first
    held: int  # on a question that the client has not answered
    disputes: int  # open ones
    value: int  # in the window of today
    value_at_review: int  # of that, what the next review will still see

    @property
    def is_spoken_for(self) -> bool:
        """Whether not all of the balance may be spent."""
        return self.held > 0 or self.disputes > 0


_NO_DAY = cast(null(), Date)
_NOTHING_MORE = literal(0, BigInteger)


def _dated(what: _What, sums: Select[Any]) -> Select[Any]:
    """Rows of a day and points."""
    found = sums.subquery(what.value)
    return select(literal(what.value).label("what"), *found.c, _NOTHING_MORE)


def _statement(qualify_by: QualifyBy) -> CompoundSelect[Any]:
    reached = QUALIFYING[qualify_by].subquery("reached")
    held = HELD_BY_CLIENT.subquery("held")
    disputed = OPEN_OF_CLIENT.subquery("disputed")
    return union_all(
        _dated(_What.EXPIRING, NEXT_EXPIRIES),
        _dated(_What.AWAITED, BY_DAY),
        select(literal(_What.HELD.value), _NO_DAY, held.c.points, _NOTHING_MORE),
        select(literal(_What.DISPUTED.value), _NO_DAY, disputed.c.number, _NOTHING_MORE),
        select(literal(_What.REACHED.value), _NO_DAY, *reached.c),
    )


_SUMS = {qualify_by: _statement(qualify_by) for qualify_by in QualifyBy}


async def of_client(
    db: AsyncConnection,
    client_id: int,
    *,
    now: datetime,
    expiries_max: int,
    qualify_by: QualifyBy,
    since: tuple[date, date],
) -> StandingSums:
    """All of them as they are now; `since` are the first days of today's window and the review's.

    Of what expires, the soonest `expiries_max` days.
    """
    first, second = since
    values = {
        "client": client_id,
        "now": now,
        "most": expiries_max,
        "first": first,
        "second": second,
        "earliest": min(since),
    }
    rows: dict[str, list[Any]] = {what.value: [] for what in _What}
    for what, *sums in await db.execute(_SUMS[qualify_by], values):
        rows[what].append(sums)
    value, value_at_review = rows[_What.REACHED][0][1:]
    return StandingSums(
        expiring=tuple(OpenLot(int(points), day) for day, points, _ in sorted(rows["expiring"])),
        awaited=tuple(PendingDay(int(points), day) for day, points, _ in sorted(rows["awaited"])),
        held=sum(int(points) for _, points, _ in rows[_What.HELD]),
        disputes=sum(int(number) for _, number, _ in rows[_What.DISPUTED]),
        value=int(value),
        value_at_review=int(value_at_review),
    )

"""Contests that are over: who came in where, who won what, and who knows of it."""

import struct
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, and_, func, literal_column, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.challenges import Standing, standing_from
from storage.tables import challenge_endings, challenge_places, clients

_UNTOLD = text("NOT told")  # as the partial index says it
_WRITTEN = select(challenge_endings.c.code).where(challenge_endings.c.ranking.is_(None))
# Winners are told with their prize.
_HEARS = (_UNTOLD, challenge_places.c.prize == 0, challenge_places.c.code.in_(_WRITTEN))


@dataclass(frozen=True)
class Ending:
    """A contest that is closed, with everybody's place kept."""

    participants: int
    at: datetime


@dataclass(frozen=True)
class FinalPlace:
    """Where a participant came in, kept."""

    client_id: int
    place: int
    score: int
    prize: int  # points; 0: none
    told: bool


async def ending(db: AsyncConnection, code: str) -> Ending | None:
    """How many took part, once everybody's place is kept."""
    query = select(challenge_endings.c.participants, challenge_endings.c.at).where(
        challenge_endings.c.code == code, challenge_endings.c.ranking.is_(None)
    )
    row = (await db.execute(query)).mappings().first()
    return None if row is None else Ending(**row)


async def ended(db: AsyncConnection) -> frozenset[str]:
    """The codes of the contests that are closed: nobody's place changes any more."""
    return frozenset((await db.execute(select(challenge_endings.c.code))).scalars())


@dataclass(frozen=True)
class RankedPlace:
    """A place in the making: the first of a list is the first place."""

    client_id: int
    score: int
    prize: int  # points; 0: none


_PACKED = struct.Struct(">qqi")


def _pack(ranking: Sequence[RankedPlace]) -> bytes:
    return b"".join(_PACKED.pack(one.client_id, one.score, one.prize) for one in ranking)


async def close(
    db: AsyncConnection, code: str, ranking: Sequence[RankedPlace], now: datetime
) -> bool:
    """Keeps everybody's place, packed until `write_places` has made a row of each.

    False if it was closed before.
    """
    make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
    statement = (
        make(challenge_endings)
        .values(
            code=code,
            participants=len(ranking),
            at=now,
            ranking=_pack(ranking) if ranking else None,
        )
        .on_conflict_do_nothing(index_elements=["code"])
        .returning(challenge_endings.c.code)
    )
    return (await db.execute(statement)).first() is not None


async def unwritten(db: AsyncConnection) -> dict[str, int]:
    """The contests of which some places may have no row yet, and how many took part in each."""
    query = select(challenge_endings.c.code, challenge_endings.c.participants).where(
        challenge_endings.c.ranking.is_not(None)
    )
    return {row.code: row.participants for row in await db.execute(query)}


async def written_batches(db: AsyncConnection, code: str, size: int) -> dict[int, int]:
    """How many places have a row in each batch of so many; batches count from 0."""
    batch = ((challenge_places.c.place - 1) // literal_column(str(size), Integer)).label("batch")
    query = select(batch, func.count().label("rows")).where(challenge_places.c.code == code)
    return {int(row.batch): row.rows for row in await db.execute(query.group_by(batch))}


async def write_places(db: AsyncConnection, code: str, first: int, limit: int) -> int:
    """Makes rows of the places from `first` on, as they were packed; how many there are.

    Rows that are there already stay as they are.
    """
    size = _PACKED.size
    slice_ = func.substr(challenge_endings.c.ranking, (first - 1) * size + 1, limit * size)
    packed = (
        await db.execute(select(slice_).where(challenge_endings.c.code == code))
    ).scalar_one_or_none()
    rows = [
        {
            "code": code,
            "client_id": client_id,
            "place": first + number,
            "score": score,
            "prize": prize,
            "told": False,
        }
        for number, (client_id, score, prize) in enumerate(_PACKED.iter_unpack(packed or b""))
    ]
    if rows:
        make = sqlite.insert if db.dialect.name == "sqlite" else postgresql.insert
        await db.execute(make(challenge_places).on_conflict_do_nothing(), rows)
    return len(rows)


async def finish(db: AsyncConnection, code: str) -> bool:
    """Lets go of what was packed if every place has a row; False while one has not."""
    written = select(func.count()).where(challenge_places.c.code == code).scalar_subquery()
    result = await db.execute(
        update(challenge_endings)
        .where(challenge_endings.c.code == code, challenge_endings.c.participants == written)
        .values(ranking=None)
    )
    return result.rowcount == 1


_PLACE = tuple(challenge_places.c[name] for name in FinalPlace.__dataclass_fields__)


async def unpaid(db: AsyncConnection, codes: Collection[str]) -> list[tuple[str, int]]:
    """Code and place of every prize that nobody was given yet; none while places are written."""
    query = (
        select(challenge_places.c.code, challenge_places.c.place)
        .where(
            _UNTOLD,
            challenge_places.c.prize > 0,
            challenge_places.c.code.in_(codes),
            challenge_places.c.code.in_(_WRITTEN),
        )
        .order_by(challenge_places.c.code, challenge_places.c.place)
    )
    return [(row.code, row.place) for row in await db.execute(query)]


async def taken_by(db: AsyncConnection, code: str, place: int) -> FinalPlace | None:
    """Who came in there."""
    query = select(*_PLACE).where(
        challenge_places.c.code == code, challenge_places.c.place == place
    )
    row = (await db.execute(query)).mappings().first()
    return None if row is None else FinalPlace(**row)


async def place_of(db: AsyncConnection, code: str, client_id: int) -> FinalPlace | None:
    """Where this client came in."""
    query = select(*_PLACE).where(
        challenge_places.c.code == code, challenge_places.c.client_id == client_id
    )
    row = (await db.execute(query)).mappings().first()
    return None if row is None else FinalPlace(**row)


async def note_prize(db: AsyncConnection, code: str, place: int, points: int) -> bool:
    """The prize is given, or goes to nobody (0); they are told with it. False if it was before."""
    result = await db.execute(
        update(challenge_places)
        .where(challenge_places.c.code == code, challenge_places.c.place == place, _UNTOLD)
        .values(prize=points, told=True)
    )
    return result.rowcount == 1


async def final_leaders(
    db: AsyncConnection, code: str, *, own_id: int, limit: int
) -> list[Standing]:
    """The first places as they were at the end, and the client's own."""
    query = (
        select(
            challenge_places.c.client_id,
            challenge_places.c.place,
            challenge_places.c.score,
            clients.c.name,
            clients.c.telegram_id.is_not(None).label("has_bot"),
            and_(clients.c.telegram_id.is_not(None), clients.c.leaderboard_hidden.is_(False)).label(
                "is_shown"
            ),
        )
        .join(clients, clients.c.id == challenge_places.c.client_id)
        .where(
            challenge_places.c.code == code,
            or_(challenge_places.c.place <= limit, challenge_places.c.client_id == own_id),
        )
        .order_by(challenge_places.c.place)
    )
    return [standing_from(row) for row in (await db.execute(query)).mappings()]


async def untold(db: AsyncConnection, *, after_client_id: int, limit: int) -> list[tuple[int, str]]:
    """Clients who won nothing and do not know it yet, with the contest's code, by rising id.

    A client's contests are never divided between two pages.
    """
    waiting = (
        select(challenge_places.c.client_id)
        .where(*_HEARS, challenge_places.c.client_id > after_client_id)
        .distinct()
        .order_by(challenge_places.c.client_id)
        .limit(limit)
    )
    query = (
        select(challenge_places.c.client_id, challenge_places.c.code)
        .where(*_HEARS, challenge_places.c.client_id.in_(waiting))
        .order_by(challenge_places.c.client_id, challenge_places.c.code)
    )
    return [(row.client_id, row.code) for row in await db.execute(query)]


async def note_told(db: AsyncConnection, code: str, client_id: int) -> bool:
    """They are told now; False if they were before."""
    result = await db.execute(
        update(challenge_places)
        .where(
            challenge_places.c.code == code,
            challenge_places.c.client_id == client_id,
            _UNTOLD,
        )
        .values(told=True)
    )
    return result.rowcount == 1

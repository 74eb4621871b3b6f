"""Contests that are over: who came in where, who won what, and who knows of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Integer,
    and_,
    bindparam,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.programme import Score
from storage.challenges import RANKINGS, Standing, Window, ranking_values, standing_from
from storage.tables import challenge_endings, challenge_places, clients

_UNTOLD = text("NOT told")  # as the partial index says it


@dataclass(frozen=True)
class Ending:
    """A contest whose prizes were given."""

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
    """How many took part, once the prizes were given."""
    query = select(challenge_endings.c.participants, challenge_endings.c.at).where(
        challenge_endings.c.code == code
    )
    row = (await db.execute(query)).mappings().first()
    return None if row is None else Ending(**row)


async def ended(db: AsyncConnection) -> frozenset[str]:
    """The codes of the contests whose prizes were given."""
    return frozenset((await db.execute(select(challenge_endings.c.code))).scalars())


async def close(
    db: AsyncConnection,
    code: str,
    score: Score,
    window: Window,
    *,
    owner_ids: Collection[int],
    now: datetime,
) -> int:
    """Keeps everybody's place as it is now; how many took part. IntegrityError the second time."""
    await db.execute(insert(challenge_endings).values(code=code, participants=0, at=now))
    ranking = RANKINGS[score]
    final = select(
        literal(code),
        ranking.c.client_id,
        ranking.c.place,
        ranking.c.score,
        literal(0, Integer),
        false(),
    )
    columns = ["code", "client_id", "place", "score", "prize", "told"]
    await db.execute(
        insert(challenge_places).from_select(columns, final), ranking_values(window, owner_ids)
    )
    counted = select(func.count()).where(challenge_places.c.code == code)
    participants = int((await db.execute(counted)).scalar_one())
    await db.execute(
        update(challenge_endings)
        .where(challenge_endings.c.code == code)
        .values(participants=participants)
    )
    return participants


_PLACE = tuple(challenge_places.c[name] for name in FinalPlace.__dataclass_fields__)


async def winners(db: AsyncConnection, code: str, *, limit: int) -> list[FinalPlace]:
    """The first places, in order."""
    query = (
        select(*_PLACE)
        .where(challenge_places.c.code == code, challenge_places.c.place <= limit)
        .order_by(challenge_places.c.place)
    )
    return [FinalPlace(**row) for row in (await db.execute(query)).mappings()]


async def place_of(db: AsyncConnection, code: str, client_id: int) -> FinalPlace | None:
    """Where this client came in."""
    query = select(*_PLACE).where(
        challenge_places.c.code == code, challenge_places.c.client_id == client_id
    )
    row = (await db.execute(query)).mappings().first()
    return None if row is None else FinalPlace(**row)


_PRIZE = (
    update(challenge_places)
    .where(
        challenge_places.c.code == bindparam("challenge"),
        challenge_places.c.client_id == bindparam("winner"),
    )
    .values(prize=bindparam("won"), told=True)
)


async def note_prizes(db: AsyncConnection, code: str, prizes: Sequence[tuple[int, int]]) -> None:
    """Which client won how many points; they are told with it."""
    if prizes:
        rows = [{"challenge": code, "winner": client, "won": points} for client, points in prizes]
        await db.execute(_PRIZE, rows)


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
    """Clients who do not know yet how it ended, with the contest's code, by rising id.

    A client's contests are never divided between two pages.
    """
    waiting = (
        select(challenge_places.c.client_id)
        .where(_UNTOLD, challenge_places.c.client_id > after_client_id)
        .distinct()
        .order_by(challenge_places.c.client_id)
        .limit(limit)
    )
    query = (
        select(challenge_places.c.client_id, challenge_places.c.code)
        .where(_UNTOLD, challenge_places.c.client_id.in_(waiting))
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

"""Who stands where in a contest: computed from visits and referrals, kept once it is over.

A visit that was taken back or returned counts for nothing. Of equal scores the one that was
reached first stands higher: that is when the last visit (or friend) of those that count came.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
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
from loyalty.referrals import ReferralState
from storage.clients import ClientStatus
from storage.tables import (
    challenge_endings,
    challenge_places,
    clients,
    referrals,
    staff,
    visits,
)


@dataclass(frozen=True)
class Window:
    """A contest's days, and the moments at which they begin and are over."""

    first: date
    last: date
    begins: datetime
    ends: datetime  # the first moment that is out of it


@dataclass(frozen=True)
class Standing:
    """A participant's place, counted from 1; `score` in what the contest counts."""

    client_id: int
    place: int
    score: int
    name: str | None
    has_bot: bool
    is_shown: bool  # has the bot, and does not mind being named


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


_VISITS = and_(
    visits.c.on_day >= bindparam("first"),
    visits.c.on_day <= bindparam("last"),
    text("visits.status = 'confirmed'"),  # as the partial index says it
)
_UNTOLD = text("NOT told")  # as the partial index says it
_PAID_REFERRALS = (ReferralState.REWARDED, ReferralState.CAPPED)


def _of_visits(score: ColumnElement[Any], condition: ColumnElement[bool]) -> Subquery:
    return (
        select(
            visits.c.client_id.label("client_id"),
            score.label("score"),
            func.max(visits.c.at).label("reached_at"),
            func.max(visits.c.id).label("reached_by"),
        )
        .where(condition)
        .group_by(visits.c.client_id)
        .subquery("scores")
    )


def _of_referrals() -> Subquery:
    return (
        select(
            referrals.c.referrer_id.label("client_id"),
            func.count().label("score"),
            func.max(referrals.c.rewarded_at).label("reached_at"),
            func.max(referrals.c.friend_id).label("reached_by"),
        )
        .where(
            referrals.c.rewarded_at >= bindparam("begins"),
            referrals.c.rewarded_at < bindparam("ends"),
            referrals.c.status.in_(_PAID_REFERRALS),
        )
        .group_by(referrals.c.referrer_id)
        .subquery("scores")
    )


def _ranking(scores: Subquery) -> Subquery:
    """Everybody who takes part, each with a place of their own."""
    # Whoever worked here on a day of the contest could have booked their own way up (rule 22).
    worked_then = select(staff.c.telegram_id).where(
        staff.c.joined_at < bindparam("ends"),
        or_(staff.c.dismissed_at.is_(None), staff.c.dismissed_at > bindparam("begins")),
    )
    plays = or_(
        clients.c.telegram_id.is_(None),
        and_(
            clients.c.telegram_id.not_in(worked_then),
            clients.c.telegram_id.not_in(bindparam("owners", expanding=True)),
        ),
    )
    order = (
        scores.c.score.desc(),
        scores.c.reached_at,
        scores.c.reached_by,
        scores.c.client_id,
    )
    return (
        select(
            scores.c.client_id,
            func.row_number().over(order_by=order).label("place"),
            scores.c.score,
            clients.c.name,
            clients.c.telegram_id.is_not(None).label("has_bot"),
            and_(clients.c.telegram_id.is_not(None), clients.c.leaderboard_hidden.is_(False)).label(
                "is_shown"
            ),
        )
        .join_from(scores, clients, clients.c.id == scores.c.client_id)
        .where(clients.c.status == ClientStatus.ACTIVE, plays)
        .subquery("ranking")
    )


# Built once: building it takes longer than running it.
_RANKINGS: Mapping[Score, Subquery] = {
    Score.VISITS: _ranking(_of_visits(func.count(), _VISITS)),
    Score.SPEND: _ranking(
        _of_visits(func.sum(visits.c.eligible), and_(_VISITS, visits.c.eligible > 0))
    ),
    Score.REFERRALS: _ranking(_of_referrals()),
}


def _leaders(ranking: Subquery) -> Select[Any]:
    return (
        select(ranking)
        .where(or_(ranking.c.place <= bindparam("most"), ranking.c.client_id == bindparam("own")))
        .order_by(ranking.c.place)
    )


_LEADERS = {score: _leaders(ranking) for score, ranking in _RANKINGS.items()}


async def leaders(
    db: AsyncConnection,
    score: Score,
    window: Window,
    *,
    owner_ids: Collection[int],
    own_id: int,
    limit: int,
) -> list[Standing]:
    """The first places, and the client's own wherever it is, as it stands now."""
    values = _values(window, owner_ids) | {"most": limit, "own": own_id}
    rows = await db.execute(_LEADERS[score], values)
    return [_standing(row) for row in rows.mappings()]


def _standing(row: Mapping[Any, Any]) -> Standing:
    flags = {"has_bot": bool(row["has_bot"]), "is_shown": bool(row["is_shown"])}
    return Standing(**{**row, "score": int(row["score"])} | flags)


def _values(window: Window, owner_ids: Collection[int]) -> dict[str, Any]:
    return {
        "first": window.first,
        "last": window.last,
        "begins": window.begins,
        "ends": window.ends,
        "owners": sorted(owner_ids),
    }


async def worked_then(db: AsyncConnection, telegram_id: int, window: Window) -> bool:
    """Whether this account worked here on a day of the contest."""
    query = select(staff.c.id).where(
        staff.c.telegram_id == telegram_id,
        staff.c.joined_at < window.ends,
        or_(staff.c.dismissed_at.is_(None), staff.c.dismissed_at > window.begins),
    )
    return (await db.execute(query)).first() is not None


# -- the end


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
    ranking = _RANKINGS[score]
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
        insert(challenge_places).from_select(columns, final), _values(window, owner_ids)
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
    return [_standing(row) for row in (await db.execute(query)).mappings()]


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

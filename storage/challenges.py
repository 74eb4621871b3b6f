"""Who stands where in a contest, computed from visits and referrals; `challenge_ends` keeps it.

A visit that was taken back or returned counts for nothing. Of equal scores the one that was
reached first stands higher: that is when the last visit (or friend) of those that count came.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    bindparam,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from loyalty.programme import Score
from loyalty.referrals import ReferralState
from storage.clients import ClientStatus
from storage.tables import (
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


_VISITS = and_(
    visits.c.on_day >= bindparam("first"),
    visits.c.on_day <= bindparam("last"),
    text("visits.status = 'confirmed'"),  # as the partial index says it
)
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
    values = _ranking_values(window, owner_ids) | {"most": limit, "own": own_id}
    rows = await db.execute(_LEADERS[score], values)
    return [standing_from(row) for row in rows.mappings()]


_EVERYBODY = {
    score: select(ranking.c.client_id, ranking.c.score).order_by(ranking.c.place)
    for score, ranking in _RANKINGS.items()
}


async def everybody(
    db: AsyncConnection, score: Score, window: Window, *, owner_ids: Collection[int]
) -> list[tuple[int, int]]:
    """Who takes part and with what score, the first place first, as it stands now."""
    rows = await db.execute(_EVERYBODY[score], _ranking_values(window, owner_ids))
    return [(row.client_id, int(row.score)) for row in rows]


def standing_from(row: Mapping[Any, Any]) -> Standing:
    flags = {"has_bot": bool(row["has_bot"]), "is_shown": bool(row["is_shown"])}
    return Standing(**{**row, "score": int(row["score"])} | flags)


def _ranking_values(window: Window, owner_ids: Collection[int]) -> dict[str, Any]:
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

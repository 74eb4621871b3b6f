"""Contests as clients look at them: the table, their own place, how long it goes on (rule 22).

Everybody who comes takes part. Whoever works here does not: no place, no prize.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeGuard

from loyalty.calendar import day_ends, day_starts
from loyalty.challenges import Phase, announced, phase_of, prizes_on
from loyalty.names import public_name
from loyalty.programme import Challenge
from operations.transaction import Tx
from storage import challenge_ends, challenges, clients
from storage.challenge_ends import Ending
from storage.challenges import Standing, Window
from storage.clients import Client
from templates import challenges as screens
from templates.challenges import (
    LEADERS_SHOWN_MAX,
    LINKS_SHOWN_MAX,
    PRIZES_SHOWN_MAX,
    ChallengeLink,
    Leader,
)


def challenge_links(tx: Tx, language: str) -> tuple[ChallengeLink, ...]:
    """What there is to look at, what runs first."""
    found = announced(tx.programme, tx.today)[:LINKS_SHOWN_MAX]
    return tuple(ChallengeLink(one.code, one.name.of(language)) for one in found)


def window_of(tx: Tx, challenge: Challenge) -> Window:
    """The contest's days in the business's zone."""
    zone = tx.programme.business.timezone
    return Window(
        challenge.from_,
        challenge.to,
        begins=day_starts(challenge.from_, zone),
        ends=day_ends(challenge.to, zone),
    )


@dataclass(frozen=True)
class TableAhead:
    """The table of a contest as this client is to see it, read before the transaction began."""

    code: str
    client_id: int
    standings: tuple[Standing, ...]


async def read_table(
    tx: Tx, telegram_id: int, code: str, *, owner_ids: Collection[int]
) -> TableAhead | None:
    """Reads the table of a contest that is not closed, on a connection that only reads.

    To rank a hundred thousand visits takes longer than anybody may be kept from writing. None:
    there is nothing of the kind to be read.
    """
    challenge = tx.programme.challenge(code)
    client = await clients.by_telegram_id(tx.db, telegram_id)
    if challenge is None or client is None or phase_of(challenge, tx.today) is Phase.UPCOMING:
        return None
    if await challenge_ends.ending(tx.db, code) is not None:
        return None
    table = await _leaders(tx, client, challenge, owner_ids)
    return TableAhead(code, client.id, tuple(table))


async def show_challenge(
    tx: Tx,
    client: Client,
    language: str,
    code: str,
    *,
    owner_ids: Collection[int],
    ahead: TableAhead | None = None,
) -> screens.Challenge | None:
    """The contest as it stands; None where the programme has none of this code.

    `ahead` is its table where that was read a moment before; it is read here where it was not.
    """
    challenge = tx.programme.challenge(code)
    if challenge is None:
        return None
    ending = await challenge_ends.ending(tx.db, code)
    # Once the prizes are given it is over, whatever the file says of its days by now.
    phase = phase_of(challenge, tx.today) if ending is None else Phase.ENDED
    if ending is None and phase is not Phase.UPCOMING and _is_of(ahead, client, code):
        table = list(ahead.standings)
    else:
        table = await _table(tx, client, challenge, phase, ending, owner_ids)
    lines = [_leader(standing, client) for standing in table]
    shown = [
        line
        for line, standing in zip(lines, table, strict=True)
        if standing.place <= LEADERS_SHOWN_MAX and (line.is_own or _may_be_seen(standing))
    ]
    own = next((line for line in lines if line.is_own), None)
    turning = challenge.from_ if phase is Phase.UPCOMING else challenge.to
    return screens.Challenge(
        code=code,
        name=challenge.name.of(language),
        phase=phase,
        is_closed=ending is not None,
        from_day=challenge.from_,
        to_day=challenge.to,
        prizes_day=prizes_on(challenge),
        days_left=max((turning - tx.today).days, 0),
        score=challenge.score,
        prizes=challenge.prizes[:PRIZES_SHOWN_MAX],
        more_prizes=max(len(challenge.prizes) - PRIZES_SHOWN_MAX, 0),
        leaders=tuple(shown),
        own=None if own is None or own in shown else own,
        takes_part=own is not None,
        is_staff=await _works_here(tx, client, challenge, owner_ids),
        is_hidden=client.leaderboard_hidden,
        participants=None if ending is None else ending.participants,
    )


async def _table(
    tx: Tx,
    client: Client,
    challenge: Challenge,
    phase: Phase,
    ending: Ending | None,
    owner_ids: Collection[int],
) -> list[Standing]:
    if ending is not None:
        return await challenge_ends.final_leaders(
            tx.db, challenge.code, own_id=client.id, limit=LEADERS_SHOWN_MAX
        )
    if phase is Phase.UPCOMING:
        return []
    return await _leaders(tx, client, challenge, owner_ids)


def _is_of(ahead: TableAhead | None, client: Client, code: str) -> TypeGuard[TableAhead]:
    return ahead is not None and (ahead.code, ahead.client_id) == (code, client.id)


async def _leaders(
    tx: Tx, client: Client, challenge: Challenge, owner_ids: Collection[int]
) -> list[Standing]:
    return await challenges.leaders(
        tx.db,
        challenge.score,
        window_of(tx, challenge),
        owner_ids=owner_ids,
        own_id=client.id,
        limit=LEADERS_SHOWN_MAX,
    )


async def _works_here(
    tx: Tx, client: Client, challenge: Challenge, owner_ids: Collection[int]
) -> bool:
    if client.telegram_id is None:
        return False
    if client.telegram_id in owner_ids:
        return True
    return await challenges.worked_then(tx.db, client.telegram_id, window_of(tx, challenge))


def _may_be_seen(standing: Standing) -> bool:
    """Who has no bot could not have said no: they are a line without a name."""
    return standing.is_shown or not standing.has_bot


def _leader(standing: Standing, reader: Client) -> Leader:
    is_own = standing.client_id == reader.id
    named = is_own or standing.is_shown
    name = public_name(standing.name) if named else None
    return Leader(standing.place, name, standing.score, is_own)


def named_leaders(standings: list[Standing]) -> tuple[Leader, ...]:
    """The first places as everybody may read them."""
    return tuple(
        Leader(
            standing.place,
            public_name(standing.name) if standing.is_shown else None,
            standing.score,
            is_own=False,
        )
        for standing in standings
        if _may_be_seen(standing)
    )

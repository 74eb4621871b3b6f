"""The end of a contest: prizes once, and everybody who took part hears how it ended.

The order is read first, and kept in one short transaction: a visit that is returned later takes no
prize back, as no prize goes to whoever would have moved up. Then come a row for each place, in
batches, the prizes one by one, and word to everybody else: a crash between any two repeats nothing.
"""

from collections.abc import Collection, Sequence

from loyalty.calendar import local_time
from loyalty.challenges import prize_for, prizes_due
from loyalty.points import valid_through
from loyalty.programme import Challenge
from operations.challenges import named_leaders, window_of
from operations.desk import lock_living
from operations.due import Due, DuePage, NotDueNow
from operations.ledger import EntryKind, grant
from operations.outgoing import notify, to_client
from operations.transaction import Tx
from storage import challenge_ends, challenges, clients
from storage.challenge_ends import FinalPlace, RankedPlace
from storage.clients import Client, ClientStatus
from templates.challenges import WINNERS_NAMED_MAX, Ended, Prize

JOB, PLACES_JOB = "challenge_prizes", "challenge_places"
PAY_JOB, TELL_JOB = "challenge_prize", "challenge_result"
PLACES_MAX = 500  # rows a transaction: some ten milliseconds, so that nobody waits behind it
_THE_CHALLENGE = 1  # the subject of a claim is a number; which challenge it is says the period
_WRITTEN, _ALL_WRITTEN = 0, 1  # pages of what is due of the places


# -- closing


async def due_prizes(tx: Tx, after: int, limit: int) -> DuePage:
    """Challenges that are over and not closed; the period is the code."""
    over = [challenge.code for challenge in tx.programme.challenges if _is_due(tx, challenge)]
    if not over:
        return DuePage()
    closed = await challenge_ends.ended(tx.db)
    return DuePage(tuple(Due(_THE_CHALLENGE, code) for code in over if code not in closed))


async def rank(tx: Tx, due: Due, owner_ids: Collection[int]) -> tuple[RankedPlace, ...]:
    """Everybody in their order and what they win, read where nobody who writes waits for it.

    Raises:
        NotDueNow: the challenge is not over, or not listed any more.
    """
    challenge = _over(tx, due)
    ranked = await challenges.everybody(
        tx.db, challenge.score, window_of(tx, challenge), owner_ids=owner_ids
    )
    return tuple(
        RankedPlace(client_id, score, prize_for(challenge, place))
        for place, (client_id, score) in enumerate(ranked, start=1)
    )


async def close(tx: Tx, due: Due, ranking: Sequence[RankedPlace]) -> None:
    """Keeps the order and the prizes as they were read; from here on nothing changes them.

    Raises:
        NotDueNow: the challenge is not over, not listed any more, or was closed already.
    """
    challenge = _over(tx, due)
    if not await challenge_ends.close(tx.db, challenge.code, ranking, tx.now):
        raise NotDueNow("closed")
    if ranking and len(ranking) <= PLACES_MAX:
        await write_places(tx, [Due(1, challenge.code)])
        await challenge_ends.finish(tx.db, challenge.code)


def _over(tx: Tx, due: Due) -> Challenge:
    challenge = tx.programme.challenge(due.period)
    if challenge is None or not _is_due(tx, challenge):
        raise NotDueNow("not-over")
    return challenge


async def due_places(tx: Tx, after: int, limit: int) -> DuePage:
    """Batches of places without a row, by their first place; then the contest as a whole."""
    found: list[Due] = []
    for code, participants in (await challenge_ends.unwritten(tx.db)).items():
        written = await challenge_ends.written_batches(tx.db, code, PLACES_MAX)
        lacking = [
            first
            for batch, first in enumerate(range(1, participants + 1, PLACES_MAX))
            if written.get(batch, 0) < min(PLACES_MAX, participants - first + 1)
        ]
        if after == _WRITTEN:
            found += [Due(first, code) for first in lacking]
        if not lacking:
            found.append(Due(participants + 1, code))
    return DuePage(tuple(found), _ALL_WRITTEN if after == _WRITTEN and found else None)


async def write_places(tx: Tx, some: Sequence[Due]) -> int:
    """A row for each of these places; behind the last place, the contest has them all."""
    for due in some:
        if not await challenge_ends.write_places(tx.db, due.period, due.subject, PLACES_MAX):
            await challenge_ends.finish(tx.db, due.period)
    return 0


# -- prizes


async def due_payments(tx: Tx, after: int, limit: int) -> DuePage:
    """Prizes that wait for whoever won them: place and code."""
    listed = [challenge.code for challenge in tx.programme.challenges]
    waiting = await challenge_ends.unpaid(tx.db, listed)
    return DuePage(tuple(Due(place, code) for code, place in waiting))


async def pay(tx: Tx, due: Due) -> None:
    """Gives the prize of one place, and tells whoever won it. Of who is erased, nobody gets it.

    Raises:
        NotDueNow: it was given before, or the challenge is not listed any more.
    """
    challenge = tx.programme.challenge(due.period)
    ending = await challenge_ends.ending(tx.db, due.period)
    winner = await challenge_ends.taken_by(tx.db, due.period, due.subject)
    if challenge is None or ending is None or winner is None:
        raise NotDueNow("not-listed")
    client = await lock_living(tx, winner.client_id)
    points = 0 if client is None else winner.prize
    if not await challenge_ends.note_prize(tx.db, due.period, due.subject, points):
        raise NotDueNow("given")
    if client is not None:
        await _grant(tx, challenge, winner, client, ending.participants)


async def _grant(
    tx: Tx, challenge: Challenge, winner: FinalPlace, client: Client, participants: int
) -> None:
    until = valid_through(tx.today, tx.programme.points.lifetime_days)
    key = f"prize:{challenge.code}:{winner.place}"
    posted = await grant(
        tx, client.id, winner.prize, kind=EntryKind.PRIZE, key=key, valid_through=until
    )
    told = Prize(
        code=challenge.code,
        name=challenge.name.of(client.language),
        place=winner.place,
        participants=participants,
        score=challenge.score,
        value=winner.score,
        points=winner.prize,
        balance=posted.balance_after,
        valid_through=until,
        entry_id=posted.entry_id,
    )
    await notify(tx, to_client(client), told, key=key, keeps_quiet=True)


# -- everybody else


async def due_tellings(tx: Tx, after: int, limit: int) -> DuePage:
    """Who took part and does not know how it ended; the period is the challenge's code."""
    found = await challenge_ends.untold(tx.db, after_client_id=after, limit=limit)
    people = sorted({client_id for client_id, _ in found})
    due = tuple(Due(client_id, code) for client_id, code in found)
    return DuePage(due, people[-1] if len(people) == limit else None)


async def tell(tx: Tx, due: Due) -> None:
    """Tells one of them. Raises NotDueNow where they were told before."""
    if not await challenge_ends.note_told(tx.db, due.period, due.subject):
        raise NotDueNow("told")
    client = await clients.by_id(tx.db, due.subject)
    challenge = tx.programme.challenge(due.period)
    ending = await challenge_ends.ending(tx.db, due.period)
    own = await challenge_ends.place_of(tx.db, due.period, due.subject)
    if client is None or client.status is not ClientStatus.ACTIVE or challenge is None:
        return
    assert ending is not None, "places are kept with the end"
    assert own is not None, "it was just marked"
    table = await challenge_ends.final_leaders(
        tx.db, due.period, own_id=client.id, limit=WINNERS_NAMED_MAX
    )
    first = [standing for standing in table if standing.place <= WINNERS_NAMED_MAX]
    told = Ended(
        code=challenge.code,
        name=challenge.name.of(client.language),
        place=own.place,
        participants=ending.participants,
        score=challenge.score,
        value=own.score,
        winners=named_leaders(first),
    )
    key = f"challenge_result:{challenge.code}:{client.id}"
    await notify(tx, to_client(client), told, key=key, keeps_quiet=True)


def _is_due(tx: Tx, challenge: Challenge) -> bool:
    at = local_time(tx.now, tx.programme.business.timezone).time()
    return prizes_due(challenge, tx.today, at)

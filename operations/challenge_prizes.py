"""The end of a contest: prizes once, and everybody who took part hears how it ended.

The places are kept as they are at that moment: a visit that is returned later takes no prize back,
as no prize goes to whoever would have moved up.
"""

from collections.abc import Collection

from loyalty.calendar import local_time
from loyalty.challenges import prize_for, prizes_due
from loyalty.points import valid_through
from loyalty.programme import Challenge
from operations.challenges import named_leaders, window_of
from operations.due import Due, DuePage, NotDueNow
from operations.ledger import EntryKind, grant
from operations.outgoing import notify, to_client
from operations.transaction import Tx
from storage import challenge_ends, clients
from storage.challenge_ends import FinalPlace
from storage.clients import ClientStatus
from templates.challenges import WINNERS_NAMED_MAX, Ended, Prize

JOB, TELL_JOB = "challenge_prizes", "challenge_result"
_THE_CHALLENGE = 1  # the subject of a claim is a number; which challenge it is says the period


async def due_prizes(tx: Tx, after: int, limit: int) -> DuePage:
    """Challenges that are over and whose prizes were not given; the period is the code."""
    over = [challenge.code for challenge in tx.programme.challenges if _is_due(tx, challenge)]
    if not over:
        return DuePage()
    closed = await challenge_ends.ended(tx.db)
    return DuePage(tuple(Due(_THE_CHALLENGE, code) for code in over if code not in closed))


async def give_prizes(tx: Tx, due: Due, owner_ids: Collection[int]) -> int:
    """Keeps the places, pays the first of them, and tells them; how many took part.

    Raises:
        NotDueNow: the challenge is not over, not listed any more, or was closed already.
    """
    challenge = tx.programme.challenge(due.period)
    if challenge is None or not _is_due(tx, challenge):
        raise NotDueNow("not-over")
    if await challenge_ends.ending(tx.db, challenge.code) is not None:
        raise NotDueNow("closed")
    participants = await challenge_ends.close(
        tx.db,
        challenge.code,
        challenge.score,
        window_of(tx, challenge),
        owner_ids=owner_ids,
        now=tx.now,
    )
    winners = await challenge_ends.winners(tx.db, challenge.code, limit=len(challenge.prizes))
    # Friends are locked before those who brought them, newer clients before older ones: so here.
    for winner in sorted(winners, key=lambda found: found.client_id, reverse=True):
        await _pay(tx, challenge, winner, participants)
    prizes = [(winner.client_id, prize_for(challenge, winner.place)) for winner in winners]
    await challenge_ends.note_prizes(tx.db, challenge.code, prizes)
    return participants


async def _pay(tx: Tx, challenge: Challenge, winner: FinalPlace, participants: int) -> None:
    client = await clients.lock(tx.db, winner.client_id)
    assert client is not None, "a place is somebody's"
    points = prize_for(challenge, winner.place)
    until = valid_through(tx.today, tx.programme.points.lifetime_days)
    key = f"prize:{challenge.code}:{winner.place}"
    posted = await grant(tx, client.id, points, kind=EntryKind.PRIZE, key=key, valid_through=until)
    told = Prize(
        code=challenge.code,
        name=challenge.name.of(client.language),
        place=winner.place,
        participants=participants,
        score=challenge.score,
        value=winner.score,
        points=points,
        balance=posted.balance_after,
        valid_through=until,
        entry_id=posted.entry_id,
    )
    await notify(tx, to_client(client), told, key=key, keeps_quiet=True)


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

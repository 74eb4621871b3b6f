"""Points that run out (rule 11): warned of ahead, gone only after a day's notice.

Both rounds take many clients a transaction. What is done is said by the rows that they write, under
the clients' locks: the warning on the lot, the day in the entry's key.
"""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from loyalty.calendar import local_time
from loyalty.expiry import lots_to_expire, spendable_until, warning_due
from loyalty.programme import Programme
from operations.due import Due, DuePage
from operations.held_points import held_points
from operations.ledger import expiry_entry
from operations.outgoing import notify_each, to_client
from operations.transaction import Tx
from storage import clients, expiry
from storage.clients import Client, ClientStatus
from storage.expiry import Pile, Place, Warned, WriteOff
from templates.expiry import DAYS_SHOWN_MAX, Expired, ExpiresOn, Upcoming

WARNINGS_JOB = "expiry_warnings"
JOB = "expiry"
WARNED_FROM = time(10)  # by the business's clock: nobody is woken by what is weeks ahead

_PLACE_BITS = 48  # of a page's end that are the client; the day stands above them


def warnings_epoch(now: datetime, programme: Programme) -> Hashable | None:
    """The hour, in which one look is enough; None before the hour at which people are told."""
    local = local_time(now, programme.business.timezone)
    return None if local.time() < WARNED_FROM else epoch(now, programme)


def epoch(now: datetime, programme: Programme) -> Hashable:
    """The hour, in which one look is enough."""
    local = local_time(now, programme.business.timezone)
    return local.replace(minute=0, second=0, microsecond=0, tzinfo=None)


async def due_warnings(tx: Tx, after: int, limit: int) -> DuePage:
    """Clients with a lot of which a warning is due; the period is the day."""
    until = {ahead: tx.today + timedelta(days=ahead) for ahead in tx.programme.points.warn_days}
    return _page(
        tx, await expiry.unwarned(tx.db, until, after=_place(after), limit=limit), limit=limit
    )


async def due_expiries(tx: Tx, after: int, limit: int) -> DuePage:
    """Clients with a lot that may go; the period is the day."""
    nearest = min(tx.programme.points.warn_days)
    found = await expiry.past(tx.db, tx.today, nearest=nearest, after=_place(after), limit=limit)
    return _page(tx, found, limit=limit)


async def warn(tx: Tx, some: Sequence[Due]) -> int:
    """Records the warnings that are due and tells of everything that will run out.

    A client who cannot be told has the warning recorded all the same: see docs/decisions. Returns
    how many clients somebody else was changing.
    """
    ids = [due.subject for due in some]
    free = await clients.lock_free(tx.db, ids)
    piles = await expiry.piles(tx.db, [client.id for client in free])
    warned: list[Warned] = []
    notices = []
    for client in free:
        due = _warnings_due(tx, piles[client.id])
        if not due or client.status is not ClientStatus.ACTIVE:
            continue
        warned += due
        notices.append((to_client(client), _upcoming(tx, client, piles[client.id])))
    await notify_each(tx, notices)
    await expiry.mark_warned(tx.db, warned, tx.today)
    return len(ids) - len(free)


async def expire(tx: Tx, some: Sequence[Due]) -> int:
    """Writes off what may go, one entry and one message a client and day.

    Lots that an open hold would take stay until it is over; so does what became due after the
    day's entry, until tomorrow. Returns how many clients somebody else was changing.
    """
    free = await clients.lock_free(tx.db, [due.subject for due in some])
    ids = [client.id for client in free]
    past = await expiry.past_lots(tx.db, ids, tx.today, nearest=min(tx.programme.points.warn_days))
    held = await held_points(tx, ids)
    posted = await expiry.posted(tx.db, [entry_key(client_id, tx.today) for client_id in ids])
    write_offs: dict[int, WriteOff] = {}
    for client in free:
        key = entry_key(client.id, tx.today)
        going = lots_to_expire(past[client.id], held.get(client.id, 0))
        if going and key not in posted and client.status is ClientStatus.ACTIVE:
            points = sum(lot.remaining for lot in going)
            write_offs[client.id] = WriteOff(expiry_entry(tx, client, points, key=key), going)
    ids_by_key = await expiry.write_off(tx.db, list(write_offs.values()))
    await _tell(tx, free, write_offs, ids_by_key)
    return len(some) - len(free)


def entry_key(client_id: int, day: date) -> str:
    """The ledger's key: a client's lots of one day go together."""
    return f"expiry:{client_id}:{day}"


def _warnings_due(tx: Tx, piles: Sequence[Pile]) -> list[Warned]:
    found = []
    warn_days, today = tx.programme.points.warn_days, tx.today
    for pile in piles:
        ahead = warning_due(pile.valid_through, warn_days, pile.warned_ahead, today)
        if ahead is not None:
            found.append(Warned(pile.client_id, pile.valid_through, ahead))
    return found


def _upcoming(tx: Tx, client: Client, piles: Sequence[Pile]) -> Upcoming:
    days = expiries_by_day(tx, piles)
    shown, rest = days[:DAYS_SHOWN_MAX], days[DAYS_SHOWN_MAX:]
    return Upcoming(
        name=client.name,
        balance=client.balance,
        expiring=tuple(shown),
        later=ExpiresOn(sum(day.points for day in rest), rest[-1].until) if rest else None,
    )


def expiries_by_day(tx: Tx, piles: Sequence[Pile]) -> list[ExpiresOn]:
    """What goes by day, the soonest first, as it can be promised today."""
    points: dict[date, int] = {}
    today = tx.today
    for pile in piles:
        until = spendable_until(pile.valid_through, today)
        points[until] = points.get(until, 0) + pile.points
    return [ExpiresOn(points[until], until) for until in sorted(points)]


async def _tell(
    tx: Tx,
    free: Sequence[Client],
    write_offs: Mapping[int, WriteOff],
    ids_by_key: Mapping[str, int],
) -> None:
    told = [client for client in free if client.id in write_offs]
    if not told:
        return
    left = await expiry.piles(tx.db, [client.id for client in told])
    notices = []
    for client in told:
        entry = write_offs[client.id].entry
        following = expiries_by_day(tx, left[client.id])
        message = Expired(
            points=-entry["amount"],
            balance=entry["balance_after"],
            following=following[0] if following else None,
            entry_id=ids_by_key[entry["key"]],
        )
        notices.append((to_client(client), message))
    await notify_each(tx, notices)


def _page(tx: Tx, places: Sequence[Place], *, limit: int) -> DuePage:
    """Each client once, even one with several lots in the page."""
    period = tx.today.isoformat()
    found = tuple(Due(client_id, period) for client_id in _once(places))
    end = places[-1] if len(places) == limit else None
    if end is None:
        return DuePage(found)
    return DuePage(found, end.last_day.toordinal() << _PLACE_BITS | end.client_id)


def _once(places: Sequence[Place]) -> list[int]:
    return list(dict.fromkeys(place.client_id for place in places))


def _place(after: int) -> Place:
    ordinal, client_id = divmod(after, 1 << _PLACE_BITS)
    return Place(date.fromordinal(max(ordinal, 1)), client_id)

"""Inviting back who stopped coming (rule 15): advertising, so by consent, cap and hours alone.

The message and its points go together: where the one may not go now, the other waits too.
"""

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from loyalty.calendar import local_time
from loyalty.programme import Programme
from loyalty.programme.model import WinBackRules
from loyalty.win_back import INTERVAL_MIN_DAYS, in_holdout, win_back_due
from operations.due import Due, DuePage, NotDueNow
from operations.ledger import EntryKind, grant
from operations.outgoing import Lane, notify, to_client
from operations.promises import weekly_caps
from operations.sending import CAP_WINDOW
from operations.transaction import Tx
from storage import clients, reachability, win_backs
from storage.clients import Client, ClientStatus
from storage.win_backs import Candidate, Silence
from templates.occasions import WinBack

JOB = "win_back"
CONSENTS_LOOKED_AT_MAX = 200  # between two sweeps, the newest


@dataclass(frozen=True)
class InvitedBack:
    """The invitation is queued; `points` are on the card already."""

    points: int
    valid_through: date


@dataclass(frozen=True)
class HeldOut:
    """Gets nothing this time, so that the effect on the others can be seen."""


def epoch(now: datetime, programme: Programme) -> Hashable | None:
    """The hour, in which one sweep over all clients is enough; None while no advert may go."""
    zone = programme.business.timezone
    if programme.win_back is None or programme.adverts.quiet_hours.is_quiet(now, zone):
        return None
    return local_time(now, zone).replace(minute=0, second=0, microsecond=0)


async def due_win_backs(tx: Tx, after: int, limit: int) -> DuePage:
    """Clients whose silence has lasted long enough; the period is the day."""
    rules = tx.programme.win_back
    if rules is None:
        return DuePage()
    page = await win_backs.candidates(tx.db, _silence(rules, tx.today), after_id=after, limit=limit)
    found = await _due_among(tx, rules, page)
    return DuePage(found, page[-1].id if len(page) == limit else None)


async def due_after_consent(tx: Tx, after: int, limit: int) -> DuePage:
    """The same among those who consented to adverts lately: a sweep is an hour away at most."""
    rules = tx.programme.win_back
    if rules is None:
        return DuePage()
    some = await win_backs.consenting_lately(
        tx.db, _silence(rules, tx.today), consents_max=CONSENTS_LOOKED_AT_MAX, limit=limit
    )
    return DuePage(await _due_among(tx, rules, some))


def _silence(rules: WinBackRules, today: date) -> Silence:
    """What the query can leave out: nobody is invited after a shorter silence than this."""
    least_days = min(rules.after_days, math.ceil(rules.interval_factor * INTERVAL_MIN_DAYS))
    return Silence(
        seen_until=today - timedelta(days=least_days),
        invited_until=today - timedelta(days=rules.repeat_after_days),
    )


async def _due_among(tx: Tx, rules: WinBackRules, page: Sequence[Candidate]) -> tuple[Due, ...]:
    """Those whose own rhythm is broken, and whom the weekly cap lets write to."""
    days = await win_backs.visit_days(tx.db, [client.id for client in page])
    silent = [
        client.id
        for client in page
        if win_back_due(rules, days[client.id], client.registered_on, None, tx.today)
    ]
    had = await win_backs.adverts(tx.db, silent, since=tx.now - CAP_WINDOW)
    caps = await weekly_caps(tx, silent)
    return tuple(Due(found, tx.today.isoformat()) for found in silent if had[found] < caps[found])


async def invite_back(tx: Tx, due: Due) -> InvitedBack | HeldOut:
    """Gives the points and queues the message, or holds the client out.

    Raises:
        NotDueNow: the client came, withdrew the consent, or may not be written to, just before.
    """
    client, rules = await clients.lock(tx.db, due.subject), tx.programme.win_back
    if client is None or rules is None or due.period != tx.today.isoformat():
        raise NotDueNow("another-day")
    times = await _check(tx, client, rules)
    held_out = in_holdout(client.id, rules.holdout_percent, f"{JOB}:{times}")
    points = 0 if held_out else rules.points
    await win_backs.add(
        tx.db, client_id=client.id, on_day=tx.today, holdout=held_out, points=points, now=tx.now
    )
    if held_out:
        return HeldOut()
    until = tx.today + timedelta(days=rules.valid_days)
    key = f"{JOB}:{client.id}:{due.period}"
    balance, entry_id = client.balance, 0
    if points:
        posted = await grant(
            tx, client.id, points, kind=EntryKind.WIN_BACK, key=key, valid_through=until
        )
        balance, entry_id = posted.balance_after, posted.entry_id
    invitation = WinBack(
        business=tx.programme.business.name,
        name=client.name,
        points=points,
        balance=balance,
        valid_through=until if points else None,
        entry_id=entry_id,
    )
    await notify(tx, to_client(client), invitation, lane=Lane.ADVERT, key=key)
    return InvitedBack(points, until)


async def _check(tx: Tx, client: Client, rules: WinBackRules) -> int:
    """How many times it was before; raises NotDueNow unless everything holds, under the lock."""
    if client.status is not ClientStatus.ACTIVE or client.registered_on is None:
        raise NotDueNow("no-client")
    if client.telegram_id is None or not client.advert_consent:
        raise NotDueNow("no-advert-consent")
    zone, adverts = tx.programme.business.timezone, tx.programme.adverts
    if adverts.quiet_hours.is_quiet(tx.now, zone):
        raise NotDueNow("quiet-hours")
    standing = await reachability.of(
        tx.db, client.telegram_id, client.id, adverts_since=tx.now - CAP_WINDOW
    )
    if standing.unreachable:
        raise NotDueNow("unreachable")
    had = await win_backs.adverts(tx.db, [client.id], since=tx.now - CAP_WINDOW)
    if had[client.id] >= (await weekly_caps(tx, [client.id]))[client.id]:
        raise NotDueNow("weekly-cap")
    before = await win_backs.before(tx.db, client.id)
    days = (await win_backs.visit_days(tx.db, [client.id]))[client.id]
    if not win_back_due(rules, days, client.registered_on, before.last_on, tx.today):
        raise NotDueNow("not-silent")
    return before.times

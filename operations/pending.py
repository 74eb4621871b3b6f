"""Making pending points active when the return window ends, and saying so (rule 10)."""

from dataclasses import dataclass
from datetime import date

from loyalty.points import valid_through
from operations.desk import lock_living
from operations.due import Due, DuePage, NotDueNow
from operations.ledger import EntryKind, grant
from operations.outgoing import notify, to_client
from operations.promises import lifetime_days
from operations.transaction import Tx
from storage import pending, visits
from storage.pending import PendingStatus
from templates.pending import PointsActive

JOB = "pending_points"
ONCE = "once"


@dataclass(frozen=True)
class Activated:
    """So many points are on the card."""

    points: int
    valid_through: date | None


async def due_activations(tx: Tx, after: int, limit: int) -> DuePage:
    """Visits whose points become active: the business day after their window has begun."""
    page = await pending.due(tx.db, tx.today, after_id=after, limit=limit)
    found = tuple(Due(visit_id, ONCE) for visit_id in page)
    return DuePage(found, page[-1] if len(page) == limit else None)


async def activate(tx: Tx, due: Due) -> Activated:
    """Puts the visit's points on the card and tells the client; they live from today on.

    Raises:
        NotDueNow: an undo or a return was quicker, or the client was erased.
    """
    resting = await pending.of_visit(tx.db, due.subject)
    client = None if resting is None else await lock_living(tx, resting.client_id)
    resting = await pending.of_visit(tx.db, due.subject)  # as it is under the lock
    if resting is None or resting.status is not PendingStatus.PENDING:
        raise NotDueNow("settled-before")
    if resting.active_on > tx.today:
        raise NotDueNow("window-open")
    if client is None:
        await pending.settle(tx.db, due.subject, PendingStatus.CANCELLED, tx.now)
        return Activated(0, None)
    visit = await visits.by_id(tx.db, due.subject)
    assert visit is not None, "visits are not deleted"
    until = valid_through(tx.today, lifetime_days(tx, visit.at))
    posted = await grant(
        tx,
        client.id,
        resting.amount,
        kind=EntryKind.VISIT,
        key=resting.key,
        valid_through=until,
        visit_id=visit.id,
        actor_id=visit.staff_id,
    )
    await pending.settle(tx.db, due.subject, PendingStatus.ACTIVE, tx.now)
    announcement = PointsActive(
        visit_id=visit.id,
        points=resting.amount,
        balance=posted.balance_after,
        valid_through=until,
    )
    # The day begins at midnight; nobody is to be woken by it.
    key = f"{JOB}:{visit.id}"
    await notify(tx, to_client(client), announcement, key=key, keeps_quiet=True)
    return Activated(resting.amount, until)

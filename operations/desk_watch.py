"""Watches over the desk: an owner hears of an odd visit within a minute (rule 23)."""

from collections.abc import Collection
from datetime import timedelta

from loyalty.oddities import USUAL_VISITS_MIN, Oddity, oddities
from operations.desk import called, visit_service
from operations.due import Due, DuePage, NotDueNow
from operations.outgoing import notify, to_account
from operations.owners import owners_of
from operations.transaction import Tx
from operations.undo import is_undoable
from storage import clients, staff, visit_watch, visits
from templates.owner import OddVisit

JOB = "desk_watch"
SEEN = "seen"
LOOKED_BACK = timedelta(hours=12)  # what happened while nobody ran is told, too


async def due_visits(tx: Tx, after: int, limit: int) -> DuePage:
    """Visits that nobody has looked at."""
    since = tx.now - LOOKED_BACK
    ids = await visit_watch.unseen(tx.db, JOB, SEEN, since=since, after_id=after, limit=limit)
    found = tuple(Due(visit_id, SEEN) for visit_id in ids)
    return DuePage(found, ids[-1] if len(ids) == limit else None)


async def watch(tx: Tx, due: Due, owner_ids: Collection[int]) -> None:
    """Looks at one visit; owners are told if it is odd. It counts all the same."""
    visit = await visits.by_id(tx.db, due.subject)
    client = None if visit is None else await clients.by_id(tx.db, visit.client_id)
    if visit is None or client is None:
        raise NotDueNow("gone")
    place = await visit_watch.place_in_day(tx.db, visit)
    found = oddities(
        tx.programme,
        at=visit.at,
        visits_today=place,
        bill=visit.bill,
        usual_bill=await visit_watch.usual_bill(tx.db, visit.id, visits_min=USUAL_VISITS_MIN),
    )
    if not found or visit.is_undone:
        return
    staff_name = await staff.name_of(tx.db, visit.staff_id)
    for owner in await owners_of(tx, owner_ids):
        if owner == visit.approved_by and Oddity.TOO_MANY not in found:
            continue  # they have just looked at this very bill
        recipient = await to_account(tx, owner)
        alert = OddVisit(
            visit_id=visit.id,
            oddities=found,
            client_name=called(client),
            staff_name=staff_name,
            branch=visit.branch,
            service=visit_service(visit, tx.programme, recipient.language),
            bill=visit.bill,
            points=visit.points_earned,
            at=visit.at,
            visits_today=place,
            client_id=client.id,
            may_undo=is_undoable(tx, visit),
        )
        await notify(tx, recipient, alert, key=f"{JOB}:{visit.id}:{owner}")

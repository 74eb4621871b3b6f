"""What a case is about besides words: the visits and points that its client disputes."""

from loyalty.calendar import business_day
from operations.transaction import Tx
from storage import disputes, ledger, visits
from storage.disputes import Frozen
from templates.case_notices import DISPUTED_SHOWN_MAX
from templates.disputes import Disputed
from templates.entry_kinds import HistoryKind

KINDS = {kind.value: kind for kind in HistoryKind}


async def disputed_in(tx: Tx, case_id: int) -> tuple[Disputed, ...]:
    """What is disputed in this case, the first first."""
    found = await disputes.of_case(tx.db, case_id, limit=DISPUTED_SHOWN_MAX)
    return tuple([await as_told(tx, frozen) for frozen in found])


async def as_told(tx: Tx, found: Frozen) -> Disputed:
    """A dispute as people read of it."""
    dispute, zone = found.dispute, tx.programme.business.timezone
    visit = None if dispute.visit_id is None else await visits.by_id(tx.db, dispute.visit_id)
    entry = None if dispute.entry_id is None else await ledger.by_id(tx.db, dispute.entry_id)
    if visit is not None:
        return Disputed(
            HistoryKind.VISIT,
            visit.on_day,
            visit_id=visit.id,
            bill=visit.bill_at_first,
            frozen=found.points,
        )
    if entry is not None:
        kind = KINDS.get(entry.kind.value, HistoryKind.OTHER)
        on = business_day(entry.at, zone)
        return Disputed(kind, on, points=entry.amount, frozen=found.points)
    on = business_day(dispute.opened_at, zone)
    return Disputed(
        HistoryKind.EXPIRY,
        on,
        points=dispute.points,
        until=dispute.until,
        frozen=found.points,
    )

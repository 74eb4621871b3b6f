"""The business day so far, as the desk sees it."""

from dataclasses import dataclass

from operations.authority import require
from operations.senders import Role, Sender
from operations.transaction import Tx
from storage import returns, staff, visit_days
from storage.returns import ReturnsTotal
from storage.visit_days import DayTotal, NamedVisit

PAGE_ROWS = 15


@dataclass(frozen=True)
class TodayView:
    """A page of today's visits by branch, newest first, and the day's totals."""

    branch: str | None  # none: all of them
    rows: tuple[NamedVisit, ...]
    staff_names: dict[int, str]  # by Telegram id; an owner who is on no list is not in it
    totals: tuple[DayTotal, ...]  # by branch, without what was taken back or returned
    returns: ReturnsTotal  # made today, of whatever day's visits
    page: int
    pages: int


async def visits_today(tx: Tx, *, actor: Sender, page: int) -> TodayView:
    """Today's visits of the actor's branch; of all branches for who works in all of them."""
    require(actor, Role.STAFF)
    count = await visit_days.count_of_day(tx.db, tx.today, branch=actor.branch)
    pages = max(-(-count // PAGE_ROWS), 1)
    shown = min(max(page, 1), pages)
    rows = await visit_days.of_day(
        tx.db, tx.today, branch=actor.branch, offset=(shown - 1) * PAGE_ROWS, limit=PAGE_ROWS
    )
    return TodayView(
        branch=actor.branch,
        rows=tuple(rows),
        staff_names=await staff.names_of(tx.db, {row.visit.staff_id for row in rows}),
        totals=tuple(await visit_days.day_totals(tx.db, tx.today, branch=actor.branch)),
        returns=await returns.total_of_day(tx.db, tx.today, branch=actor.branch),
        page=shown,
        pages=pages,
    )

"""/today: the branch's visits so far, and what they come to."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.taps import Tapped
from operations.desk import NAMELESS, visit_service
from operations.senders import Role, Sender
from operations.today import TodayView, visits_today
from operations.transaction import Tx
from templates import today
from templates.today import ShowToday

router = Router(name="today")
router.message.filter(Has(Role.STAFF))
router.callback_query.filter(Has(Role.STAFF))


@router.message(Command("today"))
async def show(message: Message, tx: Tx, sender: Sender, say: Say) -> Replies:
    return say(_screen(await visits_today(tx, actor=sender, page=1), tx, sender))


@router.callback_query(Tapped(ShowToday))
async def turn(
    callback: CallbackQuery, tap: ShowToday, tx: Tx, sender: Sender, say: Say
) -> Replies:
    return say.edit(_screen(await visits_today(tx, actor=sender, page=tap.page), tx, sender))


def _screen(view: TodayView, tx: Tx, sender: Sender) -> today.Today:
    rows = []
    heading = view.branch
    for row in view.rows:
        visit = row.visit
        by_colleague = visit.staff_id != sender.telegram_id
        rows.append(
            today.TodayRow(
                heading=None if visit.branch == heading else visit.branch,
                visit_id=visit.id,
                at=visit.at,
                client_name=row.client_name or NAMELESS,
                service=visit_service(visit, tx.programme, sender.language),
                bill=visit.bill_at_first,
                points=visit.points_earned,
                staff_name=view.staff_names.get(visit.staff_id) if by_colleague else None,
                is_undone=not visit.counts,
                returned=visit.returned,
            )
        )
        heading = visit.branch
    totals = tuple(
        today.TodayTotal(total.branch, total.visits, total.bill, total.to_pay, total.points)
        for total in view.totals
    )
    return today.Today(
        day=tx.today,
        branch=view.branch,
        rows=tuple(rows),
        totals=totals[: today.TOTALS_MAX] if len(totals) > 1 else (),
        visits=sum(total.visits for total in totals),
        bill=sum(total.bill for total in totals),
        to_pay=sum(total.to_pay for total in totals),
        points=sum(total.points for total in totals),
        returns=view.returns.returns,
        returned=view.returns.amount,
        refund=view.returns.refund,
        page=view.page,
        pages=view.pages,
    )

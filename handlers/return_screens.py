"""What operations on returns come to, as the messages that staff see."""

from typing import assert_never

from handlers.replies import Replies, Say
from operations.desk import called, visit_service
from operations.returnable import (
    STAFF_DAYS,
    CardGone,
    NoSuchVisit,
    NothingLeft,
    OtherBranch,
    Refused,
    Returnable,
    TooOld,
    UndoneBefore,
    latest_visits,
    who_confirmed,
)
from operations.returns import (
    PREVIEW_LIVES,
    Confirmed,
    Previewed,
    ReturnDropped,
    Returned,
    ReturnLapsed,
    ReturnPreview,
    ReturnShownAnew,
    ReturnUnknown,
    TooMuch,
)
from operations.senders import Sender
from operations.transaction import Tx
from operations.visit_previews import SelfService
from templates import desk, returns
from templates.messages import Message


async def visit_screen(tx: Tx, sender: Sender, *, unreadable: bool = False) -> returns.AskVisit:
    """Which visit? The latest ones are a tap away."""
    choices = tuple(
        returns.ReturnChoice(choice.visit.id, called(choice.client), choice.visit.bill)
        for choice in await latest_visits(tx, actor=sender)
    )
    return returns.AskVisit(choices[: returns.CHOICES_MAX], unreadable)


async def amount_screen(
    found: Returnable | Refused, tx: Tx, sender: Sender
) -> tuple[Message, bool]:
    """How much of it? And whether that question is open at all."""
    if isinstance(found, Returnable):
        return returns.AskAmount(await _facts(found, tx, sender)), True
    return _refused(found), False


async def previewed(
    outcome: Previewed | ReturnUnknown, tx: Tx, sender: Sender, *, changed: bool = False
) -> Message:
    """What a request for a preview came to."""
    match outcome:
        case ReturnPreview():
            figures = outcome.figures
            return returns.ReturnPreview(
                preview_id=outcome.id,
                visit=await _facts(Returnable(outcome.visit, outcome.client), tx, sender),
                amount=figures.amount,
                bill_left=figures.rest.bill,
                refund=figures.refund,
                points_restored=figures.points_restored,
                points_taken=figures.points_taken,
                active_on=outcome.active_on,
                referral_points=outcome.referral_points,
                balance_after=outcome.balance_after,
                changed=changed,
            )
        case TooMuch():
            return returns.TooMuch(outcome.visit.id, called(outcome.client), outcome.largest)
        case ReturnUnknown():
            return returns.ReturnDropped()
        case _:
            return _refused(outcome)


async def confirmed(
    outcome: Confirmed | ReturnDropped, tx: Tx, sender: Sender, say: Say
) -> Replies:
    """What a tap on ✅ or ❌ came to, in place of the preview."""
    match outcome:
        case Returned():
            screen = say.edit(_made(outcome))
            if not outcome.repeated:
                return screen
            told = returns.ReturnedAlready(outcome.visit.id, outcome.is_mine, outcome.staff_name)
            return [screen, say.toast(told, alert=not outcome.is_mine)]
        case ReturnShownAnew(preview=preview):
            screen = say.edit(await previewed(preview, tx, sender, changed=True))
            return [screen, say.toast(returns.LookAgain())]
        case ReturnLapsed():
            lived = PREVIEW_LIVES.seconds // 60
            return say.edit(returns.ReturnLapsed(outcome.preview_id, lived))
        case ReturnDropped():
            return say.edit(returns.ReturnDropped())
        case _:
            return say.edit(await previewed(outcome, tx, sender))


def _made(outcome: Returned) -> returns.ReturnMade:
    made = outcome.made
    return returns.ReturnMade(
        visit_id=outcome.visit.id,
        client_name=called(outcome.client),
        amount=made.amount,
        bill_left=outcome.visit.bill,
        refund=made.refund,
        points_restored=made.points_restored,
        points_taken=made.points_taken,
        points_pending=made.points_pending,
        balance=outcome.balance,
        at=made.at,
        staff_name=outcome.staff_name,
        is_mine=outcome.is_mine,
        repeated=outcome.repeated,
    )


async def _facts(found: Returnable, tx: Tx, sender: Sender) -> returns.VisitFacts:
    visit = found.visit
    return returns.VisitFacts(
        visit_id=visit.id,
        client_name=called(found.client),
        service=visit_service(visit, tx.programme, sender.language),
        branch=visit.branch,
        at=visit.at,
        staff_name=await who_confirmed(tx, visit),
        bill=visit.bill,
        discount=visit.discount,
        points_spent=visit.points_spent,
        to_pay=visit.to_pay,
        returned=visit.returned,
    )


def _refused(outcome: Refused) -> Message:
    """Why nothing comes back."""
    match outcome:
        case NothingLeft(visit=visit):
            return returns.NothingLeft(
                visit_id=visit.id,
                client_name=called(outcome.client),
                bill=visit.bill_at_first,
                at=outcome.at,
                staff_name=outcome.staff_name,
                is_mine=outcome.is_mine,
            )
        case SelfService():
            return desk.SelfService()
        case NoSuchVisit(visit_id=visit_id):
            return returns.NotReturnable(visit_id, returns.WhyNot.UNKNOWN, STAFF_DAYS)
        case CardGone(visit=visit):
            return returns.NotReturnable(visit.id, returns.WhyNot.CLIENT_GONE, STAFF_DAYS)
        case UndoneBefore(visit=visit):
            return returns.NotReturnable(visit.id, returns.WhyNot.UNDONE, STAFF_DAYS)
        case OtherBranch(visit=visit):
            return returns.NotReturnable(visit.id, returns.WhyNot.OTHER_BRANCH, STAFF_DAYS)
        case TooOld(visit=visit):
            return returns.NotReturnable(visit.id, returns.WhyNot.TOO_OLD, STAFF_DAYS)
        case _:
            assert_never(outcome)

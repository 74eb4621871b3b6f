"""What the desk reads of a visit, as a reply to a tap or as a notice when somebody else tapped."""

from collections.abc import Callable

from loyalty.programme import Level, Programme
from loyalty.visits import VisitTerms
from operations.booking import Booked
from operations.desk import called, visit_service
from operations.outgoing import Lane, notify, to_account
from operations.promotions import promotion_of
from operations.stamps import stamp_of
from operations.transaction import Tx
from operations.undo import is_undoable
from storage.visits import Visit
from templates.figures import Figures
from templates.messages import Message
from templates.previews import VisitBooked


def figures_of(terms: VisitTerms) -> Figures:
    """The terms as every screen shows them."""
    return Figures(
        bill=terms.bill,
        discount=terms.discount,
        discount_percent=terms.discount_percent,
        points_spent=terms.points_spent,
        paid_with_points=terms.points_paid_minor,
        to_pay=terms.to_pay,
        points=terms.points_earned,
        percent=terms.percent,
        is_excluded=terms.excluded,
    )


def tier_name(programme: Programme, level: Level, language: str) -> str | None:
    """The level's name; None where the programme has no levels to speak of."""
    return level.name.of(language) if programme.tiers.stated else None


def promotion_name(programme: Programme, code: str | None, language: str) -> str | None:
    """What the promotion is called; None where there was none, or it is in the file no more."""
    promotion = promotion_of(programme, code)
    return None if promotion is None else promotion.name.of(language)


def stamps_name(programme: Programme, code: str | None, language: str) -> str | None:
    """What the stamps are called that made a visit free; their code if they are no more."""
    stamp = stamp_of(programme, code)
    return code if stamp is None else stamp.name.of(language)


def booked_notice(tx: Tx, booked: Booked, language: str, *, by_client: bool = False) -> VisitBooked:
    """A visit that stands, or stood; `by_client`: their ✅ has just confirmed it."""
    visit = booked.visit
    return VisitBooked(
        visit_id=visit.id,
        client_name=called(booked.client),
        tier=tier_name(tx.programme, booked.level, language),
        service=visit_service(visit, tx.programme, language),
        branch=visit.branch,
        bill=visit.bill,
        discount=visit.discount,
        points_spent=visit.points_spent,
        paid_with_points=paid_with_points(visit),
        to_pay=visit.to_pay,
        points=visit.points_earned,
        balance=booked.balance,
        staff_name=booked.staff_name,
        is_mine=booked.is_mine,
        is_undone=visit.is_undone,
        is_returned=visit.is_returned,
        returned=visit.returned,
        active_on=booked.active_on,
        promotion=promotion_name(tx.programme, visit.promotion_code, language),
        promotion_points=visit.promotion_points,
        free_by=stamps_name(tx.programme, visit.stamp_code, language),
        at=visit.at,
        undo_minutes=tx.programme.desk.undo_minutes,
        can_be_undone=booked.is_mine and is_undoable(tx, visit),
        by_client=by_client,
        is_approved=visit.approved_by is not None,
        approver_name=booked.approver_name,
    )


def paid_with_points(visit: Visit) -> int:
    """What the visit's points paid, in minor units."""
    return visit.bill - visit.discount - visit.to_pay


async def tell_staff(tx: Tx, telegram_id: int, make: Callable[[str], Message], *, key: str) -> None:
    """Tells somebody at the desk, who waits for it, in their language; once for this key."""
    recipient = await to_account(tx, telegram_id)
    await notify(tx, recipient, make(recipient.language), lane=Lane.REPLY, key=key)

"""What the client reads of a change at the desk, at once (rule 24)."""

from loyalty.points import valid_through
from loyalty.tiers import progress, upgraded
from operations.desk import visit_service
from operations.outgoing import notify, to_client
from operations.promotions import promotion_of
from operations.stamps import card_after
from operations.standing import current_level
from operations.transaction import Tx
from operations.visit_points import Earned, TakenBack
from storage.clients import Client
from storage.returns import VisitReturn
from storage.visits import Visit
from templates.visits import Receipt, Returned, StampsTold, Undone


async def send_receipt(
    tx: Tx, *, client: Client, visit: Visit, earned: Earned, qualifying: int
) -> None:
    """The receipt of a visit just booked; `client` as they were before it.

    `qualifying` is what the client has with it in the window of levels.
    """
    recipient = to_client(client)
    if recipient is None:
        return
    listed = None if visit.service_code is None else tx.programme.service(visit.service_code)
    held = upgraded(tx.programme, current_level(tx, client), qualifying)
    steps = progress(tx.programme, held, qualifying, today=tx.today)
    receipt = Receipt(
        visit_id=visit.id,
        client_name=client.name,
        branch=visit.branch,
        service=visit_service(visit, tx.programme, recipient.language),
        at=visit.at,
        bill=visit.bill,
        discount=visit.discount,
        points_spent=visit.points_spent,
        paid_with_points=visit.bill - visit.discount - visit.to_pay,
        to_pay=visit.to_pay,
        points=visit.points_earned,
        valid_through=(
            valid_through(tx.today, tx.programme.points.lifetime_days)
            if visit.points_earned and earned.active_on is None
            else None
        ),
        balance=earned.balance,
        is_excluded=listed is not None and listed.excluded,
        next_tier=None if steps.next is None else steps.next.name.of(recipient.language),
        measure=tx.programme.tiers.qualify_by,
        missing=steps.missing,
        promotion=_promotion_name(tx, visit, recipient.language),
        promotion_points=visit.promotion_points,
        is_free=visit.stamp_code is not None,
        stamps=await _stamps_told(tx, visit, recipient.language),
        active_on=earned.active_on,
    )
    await notify(tx, recipient, receipt, key=f"receipt:{visit.id}")


def _promotion_name(tx: Tx, visit: Visit, language: str) -> str | None:
    promotion = promotion_of(tx.programme, visit.promotion_code)
    return None if promotion is None else promotion.name.of(language)


async def _stamps_told(tx: Tx, visit: Visit, language: str) -> StampsTold | None:
    card = await card_after(tx, visit)
    if card is None:
        return None
    stamp = card.stamp
    return StampsTold(stamp.name.of(language), card.have, stamp.every, card.is_next_free)


async def send_undone(
    tx: Tx, *, client: Client, visit: Visit, back: TakenBack, balance: int, referral_points: int = 0
) -> None:
    """Tells the client that a visit of theirs was taken back; `balance` after all of it."""
    rules = tx.programme.referral
    undone = Undone(
        visit_id=visit.id,
        bill=visit.bill,
        points=back.taken,
        balance=balance,
        points_restored=back.restored,
        points_pending=back.not_coming,
        referral_points=referral_points,
        qualifying_bill=rules.qualifying_bill if rules and referral_points else 0,
    )
    await notify(tx, to_client(client), undone, key=f"undone:{visit.id}")


async def send_returned(
    tx: Tx, *, client: Client, visit: Visit, made: VisitReturn, balance: int
) -> None:
    """Tells the client what came back of a visit, which is as the return left it."""
    returned = Returned(
        visit_id=visit.id,
        at=made.at,
        amount=made.amount,
        bill_left=visit.bill,
        refund=made.refund,
        points_restored=made.points_restored,
        points_taken=made.points_taken,
        points_pending=made.points_pending,
        balance=balance,
    )
    await notify(tx, to_client(client), returned, key=f"returned:{made.id}")

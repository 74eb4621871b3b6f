"""What the client reads of a change at the desk, at once (rule 24)."""

from loyalty.points import valid_through
from loyalty.tiers import progress, upgraded, window_start
from operations.desk import visit_service
from operations.outgoing import notify, to_client
from operations.standing import current_level
from operations.transaction import Tx
from storage import visits
from storage.clients import Client
from storage.visits import Visit
from templates.visits import Receipt, Undone


async def send_receipt(tx: Tx, *, client: Client, visit: Visit, balance: int) -> None:
    """The receipt of a visit just booked; `client` as they were before it, `balance` after."""
    recipient = to_client(client)
    if recipient is None:
        return
    listed = None if visit.service_code is None else tx.programme.service(visit.service_code)
    rules = tx.programme.tiers
    since = window_start(tx.today, rules.window_days)
    value = await visits.qualifying_value(tx.db, client.id, rules.qualify_by, since=since)
    held = upgraded(tx.programme, current_level(tx, client), value)
    steps = progress(tx.programme, held, value, today=tx.today)
    receipt = Receipt(
        visit_id=visit.id,
        client_name=client.name,
        branch=visit.branch,
        service=visit_service(visit, tx.programme, recipient.language),
        at=visit.at,
        bill=visit.bill,
        discount=visit.discount,
        points_spent=visit.points_spent,
        to_pay=visit.to_pay,
        points=visit.points_earned,
        valid_through=(
            valid_through(tx.today, tx.programme.points.lifetime_days)
            if visit.points_earned
            else None
        ),
        balance=balance,
        is_excluded=listed is not None and listed.excluded,
        next_tier=None if steps.next is None else steps.next.name.of(recipient.language),
        measure=rules.qualify_by,
        missing=steps.missing,
    )
    await notify(tx, recipient, receipt, key=f"receipt:{visit.id}")


async def send_undone(
    tx: Tx, *, client: Client, visit: Visit, balance: int, referral_points: int = 0
) -> None:
    """Tells the client that a visit of theirs was taken back; `balance` after all of it."""
    undone = Undone(
        visit_id=visit.id,
        bill=visit.bill,
        points=visit.points_earned,
        balance=balance,
        referral_points=referral_points,
    )
    await notify(tx, to_client(client), undone, key=f"undone:{visit.id}")

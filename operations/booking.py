"""A visit on the books: what it posts, counts and tells, in one transaction."""

from dataclasses import dataclass
from datetime import date

from loyalty.programme import Level
from loyalty.visits import VisitTerms
from operations.desk import ServiceTyped
from operations.ledger import EntryKind, spend
from operations.receipts import send_receipt
from operations.referrals import reward_referral
from operations.senders import Sender
from operations.standing import (
    TierReason,
    current_level,
    qualifying_value,
    revisit_standing,
)
from operations.transaction import Tx
from operations.visit_points import give_points, pending_until
from storage import audit_log, clients, ledger, staff, visit_previews, visits
from storage.clients import Client
from storage.visit_previews import PreviewStatus
from storage.visits import Visit


@dataclass(frozen=True)
class Booked:
    """The visit stands, by this tap or by an earlier one."""

    visit: Visit
    client: Client
    level: Level  # held before the visit
    balance: int  # right after the visit's points
    staff_name: str | None  # who confirmed; none: an owner who is on no list
    is_mine: bool
    repeated: bool
    active_on: date | None = None  # when the points, which rest, will be on the card
    approver_name: str | None = None  # who approved a large bill; none: an owner, or nobody had to


async def book_visit(
    tx: Tx,
    *,
    staff_id: int,
    client: Client,
    terms: VisitTerms,
    service: ServiceTyped,
    branch: str,
    preview_id: int,
    approved_by: int | None = None,
    redemption_id: int | None = None,
) -> Booked:
    """Books the visit with all that follows from it: points, receipt, level, badges, referral.

    The caller holds `client` locked and has found the preview open; `client` is as before.
    `redemption_id`: the client's agreement to the points that the terms spend, there to be spent.
    """
    assert (redemption_id is not None) == (terms.points_spent > 0), "points need the client's word"
    visit = await _add(
        tx, staff_id, client, terms, service, branch, preview_id, approved_by=approved_by
    )
    closed = await visit_previews.close(
        tx.db, preview_id, PreviewStatus.CONFIRMED, visit_id=visit.id
    )
    assert closed, "the client's lock lets one confirmation through"
    if redemption_id is not None:
        await _spend_points(tx, visit, redemption_id)
        # What is earned is added to what is left.
        client = await clients.lock(tx.db, client.id) or client
    earned = await give_points(tx, client, visit)
    await _count_visit(tx, client, visit)
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=staff_id,
        action="visit.confirmed",
        client_id=client.id,
        subject_id=visit.id,
        details={
            "bill": visit.bill,
            "points": visit.points_earned,
            "spent": visit.points_spent,
            "preview": preview_id,
        },
    )
    qualifying = await qualifying_value(tx, client.id)
    await send_receipt(tx, client=client, visit=visit, earned=earned, qualifying=qualifying)
    await reward_referral(tx, friend=client, visit_id=visit.id, bill=visit.bill)
    await revisit_standing(tx, client, visit.id, TierReason.VISIT, qualifying=qualifying)
    return Booked(
        visit=visit,
        client=client,
        level=current_level(tx, client),
        balance=earned.balance,
        staff_name=await staff.name_of(tx.db, staff_id),
        is_mine=True,
        repeated=False,
        active_on=earned.active_on,
        approver_name=await _approver_name(tx, visit),
    )


async def _add(
    tx: Tx,
    staff_id: int,
    client: Client,
    terms: VisitTerms,
    service: ServiceTyped,
    branch: str,
    preview_id: int,
    *,
    approved_by: int | None,
) -> Visit:
    """The visit's row, with the rates that a return, later, is reckoned at."""
    return await visits.add(
        tx.db,
        {
            "client_id": client.id,
            "branch": branch,
            "service_code": service.code,
            "service_text": service.text,
            "bill": terms.bill,
            "discount": terms.discount,
            "discount_percent": terms.discount_percent,
            "point_value": terms.point_value,
            "points_spent": terms.points_spent,
            "to_pay": terms.to_pay,
            "eligible": terms.eligible,
            "percent": terms.percent,
            "points_earned": terms.points_earned,
            "promotion_code": terms.promotion,
            "promotion_factor": terms.promotion_factor,
            "promotion_add": terms.promotion_add,
            "stamp_code": terms.stamp,
            "tier": terms.tier,
            "staff_id": staff_id,
            "approved_by": approved_by,
            "at": tx.now,
            "on_day": tx.today,
            "preview_id": preview_id,
        },
    )


async def _spend_points(tx: Tx, visit: Visit, redemption_id: int) -> None:
    """What the client pays with: posted before what the visit earns, which cannot pay for it."""
    await spend(
        tx,
        visit.client_id,
        visit.points_spent,
        kind=EntryKind.REDEMPTION,
        key=f"redemption:{redemption_id}",
        visit_id=visit.id,
        actor_id=visit.staff_id,
    )


async def _approver_name(tx: Tx, visit: Visit) -> str | None:
    return None if visit.approved_by is None else await staff.name_of(tx.db, visit.approved_by)


async def _count_visit(tx: Tx, client: Client, visit: Visit) -> None:
    """Brings the caches on the client's row up to date; `client` is locked."""
    last = visit.on_day if client.last_visit_on is None else client.last_visit_on
    await clients.change(
        tx.db,
        client.id,
        {"visits": client.visits + 1, "last_visit_on": max(last, visit.on_day)},
    )


async def booked_visit(tx: Tx, *, visit: Visit, client: Client, actor: Sender) -> Booked:
    """A visit that stands already, as its confirmation told it."""
    entries = await ledger.of_visit(tx.db, visit.id)
    own = (EntryKind.REDEMPTION, EntryKind.VISIT)
    posted = [entry for entry in entries if entry.kind in own and entry.client_id == client.id]
    level = tx.programme.tiers.level(visit.tier) or current_level(tx, client)
    return Booked(
        visit=visit,
        client=client,
        level=level,
        balance=posted[-1].balance_after if posted else client.balance,
        staff_name=await staff.name_of(tx.db, visit.staff_id),
        is_mine=visit.staff_id == actor.telegram_id,
        repeated=True,
        active_on=await pending_until(tx, visit),
        approver_name=await _approver_name(tx, visit),
    )

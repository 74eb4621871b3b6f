"""Visits in the tests of what follows from them: booked and taken back, without the desk."""

from operations.referral_parties import ReferralOutcome
from operations.referrals import reward_referral
from operations.referrals_taken_back import revoke_referral
from operations.standing import StandingChanges, TierReason, revisit_standing
from operations.transaction import Tx
from storage import clients, visits


async def visit(tx: Tx, client_id: int, bill: int) -> tuple[int, StandingChanges, ReferralOutcome]:
    """A visit with this bill (minor units), and all that the desk asks for after it."""
    client = await clients.lock(tx.db, client_id)
    assert client is not None
    booked = await visits.add(
        tx.db,
        {
            "client_id": client_id,
            "branch": "Центр",
            "bill": bill,
            "discount": 0,
            "points_spent": 0,
            "to_pay": bill,
            "eligible": bill,
            "percent": 3,
            "points_earned": bill * 3 // 10_000,
            "tier": client.tier,
            "staff_id": 1,
            "at": tx.now,
            "on_day": tx.today,
        },
    )
    changes = {"visits": client.visits + 1, "last_visit_on": tx.today}
    await clients.change(tx.db, client_id, changes)
    standing = await revisit_standing(tx, client, booked.id, TierReason.VISIT)
    outcome = await reward_referral(tx, friend=client, visit_id=booked.id, bill=bill)
    return booked.id, standing, outcome


async def undo(tx: Tx, visit_id: int) -> tuple[StandingChanges, ReferralOutcome]:
    """Takes the visit back, as the desk does."""
    found = await visits.by_id(tx.db, visit_id)
    assert found is not None
    client = await clients.lock(tx.db, found.client_id)
    assert client is not None
    await visits.mark_undone(tx.db, visit_id, by=1, now=tx.now)
    last = await visits.last_visit_on(tx.db, client.id)
    await clients.change(tx.db, client.id, {"visits": client.visits - 1, "last_visit_on": last})
    outcome = await revoke_referral(tx, visit_id=visit_id, actor_id=1)
    standing = await revisit_standing(tx, client, visit_id, TierReason.UNDO)
    return standing, outcome

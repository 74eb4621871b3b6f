"""A referral's rewards go with the visit that earned them (rules 8, 14 and 25)."""

from dataclasses import dataclass

from loyalty.programme import ReferralRules
from loyalty.referrals import ReferralState, qualifies
from operations import ledger
from operations.desk import living_client
from operations.ledger import EntryKind
from operations.outgoing import notify, to_client
from operations.promises import referral_terms
from operations.referral_link import first_name
from operations.referral_parties import NOTHING_DUE, ReferralOutcome, locked_friend, locked_referrer
from operations.standing import revisit_badges
from operations.transaction import Tx
from storage import clients, referrals, visits
from storage import ledger as entries
from storage.clients import ClientStatus
from storage.ledger import Entry
from storage.referrals import Referral
from storage.tiers import TierReason
from storage.visits import Visit
from templates.referrals import RewardTakenBack


@dataclass(frozen=True)
class TakenFrom:
    """Points taken back from one client, and the entry that did it."""

    points: int
    entry_id: int


NOTHING_TAKEN = TakenFrom(0, 0)


async def revoke_referral(
    tx: Tx,
    *,
    visit_id: int,
    bill_left: int = 0,
    actor_id: int | None = None,
    reason: TierReason = TierReason.UNDO,
    tells_friend: bool = True,
) -> ReferralOutcome:
    """Takes both rewards back when the visit that earned them goes; another visit may qualify.

    `bill_left` is what a return left of the bill: while that still qualifies, nothing changes.
    Nor does it where another visit stands that the reward would have fallen due at as well: then
    it is that one's. The caller has written the visit. The figures of the outcome are what was
    taken back. Who tells the friend in the notice of the visit itself says so by `tells_friend`.
    """
    referral = await referrals.rewarded_by_visit(tx.db, visit_id)
    rules = None if referral is None else referral_terms(tx, referral)
    if referral is None or (rules is not None and qualifies(rules, bill_left)):
        return NOTHING_DUE
    friend = await locked_friend(tx, referral)
    referrer = await locked_referrer(tx, referral)
    referral = await referrals.rewarded_by_visit(tx.db, visit_id)  # as it is under the lock
    if referral is None or friend is None:
        return NOTHING_DUE
    if referrer is not None and referrer.id == friend.id:
        referrer = None  # two records of one person by now: they are told once
    other = None if rules is None else await _another_qualifies(tx, rules, referral, friend.id)
    if other is not None:
        await referrals.move_to_visit(tx.db, referral.friend_id, other.id)
        return NOTHING_DUE
    posted_for = referral.posted_visit_id or visit_id
    taken = await _reverse_grants(tx, posted_for, visit_id, reason, actor_id)
    await referrals.settle(
        tx.db, referral.friend_id, status=ReferralState.TAKEN_BACK, visit_id=None, rewarded_at=None
    )
    for client in (friend, referrer):
        as_friend = client is friend
        if client is not None and client.id in taken and (tells_friend or not as_friend):
            left = await clients.by_id(tx.db, client.id)
            told = RewardTakenBack(
                points=taken[client.id].points,
                entry_id=taken[client.id].entry_id,
                as_friend=as_friend,
                balance=None if left is None else left.balance,
                qualifying_bill=0 if rules is None else rules.qualifying_bill,
                friend=None if as_friend else first_name(friend),
            )
            await notify(tx, to_client(client), told)
    if referrer is not None:
        await revisit_badges(tx, referrer, visit_id=visit_id, reason=reason)
    return ReferralOutcome(
        ReferralState.TAKEN_BACK,
        taken.get(friend.id, NOTHING_TAKEN).points,
        0 if referrer is None else taken.get(referrer.id, NOTHING_TAKEN).points,
        referral.referrer_id,
    )


async def friend_points_at_stake(tx: Tx, *, visit: Visit, bill_left: int) -> int:
    """How many points of the client's own reward a return that leaves so much would take."""
    referral = await referrals.rewarded_by_visit(tx.db, visit.id)
    rules = None if referral is None else referral_terms(tx, referral)
    if referral is None or (rules is not None and qualifies(rules, bill_left)):
        return 0
    if rules is not None and await _another_qualifies(tx, rules, referral, visit.client_id):
        return 0
    at_stake = 0
    for entry in await _standing_rewards(tx, referral.posted_visit_id or visit.id):
        # A merge leaves the entry with the record of its time.
        whose = await living_client(tx, entry.client_id)
        at_stake += entry.amount if whose is not None and whose.id == visit.client_id else 0
    return at_stake


async def _standing_rewards(tx: Tx, posted_for: int) -> list[Entry]:
    """What was posted for this visit to both, and not taken back."""
    posted = [
        entry
        for entry in await entries.of_visit(tx.db, posted_for)
        if entry.kind is EntryKind.REFERRAL and entry.amount > 0
    ]
    return [entry for entry in posted if not await entries.reversed_amount(tx.db, entry.id)]


async def _another_qualifies(
    tx: Tx, rules: ReferralRules, referral: Referral, friend_id: int
) -> Visit | None:
    """Another visit of the friend's that the reward would have fallen due at."""
    assert referral.visit_id is not None, "a rewarded referral names its visit"
    return await visits.first_with_bill(
        tx.db,
        friend_id,
        at_least=rules.qualifying_bill,
        since=referral.registered_at,
        but=referral.visit_id,
    )


async def _reverse_grants(
    tx: Tx, posted_for: int, visit_id: int, reason: TierReason, actor_id: int | None
) -> dict[int, TakenFrom]:
    """What was taken back, by client; `posted_for` is the visit that their entries name."""
    kind = EntryKind.UNDO if reason is TierReason.UNDO else EntryKind.RETURN
    taken: dict[int, TakenFrom] = {}
    for entry in await _standing_rewards(tx, posted_for):
        whose = await living_client(tx, entry.client_id)
        if whose is None or whose.status is not ClientStatus.ACTIVE:
            continue  # erased: the points went with the card
        posted = await ledger.reverse(
            tx,
            entry.id,
            kind=kind,
            key=f"{kind.value}:{visit_id}:referral:{entry.id}",
            visit_id=posted_for,
            actor_id=actor_id,
        )
        before = taken.get(whose.id, NOTHING_TAKEN)
        taken[whose.id] = TakenFrom(before.points - posted.amount, posted.entry_id)
    return taken

"""Friends who bring friends: whose link it was, and what a friend's visit earns both (rule 14)."""

from loyalty.points import valid_through
from loyalty.programme import ReferralRules
from loyalty.referrals import ReferralState, referral_reward
from operations import ledger
from operations.desk import living_client
from operations.ledger import EntryKind
from operations.outgoing import notify, to_client
from operations.promises import referral_terms
from operations.referral_link import first_name, month_began, month_ends
from operations.referral_parties import NOTHING_DUE, ReferralOutcome, locked_referrer
from operations.standing import revisit_badges
from operations.transaction import Tx
from storage import clients, referrals
from storage.clients import Client, ClientStatus
from storage.tiers import TierReason
from templates.referrals import FriendBonus, FriendCame

LINE_FOLLOWED_MAX = 64  # from a friend up to whoever began; a longer line is no trick


async def attribute_referral(tx: Tx, *, friend_id: int, referral_code: str | None) -> Client | None:
    """Keeps who brought the friend who is registering just now; None: nobody did."""
    if referral_code is None or tx.programme.referral is None:
        return None
    owner = await clients.by_referral_code(tx.db, referral_code)
    referrer = None if owner is None else await living_client(tx, owner.id)
    if referrer is None or referrer.status is not ClientStatus.ACTIVE:
        return None
    if referrer.id == friend_id or await _stands_above(tx, friend_id, referrer.id):
        return None
    added = await referrals.add(tx.db, friend_id=friend_id, referrer_id=referrer.id, now=tx.now)
    return referrer if added else None


async def _stands_above(tx: Tx, client_id: int, other_id: int) -> bool:
    """Whether the client is the other, or brought whoever brought the other: a circle (rule 14).

    A record that came back after a merge or an import may be older than who invites it now.
    """
    above: int | None = other_id
    for _ in range(LINE_FOLLOWED_MAX):
        if above is None or above == client_id:
            return above is not None
        above = await referrals.referrer_of(tx.db, above)
    return False


async def reward_referral(tx: Tx, *, friend: Client, visit_id: int, bill: int) -> ReferralOutcome:
    """Pays both for the friend's visit, if it is the one that the reward waits for.

    Args:
        friend: whose visit it is; the caller holds the row locked.
        bill: of the visit, before any discount, in minor units.
    """
    switched_on = tx.programme.referral is not None
    referral = await referrals.of_friend(tx.db, friend.id) if switched_on else None
    rules = None if referral is None else referral_terms(tx, referral)
    if rules is None or referral is None:
        return NOTHING_DUE
    # A friend registers after their referrer did, so rows are always locked up the same line.
    referrer = await locked_referrer(tx, referral)
    reward = referral_reward(
        rules,
        referral.status,
        bill=bill,
        rewarded_this_month=await referrals.rewarded_since(
            tx.db, referral.referrer_id, month_began(tx)
        ),
    )
    if reward is None:
        return NOTHING_DUE
    referrer_points = reward.referrer_points if referrer is not None else 0
    friend_entry = await _grant(tx, friend.id, reward.friend_points, friend.id, visit_id, "friend")
    referrer_entry = 0
    if referrer is not None:
        referrer_entry = await _grant(
            tx, referrer.id, referrer_points, friend.id, visit_id, "referrer"
        )
    await referrals.settle(
        tx.db, friend.id, status=reward.state, visit_id=visit_id, rewarded_at=tx.now
    )
    told_friend = FriendBonus(
        points=reward.friend_points,
        referrer=None if referrer is None else first_name(referrer),
        entry_id=friend_entry,
    )
    if reward.friend_points:
        await notify(tx, to_client(friend), told_friend)
    if referrer is not None and rules.referrer_points:
        await _tell_referrer(
            tx, rules, friend, referrer, referrer_points, referrer_entry, reward.state
        )
    if referrer is not None:
        await revisit_badges(tx, referrer, visit_id=visit_id, reason=TierReason.VISIT)
    return ReferralOutcome(
        reward.state, reward.friend_points, referrer_points, referral.referrer_id
    )


async def _grant(
    tx: Tx, client_id: int, points: int, friend_id: int, visit_id: int, whose: str
) -> int:
    """The entry in the ledger; 0 where there is nothing to give."""
    if not points:
        return 0
    posted = await ledger.grant(
        tx,
        client_id,
        points,
        kind=EntryKind.REFERRAL,
        # With the visit: after a return another visit may earn the reward anew.
        key=f"referral:{friend_id}:{whose}:{visit_id}",
        valid_through=valid_through(tx.today, tx.programme.points.lifetime_days),
        visit_id=visit_id,
        reason=whose,
    )
    return posted.entry_id


async def _tell_referrer(
    tx: Tx,
    rules: ReferralRules,
    friend: Client,
    referrer: Client,
    points: int,
    entry_id: int,
    state: ReferralState,
) -> None:
    came = FriendCame(
        friend=first_name(friend),
        points=points,
        capped=state is ReferralState.CAPPED,
        monthly_cap=rules.monthly_cap,
        resumes_on=month_ends(tx) if state is ReferralState.CAPPED else None,
        entry_id=entry_id,
    )
    await notify(tx, to_client(referrer), came)

"""Friends who bring friends: whose link it was, and what a friend's visit earns both (rule 14)."""

from dataclasses import dataclass
from datetime import date, datetime

from loyalty.calendar import add_months, day_starts, month_starts
from loyalty.points import valid_through
from loyalty.programme import Programme, ReferralRules
from loyalty.referrals import (
    AWAITING_VISIT,
    ReferralState,
    qualifies,
    referral_reward,
)
from operations import deep_links, ledger
from operations.deep_links import deep_link, sharing_link
from operations.desk import living_client
from operations.ledger import EntryKind
from operations.outgoing import notify, to_client
from operations.promises import referral_terms
from operations.standing import revisit_badges
from operations.transaction import Tx
from storage import clients, referrals, visits
from storage import ledger as entries
from storage.clients import Client, ClientStatus
from storage.ledger import Entry
from storage.referrals import Referral
from storage.tiers import TierReason
from storage.visits import Visit
from templates.referrals import (
    FRIENDS_SHOWN_MAX,
    FriendBonus,
    FriendCame,
    FriendLine,
    FriendState,
    Invite,
    NoInvitations,
    RewardTakenBack,
    ShareText,
)

MERGES_FOLLOWED_MAX = 8
LINE_FOLLOWED_MAX = 64  # from a friend up to whoever began; a longer line is no trick


@dataclass(frozen=True)
class ReferralOutcome:
    """What a friend's visit made due; all of it 0 and None where nothing was."""

    state: ReferralState | None = None
    friend_points: int = 0
    referrer_points: int = 0
    referrer_id: int | None = None


NOTHING_DUE = ReferralOutcome()


@dataclass(frozen=True)
class TakenFrom:
    """Points taken back from one client, and the entry that did it."""

    points: int
    entry_id: int


NOTHING_TAKEN = TakenFrom(0, 0)
_FRIEND_STATES = {
    ReferralState.OPENED: FriendState.WAITING,
    ReferralState.REGISTERED: FriendState.WAITING,
    ReferralState.TAKEN_BACK: FriendState.TAKEN_BACK,
    ReferralState.REWARDED: FriendState.REWARDED,
    ReferralState.CAPPED: FriendState.CAPPED,
}


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
    referrer = await _locked_referrer(tx, referral)
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
    friend = await _locked_friend(tx, referral)
    referrer = await _locked_referrer(tx, referral)
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


async def _locked_friend(tx: Tx, referral: Referral) -> Client | None:
    """Whose points they are by now: the record that the friend's was merged into, if it was."""
    living = await living_client(tx, referral.friend_id)
    return None if living is None else await clients.lock(tx.db, living.id)


async def _locked_referrer(tx: Tx, referral: Referral) -> Client | None:
    """Who is rewarded: the record that the referrer's was merged into, if it was; None: erased."""
    client_id: int | None = referral.referrer_id
    for _ in range(MERGES_FOLLOWED_MAX):
        client = None if client_id is None else await clients.lock(tx.db, client_id)
        if client is None or client.status is ClientStatus.ERASED:
            return None
        if client.status is ClientStatus.ACTIVE:
            return None if client.id == referral.friend_id else client
        client_id = client.merged_into_id
    return None


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


def first_name(client: Client) -> str | None:
    """All that one client is told of another: no surname, no phone."""
    return _first_word(client.name)


def _first_word(name: str | None) -> str | None:
    words = (name or "").split()
    return words[0] if words else None


def month_began(tx: Tx) -> datetime:
    """The instant at which the business's calendar month began."""
    return day_starts(month_starts(tx.today), tx.programme.business.timezone)


def month_ends(tx: Tx) -> date:
    """The day on which the cap begins anew: the first of the next month."""
    return add_months(month_starts(tx.today), 1)


async def show_invite(
    tx: Tx, client: Client, bot_username: str, recommendation: str
) -> Invite | NoInvitations:
    """The client's link, and what came of it."""
    rules = tx.programme.referral
    if rules is None or client.referral_code is None:
        return NoInvitations()
    link = deep_link(bot_username, deep_links.Referral(client.referral_code))
    found = await referrals.counts(tx.db, client.id)
    waiting = sum(number for status, number in found.items() if status in AWAITING_VISIT)
    brought = await referrals.brought_by(tx.db, client.id, limit=FRIENDS_SHOWN_MAX)
    this_month = await referrals.rewarded_since(tx.db, client.id, month_began(tx))
    return Invite(
        link=link,
        share_link=sharing_link(link, recommendation),
        referrer_points=rules.referrer_points,
        friend_points=rules.friend_points,
        qualifying_bill=rules.qualifying_bill,
        monthly_cap=rules.monthly_cap,
        waiting=waiting,
        rewarded=sum(found.values()) - waiting,
        friends=tuple(
            FriendLine(
                name=_first_word(friend.name),
                came=friend.status not in AWAITING_VISIT,
                state=_FRIEND_STATES[friend.status],
            )
            for friend in brought
        ),
        opened=await referrals.opened(tx.db, client.referral_code),
        rewarded_this_month=this_month,
        resumes_on=month_ends(tx) if this_month >= rules.monthly_cap else None,
    )


def share_text(programme: Programme) -> ShareText:
    """What the friend reads beside the link."""
    rules = programme.referral
    return ShareText(
        programme.business.name,
        friend_points=rules.friend_points if rules else 0,
        qualifying_bill=rules.qualifying_bill if rules else 0,
    )

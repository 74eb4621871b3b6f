"""The link that a client invites friends with, and what came of it (rule 14)."""

from datetime import date, datetime

from loyalty.calendar import add_months, day_starts, month_starts
from loyalty.programme import Programme
from loyalty.referrals import AWAITING_VISIT, ReferralState
from operations import deep_links
from operations.deep_links import deep_link, sharing_link
from operations.transaction import Tx
from storage import referrals
from storage.clients import Client
from templates.referrals import (
    FRIENDS_SHOWN_MAX,
    FriendLine,
    FriendState,
    Invite,
    NoInvitations,
    ShareText,
)

_FRIEND_STATES = {
    ReferralState.OPENED: FriendState.WAITING,
    ReferralState.REGISTERED: FriendState.WAITING,
    ReferralState.TAKEN_BACK: FriendState.TAKEN_BACK,
    ReferralState.REWARDED: FriendState.REWARDED,
    ReferralState.CAPPED: FriendState.CAPPED,
}


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

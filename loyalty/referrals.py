"""Who may be brought by whom, and what a friend's visit earns both (rule 14)."""

from dataclasses import dataclass
from enum import StrEnum

from loyalty.programme.model import ReferralRules


class ReferralState(StrEnum):
    """Where a referral stands; it moves downwards only, but for a return of the visit."""

    OPENED = "opened"  # the link was opened, the friend is not a client yet
    REGISTERED = "registered"  # a client, whose qualifying visit is awaited
    REWARDED = "rewarded"  # both were paid
    CAPPED = "capped"  # the friend was paid, the referrer had reached the month's cap
    TAKEN_BACK = "taken_back"  # the qualifying visit was returned; another may qualify


AWAITING_VISIT = frozenset({ReferralState.REGISTERED, ReferralState.TAKEN_BACK})


class LinkIgnored(StrEnum):
    """Why an opened link makes nobody the referrer."""

    SELF = "self"
    SAME_PHONE = "same-phone"  # one's own second account
    CLIENT_ALREADY = "client-already"
    EARLIER_LINK = "earlier-link"  # the first one counts, for good


def link_ignored(
    *, own_link: bool, client_already: bool, same_phone: bool, earlier_link: bool
) -> LinkIgnored | None:
    """Why this link does not count; None: it does. The phone is known only at registration."""
    if own_link:
        return LinkIgnored.SELF
    if same_phone:
        return LinkIgnored.SAME_PHONE
    if client_already:
        return LinkIgnored.CLIENT_ALREADY
    return LinkIgnored.EARLIER_LINK if earlier_link else None


@dataclass(frozen=True)
class ReferralReward:
    """What both get for the friend's visit; a capped referrer gets 0 points."""

    state: ReferralState
    referrer_points: int
    friend_points: int


def qualifies(rules: ReferralRules, bill: int) -> bool:
    """Whether a visit with this bill (minor units, before discount) makes the reward due."""
    return bill > 0 and bill >= rules.qualifying_bill


def referral_reward(
    rules: ReferralRules, state: ReferralState, *, bill: int, rewarded_this_month: int
) -> ReferralReward | None:
    """What the friend's visit makes due; None: nothing, and a smaller bill spoils nothing.

    `rewarded_this_month` counts the referrer's rewards in the business's calendar month, without
    those that were taken back.
    """
    if state not in AWAITING_VISIT or not qualifies(rules, bill):
        return None
    if rewarded_this_month >= rules.monthly_cap:
        return ReferralReward(ReferralState.CAPPED, 0, rules.friend_points)
    return ReferralReward(ReferralState.REWARDED, rules.referrer_points, rules.friend_points)

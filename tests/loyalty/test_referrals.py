"""Rule 14: whose link counts, and when the reward falls due."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme import Programme, ReferralRules
from loyalty.referrals import (
    AWAITING_VISIT,
    LinkIgnored,
    ReferralReward,
    ReferralState,
    link_ignored,
    qualifies,
    referral_reward,
)


@pytest.fixture
def rules(programme: Programme) -> ReferralRules:
    assert programme.referral is not None
    return programme.referral


def reason(**facts: bool) -> LinkIgnored | None:
    nothing = {"own_link": False, "client_already": False, "same_phone": False}
    return link_ignored(**{**nothing, "earlier_link": False, **facts})


def test_rule_14_a_strangers_first_link_counts() -> None:
    assert reason() is None


@pytest.mark.parametrize(
    ("fact", "ignored"),
    [
        ("own_link", LinkIgnored.SELF),
        ("same_phone", LinkIgnored.SAME_PHONE),
        ("client_already", LinkIgnored.CLIENT_ALREADY),
        ("earlier_link", LinkIgnored.EARLIER_LINK),
    ],
)
def test_rule_14_nobody_refers_themselves_a_client_or_somebody_elses_friend(
    fact: str, ignored: LinkIgnored
) -> None:
    assert reason(**{fact: True}) is ignored


def test_rule_14_a_bill_of_exactly_the_qualifying_one_qualifies(rules: ReferralRules) -> None:
    assert qualifies(rules, 50_000)
    assert not qualifies(rules, 49_999)


def test_any_paid_visit_qualifies_where_no_bill_is_named() -> None:
    assert qualifies(ReferralRules(), 1)
    assert not qualifies(ReferralRules(), 0)


def test_rule_14_a_smaller_visit_before_spoils_nothing(rules: ReferralRules) -> None:
    registered = ReferralState.REGISTERED
    assert referral_reward(rules, registered, bill=10_000, rewarded_this_month=0) is None
    assert referral_reward(rules, registered, bill=50_000, rewarded_this_month=0) == ReferralReward(
        ReferralState.REWARDED, 300, 150
    )


def test_rule_14_the_cap_limits_the_referrer_and_never_the_friend(rules: ReferralRules) -> None:
    ninth = referral_reward(rules, ReferralState.REGISTERED, bill=50_000, rewarded_this_month=9)
    tenth = referral_reward(rules, ReferralState.REGISTERED, bill=50_000, rewarded_this_month=10)
    assert ninth == ReferralReward(ReferralState.REWARDED, 300, 150)
    assert tenth == ReferralReward(ReferralState.CAPPED, 0, 150)


@pytest.mark.parametrize("state", sorted(set(ReferralState) - AWAITING_VISIT))
def test_a_reward_is_given_once_and_to_nobody_unregistered(
    rules: ReferralRules, state: ReferralState
) -> None:
    assert referral_reward(rules, state, bill=50_000, rewarded_this_month=0) is None


def test_rule_08_after_a_return_a_later_visit_may_qualify(rules: ReferralRules) -> None:
    again = referral_reward(rules, ReferralState.TAKEN_BACK, bill=50_000, rewarded_this_month=0)
    assert again is not None
    assert again.state is ReferralState.REWARDED


@given(
    st.sampled_from(ReferralState),
    st.integers(0, 10**9),
    st.integers(0, 20),
    st.builds(
        ReferralRules,
        st.integers(0, 1_000),
        st.integers(0, 1_000),
        st.integers(0, 10**6),
        st.integers(1, 20),
    ),
)
def test_no_reward_is_more_than_the_programme_names(
    state: ReferralState, bill: int, rewarded: int, rules: ReferralRules
) -> None:
    reward = referral_reward(rules, state, bill=bill, rewarded_this_month=rewarded)
    if reward is not None:
        assert bill >= rules.qualifying_bill
        assert reward.friend_points == rules.friend_points
        capped = rewarded >= rules.monthly_cap
        assert reward.referrer_points == (0 if capped else rules.referrer_points)

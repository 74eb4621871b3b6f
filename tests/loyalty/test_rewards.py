"""What stands between a client and a reward."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme import Reward
from loyalty.programme.text import Text
from loyalty.rewards import (
    CLAIMS_OPEN_MAX,
    Obstacle,
    claim_valid_through,
    left_of,
    obstacle,
    pages_of,
)

rewards = st.builds(
    Reward,
    code=st.just("mug"),
    name=st.just(Text({"ru": "Кружка"})),
    cost=st.integers(1, 1_000),
    stock=st.none() | st.integers(0, 20),
    tiers=st.sampled_from([(), ("gold",), ("gold", "vip")]),
)


@given(
    reward=rewards,
    tier=st.sampled_from(["silver", "gold"]),
    available=st.integers(-100, 2_000),
    claimed=st.integers(0, 30),
    waiting=st.integers(0, CLAIMS_OPEN_MAX),
)
def test_nothing_stands_in_the_way_only_where_all_is_there(
    reward: Reward, tier: str, available: int, claimed: int, waiting: int
) -> None:
    found = obstacle(reward, tier=tier, available=available, claimed=claimed, open_claims=waiting)
    can = (
        (not reward.tiers or tier in reward.tiers)
        and (reward.stock is None or claimed < reward.stock)
        and available >= reward.cost
        and waiting < CLAIMS_OPEN_MAX
    )
    assert (found is None) == can
    left = left_of(reward, claimed)
    assert left is None or left >= 0
    assert (found is Obstacle.SOLD_OUT) <= (left == 0)


def test_a_code_is_good_for_thirty_days_more() -> None:
    assert claim_valid_through(date(2027, 1, 31)) == date(2027, 3, 2)


@given(st.integers(0, 200))
def test_every_reward_is_on_a_page(number: int) -> None:
    reward = Reward("mug", Text({"ru": "Кружка"}), cost=1)
    pages = pages_of([reward] * number, 8)
    assert pages >= 1
    assert (pages - 1) * 8 < max(number, 1) <= pages * 8

"""What points buy: what stands between a client and a reward, and how long a code is kept."""

from collections.abc import Sequence
from datetime import date, timedelta
from enum import StrEnum

from loyalty.programme.offers import Reward

CLAIM_KEPT_DAYS = 30  # a reward that nobody fetches goes back to the shelf, its points to the card
REMINDED_DAYS_AHEAD = 3
CLAIMS_OPEN_MAX = 10  # of one client at once: the shelf is for everybody


class Obstacle(StrEnum):
    """Why a reward cannot be had now; the first that holds."""

    TIER = "tier"
    SOLD_OUT = "sold_out"
    POINTS = "points"
    TOO_MANY = "too_many"  # claims that wait to be fetched


def left_of(reward: Reward, claimed: int) -> int | None:
    """How many there still are; None: it never runs out. The file says how many in all."""
    return None if reward.stock is None else max(reward.stock - claimed, 0)


def obstacle(
    reward: Reward, *, tier: str, available: int, claimed: int, open_claims: int
) -> Obstacle | None:
    """What stands in the way; None: nothing does.

    Args:
        tier: the code of the client's level.
        available: points that the client may spend now.
        claimed: how many of this reward everybody together has taken.
        open_claims: how many rewards of any kind wait for this client.
    """
    if reward.tiers and tier not in reward.tiers:
        return Obstacle.TIER
    if left_of(reward, claimed) == 0:
        return Obstacle.SOLD_OUT
    if available < reward.cost:
        return Obstacle.POINTS
    return Obstacle.TOO_MANY if open_claims >= CLAIMS_OPEN_MAX else None


def claim_valid_through(claimed_on: date) -> date:
    """The last day on which the reward is handed out."""
    return claimed_on + timedelta(days=CLAIM_KEPT_DAYS)


def pages_of(rewards: Sequence[Reward], rows: int) -> int:
    """How many pages of so many rows the catalogue takes, at least one."""
    return max(-(-len(rewards) // rows), 1)

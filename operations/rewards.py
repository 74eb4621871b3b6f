"""The catalogue of rewards, and buying one: the points go at once, a code comes (rules 2, 3, 4).

Stock and points are taken in one transaction, the client's row first, the reward's after it.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from loyalty.programme import Reward
from loyalty.programme.read_offers import COST_MAX
from loyalty.rewards import (
    CLAIM_KEPT_DAYS,
    CLAIMS_OPEN_MAX,
    Obstacle,
    claim_valid_through,
    left_of,
    obstacle,
    pages_of,
)
from operations.actors import as_client
from operations.available import available_points
from operations.claim_codes import grouped_code, random_claim_code
from operations.ledger import EntryKind, spend
from operations.outgoing import notify, to_account
from operations.owners import owners_of
from operations.standing import current_level
from operations.transaction import Tx
from storage import audit_log, clients, ledger, rewards
from storage.clients import Client, ClientStatus
from storage.rewards import Claim
from templates import rewards as screens
from templates.rewards import CATALOGUE_PAGE_ROWS, TIERS_SHOWN_MAX

CODE_ATTEMPTS_MAX = 20
_COST_LIMIT = 10**9
assert COST_MAX < _COST_LIMIT


class Offer(NamedTuple):
    """What a screen promises with its ✅: the client's n-th claim, at this cost.

    The second tap asks for the same place and gets the same claim; another cost is shown anew.
    """

    place: int
    cost: int

    @property
    def number(self) -> int:
        """Both in one, as a button carries them."""
        return self.place * _COST_LIMIT + self.cost

    @classmethod
    def of(cls, number: int) -> "Offer":
        """The offer of this number, whatever somebody made it of."""
        return cls(*divmod(number, _COST_LIMIT))


@dataclass(frozen=True)
class Redeemed:
    """The reward waits for the client: by this tap, or by an earlier one."""

    claim: Claim
    balance: int
    repeated: bool
    entry_id: int = 0  # of what it cost


@dataclass(frozen=True)
class NotRedeemed:
    """Something stands in the way; no point moved."""

    obstacle: Obstacle


@dataclass(frozen=True)
class OfferChanged:
    """The tap promised something else than there is now: it is to be shown anew."""


@dataclass(frozen=True)
class RewardGone:
    """The catalogue has no such reward any more, or the client is no more."""


Outcome = Redeemed | NotRedeemed | OfferChanged | RewardGone


async def redeem_reward(
    tx: Tx, *, client_id: int, reward: str, offer: Offer, owner_ids: Collection[int] = ()
) -> Outcome:
    """Buys the reward at what was shown, once however often it is tapped."""
    client = await clients.lock(tx.db, client_id)
    if client is None or client.status is not ClientStatus.ACTIVE:
        return RewardGone()
    before = await rewards.by_place(tx.db, client.id, offer.place)
    if before is not None:
        if before.reward != reward:
            return OfferChanged()
        entry_id = await entry_of(tx, before)
        return Redeemed(before, client.balance, repeated=True, entry_id=entry_id)
    wanted = tx.programme.reward(reward)
    if wanted is None:
        return RewardGone()
    made = await rewards.counts(tx.db, client.id)
    if offer != Offer(made.ever + 1, wanted.cost):
        return OfferChanged()
    in_the_way = await _obstacle(tx, client, wanted, open_claims=made.open)
    if in_the_way is not None:
        return NotRedeemed(in_the_way)
    gone = await rewards.take_one(tx.db, wanted.code, stock=wanted.stock)
    if gone is None:
        return NotRedeemed(Obstacle.SOLD_OUT)
    return await _claim(tx, client, wanted, offer.place, gone, owner_ids)


async def entry_of(tx: Tx, claim: Claim) -> int:
    """The entry of the ledger that paid for it."""
    spent = await ledger.by_key(tx.db, f"reward:{claim.id}")
    assert spent is not None, "a claim was paid for"
    return spent.id


async def _claim(
    tx: Tx, client: Client, reward: Reward, place: int, gone: int, owner_ids: Collection[int]
) -> Redeemed:
    claim = await _add_claim(tx, client, reward, place)
    posted = await spend(
        tx,
        client.id,
        reward.cost,
        kind=EntryKind.REWARD,
        key=f"reward:{claim.id}",
        actor_id=as_client(client),
    )
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=as_client(client),
        action="reward.claimed",
        client_id=client.id,
        subject_id=claim.id,
        details={"reward": reward.code, "points": reward.cost},
    )
    if left_of(reward, gone) == 0:
        await _tell_owners(tx, reward, claim, owner_ids)
    return Redeemed(claim, posted.balance_after, repeated=False, entry_id=posted.entry_id)


async def _add_claim(tx: Tx, client: Client, reward: Reward, place: int) -> Claim:
    for _ in range(CODE_ATTEMPTS_MAX):
        values = {
            "client_id": client.id,
            "place": place,
            "reward": reward.code,
            "cost": reward.cost,
            "code": random_claim_code(),
            "claimed_at": tx.now,
            "valid_through": claim_valid_through(tx.today),
        }
        claim = await rewards.add(tx.db, values, name=reward.name)
        if claim is not None:
            return claim
    raise AssertionError("so many codes in a row cannot all be taken")


async def _obstacle(tx: Tx, client: Client, reward: Reward, *, open_claims: int) -> Obstacle | None:
    return obstacle(
        reward,
        tier=current_level(tx, client).code,
        available=await available_points(tx, client),
        claimed=await rewards.claimed_count(tx.db, reward.code),
        open_claims=open_claims,
    )


async def _tell_owners(tx: Tx, reward: Reward, claim: Claim, owner_ids: Collection[int]) -> None:
    """The last one is gone: whoever owns the business may buy more, or take it off the list."""
    for telegram_id in await owners_of(tx, owner_ids):
        recipient = await to_account(tx, telegram_id)
        told = screens.SoldOut(reward.name.of(recipient.language), reward.stock or 0)
        key = f"reward_sold_out:{reward.code}:{claim.id}:{telegram_id}"
        await notify(tx, recipient, told, key=key)


# -- screens


async def show_catalogue(
    tx: Tx, client: Client, language: str, page: int = 1
) -> screens.Catalogue | screens.NoRewards:
    """A page of all rewards, and what waits for this client."""
    listed = tx.programme.rewards
    waiting = await rewards.open_of(tx.db, client.id, limit=CLAIMS_OPEN_MAX)
    if not listed and not waiting:
        return screens.NoRewards()
    pages = pages_of(listed, CATALOGUE_PAGE_ROWS)
    page = min(max(page, 1), pages)
    first = (page - 1) * CATALOGUE_PAGE_ROWS
    gone = await rewards.claimed_counts(tx.db)
    available = await available_points(tx, client)
    tier = current_level(tx, client).code
    lines = []
    for reward in listed[first : first + CATALOGUE_PAGE_ROWS]:
        claimed = gone.get(reward.code, 0)
        lines.append(
            screens.RewardLine(
                code=reward.code,
                name=reward.name.of(language),
                cost=reward.cost,
                left=left_of(reward, claimed),
                obstacle=obstacle(
                    reward,
                    tier=tier,
                    available=available,
                    claimed=claimed,
                    open_claims=len(waiting),
                ),
                missing=max(reward.cost - available, 0),
                opens_at=_opens_at(tx, client, reward, language),
            )
        )
    return screens.Catalogue(
        points=available,
        lines=tuple(lines),
        waiting=tuple(
            screens.WaitingLine(
                claim.id, claim.name.of(language), grouped_code(claim.code), claim.valid_through
            )
            for claim in waiting
        ),
        page=page,
        pages=pages,
    )


def _opens_at(tx: Tx, client: Client, reward: Reward, language: str) -> str | None:
    """The next level that gets it and can be risen to; None where there is none."""
    rules = tx.programme.tiers
    held = rules.rank(current_level(tx, client))
    for level in rules.levels:
        is_ahead = rules.rank(level) > held and not level.invitation_only
        if is_ahead and level.code in reward.tiers:
            return level.name.of(language)
    return None


async def show_reward(
    tx: Tx, client: Client, language: str, code: str
) -> screens.Reward | screens.Catalogue | screens.NoRewards:
    """One reward with its ✅; one that is no more leads back to the catalogue."""
    reward = tx.programme.reward(code)
    if reward is None:
        return await show_catalogue(tx, client, language)
    made = await rewards.counts(tx.db, client.id)
    available = await available_points(tx, client)
    claimed = await rewards.claimed_count(tx.db, reward.code)
    levels = [found for named in reward.tiers if (found := tx.programme.tiers.level(named))]
    return screens.Reward(
        code=reward.code,
        name=reward.name.of(language),
        cost=reward.cost,
        offer=Offer(made.ever + 1, reward.cost).number,
        points=available,
        left=left_of(reward, claimed),
        tiers=tuple(level.name.of(language) for level in levels[:TIERS_SHOWN_MAX]),
        more_tiers=len(levels) > TIERS_SHOWN_MAX,
        obstacle=await _obstacle(tx, client, reward, open_claims=made.open),
        missing=max(reward.cost - available, 0),
        kept_days=CLAIM_KEPT_DAYS,
        waiting_max=CLAIMS_OPEN_MAX,
        page=tx.programme.rewards.index(reward) // CATALOGUE_PAGE_ROWS + 1,
    )

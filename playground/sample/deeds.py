"""What clients of the sample business do besides coming: each through the bot's own operations."""

from loyalty.invitations import Term
from operations.adjustments import Asked, Done, ask_adjustment, confirm_adjustment
from operations.card_lists import ListedCard
from operations.case_answers import reply_to_case
from operations.desk import ServiceTyped
from operations.disputes import AboutVisit, Opened, open_dispute
from operations.holds import Held
from operations.importing import import_new, note_import
from operations.invited_levels import LevelGiven, give_level
from operations.partners import CodeGiven, take_code
from operations.redemptions import Agreed, confirm_redemption
from operations.returns import Returned, ReturnPreview, confirm_return, preview_return
from operations.reward_desk import Handed, accept_claim
from operations.rewards import Offer, Redeemed, redeem_reward
from operations.senders import Sender
from operations.transaction import Tx
from operations.visits import redeem
from playground.sample.cast import LIDIA, OLD_CARDS, OWNER
from playground.sample.voices import OWNER_IDS, sender, speaker
from storage import rewards, visits
from storage.clients import Client
from storage.visits import Visit


async def pays_with_points(
    tx: Tx, client: Client, staff: Sender, *, bill: int, service: ServiceTyped, points: int
) -> Visit:
    """The desk asks, the client's own tap confirms; `bill` in minor units."""
    held = await redeem(
        tx, actor=staff, client_id=client.id, bill=bill, service=service, points=points
    )
    assert isinstance(held, Held), held
    agreed = await confirm_redemption(
        tx,
        redemption_id=held.redemption.id,
        preview_id=held.stored.id,
        actor=speaker(client),
    )
    assert isinstance(agreed, Agreed), agreed
    return agreed.visit


async def takes_reward(
    tx: Tx, client: Client, staff: Sender, *, reward: str, is_fetched: bool
) -> None:
    """Exchanges points for a reward, and shows the code at the desk or has yet to come."""
    wanted = tx.programme.reward(reward)
    assert wanted is not None, reward
    before = await rewards.counts(tx.db, client.id)
    redeemed = await redeem_reward(
        tx, client_id=client.id, reward=reward, offer=Offer(before.ever + 1, wanted.cost)
    )
    assert isinstance(redeemed, Redeemed), redeemed
    if is_fetched:
        handed = await accept_claim(tx, actor=staff, code=redeemed.claim.code)
        assert isinstance(handed, Handed), handed


async def takes_partner_code(tx: Tx, client: Client, _staff: Sender, *, partner: str) -> None:
    """Asks for the neighbours' code."""
    given = await take_code(tx, actor=speaker(client), partner_code=partner, owner_ids=OWNER_IDS)
    assert isinstance(given, CodeGiven), given


async def brings_back(tx: Tx, client: Client, staff: Sender, *, amount: int) -> None:
    """Returns so much of the last visit's bill, in the major unit."""
    visit = await visits.last_of_client(tx.db, client.id)
    assert visit is not None, "there is something to bring back"
    preview = await preview_return(
        tx, actor=staff, visit_id=visit.id, amount=amount * 10**tx.programme.business.minor_digits
    )
    assert isinstance(preview, ReturnPreview), preview
    returned = await confirm_return(tx, actor=staff, preview_id=preview.id)
    assert isinstance(returned, Returned), returned


async def disputes(tx: Tx, client: Client, _staff: Sender, *, words: str) -> None:
    """Says that the last visit was written down wrong."""
    visit = await visits.last_of_client(tx.db, client.id)
    assert visit is not None, "there is something to dispute"
    actor = speaker(client)
    opened = await open_dispute(tx, actor=actor, about=AboutVisit(visit.id), owner_ids=OWNER_IDS)
    assert isinstance(opened, Opened), opened
    await reply_to_case(tx, actor=actor, case_id=opened.case_id, words=words, owner_ids=OWNER_IDS)


async def becomes_vip(tx: Tx, client: Client, _staff: Sender, *, term: Term) -> None:
    """The owner invites the client."""
    given = await give_level(
        tx, actor=sender(OWNER), client_id=client.id, level_code="vip", term=term
    )
    assert isinstance(given, LevelGiven), given


async def gets_adjusted(
    tx: Tx, client: Client, _staff: Sender, *, points: int, reason: str
) -> None:
    """The manager puts the points right."""
    manager = sender(LIDIA)
    asked = await ask_adjustment(tx, actor=manager, client=client, points=points, reason=reason)
    assert isinstance(asked, Asked), asked
    done = await confirm_adjustment(tx, actor=manager, adjustment_id=asked.adjustment_id)
    assert isinstance(done, Done), done


async def bring_old_cards(tx: Tx) -> None:
    """The list of cards from before the bot; whose owner registers finds theirs."""
    scale = 10**tx.programme.business.minor_digits
    cards = [
        ListedCard(line, card.phone, card.name, None, card.balance, card.spend * scale)
        for line, card in enumerate(OLD_CARDS, start=2)
    ]
    imported = await import_new(tx, cards)
    await note_import(tx, new=imported.new, joined=0, refused=0, points=imported.points)

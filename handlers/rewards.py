"""/rewards: the catalogue, one tap to a reward, one tap to its code; and the code again."""

from aiogram import Router
from aiogram.types import CallbackQuery

from handlers.client_filters import IsClient
from handlers.replies import Replies, Say
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from loyalty.rewards import CLAIMS_OPEN_MAX
from operations.claim_codes import grouped_code
from operations.reward_claims import (
    Cancelled,
    ClosedBefore,
    NotTheirs,
    cancel_claim,
    find_claim,
    show_claim,
    show_closed,
)
from operations.rewards import (
    NotRedeemed,
    Offer,
    OfferChanged,
    Redeemed,
    RewardGone,
    redeem_reward,
    show_catalogue,
    show_reward,
)
from operations.senders import Client, Sender
from operations.transaction import Tx
from templates import rewards
from templates.every_chat import UnknownTap
from templates.reward_buttons import (
    AskCancelClaim,
    CancelClaim,
    OpenReward,
    RedeemReward,
    ShowClaim,
    TurnCatalogue,
)

router = Router(name="rewards")
router.callback_query.filter(IsClient())


@router.callback_query(Tapped(TurnCatalogue))
async def turn(
    callback: CallbackQuery, tap: TurnCatalogue, tx: Tx, sender: Sender, say: Say
) -> Replies:
    return say.edit(await show_catalogue(tx, _client(sender), sender.language, tap.page))


@router.callback_query(Tapped(OpenReward))
async def opened(
    callback: CallbackQuery, tap: OpenReward, tx: Tx, sender: Sender, say: Say
) -> Replies:
    return say.edit(await show_reward(tx, _client(sender), sender.language, tap.reward))


@router.callback_query(Tapped(RedeemReward))
async def redeem(
    callback: CallbackQuery,
    tap: RedeemReward,
    tx: Tx,
    sender: Sender,
    say: Say,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    client, language = _client(sender), sender.language
    outcome = await redeem_reward(
        tx,
        client_id=client.id,
        reward=tap.reward,
        offer=Offer.of(tap.offer),
        owner_ids=stimulus.owner_ids,
    )
    match outcome:
        case Redeemed(repeated=True) if not outcome.claim.is_open:
            return say.edit(show_closed(outcome.claim, language))
        case Redeemed(repeated=True):
            taken = rewards.TakenAlready(grouped_code(outcome.claim.code))
            return [say.toast(taken), say.edit(_redeemed(outcome, language))]
        case Redeemed():
            code = show_claim(tx, outcome.claim, language, bot_username)
            return [say.edit(_redeemed(outcome, language)), say(code)]
        case NotRedeemed():
            toast = rewards.NotNow(outcome.obstacle, CLAIMS_OPEN_MAX)
            shown = await show_reward(tx, client, language, tap.reward)
            return [say.toast(toast, alert=True), say.edit(shown)]
        case OfferChanged():
            shown = await show_reward(tx, client, language, tap.reward)
            return [say.toast(rewards.OfferChanged()), say.edit(shown)]
        case RewardGone():
            return say.edit(await show_catalogue(tx, client, language))


@router.callback_query(Tapped(ShowClaim))
async def claim(
    callback: CallbackQuery, tap: ShowClaim, tx: Tx, sender: Sender, say: Say, bot_username: str
) -> Replies:
    found = await find_claim(tx, client=_client(sender), claim_id=tap.claim_id)
    if isinstance(found, NotTheirs):
        return say.toast(UnknownTap())
    if not found.is_open:
        return say(show_closed(found, sender.language))
    return say(show_claim(tx, found, sender.language, bot_username))


@router.callback_query(Tapped(AskCancelClaim))
async def ask_cancel(
    callback: CallbackQuery, tap: AskCancelClaim, tx: Tx, sender: Sender, say: Say
) -> Replies:
    found = await find_claim(tx, client=_client(sender), claim_id=tap.claim_id)
    if isinstance(found, NotTheirs):
        return say.toast(UnknownTap())
    if not found.is_open:
        return say(show_closed(found, sender.language))
    # Anew, not in place: what was tapped is a picture.
    return say(rewards.AskCancel(found.id, found.name.of(sender.language), found.cost))


@router.callback_query(Tapped(CancelClaim))
async def cancel(
    callback: CallbackQuery, tap: CancelClaim, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await cancel_claim(tx, client=_client(sender), claim_id=tap.claim_id)
    match outcome:
        case NotTheirs():
            return say.toast(UnknownTap())
        case ClosedBefore():
            return say.edit(show_closed(outcome.claim, sender.language))
        case Cancelled():
            name = outcome.claim.name.of(sender.language)
            cost, balance = outcome.claim.cost, outcome.balance
            return say.edit(rewards.ClaimCancelled(name, cost, balance, outcome.entry_id))


def _redeemed(outcome: Redeemed, language: str) -> rewards.Redeemed:
    claim = outcome.claim
    return rewards.Redeemed(
        claim_id=claim.id,
        name=claim.name.of(language),
        code=grouped_code(claim.code),
        cost=claim.cost,
        balance=outcome.balance,
        valid_through=claim.valid_through,
        entry_id=outcome.entry_id,
    )


def _client(sender: Sender) -> Client:
    assert sender.client is not None, "the router's filter lets clients through"
    return sender.client

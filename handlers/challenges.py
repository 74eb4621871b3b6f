"""A contest's table of leaders, reached from /badges."""

from aiogram import Router
from aiogram.types import CallbackQuery

from handlers.client_filters import IsClient
from handlers.replies import Replies, Say
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from operations.challenges import show_challenge
from operations.client_card import show_badges
from operations.senders import Sender
from operations.transaction import Tx
from templates.challenges import ShowChallenge

router = Router(name="challenges")
router.callback_query.filter(IsClient())


@router.callback_query(Tapped(ShowChallenge))
async def show(
    callback: CallbackQuery,
    tap: ShowChallenge,
    tx: Tx,
    sender: Sender,
    say: Say,
    stimulus: Stimulus,
) -> Replies:
    assert sender.client is not None, "the router's filter lets clients through"
    shown = await show_challenge(
        tx,
        sender.client,
        sender.language,
        tap.code,
        owner_ids=stimulus.owner_ids,
        ahead=stimulus.ahead,
    )
    return say.edit(shown or await show_badges(tx, sender.client, sender.language))

"""The button under every advert that ends them all."""

from aiogram import Router
from aiogram.types import CallbackQuery

from handlers.client_filters import IsClient
from handlers.replies import Replies, Say
from handlers.taps import Tapped
from operations.profile import set_advert_consent
from operations.senders import Sender
from operations.transaction import Tx
from templates.adverts import AdvertOff, Withdrawn, WithdrawnBefore

router = Router(name="adverts")
router.callback_query.filter(IsClient())


@router.callback_query(Tapped(AdvertOff))
async def withdrawn(callback: CallbackQuery, tx: Tx, sender: Sender, say: Say) -> Replies:
    client = sender.client
    assert client is not None, "the router's filter lets clients through"
    if not client.advert_consent:
        return say.toast(WithdrawnBefore())
    await set_advert_consent(tx, client.id, given=False)
    return say(Withdrawn(tx.programme.business.name))

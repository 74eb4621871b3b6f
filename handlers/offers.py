"""/offers for owners without a card, and the codes of partners; clients' /offers is a screen."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from handlers.client_filters import IsClient, IsStranger
from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from operations.offers import show_offers, show_partners
from operations.partners import CodeGiven, NoCodesLeft, OfferGone, take_code
from operations.senders import Role, Sender
from operations.transaction import Tx
from templates import partners
from templates.partners import TakeCode, TurnPartners
from templates.screens import Open, Screen

router = Router(name="offers")


class _OpensOffers(Tapped[Open]):
    """The button that leads to /offers, of whoever has no card."""

    async def __call__(self, callback: CallbackQuery) -> bool | dict[str, Open]:
        found = await super().__call__(callback)
        return found if isinstance(found, dict) and found["tap"].screen is Screen.OFFERS else False


@router.message(Command("offers"), Has(Role.OWNER), IsStranger())
async def for_owner(message: Message, tx: Tx, sender: Sender, say: Say) -> Replies:
    return say(await show_offers(tx, None, sender.language, for_owner=True))


@router.callback_query(_OpensOffers(Open), Has(Role.OWNER), IsStranger())
async def opened_by_owner(callback: CallbackQuery, tx: Tx, sender: Sender, say: Say) -> Replies:
    return say(await show_offers(tx, None, sender.language, for_owner=True))


@router.callback_query(Tapped(TurnPartners), IsClient())
@router.callback_query(Tapped(TurnPartners), Has(Role.OWNER))
async def partners_turned(
    callback: CallbackQuery, tap: TurnPartners, tx: Tx, sender: Sender, say: Say
) -> Replies:
    shown = await show_partners(
        tx,
        sender.client,
        sender.language,
        tap.page,
        for_owner=sender.may_act_as(Role.OWNER),
    )
    return say.edit(shown) if tap.in_place else say(shown)


@router.callback_query(Tapped(TakeCode), IsClient())
async def code_taken(
    callback: CallbackQuery,
    tap: TakeCode,
    tx: Tx,
    sender: Sender,
    say: Say,
    stimulus: Stimulus,
) -> Replies:
    outcome = await take_code(
        tx, actor=sender, partner_code=tap.partner, owner_ids=stimulus.owner_ids
    )
    match outcome:
        case CodeGiven(partner=partner, code=code, repeated=repeated):
            name = partner.name.of(sender.language)
            offer = partner.offer.of(sender.language)
            return say(partners.PartnerCode(name, offer, code, repeated))
        case NoCodesLeft():
            anew = await show_offers(
                tx, sender.client, sender.language, for_owner=sender.may_act_as(Role.OWNER)
            )
            return [say.toast(partners.NoCodesLeft(), alert=True), say.edit(anew)]
        case OfferGone():
            return say.toast(partners.OfferGone(), alert=True)

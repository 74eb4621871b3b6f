"""/profile of whoever works here and has no card: the language, and the way to a card.

It stands before registration, which takes the /profile of every other stranger.
"""

from dataclasses import replace

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from handlers.client_filters import IsStranger
from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.taps import Tapped
from operations.profile import set_account_language, show_staff_profile
from operations.senders import Role, Sender
from operations.transaction import Tx
from templates.profile import BackToProfile, ChooseLanguage, EditLanguage, Languages, Saved

router = Router(name="profile of staff")
router.message.filter(Has(Role.STAFF), IsStranger())
router.callback_query.filter(Has(Role.STAFF), IsStranger())


@router.message(Command("profile"))
async def profile(message: Message, tx: Tx, sender: Sender, say: Say) -> Replies:
    return say(show_staff_profile(tx.programme, sender.language))


@router.callback_query(Tapped(BackToProfile))
async def back(callback: CallbackQuery, tx: Tx, sender: Sender, say: Say) -> Replies:
    return say.edit(show_staff_profile(tx.programme, sender.language))


@router.callback_query(Tapped(EditLanguage))
async def offer_languages(callback: CallbackQuery, tx: Tx, say: Say) -> Replies:
    return say.edit(Languages(tx.programme.business.languages))


@router.callback_query(Tapped(ChooseLanguage))
async def language_chosen(
    callback: CallbackQuery, tap: ChooseLanguage, tx: Tx, sender: Sender, say: Say
) -> Replies:
    language = await set_account_language(tx, sender=sender, language=tap.code)
    spoken = replace(say, language=language)
    return [spoken.toast(Saved()), spoken.edit(show_staff_profile(tx.programme, language))]

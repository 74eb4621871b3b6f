"""/profile: each line of it changes with a tap, or with a tap and a word."""

from dataclasses import replace

from aiogram import F, Router
from aiogram.filters import Command, StateFilter, or_f
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.client_filters import IsClient, Key, at
from handlers.contacts import verified_phone
from handlers.replies import Replies, Reply, Say
from handlers.taps import Tapped
from loyalty.birthdays import TOLD_AHEAD_MIN_DAYS, gift_points, read_birthday
from loyalty.names import read_name
from operations.actions import birthday_points
from operations.changed_phone import PhoneChanged, PhoneElsewhere, PhoneSame, change_phone
from operations.client_card import menu_of
from operations.phones import masked_phone
from operations.profile import (
    birthday_of,
    set_advert_consent,
    set_birthday,
    set_favourite,
    set_language,
    set_leaderboard,
    set_name,
    show_profile,
    show_services,
)
from operations.senders import Client, Sender
from operations.transaction import Tx
from templates import changed_phone as phones
from templates.changed_phone import EditPhone
from templates.profile import (
    AdvertsOff,
    AdvertsOn,
    AskNewBirthday,
    AskNewName,
    BackToProfile,
    ChooseLanguage,
    EditBirthday,
    EditLanguage,
    EditName,
    EditServices,
    ForgetBirthday,
    LanguageChosen,
    Languages,
    Saved,
    SetAdverts,
    SetLeaderboard,
    ToggleService,
)
from templates.registration import ContactFault

router = Router(name="profile")
router.message.filter(IsClient())
router.callback_query.filter(IsClient())


class ProfileEdit(StatesGroup):
    """What the client is writing anew."""

    name = State()
    birthday = State()
    phone = State()


@router.message(or_f(Command("profile"), Key("menu.profile")))
async def profile(message: Message, tx: Tx, sender: Sender, say: Say) -> Replies:
    return say(show_profile(tx.programme, _client(sender), sender.language))


@router.callback_query(Tapped(BackToProfile))
async def back(
    callback: CallbackQuery, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    await state.clear()
    return _shown_anew(tx, _client(sender), say)


@router.callback_query(Tapped(EditName))
async def ask_name(callback: CallbackQuery, sender: Sender, say: Say, state: FSMContext) -> Replies:
    await state.set_state(ProfileEdit.name)
    return say.edit(AskNewName(_client(sender).name))


@router.message(StateFilter(ProfileEdit.name), F.text)
async def name_written(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    name = read_name(message.text or "")
    client = await set_name(tx, client_id=_client(sender).id, name=name)
    await state.clear()
    return say(show_profile(tx.programme, client, sender.language))


@router.callback_query(Tapped(EditBirthday))
async def ask_birthday(
    callback: CallbackQuery, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    client = _client(sender)
    await state.set_state(ProfileEdit.birthday)
    known = birthday_of(client) is not None
    gift = gift_points(tx.programme, client.tier)
    told = birthday_points(tx.programme, client)
    return say.edit(AskNewBirthday(known, gift, TOLD_AHEAD_MIN_DAYS, told))


@router.message(StateFilter(ProfileEdit.birthday), F.text)
async def birthday_written(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    birthday = read_birthday(message.text or "", tx.today)
    client = await set_birthday(tx, client_id=_client(sender).id, birthday=birthday)
    await state.clear()
    return say(show_profile(tx.programme, client, sender.language))


@router.callback_query(Tapped(ForgetBirthday))
async def forget_birthday(
    callback: CallbackQuery, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    client = await set_birthday(tx, client_id=_client(sender).id, birthday=None)
    await state.clear()
    return [say.toast(Saved()), _shown_anew(tx, client, say)]


@router.callback_query(Tapped(EditPhone))
async def ask_phone(callback: CallbackQuery, say: Say, state: FSMContext) -> Replies:
    await state.set_state(ProfileEdit.phone)
    return say(phones.AskContact())


@router.message(at(ProfileEdit.phone), F.contact)
async def phone_shared(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    assert message.contact is not None
    shared = verified_phone(message, sender.telegram_id)
    if isinstance(shared, ContactFault):
        return say(phones.ContactRefused(shared))
    await state.clear()
    menu = menu_of(tx.programme)
    match await change_phone(tx, client_id=_client(sender).id, phone=shared):
        case PhoneChanged(client=client, joined=joined, points=points):
            number = masked_phone(client.phone or "")
            return say(phones.Changed(number, joined, points, client.balance, menu))
        case PhoneSame(client=client):
            return say(phones.Same(masked_phone(client.phone or ""), menu))
        case PhoneElsewhere():
            return say(phones.Elsewhere(tx.programme.business.name, menu))


@router.message(at(ProfileEdit.phone), Key("profile.refuse_phone"))
async def phone_kept(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    await state.clear()
    return say(phones.Kept(masked_phone(_client(sender).phone or ""), menu_of(tx.programme)))


@router.message(StateFilter(ProfileEdit.phone))
async def phone_typed(message: Message, say: Say) -> Replies:
    return say(phones.ContactRefused(ContactFault.TYPED))


@router.callback_query(Tapped(EditLanguage))
async def offer_languages(callback: CallbackQuery, tx: Tx, say: Say) -> Replies:
    return say.edit(Languages(tx.programme.business.languages))


@router.callback_query(Tapped(ChooseLanguage))
async def language_chosen(
    callback: CallbackQuery, tap: ChooseLanguage, tx: Tx, sender: Sender, say: Say
) -> Replies:
    client = await set_language(tx, client=_client(sender), language=tap.code)
    spoken = replace(say, language=client.language)
    return [
        _shown_anew(tx, client, spoken),
        spoken(LanguageChosen(menu_of(tx.programme))),
    ]


@router.callback_query(Tapped(EditServices))
async def offer_services(callback: CallbackQuery, tx: Tx, sender: Sender, say: Say) -> Replies:
    return say.edit(show_services(tx.programme, _client(sender), sender.language))


@router.callback_query(Tapped(ToggleService))
async def service_toggled(
    callback: CallbackQuery, tap: ToggleService, tx: Tx, sender: Sender, say: Say
) -> Replies:
    client = await set_favourite(
        tx, client_id=_client(sender).id, code=tap.code, favourite=tap.favourite
    )
    return say.edit(show_services(tx.programme, client, sender.language))


@router.callback_query(Tapped(SetAdverts))
async def adverts_set(
    callback: CallbackQuery, tap: SetAdverts, tx: Tx, sender: Sender, say: Say
) -> Replies:
    client = await set_advert_consent(tx, _client(sender).id, tap.given)
    toast = AdvertsOn() if client.advert_consent else AdvertsOff()
    return [say.toast(toast), _shown_anew(tx, client, say)]


@router.callback_query(Tapped(SetLeaderboard))
async def leaderboard_set(
    callback: CallbackQuery, tap: SetLeaderboard, tx: Tx, sender: Sender, say: Say
) -> Replies:
    client = await set_leaderboard(tx, client_id=_client(sender).id, shown=tap.shown)
    return [say.toast(Saved()), _shown_anew(tx, client, say)]


def _shown_anew(tx: Tx, client: Client, say: Say) -> Reply:
    return say.edit(show_profile(tx.programme, client, say.language))


def _client(sender: Sender) -> Client:
    assert sender.client is not None, "the router's filter lets clients through"
    return sender.client

"""A stranger becomes a client: /start, consents, the contact, then a name and a birthday.

Until the contact is accepted nothing is kept but the conversation itself and the first link. A key
tapped twice finds the conversation a step further, and is passed over in silence.
"""

from dataclasses import replace

from aiogram import Bot, F, Router
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.client_filters import IsClient, IsStranger, Key, at
from handlers.commands import role_commands
from handlers.contacts import verified_phone
from handlers.conversations import PAUSED
from handlers.links import Guesses, opened_link
from handlers.registration_screens import ask_advert, first_points, kept_consents, name_question
from handlers.replies import Replies, Reply, Say
from handlers.taps import Tapped
from loyalty.birthdays import gift_points, read_birthday
from loyalty.names import name_from_profile, read_name
from operations.actions import birthday_points
from operations.client_card import show_card, show_help
from operations.deep_links import Referral, Source
from operations.own_texts import own_text
from operations.profile import birthday_of, birthday_shown, set_birthday, set_name
from operations.registration import (
    AlreadyRegistered,
    Newcomer,
    PhoneElsewhere,
    Registered,
    follow_link,
    promise_of,
    register_client,
)
from operations.senders import Client, Sender
from operations.transaction import Tx
from templates.client import BecomeClient
from templates.own_texts import OwnText
from templates.registration import (
    ADVERT_CONSENT_VERSION,
    DATA_CONSENT_VERSION,
    AskBirthday,
    AskContact,
    ContactFault,
    ContactRefused,
    Declined,
    NoCardYet,
    PhoneTaken,
    Welcome,
)

router = Router(name="registration")

CLIENT_COMMANDS = (
    "card",
    "balance",
    "rewards",
    "history",
    "tier",
    "badges",
    "offers",
    "invite",
    "profile",
    "feedback",
    "rules",
)


class Registration(StatesGroup):
    """Where a newcomer stands."""

    consent = State()
    advert = State()
    contact = State()
    name = State()
    birthday = State()


CONSENT_KEYS = ("registration.agree", "registration.refuse")
ADVERT_KEYS = ("registration.agree_advert", "registration.skip_advert")
NAME_KEYS = ("registration.confirm_name", "registration.skip_name")


@router.message(Command("start"))
async def start(
    message: Message,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    bot: Bot,
    bot_username: str,
    guesses: Guesses,
) -> Replies:
    by_friend = sender.referral_code is not None
    link = await opened_link(message, bot, guesses)
    if isinstance(link, Referral | Source):
        followed = await follow_link(tx, sender, link)
        by_friend = followed.by_friend
        # Staff try no doors: a torn link of theirs must not close the next card to them.
        if not followed.known and sender.role is None:
            guesses.missed(sender.telegram_id)
    # Who owns the business by its settings joined by no link: the desk's commands come here.
    own = role_commands(tx.programme, sender.telegram_id, sender.role) if sender.role else ()
    if sender.client is not None:
        return [say(await show_card(tx, sender.client, sender.language, bot_username)), *own]
    if sender.role is not None:
        return [say(show_help(tx, sender)), *own]
    return await welcome(tx, sender, say, state, by_friend=by_friend)


@router.callback_query(Tapped(BecomeClient), IsStranger())
async def become_client(
    callback: CallbackQuery, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    return await welcome(tx, sender, say, state, by_friend=sender.referral_code is not None)


@router.message(Command(*CLIENT_COMMANDS), IsStranger())
async def not_a_client_yet(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    question = await resumed(tx, say, state)
    if question is not None:
        return [say(NoCardYet()), question]
    return await welcome(tx, sender, say, state, by_friend=sender.referral_code is not None)


async def resumed(tx: Tx, say: Say, state: FSMContext) -> Reply | None:
    """The question that a command broke into, once more; None where there was none."""
    data = await state.get_data()
    paused = data.get(PAUSED) if await state.get_state() is None else None
    if paused == Registration.advert.state:
        await state.set_state(Registration.advert)
        return ask_advert(tx, say)
    if paused == Registration.contact.state:
        await state.set_state(Registration.contact)
        return say(AskContact("advert" in data, again=True))
    return None


async def welcome(tx: Tx, sender: Sender, say: Say, state: FSMContext, *, by_friend: bool) -> Reply:
    """What this is, and the question that registration begins with, or goes on with."""
    question = await resumed(tx, say, state)
    if question is not None:
        return question
    await state.set_state(Registration.consent)
    rules = tx.programme.referral
    friend_points = rules.friend_points if rules and by_friend else 0
    bill = rules.qualifying_bill if rules and friend_points else 0
    promise = promise_of(tx.programme)
    own_words = own_text(tx.programme, OwnText.WELCOME, sender.language)
    name = name_from_profile(sender.first_name) or ""
    business = tx.programme.business.name
    return say(Welcome(business, promise, friend_points, bill, own_words, name))


# -- consents

fresh = StateFilter(None, Registration.consent)


@router.message(fresh, IsStranger(), Key("registration.agree"))
async def agreed(message: Message, tx: Tx, say: Say, state: FSMContext) -> Replies:
    await state.set_state(Registration.advert)
    await state.set_data({"data": [DATA_CONSENT_VERSION, tx.now.isoformat()]})
    return ask_advert(tx, say)


@router.message(fresh, IsStranger(), Key("registration.refuse"))
async def declined(message: Message, say: Say, state: FSMContext) -> Replies:
    await state.set_state(Registration.consent)
    return say(Declined())


@router.message(at(Registration.advert), IsStranger(), Key(*ADVERT_KEYS))
async def advert_answered(message: Message, tx: Tx, say: Say, state: FSMContext) -> Replies:
    adverts = await Key("registration.agree_advert")(message)
    if adverts:
        await state.update_data(advert=[ADVERT_CONSENT_VERSION, tx.now.isoformat()])
    await state.set_state(Registration.contact)
    return say(AskContact(adverts))


@router.message(StateFilter(Registration.advert), IsStranger(), ~Key(*CONSENT_KEYS))
async def advert_not_answered(message: Message, tx: Tx, say: Say) -> Replies:
    return ask_advert(tx, say)


# -- the contact: the client exists from here on


@router.message(at(Registration.contact), IsStranger(), F.contact)
async def contact_shared(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    assert message.from_user is not None
    phone = verified_phone(message, sender.telegram_id)
    if isinstance(phone, ContactFault):
        return say(ContactRefused(phone))
    newcomer = Newcomer(
        telegram_id=sender.telegram_id,
        phone=phone,
        first_name=message.from_user.first_name,
        language=sender.language,
        consents=kept_consents(await state.get_data()),
        referral_code=sender.referral_code,
    )
    match await register_client(tx, newcomer):
        case Registered() as registered:
            await state.set_data({})
            await state.set_state(Registration.name)
            question = say(name_question(tx, registered))
            if not registered.entry_id:
                return question
            return [say(first_points(registered)), question]
        case AlreadyRegistered(client):
            await state.clear()
            return say(await show_card(tx, client, sender.language, bot_username))
        case PhoneElsewhere():
            await state.clear()
            return say(PhoneTaken(tx.programme.business.name))


@router.message(StateFilter(Registration.contact), IsStranger(), ~Key(*ADVERT_KEYS))
async def contact_typed(message: Message, say: Say) -> Replies:
    return say(ContactRefused(ContactFault.TYPED))


@router.message(fresh, IsStranger(), F.contact)
async def contact_without_consent(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    return await welcome(tx, sender, say, state, by_friend=sender.referral_code is not None)


# -- the name and the birthday: neither need be told


@router.message(at(Registration.name), IsClient(), Key(*NAME_KEYS))
async def name_confirmed(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    assert sender.client is not None
    confirmed = await Key("registration.confirm_name")(message)
    return await _on_to_birthday(tx, say, state, sender.client, bot_username, greet=confirmed)


@router.message(StateFilter(Registration.name), IsClient(), F.text)
async def name_typed(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    assert sender.client is not None
    name = read_name(message.text or "")
    client = await set_name(tx, client_id=sender.client.id, name=name)
    return await _on_to_birthday(tx, say, state, client, bot_username, greet=True)


async def _on_to_birthday(
    tx: Tx, say: Say, state: FSMContext, client: Client, bot_username: str, *, greet: bool
) -> Reply:
    """The last question; whom the business knew with a birthday is not asked for it."""
    if birthday_of(client) is not None:
        await state.clear()
        return say(await show_card(tx, client, say.language, bot_username))
    await state.set_state(Registration.birthday)
    gift = gift_points(tx.programme, client.tier)
    told = birthday_points(tx.programme, client)
    return say(AskBirthday(client.name if greet else None, gift, told))


@router.message(at(Registration.birthday), IsClient(), Key("registration.skip_birthday"))
async def birthday_skipped(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    assert sender.client is not None
    await state.clear()
    return say(await show_card(tx, sender.client, sender.language, bot_username))


@router.message(StateFilter(Registration.birthday), IsClient(), F.text, ~Key(*NAME_KEYS))
async def birthday_typed(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    assert sender.client is not None
    birthday = read_birthday(message.text or "", tx.today)
    client = await set_birthday(tx, client_id=sender.client.id, birthday=birthday)
    await state.clear()
    # In words, for «03/04» is read in two ways, and a change later on costs the gift.
    card = await show_card(tx, client, sender.language, bot_username)
    return say(replace(card, birthday=birthday_shown(birthday)))


@router.message(StateFilter(Registration.name, Registration.birthday), IsClient())
@router.message(StateFilter(Registration.advert, Registration.contact), IsStranger())
async def tapped_twice(message: Message) -> Replies:
    """A key of the step before, or a contact once more: the question stands as it is."""
    return None

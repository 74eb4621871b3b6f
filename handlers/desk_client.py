"""The desk's view of a client: by /client, or by the QR code of the client's card."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.desk_screens import client_screen
from handlers.desk_visit import VisitSteps, nobody, visit_from
from handlers.links import Opens
from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.taps import Tapped
from operations.deep_links import CardLink
from operations.desk import (
    WhoUnreadable,
    client_of_card,
    desk_view,
    find_client,
    living_client,
    read_who_alone,
)
from operations.phones import read_contact_phone
from operations.senders import Client, Role, Sender
from operations.transaction import Tx
from templates import desk
from templates.every_chat import UnknownTap
from templates.messages import Message as Words
from templates.previews import OpenClient

# A scanned card is a /start with a link of its own kind: it is asked before registration is.
scans = Router(name="scanned cards")
scans.message.filter(Has(Role.STAFF))

router = Router(name="clients at the desk")
router.message.filter(Has(Role.STAFF))
router.callback_query.filter(Has(Role.MANAGER))


class LookUp(StatesGroup):
    """Whom to show."""

    who = State()


class NamesClient(Filter):
    """Words that begin with a phone or a card's number: with a queue, nobody types commands."""

    async def __call__(self, message: Message, tx: Tx) -> bool:
        try:
            read_who_alone(message.text or "", tx.programme)
        except WhoUnreadable:
            return False
        return True


@scans.message(Opens(CardLink))
async def scanned(
    message: Message,
    link: CardLink,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
) -> Replies:
    client = await client_of_card(tx, link.code)
    if client is None:
        return say(desk.NobodyHasCard())
    return say(await _view(client, tx, sender, state))


@router.message(Command("client"))
async def client(
    message: Message,
    command: CommandObject,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    bot_username: str,
) -> Replies:
    if not (command.args or "").strip():
        await state.set_state(LookUp.who)
        return say(desk.AskWho(for_visit=False))
    return await _find(command.args or "", tx, sender, say, state, bot_username)


@router.message(StateFilter(LookUp.who), F.text)
async def who(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    return await _find(message.text or "", tx, sender, say, state, bot_username)


@router.message(StateFilter(LookUp.who), F.contact)
async def who_by_contact(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    assert message.contact is not None
    phone = read_contact_phone(message.contact.phone_number) or ""
    return await _find(phone, tx, sender, say, state, bot_username)


@router.message(StateFilter(None), F.text, NamesClient())
async def typed_at_once(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    text = message.text or ""
    if read_who_alone(text, tx.programme).rest:
        return await visit_from(text, tx, sender, say, state, bot_username)
    return await _find(text, tx, sender, say, state, bot_username)


@router.message(StateFilter(LookUp.who))
async def not_words(message: Message, say: Say) -> Replies:
    return say(desk.TypeIt())


@router.callback_query(Tapped(OpenClient))
async def opened(
    callback: CallbackQuery, tap: OpenClient, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    found = await living_client(tx, tap.client_id)
    if found is None:
        return say.toast(UnknownTap())
    return say(await _view(found, tx, sender, state))


async def _find(
    text: str, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    try:
        typed = read_who_alone(text, tx.programme)
    except WhoUnreadable:
        await state.set_state(LookUp.who)
        return say(desk.WhoUnreadable(for_visit=False))
    found = await find_client(tx, typed.who)
    if found is None:
        return nobody(typed.who, say, bot_username)
    return say(await _view(found, tx, sender, state))


async def _view(client: Client, tx: Tx, sender: Sender, state: FSMContext) -> Words:
    """The view; an amount typed next begins a visit, without another tap."""
    view = await desk_view(tx, actor=sender, client=client)
    await state.clear()
    if not view.is_oneself:
        await state.set_state(VisitSteps.bill)
        await state.set_data({"client_id": client.id})
    return client_screen(view, tx, sender)

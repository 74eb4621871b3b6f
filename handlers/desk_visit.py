"""/visit, all at once or step by step: whose visit, how much, for what."""

from typing import Any

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.conversations import Conversation
from handlers.desk_screens import previewed
from handlers.desk_waiting import bot_link
from handlers.refusals import in_words
from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.taps import Tapped
from loyalty.amounts import AmountOutOfRange, AmountUnreadable
from operations.desk import (
    BillTyped,
    ServiceTooLong,
    ServiceTyped,
    Who,
    WhoUnreadable,
    called,
    find_client,
    living_client,
    names_another_client,
    note_viewed,
    read_bill,
    read_service,
    read_who_alone,
)
from operations.desk_notices import tier_name
from operations.phones import read_contact_phone
from operations.senders import Client, Role, Sender
from operations.standing import current_level
from operations.transaction import Tx
from operations.visit_previews import preview_visit, refuse_oneself
from templates import desk
from templates.desk import ChooseService, StopVisit, VisitOf
from templates.every_chat import Cancelled
from templates.messages import Message as Words
from templates.previews import PreviewGone, StartVisit

router = Router(name="visits at the desk")
router.message.filter(Has(Role.STAFF))
router.callback_query.filter(Has(Role.STAFF))


class VisitSteps(StatesGroup):
    """What is asked: `who` knows nothing yet, `bill` the client, `service` the bill too."""

    who = State()
    bill = State()
    service = State()


@router.message(Command("visit"))
async def visit(
    message: Message,
    command: CommandObject,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    bot_username: str,
) -> Replies:
    if not (command.args or "").strip():
        await state.set_state(VisitSteps.who)
        return say(desk.AskWho(for_visit=True))
    return await visit_from(command.args or "", tx, sender, say, state, bot_username)


@router.callback_query(Tapped(StartVisit))
async def start(callback: CallbackQuery, say: Say, state: FSMContext) -> Replies:
    await state.clear()
    await state.set_state(VisitSteps.who)
    return say(desk.AskWho(for_visit=True))


@router.message(StateFilter(VisitSteps.who), F.contact)
async def who_by_contact(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    assert message.contact is not None
    phone = read_contact_phone(message.contact.phone_number) or ""
    return await visit_from(phone, tx, sender, say, state, bot_username)


@router.message(StateFilter(VisitSteps.who), F.text)
async def who(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    return await visit_from(message.text or "", tx, sender, say, state, bot_username)


@router.callback_query(Tapped(VisitOf))
async def of_client(
    callback: CallbackQuery, tap: VisitOf, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    client = await living_client(tx, tap.client_id)
    if client is None:
        return say(PreviewGone())
    return say(await _ask_bill(client, tx, sender, state))


@router.message(StateFilter(VisitSteps.bill), F.text)
async def bill(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    if await names_another_client(tx, message.text or ""):
        return await visit_from(message.text or "", tx, sender, say, state, bot_username)
    client = await living_client(tx, (await state.get_data())["client_id"])
    if client is None:
        await state.clear()
        return say(PreviewGone())
    return say(await _from_bill(message.text or "", client, tx, sender, state))


@router.message(StateFilter(VisitSteps.service), F.text)
async def service_typed(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    if await names_another_client(tx, message.text or ""):
        return await visit_from(message.text or "", tx, sender, say, state, bot_username)
    service = read_service(message.text or "", tx.programme)
    return say(await _preview(await state.get_data(), service, tx, sender, state))


@router.callback_query(StateFilter(VisitSteps.service), Tapped(ChooseService))
async def service_chosen(
    callback: CallbackQuery,
    tap: ChooseService,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
) -> Replies:
    listed = None if tap.service is None else tx.programme.service(tap.service)
    service = ServiceTyped(code=None if listed is None else listed.code)
    return say.edit(await _preview(await state.get_data(), service, tx, sender, state))


@router.callback_query(Tapped(ChooseService))
async def service_of_old(callback: CallbackQuery, say: Say) -> Replies:
    return say.toast(desk.OutOfDate())


@router.callback_query(Tapped(StopVisit))
async def stop(callback: CallbackQuery, say: Say, conversation: Conversation) -> Replies:
    conversation.end()
    return say.edit(Cancelled())


@router.message(StateFilter(VisitSteps.who))
@router.message(StateFilter(VisitSteps.bill))
@router.message(StateFilter(VisitSteps.service))
async def not_words(message: Message, say: Say) -> Replies:
    return say(desk.TypeIt())


async def visit_from(
    text: str, tx: Tx, sender: Sender, say: Say, state: FSMContext, bot_username: str
) -> Replies:
    """WHO, and whatever of AMOUNT and SERVICE was typed after it."""
    try:
        typed = read_who_alone(text, tx.programme)
    except WhoUnreadable:
        await state.set_state(VisitSteps.who)
        return say(desk.WhoUnreadable(for_visit=True))
    client = await find_client(tx, typed.who)
    if client is None:
        return nobody(typed.who, say, bot_username)
    if not typed.rest:
        return say(await _ask_bill(client, tx, sender, state))
    return say(await _from_bill(typed.rest, client, tx, sender, state, ask_service=False))


def nobody(who: Who, say: Say, bot_username: str) -> Replies:
    """No client of this phone or card; a phone leads to registration, by link and by code."""
    if who.phone is None:
        return say(desk.NobodyHasCard())
    link = bot_link(bot_username)
    return [say(desk.NobodyHasPhone(link)), say(desk.RegistrationCode(link))]


async def _ask_bill(client: Client, tx: Tx, sender: Sender, state: FSMContext) -> Words:
    if await refuse_oneself(tx, sender, client):
        await state.clear()
        return desk.SelfService()
    await note_viewed(tx, sender, client)
    await state.set_state(VisitSteps.bill)
    await state.set_data({"client_id": client.id})
    tier = tier_name(tx.programme, current_level(tx, client), sender.language)
    return desk.AskBill(client_name=called(client), tier=tier)


async def _from_bill(
    text: str,
    client: Client,
    tx: Tx,
    sender: Sender,
    state: FSMContext,
    *,
    ask_service: bool = True,
) -> Words:
    """AMOUNT [SERVICE] of a client; a mistake is explained, and the question stays open."""
    try:
        typed = read_bill(text, tx.programme)
    except (AmountUnreadable, AmountOutOfRange, ServiceTooLong) as refusal:
        await state.set_state(VisitSteps.bill)
        await state.set_data({"client_id": client.id})
        words = in_words(refusal)
        assert words is not None, "these refusals have words"
        return words
    data = {"client_id": client.id, "bill": typed.bill}
    if typed.meant or (ask_service and typed.service == ServiceTyped() and tx.programme.services):
        await state.set_state(VisitSteps.service)
        await state.set_data(data)
        return ask_service_screen(client, typed, tx, sender)
    return await _preview(data, typed.service, tx, sender, state)


def ask_service_screen(client: Client, typed: BillTyped, tx: Tx, sender: Sender) -> Words:
    """The listed services to choose from, or those of them that were half named."""
    listed = (typed.meant or tx.programme.services)[: desk.SERVICES_MAX]
    services = tuple(
        desk.ServiceShown(service.code, service.name.of(sender.language)) for service in listed
    )
    return desk.AskService(
        client_name=called(client),
        bill=typed.bill,
        services=services,
        typed=typed.service.text if typed.meant else None,
    )


async def _preview(
    data: dict[str, Any], service: ServiceTyped, tx: Tx, sender: Sender, state: FSMContext
) -> Words:
    await state.clear()
    outcome = await preview_visit(
        tx, actor=sender, client_id=data["client_id"], bill=data["bill"], service=service
    )
    return previewed(outcome, tx, sender)

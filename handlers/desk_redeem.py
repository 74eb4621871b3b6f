"""/redeem, all at once or step by step: whose points, how many, of which bill."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from handlers.desk_screens import previewed, settled
from handlers.redeem_dialogue import (
    Dialogue,
    RedeemSteps,
    ask_bill,
    from_bill,
    from_who,
    kept,
    kept_service,
    with_points,
    with_visit,
)
from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from operations.desk import ServiceTyped, names_another_client, read_points_alone, read_service
from operations.phones import read_contact_phone
from operations.senders import Role, Sender
from operations.transaction import Tx
from operations.visit_previews import preview_visit
from operations.visits import SetAside, redeem_again, set_aside
from templates import desk
from templates.desk import ChooseService, RedeemOf
from templates.previews import PayWithPoints
from templates.redemptions import AskAgain, ChoosePoints

router = Router(name="points at the desk")
router.message.filter(Has(Role.STAFF))
router.callback_query.filter(Has(Role.STAFF))


@router.message(Command("redeem"))
async def redeem_command(
    message: Message,
    command: CommandObject,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    if not (command.args or "").strip():
        await state.set_state(RedeemSteps.who)
        return say(desk.AskWho(for_visit=True, for_points=True))
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    return await from_who(command.args or "", dialogue, say)


@router.message(StateFilter(RedeemSteps.who), F.text | F.contact)
async def who(
    message: Message,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    text = message.text or ""
    if message.contact is not None:
        text = read_contact_phone(message.contact.phone_number) or ""
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    return await from_who(text, dialogue, say)


@router.message(StateFilter(RedeemSteps.bill, RedeemSteps.service, RedeemSteps.points), F.text)
async def typed(
    message: Message,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    text = message.text or ""
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    step, data = await state.get_state(), await state.get_data()
    if step != RedeemSteps.points.state and await names_another_client(tx, text):
        return await from_who(text, dialogue, say)
    if step == RedeemSteps.bill.state:
        return say(await from_bill(text, data, dialogue, ask_service=True))
    if step == RedeemSteps.service.state:
        service = read_service(text, tx.programme)
        return say(await with_visit(data | kept(service), dialogue))
    return say(await with_points(read_points_alone(text), data, dialogue))


@router.callback_query(StateFilter(RedeemSteps.service), Tapped(ChooseService))
async def service_chosen(
    callback: CallbackQuery,
    tap: ChooseService,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    listed = None if tap.service is None else tx.programme.service(tap.service)
    service = ServiceTyped(code=None if listed is None else listed.code)
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    return say.edit(await with_visit(await state.get_data() | kept(service), dialogue))


@router.callback_query(StateFilter(RedeemSteps.points), Tapped(ChoosePoints))
async def points_chosen(
    callback: CallbackQuery,
    tap: ChoosePoints,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    data = await state.get_data()
    if tap.points == 0:
        await state.clear()
        outcome = await preview_visit(
            tx,
            actor=sender,
            client_id=data["client_id"],
            bill=data["bill"],
            service=kept_service(data),
        )
        return say.edit(previewed(outcome, tx, sender))
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    return say.edit(await with_points(tap.points, data, dialogue))


@router.callback_query(Tapped(ChoosePoints))
async def points_of_old(callback: CallbackQuery, say: Say) -> Replies:
    return say.toast(desk.OutOfDate())


@router.callback_query(Tapped(RedeemOf))
async def of_client(
    callback: CallbackQuery,
    tap: RedeemOf,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    return say(await ask_bill(tap.client_id, None, dialogue))


@router.callback_query(Tapped(PayWithPoints))
async def of_preview(
    callback: CallbackQuery,
    tap: PayWithPoints,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    found = await set_aside(tx, preview_id=tap.preview_id, actor=sender)
    if not isinstance(found, SetAside):
        return settled(found, tx, sender, say, bot_username)
    data = {"client_id": found.client_id, "bill": found.bill, **kept(found.service)}
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    return say.edit(await with_visit(data, dialogue))


@router.callback_query(Tapped(AskAgain))
async def again(
    callback: CallbackQuery,
    tap: AskAgain,
    tx: Tx,
    sender: Sender,
    say: Say,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    outcome = await redeem_again(
        tx, actor=sender, preview_id=tap.preview_id, owner_ids=stimulus.owner_ids
    )
    return settled(outcome, tx, sender, say, bot_username)


@router.message(StateFilter(RedeemSteps))
async def not_words(message: Message, say: Say) -> Replies:
    return say(desk.TypeIt())

"""/return, all at once or step by step: which visit, how much of it, ✅."""

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.conversations import Conversation
from handlers.refusals import in_words
from handlers.replies import Replies, Say
from handlers.return_screens import amount_screen, confirmed, previewed, visit_screen
from handlers.roles import Has
from handlers.taps import Tapped
from loyalty.amounts import AmountOutOfRange, AmountUnreadable, read_amount
from operations.returnable import VisitUnreadable, read_visit_number, to_be_returned
from operations.returns import (
    TooMuch,
    confirm_return,
    preview_return,
    refuse_return,
    repeat_return,
)
from operations.senders import Role, Sender
from operations.transaction import Tx
from templates import desk
from templates.every_chat import Cancelled
from templates.messages import Message as Words
from templates.returns import (
    ConfirmReturn,
    OpenReturn,
    RefuseReturn,
    RepeatReturn,
    ReturnRest,
    StartReturn,
    StopReturn,
)

router = Router(name="returns")
router.message.filter(Has(Role.STAFF))
router.callback_query.filter(Has(Role.STAFF))


class Returning(StatesGroup):
    """What is asked: `visit` knows nothing yet, `amount` the visit."""

    visit = State()
    amount = State()


@router.message(Command("return"))
async def return_command(
    message: Message,
    command: CommandObject,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
) -> Replies:
    if not (command.args or "").strip():
        await state.set_state(Returning.visit)
        return say(await visit_screen(tx, sender))
    return say(await _from(command.args or "", tx, sender, state))


@router.callback_query(Tapped(StartReturn))
async def start(
    callback: CallbackQuery, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    await state.clear()
    await state.set_state(Returning.visit)
    return say(await visit_screen(tx, sender))


@router.message(StateFilter(Returning.visit), F.text)
async def visit_typed(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    text = message.text or ""
    return say(await _from(text, tx, sender, state, ask_amount=True))


@router.callback_query(Tapped(OpenReturn))
async def of_visit(
    callback: CallbackQuery,
    tap: OpenReturn,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
) -> Replies:
    return say(await _ask_amount(tap.visit_id, tx, sender, state))


@router.message(StateFilter(Returning.amount), F.text)
async def amount_typed(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    visit_id = int((await state.get_data())["visit_id"])
    return say(await _from_amount(visit_id, message.text or "", tx, sender, state))


@router.callback_query(Tapped(ReturnRest))
async def rest(
    callback: CallbackQuery,
    tap: ReturnRest,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
) -> Replies:
    return say.edit(await _preview(tap.visit_id, None, tx, sender, state))


@router.callback_query(Tapped(ConfirmReturn))
async def confirm(
    callback: CallbackQuery, tap: ConfirmReturn, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await confirm_return(tx, actor=sender, preview_id=tap.preview_id)
    return await confirmed(outcome, tx, sender, say)


@router.callback_query(Tapped(RefuseReturn))
async def refuse(
    callback: CallbackQuery, tap: RefuseReturn, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await refuse_return(tx, actor=sender, preview_id=tap.preview_id)
    return await confirmed(outcome, tx, sender, say)


@router.callback_query(Tapped(RepeatReturn))
async def repeat(
    callback: CallbackQuery, tap: RepeatReturn, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await repeat_return(tx, actor=sender, preview_id=tap.preview_id)
    return say.edit(await previewed(outcome, tx, sender))


@router.callback_query(Tapped(StopReturn))
async def stop(callback: CallbackQuery, say: Say, conversation: Conversation) -> Replies:
    conversation.end()
    return say.edit(Cancelled())


@router.message(StateFilter(Returning.visit))
@router.message(StateFilter(Returning.amount))
async def not_words(message: Message, say: Say) -> Replies:
    return say(desk.TypeIt())


async def _from(
    text: str, tx: Tx, sender: Sender, state: FSMContext, *, ask_amount: bool = False
) -> Words:
    """VISIT [AMOUNT]; without an amount all of it, unless that is asked."""
    try:
        typed = read_visit_number(text)
    except VisitUnreadable:
        await state.set_state(Returning.visit)
        return await visit_screen(tx, sender, unreadable=True)
    if not typed.rest:
        if ask_amount:
            return await _ask_amount(typed.visit_id, tx, sender, state)
        return await _preview(typed.visit_id, None, tx, sender, state)
    return await _from_amount(typed.visit_id, typed.rest, tx, sender, state)


async def _ask_amount(visit_id: int, tx: Tx, sender: Sender, state: FSMContext) -> Words:
    found = await to_be_returned(tx, actor=sender, visit_id=visit_id)
    await state.clear()
    await state.set_state(Returning.amount)
    await state.set_data({"visit_id": visit_id})
    screen, is_open = await amount_screen(found, tx, sender)
    if not is_open:
        await state.clear()
    return screen


async def _from_amount(
    visit_id: int, text: str, tx: Tx, sender: Sender, state: FSMContext
) -> Words:
    """AMOUNT of a visit; a mistake is explained, and the question stays open."""
    try:
        amount = read_amount(text, tx.programme.business.minor_digits)
        if amount.rest:  # of `300 50` nobody knows what it means
            raise AmountUnreadable(text)
    except (AmountUnreadable, AmountOutOfRange) as refusal:
        await state.set_state(Returning.amount)
        await state.set_data({"visit_id": visit_id})
        words = in_words(refusal)
        assert words is not None, "these refusals have words"
        return words
    return await _preview(visit_id, amount.minor, tx, sender, state)


async def _preview(
    visit_id: int, amount: int | None, tx: Tx, sender: Sender, state: FSMContext
) -> Words:
    outcome = await preview_return(tx, actor=sender, visit_id=visit_id, amount=amount)
    await state.clear()
    screen = await previewed(outcome, tx, sender)
    if isinstance(outcome, TooMuch):
        await state.set_state(Returning.amount)
        await state.set_data({"visit_id": visit_id})
    return screen

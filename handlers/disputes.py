"""The button under a receipt: the client says what is wrong with it, and somebody answers."""

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.client_filters import IsClient
from handlers.conversations import Conversation
from handlers.replies import Replies, Say
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from operations.disputes import NotTheirs, disputable_visit, dispute_visit
from operations.feedback import WORDS_UTF16_MAX
from operations.senders import Sender
from operations.transaction import Tx
from templates import feedback, visits
from templates.every_chat import UnknownCommand, UnknownTap
from templates.lengths import utf16_length
from templates.visits import DisputeVisit, DropDispute

router = Router(name="disputes")
router.message.filter(IsClient())
router.callback_query.filter(IsClient())


class Disputing(StatesGroup):
    """Words are awaited."""

    words = State()


@router.callback_query(Tapped(DisputeVisit))
async def ask(
    callback: CallbackQuery,
    tap: DisputeVisit,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
) -> Replies:
    found = await disputable_visit(tx, actor=sender, visit_id=tap.visit_id)
    if isinstance(found, NotTheirs):
        return say.toast(UnknownTap())
    await state.set_state(Disputing.words)
    await state.set_data({"visit": found.visit.id})
    return say(visits.AskDispute(found.visit.id, found.visit.bill))


@router.callback_query(Tapped(DropDispute))
async def drop(callback: CallbackQuery, say: Say, conversation: Conversation) -> Replies:
    conversation.end()
    return say.edit(visits.DisputeDropped())


@router.message(StateFilter(Disputing.words), F.text | F.caption)
async def told(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, stimulus: Stimulus
) -> Replies:
    words = (message.text or message.caption or "").strip()
    if (length := utf16_length(words)) > WORDS_UTF16_MAX:
        return say(feedback.TooLong(length, WORDS_UTF16_MAX))
    visit_id = int((await state.get_data())["visit"])
    await state.clear()
    outcome = await dispute_visit(
        tx, actor=sender, visit_id=visit_id, words=words, owner_ids=stimulus.owner_ids
    )
    if isinstance(outcome, NotTheirs):
        return say(UnknownCommand())
    return say(visits.DisputeTaken(tx.programme.feedback.answer_within_hours))


@router.message(StateFilter(Disputing.words))
async def not_words(message: Message, say: Say) -> Replies:
    return say(feedback.TextOnly())

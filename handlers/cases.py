"""/cases for who answers them, and the client's side of the same conversation."""

from typing import assert_never

from aiogram import F, Router
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from handlers.telegram_messages import words_of
from operations.case_answers import (
    ANSWER_UTF16_MAX,
    AnswerBegun,
    Answered,
    Closed,
    ClosedBefore,
    NoSuchCase,
    NotTheirCase,
    Overtaken,
    OwnCase,
    answer_case,
    begin_answer,
    close_case,
    may_reply,
    reply_to_case,
)
from operations.cases import list_cases, show_case
from operations.senders import Role, Sender
from operations.transaction import Tx
from templates import case_replies, cases
from templates.case_notices import AnswerCase, CloseCase, OpenCase
from templates.case_replies import DropReply, ReplyToCase
from templates.cases import DropAnswer, SendAnyway, TurnCases
from templates.every_chat import UnknownTap
from templates.lengths import utf16_length

router = Router(name="cases")
router.message.filter(Has(Role.MANAGER))
router.callback_query.filter(Has(Role.MANAGER))

# Its filter is in the operations: whose case it is, is read as it is tapped.
client_router = Router(name="cases, the client's side")

FIRST_PAGE = 1


class Answering(StatesGroup):
    """Words for a client are awaited, or, if a colleague was quicker, a second thought."""

    words = State()


class Replying(StatesGroup):
    """The client's words are awaited."""

    words = State()


@router.message(Command("cases"))
async def open_cases(message: Message, tx: Tx, say: Say) -> Replies:
    return say(await list_cases(tx, FIRST_PAGE))


@router.callback_query(Tapped(TurnCases))
async def turned(callback: CallbackQuery, tap: TurnCases, tx: Tx, say: Say) -> Replies:
    return say.edit(await list_cases(tx, tap.page))


@router.callback_query(Tapped(OpenCase))
async def opened(
    callback: CallbackQuery, tap: OpenCase, tx: Tx, sender: Sender, say: Say
) -> Replies:
    screen = await show_case(tx, actor=sender, case_id=tap.case_id)
    return say.toast(UnknownTap()) if screen is None else say(screen)


@router.callback_query(Tapped(AnswerCase))
async def ask_answer(
    callback: CallbackQuery, tap: AnswerCase, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    begun = await begin_answer(tx, actor=sender, case_id=tap.case_id)
    if not isinstance(begun, AnswerBegun):
        return _refusal(begun, say)
    await state.set_state(Answering.words)
    await state.set_data({"case": begun.case_id, "seen": begun.seen, "open": begun.was_open})
    return say(cases.AskAnswer(begun.case_id, begun.client_name, tx.programme.business.name))


@router.message(StateFilter(Answering.words), F.text)
async def answered(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, stimulus: Stimulus
) -> Replies:
    words = (message.text or "").strip()
    if (length := utf16_length(words)) > ANSWER_UTF16_MAX:
        return say(cases.AnswerTooLong(length, ANSWER_UTF16_MAX))
    return await _answer(words, tx, sender, say, state, stimulus)


@router.callback_query(Tapped(SendAnyway))
async def sent_anyway(
    callback: CallbackQuery,
    tap: SendAnyway,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
) -> Replies:
    data = await state.get_data()
    if data.get("case") != tap.case_id or not data.get("words"):
        return say.toast(UnknownTap())
    return await _answer(str(data["words"]), tx, sender, say, state, stimulus)


@router.callback_query(Tapped(DropAnswer))
async def dropped(callback: CallbackQuery, tap: DropAnswer, say: Say, state: FSMContext) -> Replies:
    if (await state.get_data()).get("case") == tap.case_id:
        await state.clear()
    return say.edit(cases.Dropped(tap.case_id))


@router.message(StateFilter(Answering.words))
async def answer_is_no_text(message: Message, say: Say) -> Replies:
    return say(cases.AnswerTextOnly())


@router.callback_query(Tapped(CloseCase))
async def closed(
    callback: CallbackQuery,
    tap: CloseCase,
    tx: Tx,
    sender: Sender,
    say: Say,
    stimulus: Stimulus,
) -> Replies:
    outcome = await close_case(tx, actor=sender, case_id=tap.case_id, owner_ids=stimulus.owner_ids)
    match outcome:
        case Closed(case_id=case_id):
            toast = say.toast(cases.Closed(case_id))
        case ClosedBefore(case_id=case_id, by=by):
            toast = say.toast(cases.ClosedBefore(case_id, by), alert=True)
        case OwnCase() | NoSuchCase():
            return _refusal(outcome, say)
        case _:
            assert_never(outcome)
    screen = await show_case(tx, actor=sender, case_id=tap.case_id)
    return toast if screen is None else [toast, say.edit(screen)]


async def _answer(
    words: str, tx: Tx, sender: Sender, say: Say, state: FSMContext, stimulus: Stimulus
) -> Replies:
    data = await state.get_data()
    outcome = await answer_case(
        tx,
        actor=sender,
        case_id=int(data.get("case", 0)),
        words=words,
        seen=int(data.get("seen", 0)),
        was_open=bool(data.get("open")),
        owner_ids=stimulus.owner_ids,
    )
    match outcome:
        case Overtaken(case_id=case_id):
            kept = {"case": case_id, "words": words}
            await state.set_data(kept | {"seen": outcome.seen, "open": outcome.was_open})
            return say(cases.Overtaken(case_id, outcome.by, outcome.words, words))
        case Answered(case_id=case_id, client_name=name):
            await state.clear()
            return say(cases.Answered(case_id, name, outcome.is_open, outcome.reachable))
        case OwnCase() | NoSuchCase():
            await state.clear()
            return _refusal(outcome, say)
        case _:
            assert_never(outcome)


def _refusal(outcome: OwnCase | NoSuchCase, say: Say) -> Replies:
    if say.callback is None:
        return None
    return say.toast(cases.OwnCase() if isinstance(outcome, OwnCase) else UnknownTap(), alert=True)


# -- the client's side


@client_router.callback_query(Tapped(ReplyToCase))
async def ask_reply(
    callback: CallbackQuery, tap: ReplyToCase, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    if not await may_reply(tx, actor=sender, case_id=tap.case_id):
        return say.toast(UnknownTap())
    await state.set_state(Replying.words)
    await state.set_data({"case": tap.case_id})
    return say(case_replies.AskReply(tx.programme.business.name))


@client_router.message(StateFilter(Replying.words), F.text | F.caption)
async def replied(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, stimulus: Stimulus
) -> Replies:
    words = words_of(message)
    if (length := utf16_length(words)) > ANSWER_UTF16_MAX:
        return say(cases.AnswerTooLong(length, ANSWER_UTF16_MAX))
    case_id = int((await state.get_data()).get("case", 0))
    await state.clear()
    outcome = await reply_to_case(
        tx, actor=sender, case_id=case_id, words=words, owner_ids=stimulus.owner_ids
    )
    if isinstance(outcome, NotTheirCase):
        return say(case_replies.ReplyDropped())
    hours = tx.programme.feedback.answer_within_hours
    return say(case_replies.PassedOn(case_id, hours))


@client_router.message(StateFilter(Replying.words))
async def reply_is_no_text(message: Message, say: Say) -> Replies:
    return say(case_replies.TextOnly())


@client_router.callback_query(Tapped(DropReply))
async def reply_dropped(callback: CallbackQuery, say: Say, state: FSMContext) -> Replies:
    if await state.get_state() == Replying.words.state:
        await state.clear()
    return say.edit(case_replies.ReplyDropped())

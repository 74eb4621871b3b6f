"""A rating by one tap, then words or ⏭: after a visit, or whenever the client wants to tell."""

from aiogram import F, Router
from aiogram.filters import Command, StateFilter, or_f
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.client_filters import IsClient, Key
from handlers.replies import Replies, Say
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from handlers.telegram_messages import words_of
from operations.feedback import (
    WORDS_UTF16_MAX,
    Final,
    NotTheirs,
    Rated,
    add_words,
    rate,
    visit_to_rate,
)
from operations.senders import Sender
from operations.transaction import Tx
from templates import feedback
from templates.every_chat import UnknownCommand, UnknownTap
from templates.feedback import Rate, SkipWords
from templates.lengths import utf16_length

router = Router(name="feedback")
router.message.filter(IsClient())
router.callback_query.filter(IsClient())


class Telling(StatesGroup):
    """Words are awaited."""

    words = State()


@router.message(or_f(Command("feedback"), Key("menu.feedback")))
async def question(message: Message, tx: Tx, sender: Sender, say: Say) -> Replies:
    assert sender.client is not None, "the router's filter lets clients through"
    visit = await visit_to_rate(tx, sender.client, sender.language)
    return say(
        feedback.Question(
            tx.programme.business.name,
            visit,
            asked=message.message_id,
            points=tx.programme.actions.review if visit else 0,
        )
    )


@router.callback_query(Tapped(Rate))
async def rated(
    callback: CallbackQuery,
    tap: Rate,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
) -> Replies:
    outcome = await rate(
        tx,
        actor=sender,
        about=tap.about,
        is_visit=tap.is_visit,
        rating=tap.rating,
        owner_ids=stimulus.owner_ids,
    )
    match outcome:
        case NotTheirs():
            return say.toast(UnknownTap())
        case Final(rating=rating):
            return say.toast(feedback.AlreadyFinal(rating), alert=True)
        case Rated():
            await state.set_state(Telling.words)
            await state.set_data({"feedback": outcome.feedback_id})
            return say.edit(
                feedback.Rated(
                    rating=outcome.rating,
                    complaint=outcome.complaint,
                    answer_within_hours=tx.programme.feedback.answer_within_hours,
                    feedback_id=outcome.feedback_id,
                    about=tap.about,
                    is_visit=tap.is_visit,
                    points=tx.programme.actions.review if tap.is_visit else 0,
                )
            )


@router.callback_query(Tapped(SkipWords))
async def skipped(
    callback: CallbackQuery,
    tap: SkipWords,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
) -> Replies:
    outcome = await add_words(
        tx, actor=sender, feedback_id=tap.feedback_id, words="", owner_ids=stimulus.owner_ids
    )
    if isinstance(outcome, NotTheirs):
        return say.toast(UnknownTap())
    if (await state.get_data()).get("feedback") == tap.feedback_id:
        await state.clear()
    return say.edit(_thanks(outcome, tx))


@router.message(StateFilter(Telling.words), F.text | F.caption)
async def told(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, stimulus: Stimulus
) -> Replies:
    words = words_of(message)
    if (length := utf16_length(words)) > WORDS_UTF16_MAX:
        return say(feedback.TooLong(length, WORDS_UTF16_MAX))
    feedback_id = int((await state.get_data()).get("feedback", 0))
    await state.clear()
    outcome = await add_words(
        tx, actor=sender, feedback_id=feedback_id, words=words, owner_ids=stimulus.owner_ids
    )
    if isinstance(outcome, NotTheirs):
        return say(UnknownCommand())
    return say(_thanks(outcome, tx))


@router.message(StateFilter(Telling.words))
async def not_words(message: Message, say: Say) -> Replies:
    return say(feedback.TextOnly())


def _thanks(outcome: Final, tx: Tx) -> feedback.Thanks:
    return feedback.Thanks(
        rating=outcome.rating,
        complaint=outcome.complaint,
        answer_within_hours=tx.programme.feedback.answer_within_hours,
        with_words=outcome.with_words,
        case_id=outcome.case_id if outcome.complaint else None,
    )

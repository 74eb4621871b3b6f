"""The button under a receipt: one tap opens a case, then the client may say what is wrong."""

from datetime import date

from aiogram import F, Router
from aiogram.filters import StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.client_filters import IsClient
from handlers.replies import Replies, Say
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from handlers.telegram_messages import words_of
from operations.case_answers import NotTheirCase, reply_to_case
from operations.disputes import (
    About,
    AboutEntry,
    AboutExpiry,
    AboutVisit,
    AnsweredBefore,
    NotTheirs,
    Opened,
    TooLate,
    Withdrawn,
    open_dispute,
    withdraw_dispute,
)
from operations.feedback import WORDS_UTF16_MAX
from operations.senders import Sender
from operations.transaction import Tx
from templates import disputes, feedback
from templates.disputes import DisputeEntry, DisputeExpiry, DisputeVisit, WithdrawDispute
from templates.every_chat import UnknownCommand, UnknownTap
from templates.lengths import utf16_length

router = Router(name="disputes")
router.message.filter(IsClient())
router.callback_query.filter(IsClient())


class Disputing(StatesGroup):
    """Words are awaited, for the case in the data."""

    words = State()


@router.callback_query(Tapped(DisputeVisit))
@router.callback_query(Tapped(DisputeEntry))
@router.callback_query(Tapped(DisputeExpiry))
async def opened(
    callback: CallbackQuery,
    tap: DisputeVisit | DisputeEntry | DisputeExpiry,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
) -> Replies:
    about = _about(tap)
    if about is None:
        return say.toast(UnknownTap())
    outcome = await open_dispute(tx, actor=sender, about=about, owner_ids=stimulus.owner_ids)
    match outcome:
        case NotTheirs():
            return say.toast(UnknownTap())
        case TooLate(days=days):
            return say.toast(disputes.TooLate(days), alert=True)
        case Opened(repeated=True):
            return say.toast(disputes.OpenedBefore(outcome.case_id), alert=True)
        case Opened():
            await state.set_state(Disputing.words)
            await state.set_data({"case": outcome.case_id})
            return say(
                disputes.Opened(
                    dispute_id=outcome.dispute_id,
                    number=outcome.case_id,
                    disputed=outcome.disputed,
                    joined=outcome.joined,
                    answer_within_hours=tx.programme.feedback.answer_within_hours,
                )
            )


def _about(tap: DisputeVisit | DisputeEntry | DisputeExpiry) -> About | None:
    """What the receipt told of; None for a day that no calendar has."""
    match tap:
        case DisputeVisit(visit_id=visit_id):
            return AboutVisit(visit_id)
        case DisputeEntry(entry_id=entry_id):
            return AboutEntry(entry_id)
        case DisputeExpiry(day=day):
            try:
                return AboutExpiry(date(day // 10_000, day // 100 % 100, day % 100))
            except ValueError:
                return None


@router.callback_query(Tapped(WithdrawDispute))
async def withdraw(
    callback: CallbackQuery,
    tap: WithdrawDispute,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
) -> Replies:
    outcome = await withdraw_dispute(
        tx, actor=sender, dispute_id=tap.dispute_id, owner_ids=stimulus.owner_ids
    )
    match outcome:
        case NotTheirs():
            return say.toast(UnknownTap())
        case AnsweredBefore(case_id=case_id):
            return say.toast(disputes.AnsweredBefore(case_id), alert=True)
        case Withdrawn(case_id=case_id):
            if (await state.get_data()).get("case") == case_id:
                await state.clear()
            return say.edit(disputes.Withdrawn(case_id, outcome.points, outcome.is_closed))


@router.message(StateFilter(Disputing.words), F.text | F.caption)
async def told(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, stimulus: Stimulus
) -> Replies:
    words = words_of(message)
    if (length := utf16_length(words)) > WORDS_UTF16_MAX:
        return say(feedback.TooLong(length, WORDS_UTF16_MAX))
    case_id = int((await state.get_data())["case"])
    await state.clear()
    outcome = await reply_to_case(
        tx, actor=sender, case_id=case_id, words=words, owner_ids=stimulus.owner_ids
    )
    if isinstance(outcome, NotTheirCase):
        return say(UnknownCommand())
    return say(disputes.Taken(case_id, tx.programme.feedback.answer_within_hours))


@router.message(StateFilter(Disputing.words))
async def not_words(message: Message, say: Say) -> Replies:
    return say(feedback.TextOnly())

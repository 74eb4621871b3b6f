"""/accept: a claimed reward is handed out, by its code typed, said or scanned."""

from typing import assert_never

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, Filter, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.conversations import Conversation
from handlers.desk_client import LookUp
from handlers.desk_visit import VisitSteps
from handlers.links import WINDOW_S, Guesses, Opens
from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.taps import Tapped
from operations.claim_codes import grouped_code, read_claim_code
from operations.deep_links import ClaimLink
from operations.desk import called
from operations.reward_desk import (
    ClaimFound,
    ClaimOver,
    CodeUnknown,
    Handed,
    Outcome,
    OwnClaim,
    accept_claim,
    preview_claim,
)
from operations.senders import Role, Sender
from operations.transaction import Tx
from templates import reward_desk
from templates.messages import Message as Words
from templates.reward_desk import AcceptClaim, AskAnother, LeaveClaim, Over

# A scanned voucher is a /start with a link of its own kind: it is asked before registration is.
scans = Router(name="scanned vouchers")
scans.message.filter(Has(Role.STAFF))

router = Router(name="rewards at the desk")
router.message.filter(Has(Role.STAFF))
router.callback_query.filter(Has(Role.STAFF))


class Accepting(StatesGroup):
    """Which code?"""

    code = State()


class TypesCode(Filter):
    """Words that are the code of a reward: no amount, phone or card's number looks like one."""

    async def __call__(self, message: Message) -> bool:
        return read_claim_code(message.text or "") is not None


@scans.message(Opens(ClaimLink))
async def scanned(
    message: Message,
    link: ClaimLink,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    code_guesses: Guesses,
) -> Replies:
    return await _preview(link.code, tx, sender, say, state, code_guesses)


@router.message(Command("accept"))
async def accept(
    message: Message,
    command: CommandObject,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    code_guesses: Guesses,
) -> Replies:
    typed = (command.args or "").strip()
    if not typed:
        await state.set_state(Accepting.code)
        return say(reward_desk.AskCode())
    return await _preview(typed, tx, sender, say, state, code_guesses)


@router.callback_query(Tapped(AskAnother))
async def another(callback: CallbackQuery, say: Say, state: FSMContext) -> Replies:
    await state.clear()
    await state.set_state(Accepting.code)
    return say(reward_desk.AskCode())


@router.message(StateFilter(Accepting.code), F.text)
async def code_asked(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, code_guesses: Guesses
) -> Replies:
    return await _preview(message.text or "", tx, sender, say, state, code_guesses)


@router.message(StateFilter(Accepting.code))
async def not_words(message: Message, say: Say) -> Replies:
    return say(reward_desk.AskCode())


@router.message(StateFilter(None, VisitSteps.who, VisitSteps.bill, LookUp.who), F.text, TypesCode())
async def typed_at_once(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext, code_guesses: Guesses
) -> Replies:
    return await _preview(message.text or "", tx, sender, say, state, code_guesses)


@router.callback_query(Tapped(AcceptClaim))
async def accepted(
    callback: CallbackQuery,
    tap: AcceptClaim,
    tx: Tx,
    sender: Sender,
    say: Say,
    code_guesses: Guesses,
) -> Replies:
    if not code_guesses.allowed(sender.telegram_id):
        return say.edit(_too_many())
    outcome = await accept_claim(tx, actor=sender, code=tap.code)
    if isinstance(outcome, CodeUnknown):
        code_guesses.missed(sender.telegram_id)
    shown = say.edit(_screen(outcome, sender))
    if isinstance(outcome, Handed) and outcome.repeated:
        told = reward_desk.HandedBy(outcome.staff_name, outcome.is_mine)
        return [shown, say.toast(told, alert=not outcome.is_mine)]
    return shown


@router.callback_query(Tapped(LeaveClaim))
async def left(callback: CallbackQuery, say: Say, conversation: Conversation) -> Replies:
    conversation.end()
    return say.edit(reward_desk.Left())


async def _preview(
    typed: str, tx: Tx, sender: Sender, say: Say, state: FSMContext, guesses: Guesses
) -> Replies:
    """What the code is for; where it is none, the question stays open."""
    if not guesses.allowed(sender.telegram_id):
        await state.clear()
        return say(_too_many())
    code = read_claim_code(typed)
    if code is None:
        await state.set_state(Accepting.code)
        return say(reward_desk.CodeUnreadable())
    serving_id = (await state.get_data()).get("client_id")
    await state.clear()
    outcome = await preview_claim(tx, actor=sender, code=code, serving_id=serving_id)
    if isinstance(outcome, CodeUnknown):
        guesses.missed(sender.telegram_id)
        await state.set_state(Accepting.code)
    return say(_screen(outcome, sender))


def _too_many() -> reward_desk.TooManyGuesses:
    return reward_desk.TooManyGuesses(pause_minutes=int(WINDOW_S) // 60)


def _screen(outcome: Outcome, sender: Sender) -> Words:
    match outcome:
        case ClaimFound():
            claim = outcome.claim
            return reward_desk.ClaimPreview(
                code=claim.code,
                shown_code=grouped_code(claim.code),
                client_name=called(outcome.client),
                name=claim.name.of(sender.language),
                cost=claim.cost,
                claimed_at=claim.claimed_at,
                valid_through=claim.valid_through,
                is_other_client=outcome.is_other_client,
            )
        case Handed():
            claim = outcome.claim
            return reward_desk.Handed(
                client_name=called(outcome.client),
                name=claim.name.of(sender.language),
                at=claim.closed_at or claim.claimed_at,
                branch=claim.accepted_branch,
                staff_name=outcome.staff_name,
                is_mine=outcome.is_mine,
                repeated=outcome.repeated,
            )
        case ClaimOver():
            claim = outcome.claim
            # An open one whose day is over lapses with the job's next round.
            over = Over.LAPSED if claim.is_open else Over(claim.status.value)
            name = claim.name.of(sender.language)
            return reward_desk.ClaimOver(name, over, claim.valid_through)
        case CodeUnknown():
            return reward_desk.CodeUnknown()
        case OwnClaim():
            return reward_desk.OwnClaim()
        case _:
            assert_never(outcome)

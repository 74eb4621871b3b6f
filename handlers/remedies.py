"""Points with an apology, a card that goes to another account: buttons under a case."""

from aiogram import Router
from aiogram.types import CallbackQuery

from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from operations.case_answers import NoSuchCase, OwnCase
from operations.cases import show_case
from operations.remedies import (
    ApologyGiven,
    ApologyOffer,
    CardMoved,
    ClaimRefused,
    GivenBefore,
    Impossible,
    MoveOffer,
    give_apology,
    hand_phone,
    move_card,
    offer_apology,
    offer_move,
    refuse_claim,
)
from operations.senders import Role, Sender
from operations.transaction import Tx
from templates import cases, remedies
from templates.every_chat import UnknownTap
from templates.messages import Toast
from templates.remedies import (
    AskMove,
    GiveApology,
    HandPhone,
    LeaveAsIs,
    MoveCard,
    OfferApology,
    RefuseClaim,
)

Refused = GivenBefore | Impossible | OwnCase | NoSuchCase

router = Router(name="remedies")
router.callback_query.filter(Has(Role.MANAGER))


@router.callback_query(Tapped(OfferApology))
async def ask_points(
    callback: CallbackQuery, tap: OfferApology, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await offer_apology(tx, actor=sender, case_id=tap.case_id)
    if isinstance(outcome, ApologyOffer):
        name, choices = outcome.client_name, outcome.choices
        return say.edit(remedies.ApologyQuestion(tap.case_id, name, choices))
    return say.toast(_refusal(outcome), alert=True)


@router.callback_query(Tapped(GiveApology))
async def give_points(
    callback: CallbackQuery, tap: GiveApology, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await give_apology(tx, actor=sender, case_id=tap.case_id, points=tap.points)
    return await _done(outcome, tap.case_id, tx, sender, say)


@router.callback_query(Tapped(AskMove))
async def ask_move(
    callback: CallbackQuery, tap: AskMove, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await offer_move(tx, actor=sender, case_id=tap.case_id)
    if isinstance(outcome, MoveOffer):
        question = remedies.MoveQuestion(
            tap.case_id,
            outcome.client_name,
            outcome.phone,
            outcome.balance,
            outcome.client_id,
            outcome.own_card_id,
        )
        return say.edit(question)
    return say.toast(_refusal(outcome), alert=True)


@router.callback_query(Tapped(MoveCard))
async def move(
    callback: CallbackQuery,
    tap: MoveCard,
    tx: Tx,
    sender: Sender,
    say: Say,
    stimulus: Stimulus,
) -> Replies:
    outcome = await move_card(tx, actor=sender, case_id=tap.case_id, owner_ids=stimulus.owner_ids)
    return await _done(outcome, tap.case_id, tx, sender, say)


@router.callback_query(Tapped(HandPhone))
async def hand(
    callback: CallbackQuery, tap: HandPhone, tx: Tx, sender: Sender, say: Say, stimulus: Stimulus
) -> Replies:
    outcome = await hand_phone(tx, actor=sender, case_id=tap.case_id, owner_ids=stimulus.owner_ids)
    return await _done(outcome, tap.case_id, tx, sender, say)


@router.callback_query(Tapped(RefuseClaim))
async def refuse(
    callback: CallbackQuery, tap: RefuseClaim, tx: Tx, sender: Sender, say: Say, stimulus: Stimulus
) -> Replies:
    outcome = await refuse_claim(
        tx, actor=sender, case_id=tap.case_id, owner_ids=stimulus.owner_ids
    )
    return await _done(outcome, tap.case_id, tx, sender, say)


@router.callback_query(Tapped(LeaveAsIs))
async def leave(
    callback: CallbackQuery, tap: LeaveAsIs, tx: Tx, sender: Sender, say: Say
) -> Replies:
    return await _case(tx, tap.case_id, sender, say, None)


async def _done(
    outcome: ApologyGiven | CardMoved | ClaimRefused | Refused,
    case_id: int,
    tx: Tx,
    sender: Sender,
    say: Say,
) -> Replies:
    match outcome:
        case ApologyGiven(points=points):
            return await _case(tx, case_id, sender, say, remedies.ApologyGiven(points))
        case CardMoved():
            return await _case(tx, case_id, sender, say, remedies.CardMoved())
        case ClaimRefused():
            return await _case(tx, case_id, sender, say, remedies.ClaimClosed())
        case _:
            return say.toast(_refusal(outcome), alert=True)


async def _case(tx: Tx, case_id: int, sender: Sender, say: Say, toast: Toast | None) -> Replies:
    """The case as it stands now, in place of the question."""
    screen = await show_case(tx, actor=sender, case_id=case_id)
    if screen is None:
        return say.toast(UnknownTap())
    return say.edit(screen) if toast is None else [say.toast(toast), say.edit(screen)]


def _refusal(outcome: Refused) -> Toast:
    match outcome:
        case GivenBefore(points=points, by=by):
            return remedies.ApologyGivenBefore(points, by)
        case OwnCase():
            return cases.OwnCase()
        case Impossible():
            return remedies.MoveImpossible()
        case NoSuchCase():
            return UnknownTap()

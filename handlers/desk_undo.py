"""/undo, and the button under a visit that was just confirmed."""

from typing import assert_never

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.taps import Tapped
from operations.booking import Booked
from operations.desk import called
from operations.desk_notices import booked_notice
from operations.returnable import CardGone
from operations.senders import Role, Sender
from operations.transaction import Tx
from operations.undo import (
    ChooseVisit,
    NothingToUndo,
    NotYours,
    ReturnedBefore,
    Undone,
    UndoOutcome,
    UndoQuestion,
    UndoTooLate,
    VisitUnknown,
    keep_visit,
    question_undo,
    undo_last,
    undo_visit,
)
from operations.visit_previews import SelfService
from templates import desk, undo
from templates.messages import Message as Words
from templates.previews import OpenUndo
from templates.undo import KeepVisit, UndoVisit

STANDS = (UndoTooLate, NotYours, VisitUnknown, SelfService, CardGone)  # nothing was taken back

router = Router(name="undo")
router.message.filter(Has(Role.STAFF))
router.callback_query.filter(Has(Role.STAFF))


@router.message(Command("undo"))
async def undo_command(message: Message, tx: Tx, sender: Sender, say: Say) -> Replies:
    return say(_screen(await undo_last(tx, actor=sender), tx, sender))


@router.callback_query(Tapped(OpenUndo))
async def ask(callback: CallbackQuery, tap: OpenUndo, tx: Tx, sender: Sender, say: Say) -> Replies:
    outcome = await question_undo(tx, visit_id=tap.visit_id, actor=sender)
    screen = _screen(outcome, tx, sender)
    # Where nothing comes of it, the record of the visit stays in the chat as it is.
    return say(screen) if isinstance(outcome, STANDS) else say.edit(screen)


@router.callback_query(Tapped(UndoVisit))
async def confirm(
    callback: CallbackQuery, tap: UndoVisit, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await undo_visit(tx, visit_id=tap.visit_id, actor=sender)
    screen = _screen(outcome, tx, sender)
    if isinstance(outcome, UndoTooLate):
        # The question stood in place of the visit's record, which comes back.
        kept = await keep_visit(tx, visit_id=tap.visit_id, actor=sender)
        return [say.edit(_screen(kept, tx, sender)), say(screen)]
    return say(screen) if isinstance(outcome, STANDS) else say.edit(screen)


@router.callback_query(Tapped(KeepVisit))
async def keep(
    callback: CallbackQuery, tap: KeepVisit, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await keep_visit(tx, visit_id=tap.visit_id, actor=sender)
    return say.edit(_screen(outcome, tx, sender))


def _screen(
    outcome: UndoOutcome | UndoQuestion | NothingToUndo | ChooseVisit | Booked,
    tx: Tx,
    sender: Sender,
) -> Words:
    minutes = tx.programme.desk.undo_minutes
    match outcome:
        case Undone(visit=visit, client=client, back=back):
            return undo.VisitUndone(
                visit_id=visit.id,
                client_name=called(client),
                bill=visit.bill,
                points=visit.points_earned if back is None else back.taken,
                balance=outcome.balance,
                staff_name=outcome.staff_name,
                is_mine=outcome.is_mine,
                repeated=outcome.repeated,
                points_restored=0 if back is None else back.restored,
                points_pending=0 if back is None else back.not_coming,
                referral_points=outcome.referral_points,
            )
        case ReturnedBefore(visit=visit, client=client):
            return undo.ReturnedBefore(visit.id, called(client), visit.bill_at_first)
        case UndoQuestion(visit=visit, client=client):
            return undo.AskUndo(
                visit.id, called(client), visit.bill, visit.points_earned, visit.points_spent
            )
        case UndoTooLate(visit=visit):
            return undo.TooLate(visit.id, visit.at, minutes)
        case CardGone(visit=visit):
            return undo.ClientGone(visit.id)
        case NotYours():
            return undo.NotYours(outcome.visit_id)
        case SelfService():
            return desk.SelfService()
        case VisitUnknown() | NothingToUndo():
            return undo.NothingToUndo(minutes)
        case Booked():
            return booked_notice(tx, outcome, sender.language)
        case ChooseVisit():
            choices = tuple(
                undo.UndoChoice(
                    visit_id=choice.visit.id,
                    at=choice.visit.at,
                    client_name=called(choice.client),
                    bill=choice.visit.bill,
                    staff_name=choice.staff_name,
                )
                for choice in outcome.choices[: undo.CHOICES_MAX]
            )
            return undo.ChooseUndo(choices, minutes)
        case _:
            assert_never(outcome)

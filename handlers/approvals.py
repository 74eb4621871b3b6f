"""✅ and ❌ of those who lead, to a bill that staff may not book alone."""

from dataclasses import replace
from typing import assert_never

from aiogram import Router
from aiogram.types import CallbackQuery

from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from operations.approvals import approval_question
from operations.approving import (
    Answered,
    ApprovalOutcome,
    ApprovalUnknown,
    ApproveAnew,
    NotYourBranch,
    approve_visit,
    decline_visit,
)
from operations.desk import called
from operations.senders import Role, Sender
from operations.transaction import Tx
from operations.visit_previews import SelfService
from templates import approvals, desk
from templates.approvals import ApproveVisit, DeclineVisit
from templates.every_chat import UnknownTap
from templates.previews import TermsChanged

router = Router(name="approvals")
router.callback_query.filter(Has(Role.MANAGER))


@router.callback_query(Tapped(ApproveVisit))
async def approve(
    callback: CallbackQuery,
    tap: ApproveVisit,
    tx: Tx,
    sender: Sender,
    say: Say,
    stimulus: Stimulus,
) -> Replies:
    outcome = await approve_visit(
        tx,
        approval_id=tap.approval_id,
        preview_id=tap.preview_id,
        actor=sender,
        owner_ids=stimulus.owner_ids,
    )
    return await _answered(outcome, tx, sender, say)


@router.callback_query(Tapped(DeclineVisit))
async def decline(
    callback: CallbackQuery,
    tap: DeclineVisit,
    tx: Tx,
    sender: Sender,
    say: Say,
    stimulus: Stimulus,
) -> Replies:
    outcome = await decline_visit(
        tx, approval_id=tap.approval_id, actor=sender, owner_ids=stimulus.owner_ids
    )
    return await _answered(outcome, tx, sender, say)


async def _answered(outcome: ApprovalOutcome, tx: Tx, sender: Sender, say: Say) -> Replies:
    match outcome:
        case Answered():
            screen = approvals.Answered(
                verdict=outcome.verdict,
                client_name=called(outcome.client),
                bill=outcome.bill,
                visit_id=outcome.visit_id,
                points=outcome.points,
                by=outcome.by,
                is_mine=outcome.is_mine,
            )
            if not outcome.repeated:
                theirs = replace(screen, is_mine=False)
                others = [
                    say.edit_elsewhere(one.chat_id, one.message_id, one.language, theirs)
                    for one in outcome.elsewhere
                ]
                return [say.edit(screen), *others]
            told = approvals.AnsweredBy(outcome.by, outcome.is_mine, outcome.verdict)
            return [say.edit(screen), say.toast(told, alert=not outcome.is_mine)]
        case ApproveAnew(awaited=awaited):
            shown = await approval_question(tx, awaited, sender.language, terms_changed=True)
            return [say.edit(shown), say.toast(TermsChanged())]
        case NotYourBranch():
            return say.toast(approvals.NotYourBranch(), alert=True)
        case SelfService():
            return say.edit(desk.SelfService())
        case ApprovalUnknown():
            return say.toast(UnknownTap())
        case _:
            assert_never(outcome)

"""The buttons under a preview: ✅, ❌, free now or later, another branch, show it again."""

from aiogram import Router
from aiogram.types import CallbackQuery

from handlers.desk_screens import previewed, settled
from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from operations.senders import Role, Sender
from operations.transaction import Tx
from operations.visit_previews import ask_branch_anew, keep_free_visit, repeat_preview
from operations.visits import confirm_visit, refuse_preview
from templates.previews import ChangeBranch, ConfirmVisit, KeepFreeVisit, RefuseVisit, RepeatPreview

router = Router(name="previews of visits")
router.callback_query.filter(Has(Role.STAFF))


@router.callback_query(Tapped(ConfirmVisit))
async def confirm(
    callback: CallbackQuery,
    tap: ConfirmVisit,
    tx: Tx,
    sender: Sender,
    say: Say,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    outcome = await confirm_visit(
        tx,
        preview_id=tap.preview_id,
        actor=sender,
        branch_place=tap.branch,
        owner_ids=stimulus.owner_ids,
    )
    return settled(outcome, tx, sender, say, bot_username)


@router.callback_query(Tapped(RefuseVisit))
async def refuse(
    callback: CallbackQuery,
    tap: RefuseVisit,
    tx: Tx,
    sender: Sender,
    say: Say,
    bot_username: str,
) -> Replies:
    outcome = await refuse_preview(tx, preview_id=tap.preview_id, actor=sender)
    return settled(outcome, tx, sender, say, bot_username)


@router.callback_query(Tapped(ChangeBranch))
async def change_branch(
    callback: CallbackQuery, tap: ChangeBranch, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await ask_branch_anew(tx, actor=sender, preview_id=tap.preview_id)
    return say.edit(previewed(outcome, tx, sender))


@router.callback_query(Tapped(KeepFreeVisit))
async def keep_free(
    callback: CallbackQuery, tap: KeepFreeVisit, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await keep_free_visit(tx, actor=sender, preview_id=tap.preview_id, keeps=tap.keeps)
    return say.edit(previewed(outcome, tx, sender))


@router.callback_query(Tapped(RepeatPreview))
async def repeat(
    callback: CallbackQuery, tap: RepeatPreview, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await repeat_preview(tx, actor=sender, preview_id=tap.preview_id)
    return say.edit(previewed(outcome, tx, sender))

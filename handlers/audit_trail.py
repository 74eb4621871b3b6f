"""/audit_log, for owners."""

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from operations.audit_trail import show_audit_log
from operations.desk import WhoUnreadable, find_client, living_client, read_who_alone
from operations.senders import Role, Sender
from operations.transaction import Tx
from templates import desk
from templates.audit_trail import TurnAuditLog
from templates.every_chat import UnknownTap

router = Router(name="audit log")
router.message.filter(Has(Role.OWNER))
router.callback_query.filter(Has(Role.OWNER))


@router.message(Command("audit_log"))
async def show(
    message: Message,
    command: CommandObject,
    tx: Tx,
    sender: Sender,
    say: Say,
    stimulus: Stimulus,
) -> Replies:
    text = (command.args or "").strip()
    if not text:
        return say(
            await show_audit_log(
                tx, actor=sender, page=1, client=None, owner_ids=stimulus.owner_ids
            )
        )
    try:
        who = read_who_alone(text, tx.programme).who
    except WhoUnreadable:
        return say(desk.WhoUnreadable(for_visit=False))
    client = await find_client(tx, who)
    if client is None:
        return say(desk.NobodyHasCard())
    return say(
        await show_audit_log(tx, actor=sender, page=1, client=client, owner_ids=stimulus.owner_ids)
    )


@router.callback_query(Tapped(TurnAuditLog))
async def turn(
    callback: CallbackQuery,
    tap: TurnAuditLog,
    tx: Tx,
    sender: Sender,
    say: Say,
    stimulus: Stimulus,
) -> Replies:
    client = None if tap.client_id is None else await living_client(tx, tap.client_id)
    if client is None and tap.client_id is not None:
        return say.toast(UnknownTap())
    return say.edit(
        await show_audit_log(
            tx, actor=sender, page=tap.page, client=client, owner_ids=stimulus.owner_ids
        )
    )

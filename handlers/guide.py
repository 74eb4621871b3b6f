"""/guide: the training page for a new colleague."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message

from handlers.replies import Replies, Say
from handlers.roles import Has
from loyalty.programme import Programme
from operations.branches import branches_of
from operations.senders import Role, Sender
from operations.transaction import Tx
from templates.guide import Guide

router = Router(name="guide")
router.message.filter(Has(Role.STAFF))


@router.message(Command("guide"))
async def show(message: Message, tx: Tx, sender: Sender, say: Say) -> Replies:
    return say(guide_for(sender.role, tx.programme))


def guide_for(role: Role | None, programme: Programme) -> Guide:
    """The page as somebody of this role needs it."""
    return Guide(
        business=programme.business.name,
        undo_minutes=programme.desk.undo_minutes,
        hold_minutes=programme.redeeming.hold_minutes,
        approve_above=programme.desk.approve_above,
        for_managers=role is not None and role >= Role.MANAGER,
        rewards=bool(programme.rewards),
        branch=branches_of(programme)[0],
    )

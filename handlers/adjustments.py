"""/adjust, for who leads: points put right by hand."""

import re

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from handlers.desk_visit import nobody
from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.taps import Tapped
from operations.adjustments import (
    Done,
    Dropped,
    OwnAccount,
    Unknown,
    ask_adjustment,
    confirm_adjustment,
    drop_adjustment,
)
from operations.desk import WhoUnreadable, find_client, read_who
from operations.senders import Role, Sender
from operations.transaction import Tx
from templates import adjustments as screens
from templates.adjustments import ConfirmAdjustment, DropAdjustment
from templates.every_chat import UnknownTap

EXAMPLE_PHONE = "+7 912 000-00-00"

router = Router(name="adjustments")
router.message.filter(Has(Role.MANAGER))
router.callback_query.filter(Has(Role.MANAGER))

# A sign may be any of those that phones put there.
_POINTS = re.compile(
    r"(?P<sign>[+\-\u2212\u2013]?) ?(?P<points>[0-9]{1,7})(?P<reason>\s.*)?", re.DOTALL
)


@router.message(Command("adjust"))
async def adjust(
    message: Message, command: CommandObject, tx: Tx, sender: Sender, say: Say, bot_username: str
) -> Replies:
    try:
        typed = read_who(command.args or "", tx.programme)
    except WhoUnreadable:
        return say(screens.Usage(EXAMPLE_PHONE))
    amount = _POINTS.fullmatch(typed.rest.strip())
    if amount is None:
        return say(screens.Usage(EXAMPLE_PHONE))
    client = await find_client(tx, typed.who)
    if client is None:
        return nobody(typed.who, say, bot_username)
    points = int(amount["points"]) * (1 if amount["sign"] in ("", "+") else -1)
    asked = await ask_adjustment(
        tx, actor=sender, client=client, points=points, reason=amount["reason"] or ""
    )
    if isinstance(asked, OwnAccount):
        return say(screens.OwnAccount())
    return say(
        screens.Question(
            asked.adjustment_id,
            asked.client_name,
            asked.points,
            asked.reason,
            asked.client.balance,
            asked.balance_after,
            is_told=asked.client.telegram_id is not None,
        )
    )


@router.callback_query(Tapped(ConfirmAdjustment))
async def confirm(
    callback: CallbackQuery, tap: ConfirmAdjustment, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await confirm_adjustment(tx, actor=sender, adjustment_id=tap.adjustment_id)
    return _decided(outcome, say)


@router.callback_query(Tapped(DropAdjustment))
async def drop(
    callback: CallbackQuery, tap: DropAdjustment, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await drop_adjustment(tx, actor=sender, adjustment_id=tap.adjustment_id)
    return _decided(outcome, say)


def _decided(outcome: Done | Dropped | Unknown, say: Say) -> Replies:
    match outcome:
        case Done(client_name, points, balance, repeated):
            screen = say.edit(screens.Done(client_name, points, balance))
            return [screen, say.toast(screens.DoneBefore())] if repeated else screen
        case Dropped():
            return say.edit(screens.Dropped())
        case Unknown():
            return say.toast(UnknownTap())

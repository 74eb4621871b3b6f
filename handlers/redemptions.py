"""The answer to a question about points: ✅ and ❌ on the client's phone, ❌ at the desk."""

from typing import assert_never

from aiogram import Router
from aiogram.types import CallbackQuery

from handlers.client_filters import IsClient
from handlers.desk_screens import previewed
from handlers.replies import Replies, Reply, Say
from handlers.roles import Has
from handlers.taps import Tapped
from operations.booking import Booked
from operations.desk import called
from operations.desk_notices import booked_notice
from operations.holds import ended_notice, over_notice, question
from operations.redemptions import (
    Agreed,
    AskedAnew,
    Ended,
    NotAsked,
    NotTheAsker,
    Waiting,
    Withdrawn,
    confirm_redemption,
    refuse_redemption,
    withdraw_redemption,
)
from operations.senders import Role, Sender
from operations.transaction import Tx
from operations.visits import redeem_elsewhere
from templates import redemptions
from templates.every_chat import UnknownTap
from templates.redemptions import (
    ConfirmRedemption,
    Ending,
    RedeemElsewhere,
    RefuseRedemption,
    WithdrawRedemption,
)

router = Router(name="answers about points")
router.callback_query.filter(IsClient())

at_desk = Router(name="questions about points, withdrawn")
at_desk.callback_query.filter(Has(Role.STAFF))


@router.callback_query(Tapped(ConfirmRedemption))
async def confirm(
    callback: CallbackQuery, tap: ConfirmRedemption, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await confirm_redemption(
        tx, redemption_id=tap.redemption_id, preview_id=tap.preview_id, actor=sender
    )
    return await _answered(outcome, tx, sender, say)


@router.callback_query(Tapped(RefuseRedemption))
async def refuse(
    callback: CallbackQuery, tap: RefuseRedemption, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await refuse_redemption(tx, redemption_id=tap.redemption_id, actor=sender)
    return await _answered(outcome, tx, sender, say)


@at_desk.callback_query(Tapped(WithdrawRedemption))
async def withdraw(
    callback: CallbackQuery, tap: WithdrawRedemption, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await withdraw_redemption(tx, redemption_id=tap.redemption_id, actor=sender)
    match outcome:
        case Booked():
            return say.edit(booked_notice(tx, outcome, sender.language, by_client=True))
        case Withdrawn(redemption=redemption, client=client):
            return say.edit(await ended_notice(tx, redemption, client, Ending.WITHDRAWN))
        case Ended(redemption=redemption, client=client, ending=ending):
            return say.edit(await ended_notice(tx, redemption, client, ending))
        case NotTheAsker():
            return say.toast(redemptions.NotYours(), alert=True)
        case NotAsked():
            return say.toast(UnknownTap())
        case _:
            assert_never(outcome)


@at_desk.callback_query(Tapped(RedeemElsewhere))
async def elsewhere(
    callback: CallbackQuery, tap: RedeemElsewhere, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await redeem_elsewhere(tx, actor=sender, preview_id=tap.preview_id)
    if isinstance(outcome, Booked):
        return say.edit(booked_notice(tx, outcome, sender.language, by_client=True))
    return say.edit(previewed(outcome, tx, sender))


async def _answered(
    outcome: Agreed | AskedAnew | Ended | NotAsked, tx: Tx, sender: Sender, say: Say
) -> Replies:
    """What the client reads in place of the question."""
    match outcome:
        case Agreed(visit=visit):
            agreed = redemptions.Agreed(visit.id, outcome.points, visit.is_undone)
            told = say.edit(agreed)
            if outcome.repeated:
                return [told, say.toast(redemptions.AnsweredAlready())]
            return [told, *_no_longer_waited(outcome.waiting, None, say)]
        case AskedAnew(held=held):
            asked = await question(tx, held, sender.language, terms_changed=True)
            return [say.edit(asked), say.toast(redemptions.LookAgain())]
        case Ended(redemption=redemption, ending=ending):
            over = await over_notice(tx, redemption, ending, largest=outcome.largest)
            told = say.edit(over)
            if outcome.repeated and ending is Ending.REFUSED:
                return [told, say.toast(redemptions.AnsweredAlready())]
            return [told, *_no_longer_waited(outcome.waiting, ending, say)]
        case NotAsked():
            return say.toast(UnknownTap())
        case _:
            assert_never(outcome)


def _no_longer_waited(waiting: Waiting | None, ending: Ending | None, say: Say) -> list[Reply]:
    """Takes the question and its button away from staff who waited; they are told what came."""
    if waiting is None:
        return []
    screen = redemptions.Waited(ending, called(waiting.client), waiting.points, waiting.bill)
    return [
        say.edit_elsewhere(one.chat_id, one.message_id, one.language, screen)
        for one in waiting.messages
    ]

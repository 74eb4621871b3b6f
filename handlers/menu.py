"""/help, and what is said to words that nobody waited for."""

from aiogram import Router
from aiogram.filters import Command, or_f
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

from handlers.client_filters import IsClient, IsCommand, IsStranger, Key
from handlers.registration import welcome
from handlers.replies import Replies, Say
from operations.case_answers import complaint_under_way
from operations.client_card import menu_of, show_help
from operations.senders import Sender
from operations.transaction import Tx
from templates.case_replies import ReplyHint
from templates.client import MenuHint

router = Router(name="menu")
last = Router(name="menu, last")


@router.message(or_f(Command("help"), Key("menu.help")))
async def help_page(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    if sender.client is None and sender.role is None:
        question = await welcome(tx, sender, say, state, by_friend=sender.referral_code is not None)
        return [say(show_help(tx, sender)), question]
    return say(show_help(tx, sender))


@last.message(~IsCommand(), IsClient())
async def unexpected_words(message: Message, tx: Tx, sender: Sender, say: Say) -> Replies:
    assert sender.client is not None, "the filter lets clients through"
    case = await complaint_under_way(tx, sender.client)
    if case is not None:
        return say(ReplyHint(case))
    return say(MenuHint(menu_of(tx.programme)))


@last.message(~IsCommand(), IsStranger())
async def words_of_a_stranger(
    message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    if sender.role is not None:
        return say(show_help(tx, sender))
    return await welcome(tx, sender, say, state, by_friend=sender.referral_code is not None)

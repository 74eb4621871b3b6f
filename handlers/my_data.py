"""/profile → My data: a file of all of it, or an end to it; and /erase, for owners."""

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Message

from handlers.client_filters import IsClient
from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.taps import Tapped
from operations.desk import WhoUnreadable, find_client, read_who_alone
from operations.erasure import Erased
from operations.my_data import (
    NotThisCard,
    OwnCard,
    ask_for_file,
    erase_for,
    erase_me,
    question_erasure,
    question_my_erasure,
)
from operations.senders import Role, Sender
from operations.transaction import Tx
from templates import my_data as screens
from templates.every_chat import UnknownTap
from templates.my_data import AskErasure, DownloadMyData, EraseClient, EraseMe, KeepClient
from templates.profile import OpenMyData

EXAMPLE_PHONE = "+7 912 000-00-00"

router = Router(name="my data")
router.message.filter(IsClient())
router.callback_query.filter(IsClient())

for_owners = Router(name="erasing at a written request")
for_owners.message.filter(Has(Role.OWNER))
for_owners.callback_query.filter(Has(Role.OWNER))


@router.callback_query(Tapped(OpenMyData))
async def my_data(callback: CallbackQuery, tx: Tx, say: Say) -> Replies:
    return say.edit(screens.MyData(tx.programme.business.name))


@router.callback_query(Tapped(DownloadMyData))
async def download(callback: CallbackQuery, tx: Tx, sender: Sender, say: Say) -> Replies:
    assert sender.client is not None
    await ask_for_file(tx, sender.client, sender.language)
    return say.edit(screens.Preparing())


@router.callback_query(Tapped(AskErasure))
async def ask(callback: CallbackQuery, tx: Tx, sender: Sender, say: Say) -> Replies:
    return say.edit(await question_my_erasure(tx, sender))


@router.callback_query(Tapped(EraseMe))
async def erase(
    callback: CallbackQuery, tap: EraseMe, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    outcome = await erase_me(tx, sender, client_id=tap.client_id)
    if isinstance(outcome, NotThisCard):
        return say.toast(UnknownTap())
    await state.clear()
    farewell = screens.Farewell(tx.programme.business.name, sender.role is not None)
    # Not in place of the question: only a new message can take the menu's keys away.
    return [say.toast(screens.ErasedMine()), say(farewell)]


@for_owners.message(Command("erase"))
async def erase_of(
    message: Message, command: CommandObject, tx: Tx, sender: Sender, say: Say
) -> Replies:
    try:
        typed = read_who_alone(command.args or "", tx.programme)
    except WhoUnreadable:
        return say(screens.EraseUsage(EXAMPLE_PHONE))
    if typed.rest.strip():
        return say(screens.EraseUsage(EXAMPLE_PHONE))
    client = await find_client(tx, typed.who)
    if client is None:
        return say(screens.NobodyToErase())
    asked = await question_erasure(tx, actor=sender, client=client)
    return say(screens.EraseOwn() if isinstance(asked, OwnCard) else asked)


@for_owners.callback_query(Tapped(EraseClient))
async def erase_confirmed(
    callback: CallbackQuery, tap: EraseClient, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await erase_for(tx, actor=sender, client_id=tap.client_id)
    match outcome:
        case Erased(points=points, repeated=repeated):
            return say.edit(screens.ClientErased(points, repeated))
        case OwnCard():
            return say.edit(screens.EraseOwn())
        case NotThisCard():
            return say.toast(UnknownTap())


@for_owners.callback_query(Tapped(KeepClient))
async def erase_refused(callback: CallbackQuery, say: Say) -> Replies:
    return say.edit(screens.ClientKept())

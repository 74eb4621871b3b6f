"""/poster: a page to hang up, for each branch its own."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.taps import Tapped
from operations.posters import branch_posters
from operations.senders import Role, Sender
from operations.staff import branches_of
from operations.transaction import Tx
from templates.every_chat import UnknownTap
from templates.posters import BRANCHES_MAX, ChooseBranch, ShowPoster

router = Router(name="posters")
router.message.filter(Has(Role.OWNER))
router.callback_query.filter(Has(Role.OWNER))


@router.message(Command("poster"))
async def poster(message: Message, tx: Tx, sender: Sender, say: Say, bot_username: str) -> Replies:
    branches = branches_of(tx.programme)
    if len(branches) == 1:
        return _pages(tx, sender, say, branches[0], bot_username)
    return say(ChooseBranch(tuple(branches[:BRANCHES_MAX])))


@router.callback_query(Tapped(ShowPoster))
async def of_branch(
    callback: CallbackQuery, tap: ShowPoster, tx: Tx, sender: Sender, say: Say, bot_username: str
) -> Replies:
    branches = branches_of(tx.programme)
    if not 0 <= tap.branch < len(branches):
        return say.toast(UnknownTap())
    return _pages(tx, sender, say, branches[tap.branch], bot_username)


def _pages(tx: Tx, sender: Sender, say: Say, branch: str, bot_username: str) -> Replies:
    pages = branch_posters(tx, actor=sender, branch=branch, bot_username=bot_username)
    return [say(page) for page in pages]

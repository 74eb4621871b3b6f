"""Levels by invitation, given and withdrawn by owners from the desk's view of a client."""

from aiogram import Router
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery

from handlers.desk_screens import client_screen
from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.taps import Tapped
from operations.desk import called, desk_view, living_client
from operations.invited_levels import (
    LevelChoice,
    LevelGiven,
    NotPossible,
    give_level,
    level_choice,
    take_level,
)
from operations.senders import Role, Sender
from operations.transaction import Tx
from templates import levels
from templates.levels import AskLevel, BackToClient, GiveLevel, TakeLevel
from templates.messages import Message

router = Router(name="levels by invitation")
router.callback_query.filter(Has(Role.OWNER))


@router.callback_query(Tapped(AskLevel))
async def ask_term(
    callback: CallbackQuery, tap: AskLevel, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    await state.clear()  # an amount typed now would be no answer to what is shown
    choice = await level_choice(tx, actor=sender, client_id=tap.client_id, level_code=tap.level)
    if isinstance(choice, NotPossible):
        return say.edit(levels.NotPossible())
    return say.edit(_term_screen(choice, sender.language))


@router.callback_query(Tapped(GiveLevel))
async def give(
    callback: CallbackQuery, tap: GiveLevel, tx: Tx, sender: Sender, say: Say
) -> Replies:
    given = await give_level(
        tx, actor=sender, client_id=tap.client_id, level_code=tap.level, term=tap.term
    )
    if isinstance(given, NotPossible):
        return say.edit(levels.NotPossible())
    return say.edit(_given_screen(given, sender.language))


@router.callback_query(Tapped(TakeLevel))
async def take(
    callback: CallbackQuery, tap: TakeLevel, tx: Tx, sender: Sender, say: Say
) -> Replies:
    if not tap.sure:
        return say.edit(await _ask_withdrawal(tap.client_id, tx, sender))
    taken = await take_level(tx, actor=sender, client_id=tap.client_id)
    if isinstance(taken, NotPossible):
        return say.edit(levels.NotPossible())
    withdrawn = levels.Withdrawn(
        client_id=taken.client.id,
        client_name=called(taken.client),
        level_before=taken.level_before.name.of(sender.language),
        level=taken.level.name.of(sender.language),
    )
    return say.edit(withdrawn)


@router.callback_query(Tapped(BackToClient))
async def back(
    callback: CallbackQuery, tap: BackToClient, tx: Tx, sender: Sender, say: Say
) -> Replies:
    client = await living_client(tx, tap.client_id)
    if client is None:
        return say.edit(levels.NotPossible())
    view = await desk_view(tx, actor=sender, client=client)
    return say.edit(client_screen(view, tx, sender))


async def _ask_withdrawal(client_id: int, tx: Tx, sender: Sender) -> Message:
    client = await living_client(tx, client_id)
    level = None if client is None else tx.programme.tiers.level(client.tier)
    if client is None or level is None or not level.invitation_only:
        return levels.NotPossible()
    return levels.AskWithdrawal(client.id, called(client), level.name.of(sender.language))


def _term_screen(choice: LevelChoice, language: str) -> levels.AskTerm:
    client = choice.client
    return levels.AskTerm(
        client_id=client.id,
        client_name=called(client),
        level_code=choice.level.code,
        level=choice.level.name.of(language),
        is_held=choice.is_held,
        until=client.tier_until if choice.is_held else None,
        is_reachable=client.telegram_id is not None,
    )


def _given_screen(given: LevelGiven, language: str) -> levels.Given:
    return levels.Given(
        client_id=given.client.id,
        client_name=called(given.client),
        level=given.level.name.of(language),
        until=given.until,
        repeated=given.repeated,
        is_reachable=given.client.telegram_id is not None,
    )

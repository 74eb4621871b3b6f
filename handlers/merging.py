"""/merge WHO WHO, and the button under a client: two records of one person become one."""

from typing import assert_never

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.taps import Tapped
from loyalty.programme import Level
from operations import merging
from operations.desk import WhoUnreadable, called, find_client, living_client, read_who_alone
from operations.desk_notices import tier_name
from operations.senders import Client, Role, Sender
from operations.transaction import Tx
from templates import merging as screens
from templates.desk import BeginMerge
from templates.merging import ConfirmMerge, RefuseMerge, SwapMerge
from templates.messages import Message as Words

router = Router(name="merging")
router.message.filter(Has(Role.MANAGER))
router.callback_query.filter(Has(Role.MANAGER))

PAIR_CHARS_MAX = 80  # two phones in their widest usual form


class MergeSteps(StatesGroup):
    """Whose cards: `second` knows the first."""

    first = State()
    second = State()


@router.message(Command("merge"))
async def merge(
    message: Message, command: CommandObject, tx: Tx, sender: Sender, say: Say, state: FSMContext
) -> Replies:
    typed = (command.args or "").strip()[:PAIR_CHARS_MAX]
    if not typed:
        await state.set_state(MergeSteps.first)
        return say(screens.AskFirst())
    return await _first(typed, tx, sender, say, state)


@router.callback_query(Tapped(BeginMerge))
async def begin(
    callback: CallbackQuery, tap: BeginMerge, tx: Tx, say: Say, state: FSMContext
) -> Replies:
    client = await living_client(tx, tap.client_id)
    if client is None:
        return say(screens.Impossible())
    return await _ask_second(client, say, state)


@router.message(StateFilter(MergeSteps.first), F.text)
async def first(message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext) -> Replies:
    return await _first((message.text or "")[:PAIR_CHARS_MAX], tx, sender, say, state)


@router.message(StateFilter(MergeSteps.second), F.text)
async def second(message: Message, tx: Tx, sender: Sender, say: Say, state: FSMContext) -> Replies:
    known = int((await state.get_data())["client_id"])
    found, _ = await _who((message.text or "")[:PAIR_CHARS_MAX], tx)
    if found is None:
        return say(screens.Nobody())
    await state.clear()
    return say(await _question(tx, sender, known, found.id))


@router.message(StateFilter(MergeSteps.first, MergeSteps.second))
async def not_words(message: Message, say: Say) -> Replies:
    return say(screens.Nobody())


@router.callback_query(Tapped(SwapMerge))
async def swap(
    callback: CallbackQuery, tap: SwapMerge, tx: Tx, sender: Sender, say: Say
) -> Replies:
    return say.edit(await _question(tx, sender, tap.source_id, tap.survivor_id))


@router.callback_query(Tapped(RefuseMerge))
async def refuse(callback: CallbackQuery, say: Say, state: FSMContext) -> Replies:
    await state.clear()
    return say.edit(screens.Refused())


@router.callback_query(Tapped(ConfirmMerge))
async def confirm(
    callback: CallbackQuery, tap: ConfirmMerge, tx: Tx, sender: Sender, say: Say
) -> Replies:
    outcome = await merging.merge_clients(
        tx, actor=sender, survivor_id=tap.survivor_id, source_id=tap.source_id
    )
    match outcome:
        case merging.Merged(survivor=client, repeated=repeated):
            level = tx.programme.tiers.level(client.tier)
            done = screens.Done(
                client_id=client.id,
                client=called(client),
                balance=client.balance,
                visits=client.visits,
                tier=_tier(tx, level, sender.language),
                was_told=client.telegram_id is not None,
            )
            shown = say.edit(done)
            return [say.toast(screens.DoneBefore()), shown] if repeated else shown
        case merging.OwnCard():
            return say.edit(screens.OwnCard())
        case merging.MergeImpossible():
            return say.edit(screens.Impossible())
        case _:
            assert_never(outcome)


async def _first(typed: str, tx: Tx, sender: Sender, say: Say, state: FSMContext) -> Replies:
    found, rest = await _who(typed, tx)
    if found is None:
        await state.set_state(MergeSteps.first)
        return say(screens.Nobody())
    if not rest:
        return await _ask_second(found, say, state)
    other, _ = await _who(rest, tx)
    if other is None:
        await _ask_second(found, say, state)
        return say(screens.Nobody())
    await state.clear()
    return say(await _question(tx, sender, found.id, other.id))


async def _ask_second(client: Client, say: Say, state: FSMContext) -> Replies:
    await state.set_state(MergeSteps.second)
    await state.set_data({"client_id": client.id})
    return say(screens.AskSecond(called(client)))


async def _who(typed: str, tx: Tx) -> tuple[Client | None, str]:
    """Whom the words begin with, and what follows."""
    try:
        read = read_who_alone(typed, tx.programme)
    except WhoUnreadable:
        return None, ""
    return await find_client(tx, read.who), read.rest


async def _question(tx: Tx, sender: Sender, first_id: int, second_id: int) -> Words:
    outcome = await merging.offer_merge(tx, actor=sender, first_id=first_id, second_id=second_id)
    match outcome:
        case merging.MergeOffer():
            return _asked(outcome, tx, sender.language)
        case merging.SameClient(client=client):
            return screens.SameClient(called(client))
        case merging.OwnCard():
            return screens.OwnCard()
        case merging.MergeImpossible():
            return screens.Impossible()
        case _:
            assert_never(outcome)


def _asked(offer: merging.MergeOffer, tx: Tx, language: str) -> screens.Question:
    return screens.Question(
        survivor_id=offer.survivor.id,
        source_id=offer.source.id,
        survivor=_side(offer.survivor, offer.survivor_level, tx, language),
        source=_side(offer.source, offer.source_level, tx, language),
        balance=offer.survivor.balance + offer.source.balance,
        visits=offer.survivor.visits + offer.source.visits,
        tier=_tier(tx, offer.level, language),
        both_live=offer.both_live,
        may_swap=offer.may_swap,
    )


def _side(client: Client, level: Level, tx: Tx, language: str) -> screens.Side:
    return screens.Side(
        client=called(client),
        phone=client.phone,
        card_number=client.card_number,
        balance=client.balance,
        visits=client.visits,
        tier=_tier(tx, level, language),
        has_account=client.telegram_id is not None,
    )


def _tier(tx: Tx, level: Level | None, language: str) -> str | None:
    return None if level is None else tier_name(tx.programme, level, language)

"""/redeem, all at once or step by step: whose points, how many, of which bill."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, assert_never

from aiogram import F, Router
from aiogram.filters import Command, CommandObject, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message

from handlers.desk_screens import outcome_screen, previewed, settled
from handlers.desk_visit import ask_service_screen, nobody
from handlers.desk_waiting import waited_screen
from handlers.refusals import in_words
from handlers.replies import Replies, Say
from handlers.roles import Has
from handlers.stimulus import Stimulus
from handlers.taps import Tapped
from loyalty.amounts import AmountOutOfRange, AmountUnreadable
from loyalty.visits import PointsRefused
from operations.desk import (
    ServiceTooLong,
    ServiceTyped,
    WhoUnreadable,
    called,
    find_client,
    names_another_client,
    read_bill,
    read_points,
    read_points_alone,
    read_service,
    read_who_alone,
)
from operations.desk_notices import tier_name
from operations.holds import HeldByColleague, NotReachable
from operations.phones import read_contact_phone
from operations.points_choice import PointsChoice, choose_points, may_be_asked
from operations.senders import Client, Role, Sender
from operations.standing import current_level
from operations.transaction import Tx
from operations.visit_previews import ClientGone, SelfService, preview_visit
from operations.visits import SetAside, redeem, redeem_again, set_aside
from templates import desk, redemptions
from templates.desk import ChooseService, RedeemOf
from templates.messages import Message as Words
from templates.previews import PayWithPoints, PreviewGone
from templates.redemptions import AskAgain, ChoosePoints

router = Router(name="points at the desk")
router.message.filter(Has(Role.STAFF))
router.callback_query.filter(Has(Role.STAFF))

TYPED_WRONG = (AmountUnreadable, AmountOutOfRange, ServiceTooLong)


class RedeemSteps(StatesGroup):
    """What is asked. The data know `client_id`, then `bill` and `service`; `points` where told."""

    who = State()
    bill = State()
    service = State()
    points = State()


@dataclass(frozen=True)
class Dialogue:
    """Who talks, in which transaction, and how far the questions are."""

    tx: Tx
    sender: Sender
    state: FSMContext
    owner_ids: Collection[int]
    bot_username: str


@router.message(Command("redeem"))
async def redeem_command(
    message: Message,
    command: CommandObject,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    if not (command.args or "").strip():
        await state.set_state(RedeemSteps.who)
        return say(desk.AskWho(for_visit=True, for_points=True))
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    return await _from_who(command.args or "", dialogue, say)


@router.message(StateFilter(RedeemSteps.who), F.text | F.contact)
async def who(
    message: Message,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    text = message.text or ""
    if message.contact is not None:
        text = read_contact_phone(message.contact.phone_number) or ""
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    return await _from_who(text, dialogue, say)


@router.message(StateFilter(RedeemSteps.bill, RedeemSteps.service, RedeemSteps.points), F.text)
async def typed(
    message: Message,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    text = message.text or ""
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    step, data = await state.get_state(), await state.get_data()
    if step != RedeemSteps.points.state and await names_another_client(tx, text):
        return await _from_who(text, dialogue, say)
    if step == RedeemSteps.bill.state:
        return say(await _from_bill(text, data, dialogue, ask_service=True))
    if step == RedeemSteps.service.state:
        service = read_service(text, tx.programme)
        return say(await _with_visit(data | _kept(service), dialogue))
    return say(await _with_points(read_points_alone(text), data, dialogue))


@router.callback_query(StateFilter(RedeemSteps.service), Tapped(ChooseService))
async def service_chosen(
    callback: CallbackQuery,
    tap: ChooseService,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    listed = None if tap.service is None else tx.programme.service(tap.service)
    service = ServiceTyped(code=None if listed is None else listed.code)
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    return say.edit(await _with_visit(await state.get_data() | _kept(service), dialogue))


@router.callback_query(StateFilter(RedeemSteps.points), Tapped(ChoosePoints))
async def points_chosen(
    callback: CallbackQuery,
    tap: ChoosePoints,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    data = await state.get_data()
    if tap.points == 0:
        await state.clear()
        outcome = await preview_visit(
            tx,
            actor=sender,
            client_id=data["client_id"],
            bill=data["bill"],
            service=_service(data),
        )
        return say.edit(previewed(outcome, tx, sender))
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    return say.edit(await _with_points(tap.points, data, dialogue))


@router.callback_query(Tapped(ChoosePoints))
async def points_of_old(callback: CallbackQuery, say: Say) -> Replies:
    return say.toast(desk.OutOfDate())


@router.callback_query(Tapped(RedeemOf))
async def of_client(
    callback: CallbackQuery,
    tap: RedeemOf,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    return say(await _ask_bill(tap.client_id, None, dialogue))


@router.callback_query(Tapped(PayWithPoints))
async def of_preview(
    callback: CallbackQuery,
    tap: PayWithPoints,
    tx: Tx,
    sender: Sender,
    say: Say,
    state: FSMContext,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    found = await set_aside(tx, preview_id=tap.preview_id, actor=sender)
    if not isinstance(found, SetAside):
        return settled(found, tx, sender, say, bot_username)
    data = {"client_id": found.client_id, "bill": found.bill, **_kept(found.service)}
    dialogue = Dialogue(tx, sender, state, stimulus.owner_ids, bot_username)
    return say.edit(await _with_visit(data, dialogue))


@router.callback_query(Tapped(AskAgain))
async def again(
    callback: CallbackQuery,
    tap: AskAgain,
    tx: Tx,
    sender: Sender,
    say: Say,
    stimulus: Stimulus,
    bot_username: str,
) -> Replies:
    outcome = await redeem_again(
        tx, actor=sender, preview_id=tap.preview_id, owner_ids=stimulus.owner_ids
    )
    return settled(outcome, tx, sender, say, bot_username)


@router.message(StateFilter(RedeemSteps))
async def not_words(message: Message, say: Say) -> Replies:
    return say(desk.TypeIt())


async def _from_who(text: str, dialogue: Dialogue, say: Say) -> Replies:
    """WHO, and whatever of POINTS, AMOUNT and SERVICE was typed after it."""
    try:
        typed = read_who_alone(text, dialogue.tx.programme)
    except WhoUnreadable:
        await dialogue.state.set_state(RedeemSteps.who)
        return say(desk.WhoUnreadable(for_visit=True, for_points=True))
    client = await find_client(dialogue.tx, typed.who)
    if client is None:
        return nobody(typed.who, say, dialogue.bot_username)
    if not typed.rest:
        return say(await _ask_bill(client.id, None, dialogue))
    points, rest = read_points(typed.rest)
    if not rest:
        return say(await _ask_bill(client.id, points, dialogue))
    data = {"client_id": client.id, "points": points}
    return say(await _from_bill(rest, data, dialogue, ask_service=False))


async def _ask_bill(client_id: int, points: int | None, dialogue: Dialogue) -> Words:
    found = await may_be_asked(dialogue.tx, actor=dialogue.sender, client_id=client_id)
    if not isinstance(found, Client):
        return await _hindered(found, dialogue)
    await dialogue.state.set_state(RedeemSteps.bill)
    await dialogue.state.set_data({"client_id": found.id, "points": points})
    level = current_level(dialogue.tx, found)
    tier = tier_name(dialogue.tx.programme, level, dialogue.sender.language)
    return desk.AskBill(client_name=called(found), tier=tier)


async def _from_bill(
    text: str, data: dict[str, Any], dialogue: Dialogue, *, ask_service: bool
) -> Words:
    """AMOUNT [SERVICE]; a mistake is explained, and the question stays open."""
    tx = dialogue.tx
    try:
        typed = read_bill(text, tx.programme)
    except TYPED_WRONG as refusal:
        await dialogue.state.set_state(RedeemSteps.bill)
        await dialogue.state.set_data(data)
        words = in_words(refusal)
        assert words is not None, "these refusals have words"
        return words
    data = data | {"bill": typed.bill}
    if ask_service and typed.service == ServiceTyped() and tx.programme.services:
        found = await may_be_asked(tx, actor=dialogue.sender, client_id=data["client_id"])
        if not isinstance(found, Client):
            return await _hindered(found, dialogue)
        await dialogue.state.set_state(RedeemSteps.service)
        await dialogue.state.set_data(data)
        return ask_service_screen(found, typed.bill, tx, dialogue.sender)
    return await _with_visit(data | _kept(typed.service), dialogue)


async def _with_visit(data: dict[str, Any], dialogue: Dialogue) -> Words:
    """Client, bill and service are known; the points perhaps."""
    if data.get("points") is not None:
        return await _with_points(data["points"], data, dialogue)
    return await _ask_points(data, dialogue, asked=None)


async def _with_points(points: int, data: dict[str, Any], dialogue: Dialogue) -> Words:
    """All is known: the client is asked, or it is said how many points could pay."""
    if points == 0:
        return await _ask_points(data, dialogue, asked=0)
    try:
        outcome = await redeem(
            dialogue.tx,
            actor=dialogue.sender,
            client_id=data["client_id"],
            bill=data["bill"],
            service=_service(data),
            points=points,
            owner_ids=dialogue.owner_ids,
        )
    except PointsRefused as refusal:
        return await _ask_points(data, dialogue, asked=refusal.asked)
    await dialogue.state.clear()
    return outcome_screen(outcome, dialogue.tx, dialogue.sender, dialogue.bot_username)


async def _ask_points(data: dict[str, Any], dialogue: Dialogue, *, asked: int | None) -> Words:
    """How many? With the figures between which it is; `asked` is what was refused."""
    choice = await choose_points(
        dialogue.tx, actor=dialogue.sender, client_id=data["client_id"], bill=data["bill"]
    )
    if not isinstance(choice, PointsChoice):
        return await _hindered(choice, dialogue)
    await dialogue.state.set_state(RedeemSteps.points)
    await dialogue.state.set_data(data | {"points": None})
    if asked is None and choice.largest:
        return redemptions.AskPoints(
            client_name=called(choice.client),
            bill=choice.bill,
            available=choice.available,
            smallest=choice.smallest,
            largest=choice.largest,
        )
    return redemptions.PointsRefused(
        client_name=called(choice.client),
        bill=choice.bill,
        asked=asked,
        available=choice.available,
        smallest=choice.smallest,
        largest=choice.largest,
        share=dialogue.tx.programme.redeeming.max_share_percent,
    )


async def _hindered(
    outcome: SelfService | ClientGone | NotReachable | HeldByColleague, dialogue: Dialogue
) -> Words:
    """Nobody can be asked: the questions end here."""
    await dialogue.state.clear()
    match outcome:
        case SelfService():
            return desk.SelfService()
        case ClientGone():
            return PreviewGone()
        case NotReachable() | HeldByColleague():
            return waited_screen(
                outcome, dialogue.tx, dialogue.sender.language, dialogue.bot_username
            )
        case _:
            assert_never(outcome)


def _kept(service: ServiceTyped) -> dict[str, Any]:
    """A service as the conversation remembers it."""
    return {"service": [service.code, service.text]}


def _service(data: dict[str, Any]) -> ServiceTyped:
    code, text = data.get("service") or (None, None)
    return ServiceTyped(code=code, text=text)

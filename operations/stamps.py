"""Stamp cards: how far a client is, and whether the next visit for a service is free."""

from loyalty.programme import Programme
from loyalty.programme.offers import Stamp
from loyalty.stamps import StampCard, stamp_card
from operations.transaction import Tx
from storage import stamps
from storage.visits import Visit


async def stamp_cards(tx: Tx, client_id: int) -> tuple[StampCard, ...]:
    """The client's cards, one of each kind of stamps, in the programme's order."""
    return tuple([await _card(tx, client_id, stamp) for stamp in tx.programme.stamps])


async def free_visit(tx: Tx, client_id: int, service_code: str | None) -> Stamp | None:
    """The stamps that make the next visit for this service free; None: it is paid.

    Whoever books by it holds the client locked: of two at once only one is the n-th.
    """
    for stamp in tx.programme.stamps:
        if stamp.service == service_code and (await _card(tx, client_id, stamp)).is_next_free:
            return stamp
    return None


async def card_after(tx: Tx, visit: Visit) -> StampCard | None:
    """The card that this visit, just booked, has put a stamp on, or that it has used up."""
    for stamp in tx.programme.stamps:
        if stamp.service == visit.service_code and visit.stamp_code in (None, stamp.code):
            return await _card(tx, visit.client_id, stamp)
    return None


def stamp_of(programme: Programme, code: str | None) -> Stamp | None:
    """The stamps of this code, if the programme still has them."""
    return next((stamp for stamp in programme.stamps if stamp.code == code), None)


async def _card(tx: Tx, client_id: int, stamp: Stamp) -> StampCard:
    paid = await stamps.paid_since_free(
        tx.db, client_id, service_code=stamp.service, stamp_code=stamp.code
    )
    return stamp_card(stamp, paid)

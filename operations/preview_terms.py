"""What a previewed visit comes to at this moment, and whether that is still what was shown."""

import json
from dataclasses import asdict
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction

from loyalty.visits import VisitTerms, visit_terms
from operations.desk import ServiceTyped
from operations.stamps import free_visit
from operations.standing import current_level
from operations.transaction import Tx
from storage import visits
from storage.clients import Client
from storage.visit_previews import StoredPreview

TWIN_WINDOW = timedelta(minutes=2)


class Anew(StrEnum):
    """Why a preview is shown again instead of being booked."""

    TERMS = "terms"  # they are others by now
    TWIN = "twin"  # a colleague has just booked the same bill
    BRANCH = "branch"  # it is still to be chosen


async def terms_now(
    tx: Tx,
    client: Client,
    *,
    bill: int,
    service: ServiceTyped,
    points: int = 0,
    keeps_free_visit: bool = False,
) -> VisitTerms:
    """The figures at this moment: of the client's level, the day's promotion and their stamps.

    Raises PointsRefused, see `visit_terms`.
    """
    # Points pay for what stamps would have made free another day.
    saves = keeps_free_visit or points > 0
    stamp = None if saves else await free_visit(tx, client.id, service.code)
    return visit_terms(
        tx.programme,
        current_level(tx, client),
        bill=bill,
        service_code=service.code,
        points_spent=points,
        day=tx.today,
        stamp=None if stamp is None else stamp.code,
    )


async def terms_of(tx: Tx, client: Client, stored: StoredPreview) -> VisitTerms:
    """What the preview's visit comes to at this moment."""
    return await terms_now(
        tx,
        client,
        bill=stored.bill,
        service=service_of(stored),
        points=stored.points,
        keeps_free_visit=stored.keeps_free_visit,
    )


async def outdated(tx: Tx, stored: StoredPreview, terms: VisitTerms) -> Anew | None:
    """Why whoever confirms would confirm something else than they saw; None: they would not."""
    if terms_text(terms) != stored.terms:
        return Anew.TERMS
    twin = await visits.twin(tx.db, stored.client_id, bill=stored.bill, since=tx.now - TWIN_WINDOW)
    return Anew.TWIN if twin is not None and twin.id != stored.twin_id else None


def terms_text(terms: VisitTerms) -> str:
    """The terms as text: two are the same if their texts are."""
    values = asdict(terms)
    written = {
        name: str(value) if isinstance(value, Fraction) else value for name, value in values.items()
    }
    return json.dumps(written, sort_keys=True)


def service_of(stored: StoredPreview) -> ServiceTyped:
    return ServiceTyped(code=stored.service_code, text=stored.service_text)

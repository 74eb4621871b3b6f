"""Confirming a visit: one winner, whatever is tapped how often and by how many."""

from dataclasses import dataclass
from enum import StrEnum

from loyalty.visits import VisitTerms
from operations.authority import require
from operations.booking import Booked, book_visit, booked_visit
from operations.senders import Role, Sender
from operations.transaction import Tx
from operations.visit_previews import (
    TWIN_WINDOW,
    ClientGone,
    Preview,
    PreviewUnknown,
    SelfService,
    branches_of,
    keep_preview,
    refuse_oneself,
    service_of,
    shown,
    terms_of,
    terms_text,
)
from storage import clients, visit_previews, visits
from storage.clients import Client, ClientStatus
from storage.visit_previews import PreviewStatus, StoredPreview

__all__ = [
    "Anew",
    "Booked",
    "ClientGone",
    "Outcome",
    "PreviewLapsed",
    "PreviewRefused",
    "PreviewUnknown",
    "SelfService",
    "ShownAnew",
    "confirm_visit",
    "refuse_preview",
]

SUCCESSORS_FOLLOWED_MAX = 32


class Anew(StrEnum):
    """Why a preview is shown again instead of being booked."""

    TERMS = "terms"  # they are others by now
    TWIN = "twin"  # a colleague has just booked the same bill
    BRANCH = "branch"  # it is still to be chosen


@dataclass(frozen=True)
class ShownAnew:
    """Not booked: staff would confirm something else than they saw."""

    preview: Preview
    reason: Anew


@dataclass(frozen=True)
class PreviewLapsed:
    """Not booked: the preview was too old."""

    preview_id: int


@dataclass(frozen=True)
class PreviewRefused:
    """Not booked: somebody had tapped ❌."""


Outcome = (
    Booked | ShownAnew | PreviewLapsed | PreviewRefused | PreviewUnknown | SelfService | ClientGone
)


async def confirm_visit(
    tx: Tx, *, preview_id: int, actor: Sender, branch_place: int | None = None
) -> Outcome:
    """Books what the preview shows, once; later taps, of colleagues too, get the stored outcome.

    `branch_place` is the chosen branch's place in the programme, where the preview left it open.
    """
    require(actor, Role.STAFF)
    stored = await visit_previews.by_id(tx.db, preview_id)
    if stored is None:
        return PreviewUnknown()
    client = await clients.lock(tx.db, stored.client_id)
    # Read again behind the lock: whoever held it may have decided meanwhile.
    stored = await _newest(tx, preview_id)
    if stored is None or client is None:
        return PreviewUnknown()
    settled = await _settled(tx, stored, client, actor)
    if settled is not None:
        return settled
    if stored.id != preview_id:
        preview = await shown(tx, actor=actor, stored=stored, client=client)
        return ShownAnew(preview, Anew.TERMS)
    branch = stored.branch or _chosen_branch(tx, branch_place)
    if branch is None:
        preview = await shown(tx, actor=actor, stored=stored, client=client)
        return ShownAnew(preview, Anew.BRANCH)
    service = service_of(stored)
    terms = await terms_of(tx, client, stored)
    outdated = await _outdated(tx, stored, terms)
    if outdated is not None:
        return await _show_anew(tx, actor, stored, client, outdated)
    return await book_visit(
        tx,
        actor=actor,
        client=client,
        terms=terms,
        service=service,
        branch=branch,
        preview_id=stored.id,
    )


async def refuse_preview(
    tx: Tx, *, preview_id: int, actor: Sender
) -> Booked | PreviewRefused | PreviewUnknown:
    """Puts a preview aside; one that was confirmed before stays so, and that is told."""
    require(actor, Role.STAFF)
    stored = await visit_previews.by_id(tx.db, preview_id)
    if stored is None:
        return PreviewUnknown()
    client = await clients.lock(tx.db, stored.client_id)
    stored = await _newest(tx, preview_id)
    if stored is None or client is None:
        return PreviewUnknown()
    if stored.status is PreviewStatus.CONFIRMED:
        return await _booked_before(tx, stored, client, actor)
    await visit_previews.close(tx.db, stored.id, PreviewStatus.REFUSED)
    return PreviewRefused()


async def _newest(tx: Tx, preview_id: int) -> StoredPreview | None:
    """The preview, or the one that took its place when the terms changed."""
    stored = await visit_previews.by_id(tx.db, preview_id)
    for _ in range(SUCCESSORS_FOLLOWED_MAX):
        if stored is None or stored.replaced_by_id is None:
            break
        stored = await visit_previews.by_id(tx.db, stored.replaced_by_id)
    return stored


async def _settled(tx: Tx, stored: StoredPreview, client: Client, actor: Sender) -> Outcome | None:
    """What stands in the way of booking; None: nothing does."""
    if stored.status is PreviewStatus.CONFIRMED:
        return await _booked_before(tx, stored, client, actor)
    if await refuse_oneself(tx, actor, client):
        return SelfService()
    if client.status is not ClientStatus.ACTIVE:
        return ClientGone()
    if stored.status is PreviewStatus.REFUSED:
        return PreviewRefused()
    if stored.expires_at <= tx.now:
        return PreviewLapsed(stored.id)
    return None


def _chosen_branch(tx: Tx, place: int | None) -> str | None:
    branches = branches_of(tx.programme)
    return branches[place] if place is not None and 0 <= place < len(branches) else None


async def _outdated(tx: Tx, stored: StoredPreview, terms: VisitTerms) -> Anew | None:
    """Why staff would confirm something else than they saw; None: they would not."""
    if terms_text(terms) != stored.terms:
        return Anew.TERMS
    twin = await visits.twin(tx.db, stored.client_id, bill=stored.bill, since=tx.now - TWIN_WINDOW)
    return Anew.TWIN if twin is not None and twin.id != stored.twin_id else None


async def _show_anew(
    tx: Tx, actor: Sender, stored: StoredPreview, client: Client, reason: Anew
) -> ShownAnew:
    fresh = await keep_preview(
        tx,
        actor=actor,
        client=client,
        bill=stored.bill,
        service=service_of(stored),
        branch=stored.branch,
        keeps_free_visit=stored.keeps_free_visit,
    )
    await visit_previews.close(tx.db, stored.id, PreviewStatus.STALE, replaced_by_id=fresh.id)
    preview = await shown(tx, actor=actor, stored=fresh, client=client)
    return ShownAnew(preview, reason)


async def _booked_before(
    tx: Tx, stored: StoredPreview, client: Client, actor: Sender
) -> Booked | PreviewUnknown:
    assert stored.visit_id is not None, "a confirmed preview names its visit"
    visit = await visits.by_id(tx.db, stored.visit_id)
    if visit is None:
        return PreviewUnknown()
    return await booked_visit(tx, visit=visit, client=client, actor=actor)

"""A visit before it is booked: what it would come to, shown to staff for a quarter of an hour."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from loyalty.pending import active_on
from loyalty.programme import Level
from loyalty.visits import VisitTerms
from operations.authority import require
from operations.available import check_spendable, points_to_spend, replaceable_hold
from operations.branches import branch_to_begin_with, branches_of, fixed_branch
from operations.desk import ServiceTyped, is_oneself, living_client, note_viewed
from operations.preview_terms import TWIN_WINDOW, service_of, terms_now, terms_of, terms_text
from operations.senders import Role, Sender
from operations.stamps import free_visit
from operations.standing import current_level
from operations.transaction import Tx
from storage import approvals, audit_log, clients, redemptions, staff, visit_previews, visits
from storage.clients import Client
from storage.visit_previews import PreviewStatus, StoredPreview

PREVIEW_LIVES = timedelta(minutes=15)
PUT_ASIDE_MAX = 50  # previews of one member of staff within their quarter of an hour


@dataclass(frozen=True)
class Twin:
    """A visit with the same bill that somebody has just booked for the same client."""

    visit_id: int
    at: datetime
    staff_name: str | None  # none: an owner who is on no list
    is_mine: bool


@dataclass(frozen=True)
class Preview:
    """An open preview as it is shown."""

    id: int
    client: Client
    level: Level
    terms: VisitTerms
    service: ServiceTyped
    branch: str | None  # none: whoever confirms chooses one of `branches`
    branches: tuple[str, ...]
    may_change_branch: bool
    twin: Twin | None
    points_max: int  # that the client may pay with, on their phone; 0: none
    needs_approval: bool  # a manager's, where this actor confirms
    expires_at: datetime
    keeps_free_visit: bool = False  # stamps make it free, but the client saves that up
    skips_free: str | None = None  # the stamps that make it free, and points are to pay for it
    active_on: date | None = None  # when the points will be on the card; none: at once


@dataclass(frozen=True)
class SelfService:
    """Staff never serve themselves."""


@dataclass(frozen=True)
class ClientGone:
    """The client's record was erased."""


@dataclass(frozen=True)
class PreviewUnknown:
    """No such preview: forged, or long forgotten."""


async def preview_visit(
    tx: Tx,
    *,
    actor: Sender,
    client_id: int,
    bill: int,
    service: ServiceTyped,
    points: int = 0,
    asks_branch: bool = False,
) -> Preview | SelfService | ClientGone:
    """Reckons a visit and keeps it for confirmation; `bill` in minor units, before discount.

    `asks_branch` leaves open where it takes place, for who works in several branches. With
    `points` it is a visit that the client is to pay for in part with so many of them. Raises
    PointsRefused where so many cannot pay.
    """
    require(actor, Role.STAFF)
    client = await living_client(tx, client_id)
    if client is None:
        return ClientGone()
    if await refuse_oneself(tx, actor, client):
        return SelfService()
    if points:
        client = await clients.lock(tx.db, client.id)
        assert client is not None, "just found"
        replaced = await replaceable_hold(tx, actor.telegram_id, client)
        await check_spendable(tx, client, bill=bill, points=points, besides=replaced)
    branch = None if asks_branch else await branch_to_begin_with(tx, actor)
    stored = await keep_preview(
        tx,
        staff_id=actor.telegram_id,
        client=client,
        bill=bill,
        service=service,
        branch=branch,
        points=points,
    )
    return await shown(tx, actor=actor, stored=stored, client=client)


async def refuse_oneself(tx: Tx, actor: Sender, client: Client) -> bool:
    """True, and on record, where staff would be serving themselves."""
    if not is_oneself(actor, client):
        return False
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor.telegram_id,
        action="visit.self_refused",
        client_id=client.id,
    )
    return True


async def keep_preview(
    tx: Tx,
    *,
    staff_id: int,
    client: Client,
    bill: int,
    service: ServiceTyped,
    branch: str | None,
    points: int = 0,
    keeps_free_visit: bool = False,
) -> StoredPreview:
    """Stores the terms as they are now. Raises PointsRefused beyond the share of the bill."""
    terms = await terms_now(
        tx,
        client,
        bill=bill,
        service=service,
        points=points,
        keeps_free_visit=keeps_free_visit,
    )
    twin = await visits.twin(tx.db, client.id, bill=bill, since=tx.now - TWIN_WINDOW)
    return await visit_previews.add(
        tx.db,
        {
            "staff_id": staff_id,
            "client_id": client.id,
            "branch": branch,
            "service_code": service.code,
            "service_text": service.text,
            "bill": bill,
            "points": points,
            "terms": terms_text(terms),
            "keeps_free_visit": keeps_free_visit,
            "twin_id": None if twin is None else twin.id,
            "created_at": tx.now,
            "expires_at": tx.now + PREVIEW_LIVES,
        },
    )


async def renew_preview(tx: Tx, stored: StoredPreview, client: Client) -> StoredPreview:
    """The same visit at the terms of now, in a preview of its own that takes the old one's place.

    Raises PointsRefused where so many points can no longer pay.
    """
    fresh = await keep_preview(
        tx,
        staff_id=stored.staff_id,
        client=client,
        bill=stored.bill,
        service=service_of(stored),
        branch=stored.branch,
        points=stored.points,
        keeps_free_visit=stored.keeps_free_visit,
    )
    await visit_previews.close(tx.db, stored.id, PreviewStatus.STALE, replaced_by_id=fresh.id)
    return fresh


def needs_approval(tx: Tx, actor: Sender, bill: int) -> bool:
    """Whether a bill (minor units) is beyond what this actor may book alone (rule 23)."""
    limit = tx.programme.desk.approve_above
    return limit is not None and bill > limit and not actor.may_act_as(Role.MANAGER)


async def shown(tx: Tx, *, actor: Sender, stored: StoredPreview, client: Client) -> Preview:
    """The stored preview as this actor sees it; that they saw the client is in the audit log."""
    await note_viewed(tx, actor, client)
    service = service_of(stored)
    twin = None if stored.twin_id is None else await visits.by_id(tx.db, stored.twin_id)
    branches = branches_of(tx.programme)
    terms = await terms_of(tx, client, stored)
    free = await free_visit(tx, client.id, stored.service_code) if stored.points else None
    # Where stamps have paid for all of it there is nothing left for points.
    asks_on_phone = client.telegram_id is not None and not stored.points and terms.stamp is None
    return Preview(
        id=stored.id,
        client=client,
        level=current_level(tx, client),
        terms=terms,
        service=service,
        branch=stored.branch,
        branches=branches,
        may_change_branch=(stored.branch is not None and fixed_branch(tx.programme, actor) is None),
        twin=None
        if twin is None
        else Twin(
            visit_id=twin.id,
            at=twin.at,
            staff_name=await staff.name_of(tx.db, twin.staff_id),
            is_mine=twin.staff_id == actor.telegram_id,
        ),
        points_max=(await points_to_spend(tx, client, bill=stored.bill) if asks_on_phone else 0),
        needs_approval=needs_approval(tx, actor, stored.bill),
        expires_at=stored.expires_at,
        keeps_free_visit=stored.keeps_free_visit,
        skips_free=None if free is None else free.code,
        active_on=active_on(tx.today, tx.programme.points.pending_days),
    )


async def keep_free_visit(
    tx: Tx, *, actor: Sender, preview_id: int, keeps: bool
) -> Preview | PreviewUnknown | ClientGone:
    """The client saves the visit that stamps have made free for another day; or uses it now."""
    require(actor, Role.STAFF)
    stored = await visit_previews.by_id(tx.db, preview_id)
    if stored is None:
        return PreviewUnknown()
    client = await clients.lock(tx.db, stored.client_id)
    stored = await visit_previews.by_id(tx.db, preview_id)
    if client is None or stored is None:
        return ClientGone()
    if stored.status is not PreviewStatus.OPEN:
        return PreviewUnknown()
    # An old button: the free visit was used meanwhile, and nothing is there to be kept.
    keeps = keeps and await free_visit(tx, client.id, stored.service_code) is not None
    stored = replace(stored, keeps_free_visit=keeps)
    terms = await terms_of(tx, client, stored)
    await visit_previews.choose_terms(
        tx.db, preview_id, terms=terms_text(terms), keeps_free_visit=keeps
    )
    return await shown(tx, actor=actor, stored=stored, client=client)


async def ask_branch_anew(
    tx: Tx, *, actor: Sender, preview_id: int
) -> Preview | PreviewUnknown | ClientGone:
    """Lets whoever works in all branches choose again where this visit takes place."""
    require(actor, Role.STAFF)
    stored = await visit_previews.by_id(tx.db, preview_id)
    if stored is None or fixed_branch(tx.programme, actor) is not None:
        return PreviewUnknown()
    client = await clients.lock(tx.db, stored.client_id)
    hold = await redemptions.open_of(tx.db, stored.client_id) if stored.points else None
    is_asked = hold is not None and hold.preview_id == preview_id
    if is_asked or await approvals.open_of_preview(tx.db, preview_id) is not None:
        return PreviewUnknown()  # somebody was asked about it, and told where
    await visit_previews.forget_branch(tx.db, preview_id)
    stored = await visit_previews.by_id(tx.db, preview_id)
    if client is None or stored is None:
        return ClientGone()
    if stored.status is not PreviewStatus.OPEN:
        return PreviewUnknown()
    return await shown(tx, actor=actor, stored=stored, client=client)


async def repeat_preview(
    tx: Tx, *, actor: Sender, preview_id: int
) -> Preview | SelfService | ClientGone | PreviewUnknown:
    """Shows a lapsed preview's visit anew, at the terms of now."""
    require(actor, Role.STAFF)
    stored = await visit_previews.by_id(tx.db, preview_id)
    if stored is None or stored.status is PreviewStatus.CONFIRMED:
        return PreviewUnknown()
    return await preview_visit(
        tx,
        actor=actor,
        client_id=stored.client_id,
        bill=stored.bill,
        service=service_of(stored),
        points=stored.points,
    )


async def put_previews_aside(tx: Tx, *, actor: Sender) -> int:
    """Refuses what the actor has open; returns how many. Their buttons find nothing to confirm."""
    if not actor.may_act_as(Role.STAFF):
        return 0
    found = await visit_previews.open_of_staff(
        tx.db, actor.telegram_id, now=tx.now, limit=PUT_ASIDE_MAX
    )
    closed = 0
    for stored in found:
        await clients.lock(tx.db, stored.client_id)  # against a ✅ of the same moment
        closed += await visit_previews.close(tx.db, stored.id, PreviewStatus.REFUSED)
    return closed

"""A visit before it is booked: what it would come to, shown to staff for a quarter of an hour."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from loyalty.programme import Level, Programme
from loyalty.visits import VisitTerms, visit_terms
from operations.authority import require
from operations.desk import ServiceTyped, is_oneself, living_client, note_viewed
from operations.senders import Role, Sender
from operations.standing import current_level
from operations.transaction import Tx
from storage import audit_log, clients, staff, visit_previews, visits
from storage.clients import Client
from storage.visit_previews import PreviewStatus, StoredPreview

PREVIEW_LIVES = timedelta(minutes=15)
TWIN_WINDOW = timedelta(minutes=2)


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
    expires_at: datetime


@dataclass(frozen=True)
class SelfService:
    """Staff never serve themselves."""


@dataclass(frozen=True)
class ClientGone:
    """The client's record was erased."""


@dataclass(frozen=True)
class PreviewUnknown:
    """No such preview: forged, or long forgotten."""


def branches_of(programme: Programme) -> tuple[str, ...]:
    """Where the business works; one without branches is its own."""
    return programme.business.branches or (programme.business.name,)


async def preview_visit(
    tx: Tx, *, actor: Sender, client_id: int, bill: int, service: ServiceTyped
) -> Preview | SelfService | ClientGone:
    """Reckons a visit and keeps it for confirmation; `bill` in minor units, before discount."""
    require(actor, Role.STAFF)
    client = await living_client(tx, client_id)
    if client is None:
        return ClientGone()
    if await refuse_oneself(tx, actor, client):
        return SelfService()
    branch = await _branch_to_begin_with(tx, actor)
    stored = await keep_preview(
        tx, actor=actor, client=client, bill=bill, service=service, branch=branch
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
    tx: Tx, *, actor: Sender, client: Client, bill: int, service: ServiceTyped, branch: str | None
) -> StoredPreview:
    """Stores the terms as they are now."""
    terms = terms_now(tx, client, bill=bill, service=service)
    twin = await visits.twin(tx.db, client.id, bill=bill, since=tx.now - TWIN_WINDOW)
    return await visit_previews.add(
        tx.db,
        {
            "staff_id": actor.telegram_id,
            "client_id": client.id,
            "branch": branch,
            "service_code": service.code,
            "service_text": service.text,
            "bill": bill,
            "terms": terms_text(terms),
            "twin_id": None if twin is None else twin.id,
            "created_at": tx.now,
            "expires_at": tx.now + PREVIEW_LIVES,
        },
    )


def terms_now(tx: Tx, client: Client, *, bill: int, service: ServiceTyped) -> VisitTerms:
    """The figures at the client's level of this moment."""
    level = current_level(tx, client)
    return visit_terms(tx.programme, level, bill=bill, service_code=service.code)


def terms_text(terms: VisitTerms) -> str:
    """The terms as text: two are the same if their texts are."""
    values = asdict(terms)
    written = {
        name: str(value) if isinstance(value, Fraction) else value for name, value in values.items()
    }
    return json.dumps(written, sort_keys=True)


def service_of(stored: StoredPreview) -> ServiceTyped:
    return ServiceTyped(code=stored.service_code, text=stored.service_text)


async def shown(tx: Tx, *, actor: Sender, stored: StoredPreview, client: Client) -> Preview:
    """The stored preview as this actor sees it; that they saw the client is in the audit log."""
    await note_viewed(tx, actor, client)
    service = service_of(stored)
    twin = None if stored.twin_id is None else await visits.by_id(tx.db, stored.twin_id)
    branches = branches_of(tx.programme)
    return Preview(
        id=stored.id,
        client=client,
        level=current_level(tx, client),
        terms=terms_now(tx, client, bill=stored.bill, service=service),
        service=service,
        branch=stored.branch,
        branches=branches,
        may_change_branch=(
            stored.branch is not None and _fixed_branch(tx.programme, actor) is None
        ),
        twin=None
        if twin is None
        else Twin(
            visit_id=twin.id,
            at=twin.at,
            staff_name=await staff.name_of(tx.db, twin.staff_id),
            is_mine=twin.staff_id == actor.telegram_id,
        ),
        expires_at=stored.expires_at,
    )


async def ask_branch_anew(
    tx: Tx, *, actor: Sender, preview_id: int
) -> Preview | PreviewUnknown | ClientGone:
    """Lets whoever works in all branches choose again where this visit takes place."""
    require(actor, Role.STAFF)
    stored = await visit_previews.by_id(tx.db, preview_id)
    if stored is None or _fixed_branch(tx.programme, actor) is not None:
        return PreviewUnknown()
    client = await clients.lock(tx.db, stored.client_id)
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
    )


def _fixed_branch(programme: Programme, actor: Sender) -> str | None:
    """The only branch in which this actor can serve, if there is only one."""
    branches = branches_of(programme)
    if len(branches) == 1:
        return branches[0]
    return actor.branch if actor.branch in branches else None


async def _branch_to_begin_with(tx: Tx, actor: Sender) -> str | None:
    """The actor's branch; for who works in all of them, the one of their last visit today."""
    fixed = _fixed_branch(tx.programme, actor)
    if fixed is not None:
        return fixed
    last = await visits.last_by_staff(tx.db, actor.telegram_id)
    if last is None or last.on_day != tx.today or last.branch not in branches_of(tx.programme):
        return None
    return last.branch

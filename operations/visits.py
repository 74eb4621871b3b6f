"""Confirming a visit: one winner, whatever is tapped how often and by how many."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from operations.approvals import Awaited, NobodyApproves, ask_approval, withdraw_approval
from operations.authority import require
from operations.available import check_spendable, replaceable_hold
from operations.booking import Booked, book_visit, booked_visit
from operations.branches import branches_of, works_in_several
from operations.desk import ServiceTyped
from operations.holds import (
    Held,
    HeldByColleague,
    NotReachable,
    end_hold,
    find_obstacle,
    open_hold,
)
from operations.points_choice import may_be_asked
from operations.preview_terms import Anew, outdated, service_of, terms_of
from operations.senders import Role, Sender
from operations.transaction import Tx
from operations.visit_previews import (
    ClientGone,
    Preview,
    PreviewUnknown,
    SelfService,
    needs_approval,
    preview_visit,
    refuse_oneself,
    renew_preview,
    shown,
)
from storage import clients, redemptions, visit_previews, visits
from storage.clients import Client, ClientStatus
from storage.visit_previews import PreviewStatus, StoredPreview
from templates.redemptions import Ending

__all__ = [
    "Anew",
    "Booked",
    "ClientGone",
    "Outcome",
    "PreviewLapsed",
    "PreviewRefused",
    "PreviewUnknown",
    "SelfService",
    "SetAside",
    "ShownAnew",
    "Waited",
    "confirm_visit",
    "redeem",
    "redeem_again",
    "redeem_elsewhere",
    "refuse_preview",
    "set_aside",
]

SUCCESSORS_FOLLOWED_MAX = 32


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


@dataclass(frozen=True)
class SetAside:
    """What a preview was about that was put aside; the bill in minor units."""

    client_id: int
    bill: int
    service: ServiceTyped


Waited = Held | Awaited | NotReachable | HeldByColleague | NobodyApproves
Outcome = (
    Booked
    | ShownAnew
    | PreviewLapsed
    | PreviewRefused
    | PreviewUnknown
    | SelfService
    | ClientGone
    | Waited
)


async def confirm_visit(
    tx: Tx,
    *,
    preview_id: int,
    actor: Sender,
    branch_place: int | None = None,
    owner_ids: Collection[int] = (),
) -> Outcome:
    """Books what the preview shows, once; later taps, of colleagues too, get the stored outcome.

    A bill that needs a manager waits for one of them; points that are to pay wait for the client's
    own ✅. `branch_place` is the chosen branch's place in the programme, where the preview left it
    open. Raises PointsRefused where so many points can no longer pay.
    """
    require(actor, Role.STAFF)
    client = await clients.lock_of_preview(tx.db, preview_id)
    # Read behind the lock: whoever held it may have decided meanwhile.
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
    terms = await terms_of(tx, client, stored)
    reason = await outdated(tx, stored, terms)
    if reason is not None:
        fresh = await renew_preview(tx, stored, client)
        preview = await shown(tx, actor=actor, stored=fresh, client=client)
        return ShownAnew(preview, reason)
    if stored.points or needs_approval(tx, actor, stored.bill):
        return await _wait(tx, replace(stored, branch=branch), client, actor, owner_ids)
    return await book_visit(
        tx,
        staff_id=actor.telegram_id,
        client=client,
        terms=terms,
        service=service_of(stored),
        branch=branch,
        preview_id=stored.id,
    )


async def redeem(
    tx: Tx,
    *,
    actor: Sender,
    client_id: int,
    bill: int,
    service: ServiceTyped,
    points: int,
    owner_ids: Collection[int] = (),
) -> Outcome:
    """A visit that the client is to pay for in part with points: asks them at once.

    Where the branch is still to be chosen, that comes first; where the bill needs a manager, they
    do. Where somebody has just booked the same, or the visit is free by its stamps, whoever asks
    reads that while the client thinks.

    Raises PointsRefused, with the largest possible figure, where so many cannot pay.
    """
    assert points > 0, "a visit without points is previewed"
    found = await may_be_asked(tx, actor=actor, client_id=client_id)
    if not isinstance(found, Client):
        return found
    # Before anything is written that refers to the client: two who ask at once would each wait
    # for the other on PostgreSQL, whose foreign keys share the lock.
    await clients.lock(tx.db, found.id)
    obstacle = await find_obstacle(tx, staff_id=actor.telegram_id, client=found)
    if obstacle is not None:
        return obstacle
    preview = await preview_visit(
        tx, actor=actor, client_id=client_id, bill=bill, service=service, points=points
    )
    if isinstance(preview, (SelfService, ClientGone)):
        return preview
    return await confirm_visit(tx, preview_id=preview.id, actor=actor, owner_ids=owner_ids)


async def redeem_again(
    tx: Tx, *, actor: Sender, preview_id: int, owner_ids: Collection[int] = ()
) -> Outcome:
    """Asks about the same visit and as many points once more."""
    require(actor, Role.STAFF)
    stored = await visit_previews.by_id(tx.db, preview_id)
    if stored is None or not stored.points or stored.status is PreviewStatus.CONFIRMED:
        return PreviewUnknown()
    return await redeem(
        tx,
        actor=actor,
        client_id=stored.client_id,
        bill=stored.bill,
        service=service_of(stored),
        points=stored.points,
        owner_ids=owner_ids,
    )


async def redeem_elsewhere(
    tx: Tx, *, actor: Sender, preview_id: int
) -> Preview | Booked | SelfService | ClientGone | PreviewUnknown:
    """Takes a question back that named the wrong branch; the right one is chosen before the next.

    A client who was quicker has confirmed the visit, and that is told.
    """
    require(actor, Role.STAFF)
    stored = await visit_previews.by_id(tx.db, preview_id)
    if stored is None or stored.staff_id != actor.telegram_id or not works_in_several(tx, actor):
        return PreviewUnknown()
    outcome = await refuse_preview(tx, preview_id=preview_id, actor=actor)
    if not isinstance(outcome, PreviewRefused):
        return outcome
    return await preview_visit(
        tx,
        actor=actor,
        client_id=stored.client_id,
        bill=stored.bill,
        service=service_of(stored),
        points=stored.points,
        asks_branch=True,
    )


async def _wait(
    tx: Tx, stored: StoredPreview, client: Client, actor: Sender, owner_ids: Collection[int]
) -> Waited:
    """Asks whoever has to agree besides this actor: a manager first, then the client."""
    assert stored.branch is not None, "it was chosen"
    await visit_previews.set_branch(tx.db, stored.id, stored.branch)
    if not needs_approval(tx, actor, stored.bill):
        return await open_hold(tx, staff_id=actor.telegram_id, stored=stored, client=client)
    if stored.points:
        # No manager is troubled with what the client could not be asked afterwards.
        obstacle = await find_obstacle(tx, staff_id=actor.telegram_id, client=client)
        if obstacle is not None:
            return obstacle
        replaced = await replaceable_hold(tx, actor.telegram_id, client)
        await check_spendable(tx, client, bill=stored.bill, points=stored.points, besides=replaced)
    return await ask_approval(tx, actor=actor, stored=stored, client=client, owner_ids=owner_ids)


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
    await withdraw_approval(tx, stored.id, actor)
    hold = await redemptions.open_of(tx.db, client.id) if stored.points else None
    if hold is not None and hold.preview_id == stored.id:
        await end_hold(tx, hold, client, Ending.WITHDRAWN, actor_id=actor.telegram_id)
    await visit_previews.close(tx.db, stored.id, PreviewStatus.REFUSED)
    return PreviewRefused()


async def set_aside(
    tx: Tx, *, preview_id: int, actor: Sender
) -> Booked | SetAside | PreviewUnknown:
    """Puts a preview aside so that the same visit can be paid for in part with points."""
    outcome = await refuse_preview(tx, preview_id=preview_id, actor=actor)
    if not isinstance(outcome, PreviewRefused):
        return outcome
    stored = await _newest(tx, preview_id)
    assert stored is not None, "just put aside"
    return SetAside(stored.client_id, stored.bill, service_of(stored))


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


async def _booked_before(
    tx: Tx, stored: StoredPreview, client: Client, actor: Sender
) -> Booked | PreviewUnknown:
    assert stored.visit_id is not None, "a confirmed preview names its visit"
    visit = await visits.by_id(tx.db, stored.visit_id)
    if visit is None:
        return PreviewUnknown()
    return await booked_visit(tx, visit=visit, client=client, actor=actor)

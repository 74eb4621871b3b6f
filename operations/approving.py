"""The answer to a question about a large bill: the first one counts (rules 22 and 23)."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from loyalty.visits import PointsRefused
from operations.approvals import (
    Awaited,
    asked_elsewhere,
    close_approval,
    lapse,
    record,
    refused_notice,
    tell_asker,
)
from operations.authority import require
from operations.available import points_to_spend
from operations.booking import book_visit
from operations.desk import called
from operations.desk_notices import booked_notice, tell_staff
from operations.holds import Held, NotReachable, open_hold, waiting_notice
from operations.preview_terms import outdated, service_of, terms_of
from operations.senders import Role, Sender
from operations.transaction import Tx
from operations.visit_previews import SelfService, refuse_oneself, renew_preview
from storage import approvals, clients, staff, visit_previews
from storage.approvals import Approval, ApprovalStatus
from storage.clients import Client, ClientStatus
from storage.outbox import SentMessage
from storage.visit_previews import PreviewStatus, StoredPreview
from templates.approvals import Verdict
from templates.redemptions import Ended, Ending, waiting_key


@dataclass(frozen=True)
class Answered:
    """What became of the question, by this tap or before it."""

    verdict: Verdict
    client: Client
    bill: int  # minor units
    visit_id: int | None
    points: int  # that the client is asked for now; 0: none
    by: str | None  # none: an owner who is on no list
    is_mine: bool
    repeated: bool
    elsewhere: tuple[SentMessage, ...] = ()  # the same question in other chats, to be taken away


@dataclass(frozen=True)
class ApproveAnew:
    """Not booked: the manager would approve something else than they saw."""

    awaited: Awaited


@dataclass(frozen=True)
class NotYourBranch:
    """The visit is in another manager's branch."""


@dataclass(frozen=True)
class ApprovalUnknown:
    """No such question: forged."""


ApprovalOutcome = Answered | ApproveAnew | NotYourBranch | ApprovalUnknown | SelfService


_VERDICTS = {
    ApprovalStatus.APPROVED: Verdict.APPROVED,
    ApprovalStatus.REFUSED: Verdict.REFUSED,
    ApprovalStatus.LAPSED: Verdict.LAPSED,
    ApprovalStatus.WITHDRAWN: Verdict.WITHDRAWN,
    ApprovalStatus.VOID: Verdict.VOID,
}


async def approve_visit(
    tx: Tx,
    *,
    approval_id: int,
    preview_id: int,
    actor: Sender,
    owner_ids: Collection[int] = (),
) -> ApprovalOutcome:
    """✅ of who leads: books the visit, or lets the client be asked about the points.

    `preview_id` names the terms that they saw.
    """
    found = await _open(tx, approval_id, actor)
    if not isinstance(found, Awaited):
        return found
    stored = found.stored
    if await outdated(tx, stored, found.terms) is not None:
        stored = await renew_preview(tx, stored, found.client)
        await approvals.show(tx.db, found.approval.id, stored.id)
    found = replace(found, stored=stored)
    if stored.id != preview_id:
        return ApproveAnew(found)
    await close_approval(tx, found.approval, ApprovalStatus.APPROVED, actor.telegram_id)
    if stored.points:
        is_asked = await _ask_client(tx, found, actor)
        return await _outcome(tx, found, actor, owner_ids, points=stored.points if is_asked else 0)
    booked = await book_visit(
        tx,
        staff_id=found.approval.staff_id,
        client=found.client,
        terms=found.terms,
        service=service_of(stored),
        branch=found.approval.branch,
        preview_id=stored.id,
        approved_by=actor.telegram_id,
    )
    await tell_asker(tx, found.approval, lambda language: booked_notice(tx, booked, language))
    return await _outcome(tx, found, actor, owner_ids, visit_id=booked.visit.id)


async def _ask_client(tx: Tx, found: Awaited, actor: Sender) -> bool:
    """Puts the approved bill to the client; where that is not possible any more, staff learn it."""
    approval, stored, client = found.approval, found.stored, found.client
    name = await staff.name_of(tx.db, actor.telegram_id)
    try:
        held = await open_hold(
            tx,
            staff_id=approval.staff_id,
            stored=stored,
            client=client,
            approved_by=actor.telegram_id,
        )
    except PointsRefused:
        held = None
    if isinstance(held, Held):
        waiting = held
        await tell_staff(
            tx,
            approval.staff_id,
            lambda language: waiting_notice(
                tx, waiting, language, is_approved=True, approver_name=name
            ),
            key=waiting_key(waiting.redemption.id),
        )
        return True
    await visit_previews.close(tx.db, stored.id, PreviewStatus.REFUSED)
    ending = Ending.BLOCKED if isinstance(held, NotReachable) else Ending.VOID
    await _tell_impossible(tx, approval, stored, client, ending)
    return False


async def _tell_impossible(
    tx: Tx, approval: Approval, stored: StoredPreview, client: Client, ending: Ending
) -> None:
    notice = Ended(
        ending=ending,
        preview_id=stored.id,
        client_name=called(client),
        points=stored.points,
        bill=stored.bill,
        largest=await points_to_spend(tx, client, bill=stored.bill),
        staff_name=None,
        can_repeat=True,
    )
    await tell_asker(tx, approval, lambda _language: notice)


async def decline_visit(
    tx: Tx, *, approval_id: int, actor: Sender, owner_ids: Collection[int] = ()
) -> ApprovalOutcome:
    """❌ of who leads; an answer that was given before stays, and that is told."""
    found = await _open(tx, approval_id, actor)
    if not isinstance(found, Awaited):
        return found
    await close_approval(tx, found.approval, ApprovalStatus.REFUSED, actor.telegram_id)
    await visit_previews.close(tx.db, found.stored.id, PreviewStatus.REFUSED)
    name = await staff.name_of(tx.db, actor.telegram_id)
    notice = refused_notice(found.stored, found.client, Verdict.REFUSED, by=name)
    await tell_asker(tx, found.approval, lambda _language: notice)
    return await _outcome(tx, found, actor, owner_ids)


async def _open(tx: Tx, approval_id: int, actor: Sender) -> Awaited | ApprovalOutcome:
    """The open question behind its client's lock, if this actor may answer it."""
    require(actor, Role.MANAGER)
    approval = await approvals.by_id(tx.db, approval_id)
    if approval is None:
        return ApprovalUnknown()
    client = await clients.lock(tx.db, approval.client_id)
    approval = await approvals.by_id(tx.db, approval_id)
    assert approval is not None, "approvals are not deleted"
    assert client is not None, "an approval has a client"
    if await refuse_oneself(tx, actor, client):
        return SelfService()
    if actor.branch not in (None, approval.branch):
        await record(tx, approval, "approval.not_theirs", actor.telegram_id)
        return NotYourBranch()
    stored = await visit_previews.by_id(tx.db, approval.preview_id)
    if approval.status is ApprovalStatus.OPEN:
        found = await _still_to_approve(tx, approval, stored, client, actor)
        if found is not None:
            return found
    return await _answered(tx, approval.id, client, actor, repeated=True)


async def _still_to_approve(
    tx: Tx, approval: Approval, stored: StoredPreview | None, client: Client, actor: Sender
) -> Awaited | None:
    """The question with its terms of now; None, and it is ended, where there is none any more."""
    is_there = stored is not None and stored.status is PreviewStatus.OPEN
    if stored is None or not is_there or client.status is not ClientStatus.ACTIVE:
        await close_approval(tx, approval, ApprovalStatus.VOID, actor.telegram_id)
        return None
    if approval.expires_at <= tx.now:
        await lapse(tx, approval, stored, client)
        return None
    try:
        return Awaited(approval, stored, client, await terms_of(tx, client, stored))
    except PointsRefused:
        await close_approval(tx, approval, ApprovalStatus.VOID, actor.telegram_id)
        await _tell_impossible(tx, approval, stored, client, Ending.VOID)
        return None


async def _outcome(
    tx: Tx,
    found: Awaited,
    actor: Sender,
    owner_ids: Collection[int],
    *,
    visit_id: int | None = None,
    points: int = 0,
) -> Answered:
    """This actor's own answer."""
    told = await _answered(tx, found.approval.id, found.client, actor, repeated=False)
    elsewhere = await asked_elsewhere(tx, found.approval, actor, owner_ids)
    return replace(told, visit_id=visit_id, points=points, elsewhere=elsewhere)


async def _answered(
    tx: Tx, approval_id: int, client: Client, actor: Sender, *, repeated: bool
) -> Answered:
    """What became of it, as the tables have it."""
    approval = await approvals.by_id(tx.db, approval_id)
    assert approval is not None, "approvals are not deleted"
    stored = await visit_previews.by_id(tx.db, approval.preview_id)
    by = approval.answered_by
    return Answered(
        verdict=_VERDICTS[approval.status],
        client=client,
        bill=0 if stored is None else stored.bill,
        visit_id=None if stored is None else stored.visit_id,
        points=0 if stored is None else stored.points,
        by=None if by is None else await staff.name_of(tx.db, by),
        is_mine=by == actor.telegram_id,
        repeated=repeated,
    )

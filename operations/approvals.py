"""A bill above `desk.approve_above` waits for a manager (rule 23): the question, and its end.

A manager's own confirmation waits for nobody. The answers are in `operations.approving`.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta

from loyalty.visits import VisitTerms
from operations.desk import called
from operations.desk_notices import figures_of, tell_staff, tier_name
from operations.due import Due, DuePage, NotDueNow
from operations.outgoing import Lane, notify, to_account
from operations.preview_terms import service_of, terms_of
from operations.senders import Sender
from operations.standing import current_level
from operations.transaction import Tx
from storage import approvals, audit_log, clients, outbox, staff, visit_previews, visits
from storage.approvals import Approval, ApprovalStatus
from storage.clients import Client
from storage.outbox import SentMessage
from storage.visit_previews import PreviewStatus, StoredPreview
from templates import approvals as screens
from templates.approvals import Verdict
from templates.messages import Message
from templates.previews import TwinShown

APPROVAL_LIVES = timedelta(hours=1)
JOB = "approval"
ONCE = "once"


@dataclass(frozen=True)
class Awaited:
    """Those who lead are asked."""

    approval: Approval
    stored: StoredPreview
    client: Client
    terms: VisitTerms


@dataclass(frozen=True)
class NobodyApproves:
    """Whoever leads is the client, or nobody leads here."""


async def ask_approval(
    tx: Tx, *, actor: Sender, stored: StoredPreview, client: Client, owner_ids: Collection[int]
) -> Awaited | NobodyApproves:
    """Asks all who lead in the preview's branch, once for each preview; the client is locked."""
    assert stored.branch is not None, "managers are told where"
    terms = await terms_of(tx, client, stored)
    asked = await approvals.open_of_preview(tx.db, stored.id)
    if asked is not None:
        return Awaited(asked, stored, client, terms)
    leaders = {one.telegram_id for one in await staff.leaders(tx.db, branch=stored.branch)}
    asked_ids = (leaders | set(owner_ids)) - {actor.telegram_id, client.telegram_id}
    if not asked_ids:
        return NobodyApproves()
    approval = await approvals.add(
        tx.db,
        {
            "preview_id": stored.id,
            "client_id": client.id,
            "staff_id": actor.telegram_id,
            "branch": stored.branch,
            "created_at": tx.now,
            "expires_at": tx.now + APPROVAL_LIVES,
        },
    )
    awaited = Awaited(approval, stored, client, terms)
    await record(tx, approval, "approval.asked", actor.telegram_id)
    for telegram_id in sorted(asked_ids):
        recipient = await to_account(tx, telegram_id)
        question = await approval_question(tx, awaited, recipient.language)
        key = asked_key(approval.id, telegram_id)
        await notify(tx, recipient, question, lane=Lane.REPLY, key=key)
    return awaited


def asked_key(approval_id: int, telegram_id: int) -> str:
    """Of the question to one of those who lead."""
    return f"approval:{approval_id}:asked:{telegram_id}"


async def asked_elsewhere(
    tx: Tx, approval: Approval, actor: Sender, owner_ids: Collection[int]
) -> tuple[SentMessage, ...]:
    """The same question in the chats of the others who lead, and who asked and waits."""
    leaders = {one.telegram_id for one in await staff.leaders(tx.db, branch=approval.branch)}
    others = (leaders | set(owner_ids)) - {actor.telegram_id}
    keys = [asked_key(approval.id, telegram_id) for telegram_id in sorted(others)]
    return tuple(await outbox.sent_under(tx.db, [*keys, screens.waiting_key(approval.id)]))


async def approval_question(
    tx: Tx, awaited: Awaited, language: str, *, terms_changed: bool = False
) -> screens.Question:
    """What those who lead are asked."""
    approval, stored, client = awaited.approval, awaited.stored, awaited.client
    twin = None if stored.twin_id is None else await visits.by_id(tx.db, stored.twin_id)
    return screens.Question(
        approval_id=approval.id,
        preview_id=stored.id,
        staff_name=await staff.name_of(tx.db, approval.staff_id),
        client_name=called(client),
        tier=tier_name(tx.programme, current_level(tx, client), language),
        branch=approval.branch,
        service=service_of(stored).name(tx.programme, language),
        figures=figures_of(awaited.terms),
        limit=tx.programme.desk.approve_above,
        until=approval.expires_at,
        twin=None
        if twin is None
        else TwinShown(twin.id, twin.at, await staff.name_of(tx.db, twin.staff_id)),
        terms_changed=terms_changed,
    )


def awaited_notice(tx: Tx, awaited: Awaited, language: str) -> screens.Waiting:
    """What staff read while a manager thinks."""
    stored = awaited.stored
    return screens.Waiting(
        preview_id=stored.id,
        client_name=called(awaited.client),
        branch=awaited.approval.branch,
        service=service_of(stored).name(tx.programme, language),
        figures=figures_of(awaited.terms),
        limit=tx.programme.desk.approve_above,
        until=awaited.approval.expires_at,
        approval_id=awaited.approval.id,
    )


async def withdraw_approval(tx: Tx, preview_id: int, actor: Sender) -> None:
    """Nobody is asked about this preview any more; the caller holds its client locked."""
    asked = await approvals.open_of_preview(tx.db, preview_id)
    if asked is not None:
        await close_approval(tx, asked, ApprovalStatus.WITHDRAWN, actor.telegram_id)


async def close_approval(
    tx: Tx, approval: Approval, status: ApprovalStatus, by: int | None
) -> None:
    """Ends the open question, on record; the client is locked."""
    closed = await approvals.close(tx.db, approval.id, status, now=tx.now, by=by)
    assert closed, "the client's lock lets one answer through"
    await record(tx, approval, f"approval.{status.value}", by)


async def lapse(tx: Tx, approval: Approval, stored: StoredPreview | None, client: Client) -> None:
    """Nobody answered in time; who asked is told."""
    if stored is not None and stored.status is PreviewStatus.CONFIRMED:
        # Somebody who leads has confirmed the preview itself.
        await close_approval(tx, approval, ApprovalStatus.VOID, None)
        return
    await close_approval(tx, approval, ApprovalStatus.LAPSED, None)
    await visit_previews.close(tx.db, approval.preview_id, PreviewStatus.REFUSED)
    if stored is not None:
        notice = refused_notice(stored, client, Verdict.LAPSED, by=None)
        await tell_asker(tx, approval, lambda _language: notice)


def refused_notice(
    stored: StoredPreview, client: Client, verdict: Verdict, *, by: str | None
) -> screens.Refused:
    """What who asked reads where nothing was booked."""
    return screens.Refused(
        verdict=verdict,
        preview_id=stored.id,
        client_name=called(client),
        bill=stored.bill,
        points=stored.points,
        by=by,
    )


async def tell_asker(tx: Tx, approval: Approval, make: Callable[[str], Message]) -> None:
    """Tells who asked what became of it, once."""
    await tell_staff(tx, approval.staff_id, make, key=f"approval:{approval.id}:answered")


async def record(tx: Tx, approval: Approval, action: str, actor_id: int | None) -> None:
    """Puts an act about this question into the audit log."""
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor_id,
        action=action,
        client_id=approval.client_id,
        subject_id=approval.id,
        details={"preview": approval.preview_id},
    )


# -- by the clock


async def due_lapses(tx: Tx, after: int, limit: int) -> DuePage:
    """Questions that nobody answered in time."""
    ids = await approvals.lapsed(tx.db, tx.now, after_id=after, limit=limit)
    found = tuple(Due(approval_id, ONCE) for approval_id in ids)
    return DuePage(found, ids[-1] if len(ids) == limit else None)


async def end_unanswered(tx: Tx, due: Due) -> None:
    """Tells who asked that nobody answered.

    Raises:
        NotDueNow: somebody did, just before.
    """
    approval = await approvals.by_id(tx.db, due.subject)
    client = None if approval is None else await clients.lock(tx.db, approval.client_id)
    approval = await approvals.by_id(tx.db, due.subject)
    if approval is None or client is None or approval.status is not ApprovalStatus.OPEN:
        raise NotDueNow("answered")
    if approval.expires_at > tx.now:
        raise NotDueNow("not-yet")
    stored = await visit_previews.by_id(tx.db, approval.preview_id)
    await lapse(tx, approval, stored, client)

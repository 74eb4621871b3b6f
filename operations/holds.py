"""Points held for a client's ✅: the question is opened here, and ended without a visit.

The caller holds the client's row locked.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from loyalty.visits import VisitTerms
from operations.actors import as_client
from operations.available import check_spendable, points_to_spend, replaceable_hold
from operations.desk import called
from operations.desk_notices import figures_of, stamps_name, tell_staff
from operations.outgoing import Lane, notify, to_client
from operations.preview_terms import service_of, terms_of
from operations.stamps import free_visit
from operations.transaction import Tx
from storage import audit_log, clients, reachability, redemptions, staff, visit_previews, visits
from storage.clients import Client
from storage.redemptions import Redemption, RedemptionStatus
from storage.visit_previews import PreviewStatus, StoredPreview
from templates import redemptions as screens
from templates.previews import TwinShown
from templates.redemptions import Ending


@dataclass(frozen=True)
class Held:
    """The client is asked; until the answer the points are spoken for."""

    redemption: Redemption
    stored: StoredPreview
    client: Client
    terms: VisitTerms
    twin: TwinShown | None = None  # the same bill, booked a moment ago
    skips_free: str | None = None  # the stamps that make the visit free without any points


@dataclass(frozen=True)
class NotReachable:
    """There is no phone on which the client could confirm."""

    client: Client


@dataclass(frozen=True)
class HeldByColleague:
    """Somebody else is asking this client right now."""

    client: Client
    staff_name: str | None  # none: an owner who is on no list
    points: int
    until: datetime


async def is_reachable(tx: Tx, client: Client) -> bool:
    """Whether the client can be asked on a phone of their own."""
    if client.telegram_id is None:
        return False
    standing = await reachability.of(tx.db, client.telegram_id, client.id, adverts_since=tx.now)
    return not standing.unreachable


async def find_obstacle(
    tx: Tx, *, staff_id: int, client: Client
) -> NotReachable | HeldByColleague | None:
    """Why the client cannot be asked now, whatever about; None: they can."""
    if not await is_reachable(tx, client):
        return NotReachable(client)
    current = await redemptions.open_of(tx.db, client.id)
    if current is None or current.staff_id == staff_id or not current.holds_at(tx.now):
        return None
    name = await staff.name_of(tx.db, current.staff_id)
    return HeldByColleague(client, name, current.points, current.expires_at)


async def open_hold(
    tx: Tx, *, staff_id: int, stored: StoredPreview, client: Client, approved_by: int | None = None
) -> Held | NotReachable | HeldByColleague:
    """Asks the client whether so many points shall pay; the same preview asks once.

    A question that the same member of staff had open is replaced by this one. Raises PointsRefused
    where so many cannot pay.
    """
    assert stored.points > 0, "nothing is asked about no points"
    assert stored.branch is not None, "the client is told where"
    current = await redemptions.open_of(tx.db, client.id)
    if current is not None and current.preview_id == stored.id and current.holds_at(tx.now):
        return await _held(tx, current, stored, client)
    obstacle = await find_obstacle(tx, staff_id=staff_id, client=client)
    if obstacle is not None:
        return obstacle
    replaced = await replaceable_hold(tx, staff_id, client)
    await check_spendable(tx, client, bill=stored.bill, points=stored.points, besides=replaced)
    if current is not None:
        await _make_room(tx, current, client, staff_id)
    redemption = await redemptions.add(
        tx.db,
        {
            "preview_id": stored.id,
            "client_id": client.id,
            "staff_id": staff_id,
            "approved_by": approved_by,
            "points": stored.points,
            "created_at": tx.now,
            "expires_at": tx.now + timedelta(minutes=tx.programme.redeeming.hold_minutes),
        },
    )
    held = await _held(tx, redemption, stored, client)
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=staff_id,
        action="redemption.asked",
        client_id=client.id,
        subject_id=redemption.id,
        details={"points": redemption.points, "bill": stored.bill},
    )
    asked = await question(tx, held, client.language)
    key = f"redemption:{redemption.id}:asked"
    await notify(tx, to_client(client), asked, lane=Lane.REPLY, key=key)
    return held


async def _held(tx: Tx, redemption: Redemption, stored: StoredPreview, client: Client) -> Held:
    twin = None if stored.twin_id is None else await visits.by_id(tx.db, stored.twin_id)
    free = await free_visit(tx, client.id, stored.service_code)
    return Held(
        redemption,
        stored,
        client,
        await terms_of(tx, client, stored),
        twin=None
        if twin is None
        else TwinShown(twin.id, twin.at, await staff.name_of(tx.db, twin.staff_id)),
        skips_free=None if free is None else free.code,
    )


async def question(
    tx: Tx, held: Held, language: str, *, terms_changed: bool = False
) -> screens.Question:
    """What the client is asked."""
    stored = held.stored
    assert stored.branch is not None, "asked about with its branch"
    return screens.Question(
        redemption_id=held.redemption.id,
        preview_id=stored.id,
        staff_name=await staff.name_of(tx.db, held.redemption.staff_id),
        branch=stored.branch,
        service=service_of(stored).name(tx.programme, language),
        figures=figures_of(held.terms),
        until=held.redemption.expires_at,
        terms_changed=terms_changed,
    )


def waiting_notice(
    tx: Tx,
    held: Held,
    language: str,
    *,
    is_approved: bool = False,
    approver_name: str | None = None,
    may_change_branch: bool = False,
) -> screens.Waiting:
    """What staff read while the client thinks."""
    stored = held.stored
    assert stored.branch is not None, "asked about with its branch"
    return screens.Waiting(
        redemption_id=held.redemption.id,
        client_name=called(held.client),
        branch=stored.branch,
        service=service_of(stored).name(tx.programme, language),
        figures=figures_of(held.terms),
        until=held.redemption.expires_at,
        is_approved=is_approved,
        approver_name=approver_name,
        preview_id=stored.id,
        may_change_branch=may_change_branch,
        twin=held.twin,
        skips_free=stamps_name(tx.programme, held.skips_free, language),
    )


_STATUS_OF = {
    Ending.REFUSED: RedemptionStatus.REFUSED,
    Ending.LAPSED: RedemptionStatus.LAPSED,
    Ending.BLOCKED: RedemptionStatus.LAPSED,
    Ending.WITHDRAWN: RedemptionStatus.WITHDRAWN,
    Ending.REPLACED: RedemptionStatus.WITHDRAWN,
    Ending.VOID: RedemptionStatus.VOID,
    Ending.GONE: RedemptionStatus.VOID,
}


_TOLD_TO_CLIENT = (Ending.LAPSED, Ending.WITHDRAWN)


async def end_hold(
    tx: Tx,
    redemption: Redemption,
    client: Client,
    ending: Ending,
    *,
    actor_id: int | None,
    largest: int | None = None,
) -> None:
    """Ends an open question without a visit and tells both, but for whoever sees it in reply.

    `actor_id` is the Telegram id of who tapped; None: the clock ended it.
    """
    status = _STATUS_OF[ending]
    closed = await redemptions.close(tx.db, redemption.id, status, now=tx.now)
    assert closed, "the client's lock lets one answer through"
    await visit_previews.close(tx.db, redemption.preview_id, PreviewStatus.REFUSED)
    by_client = actor_id is not None and actor_id == client.telegram_id
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=as_client(client) if by_client else actor_id,
        action=f"redemption.{status.value}",
        client_id=client.id,
        subject_id=redemption.id,
        details={"points": redemption.points},
    )
    if actor_id != redemption.staff_id:
        by = actor_id if ending is Ending.WITHDRAWN else None
        notice = await ended_notice(tx, redemption, client, ending, by=by, largest=largest)
        key = f"redemption:{redemption.id}:ended"
        await tell_staff(tx, redemption.staff_id, lambda _language: notice, key=key)
    if ending in _TOLD_TO_CLIENT and actor_id != client.telegram_id:
        over = await over_notice(tx, redemption, ending)
        key = f"redemption:{redemption.id}:over"
        await notify(tx, to_client(client), over, lane=Lane.REPLY, key=key)


async def ended_notice(
    tx: Tx,
    redemption: Redemption,
    client: Client,
    ending: Ending,
    *,
    by: int | None = None,
    largest: int | None = None,
) -> screens.Ended:
    """What staff read of it; `by` is who withdrew it, where that is somebody else."""
    stored = await visit_previews.by_id(tx.db, redemption.preview_id)
    name = None if by is None else await staff.name_of(tx.db, by)
    return screens.Ended(
        ending=ending,
        preview_id=redemption.preview_id,
        client_name=called(client),
        points=redemption.points,
        bill=0 if stored is None else stored.bill,
        largest=largest,
        staff_name=name,
        can_repeat=stored is not None and ending in _TOLD_TO_CLIENT,
    )


async def over_notice(
    tx: Tx, redemption: Redemption, ending: Ending, *, largest: int | None = None
) -> screens.NoLongerAsked:
    """What the client reads of it."""
    name = await staff.name_of(tx.db, redemption.staff_id)
    return screens.NoLongerAsked(
        ending=ending, staff_name=name, points=redemption.points, largest=largest
    )


async def largest_now(tx: Tx, redemption: Redemption, client: Client, bill: int) -> int:
    """The most points that could pay now in this one's stead."""
    return await points_to_spend(tx, client, bill=bill, besides=redemption)


async def locked(tx: Tx, redemption_id: int) -> tuple[Redemption, Client] | None:
    """The question as it is behind its client's lock; None: there is no such one."""
    found = await redemptions.by_id(tx.db, redemption_id)
    if found is None:
        return None
    client = await clients.lock(tx.db, found.client_id)
    found = await redemptions.by_id(tx.db, redemption_id)
    assert found is not None, "redemptions are not deleted"
    assert client is not None, "a redemption has a client"
    return found, client


async def _make_room(tx: Tx, current: Redemption, client: Client, staff_id: int) -> None:
    """Ends the question that stands in the way of a new one."""
    ending = Ending.REPLACED if current.holds_at(tx.now) else Ending.LAPSED
    await end_hold(tx, current, client, ending, actor_id=staff_id)

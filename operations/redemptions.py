"""The answer to a question about points: by the client, by staff, or by the clock (rule 7).

The ledger moves on the client's ✅ alone, and that confirms the visit as well.
"""

from dataclasses import dataclass

from loyalty.visits import PointsRefused
from operations.actors import acting
from operations.authority import require
from operations.available import check_spendable
from operations.booking import Booked, book_visit, booked_visit
from operations.desk_notices import booked_notice, tell_staff
from operations.due import Due, DuePage, NotDueNow
from operations.holds import (
    Held,
    end_hold,
    is_reachable,
    largest_now,
    locked,
)
from operations.preview_terms import service_of, terms_of, terms_text
from operations.senders import Role, Sender
from operations.transaction import Tx
from operations.visit_previews import renew_preview
from storage import audit_log, outbox, redemptions, visit_previews, visits
from storage.clients import Client, ClientStatus
from storage.outbox import SentMessage
from storage.redemptions import Redemption, RedemptionStatus
from storage.visit_previews import PreviewStatus
from storage.visits import Visit
from templates.redemptions import Ending, waiting_key

JOB = "redemption"
ONCE = "once"


@dataclass(frozen=True)
class Waiting:
    """What staff read until the client answered, to be changed; the bill in minor units."""

    client: Client
    points: int
    bill: int
    messages: tuple[SentMessage, ...]


@dataclass(frozen=True)
class Agreed:
    """The visit stands, by this tap of the client's or by an earlier one."""

    visit: Visit
    points: int
    repeated: bool
    waiting: Waiting | None = None


@dataclass(frozen=True)
class AskedAnew:
    """Not booked: the client would agree to something else than they saw."""

    held: Held


@dataclass(frozen=True)
class Ended:
    """There is no visit, by this tap or before it."""

    redemption: Redemption
    client: Client
    ending: Ending
    largest: int | None = None  # that could pay now, where so many cannot
    repeated: bool = False
    waiting: Waiting | None = None


@dataclass(frozen=True)
class NotAsked:
    """The button names another client's question, or none: refused, and on record."""


@dataclass(frozen=True)
class NotTheAsker:
    """A colleague asked; they or a manager can withdraw it."""


@dataclass(frozen=True)
class Withdrawn:
    """Staff took the question back, by this tap or before."""

    redemption: Redemption
    client: Client
    by: int


_ENDING_OF = {
    RedemptionStatus.REFUSED: Ending.REFUSED,
    RedemptionStatus.LAPSED: Ending.LAPSED,
    RedemptionStatus.WITHDRAWN: Ending.WITHDRAWN,
    RedemptionStatus.VOID: Ending.VOID,
}


async def confirm_redemption(
    tx: Tx, *, redemption_id: int, preview_id: int, actor: Sender
) -> Agreed | AskedAnew | Ended | NotAsked:
    """✅ of the client: spends the points and books the visit, once; later taps get its outcome.

    `preview_id` names the terms that the client saw.
    """
    found = await _theirs(tx, redemption_id, actor)
    if found is None:
        return NotAsked()
    redemption, client = found
    settled = await _settled(tx, redemption, client, actor)
    if settled is not None:
        return settled
    stored = await visit_previews.by_id(tx.db, redemption.preview_id)
    # What was asked about is still there, and somebody else asked it (rule 22).
    is_open = stored is not None and stored.status is PreviewStatus.OPEN
    if stored is None or not is_open or client.telegram_id == redemption.staff_id:
        return await _ended(tx, redemption, client, Ending.GONE, actor)
    try:
        terms = await terms_of(tx, client, stored)
        await check_spendable(
            tx, client, bill=stored.bill, points=stored.points, besides=redemption
        )
    except PointsRefused:
        largest = await largest_now(tx, redemption, client, stored.bill)
        return await _ended(tx, redemption, client, Ending.VOID, actor, largest=largest)
    if terms_text(terms) != stored.terms:
        stored = await renew_preview(tx, stored, client)
        await redemptions.show(tx.db, redemption.id, stored.id)
    if stored.id != preview_id:
        return AskedAnew(Held(redemption, stored, client, terms))
    return await _book(tx, Held(redemption, stored, client, terms))


async def _book(tx: Tx, held: Held) -> Agreed:
    redemption, branch = held.redemption, held.stored.branch
    assert branch is not None, "asked about with its branch"
    booked = await book_visit(
        tx,
        staff_id=redemption.staff_id,
        client=held.client,
        terms=held.terms,
        service=service_of(held.stored),
        branch=branch,
        preview_id=held.stored.id,
        approved_by=redemption.approved_by,
        redemption_id=redemption.id,
    )
    closed = await redemptions.close(
        tx.db, redemption.id, RedemptionStatus.CONFIRMED, now=tx.now, visit_id=booked.visit.id
    )
    assert closed, "the client's lock lets one answer through"
    await tell_staff(
        tx,
        redemption.staff_id,
        lambda language: booked_notice(tx, booked, language, by_client=True),
        key=f"redemption:{redemption.id}:confirmed",
    )
    waiting = await _waiting(tx, redemption, held.client, held.stored.bill)
    return Agreed(booked.visit, redemption.points, repeated=False, waiting=waiting)


async def refuse_redemption(
    tx: Tx, *, redemption_id: int, actor: Sender
) -> Agreed | Ended | NotAsked:
    """❌ of the client; one that they confirmed before stays so, and that is told."""
    found = await _theirs(tx, redemption_id, actor)
    if found is None:
        return NotAsked()
    redemption, client = found
    settled = await _settled(tx, redemption, client, actor)
    if settled is not None:
        return settled
    return await _ended(tx, redemption, client, Ending.REFUSED, actor)


async def withdraw_redemption(
    tx: Tx, *, redemption_id: int, actor: Sender
) -> Booked | Ended | Withdrawn | NotTheAsker | NotAsked:
    """❌ of staff: the client is asked no more; if they were quicker, their answer is told."""
    require(actor, Role.STAFF)
    found = await locked(tx, redemption_id)
    if found is None:
        return NotAsked()
    redemption, client = found
    if not await _may_withdraw(tx, redemption, actor):
        return NotTheAsker()
    if redemption.visit_id is not None:
        visit = await visits.by_id(tx.db, redemption.visit_id)
        assert visit is not None, "visits are not deleted"
        return await booked_visit(tx, visit=visit, client=client, actor=actor)
    if redemption.status is RedemptionStatus.WITHDRAWN:
        return Withdrawn(redemption, client, actor.telegram_id)
    settled = await _settled(tx, redemption, client, actor)
    if isinstance(settled, Ended):
        return settled
    await end_hold(tx, redemption, client, Ending.WITHDRAWN, actor_id=actor.telegram_id)
    return Withdrawn(redemption, client, actor.telegram_id)


async def _may_withdraw(tx: Tx, redemption: Redemption, actor: Sender) -> bool:
    """Who asked may, and who leads in that branch."""
    if redemption.staff_id == actor.telegram_id:
        return True
    if not actor.may_act_as(Role.MANAGER):
        return False
    stored = await visit_previews.by_id(tx.db, redemption.preview_id)
    return actor.branch is None or (stored is not None and stored.branch == actor.branch)


async def _theirs(tx: Tx, redemption_id: int, actor: Sender) -> tuple[Redemption, Client] | None:
    """The question, behind its client's lock, if it is put to this very person."""
    found = await locked(tx, redemption_id)
    if found is not None and found[1].telegram_id == actor.telegram_id:
        return found
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=await acting(tx, actor),
        action="redemption.not_theirs",
        client_id=None if found is None else found[1].id,
        subject_id=redemption_id,
    )
    return None


async def _settled(
    tx: Tx, redemption: Redemption, client: Client, actor: Sender
) -> Agreed | Ended | None:
    """What became of it before; None: it is open, and may still be answered."""
    if redemption.visit_id is not None:
        visit = await visits.by_id(tx.db, redemption.visit_id)
        assert visit is not None, "visits are not deleted"
        return Agreed(visit, redemption.points, repeated=True)
    if redemption.status is not RedemptionStatus.OPEN:
        return Ended(redemption, client, _ENDING_OF[redemption.status], repeated=True)
    if client.status is not ClientStatus.ACTIVE:
        return await _ended(tx, redemption, client, Ending.GONE, actor)
    if not redemption.holds_at(tx.now):
        return await _ended(tx, redemption, client, Ending.LAPSED, actor)
    return None


async def _ended(
    tx: Tx,
    redemption: Redemption,
    client: Client,
    ending: Ending,
    actor: Sender,
    *,
    largest: int | None = None,
) -> Ended:
    await end_hold(tx, redemption, client, ending, actor_id=actor.telegram_id, largest=largest)
    stored = await visit_previews.by_id(tx.db, redemption.preview_id)
    waiting = await _waiting(tx, redemption, client, 0 if stored is None else stored.bill)
    return Ended(redemption, client, ending, largest, waiting=waiting)


async def _waiting(tx: Tx, redemption: Redemption, client: Client, bill: int) -> Waiting:
    messages = await outbox.sent_under(tx.db, [waiting_key(redemption.id)])
    return Waiting(client, redemption.points, bill, tuple(messages))


# -- by the clock


async def due_endings(tx: Tx, after: int, limit: int) -> DuePage:
    """Questions that ran out, and those whose client has blocked the bot."""
    ids = await redemptions.to_end(tx.db, tx.now, after_id=after, limit=limit)
    found = tuple(Due(redemption_id, ONCE) for redemption_id in ids)
    return DuePage(found, ids[-1] if len(ids) == limit else None)


async def end_unanswered(tx: Tx, due: Due) -> None:
    """Gives the points back to the client's disposal, and tells both.

    Raises:
        NotDueNow: it was answered just before.
    """
    found = await locked(tx, due.subject)
    if found is None or found[0].status is not RedemptionStatus.OPEN:
        raise NotDueNow("answered")
    redemption, client = found
    if client.status is not ClientStatus.ACTIVE:
        await end_hold(tx, redemption, client, Ending.GONE, actor_id=None)
    elif not redemption.holds_at(tx.now):
        await end_hold(tx, redemption, client, Ending.LAPSED, actor_id=None)
    elif not await is_reachable(tx, client):
        await end_hold(tx, redemption, client, Ending.BLOCKED, actor_id=None)
    else:
        raise NotDueNow("not-yet")

"""Taking a confirmation back, within the window, as a reversal (rule 25)."""

from dataclasses import dataclass
from datetime import timedelta

from operations.authority import require
from operations.booking import Booked, booked_visit
from operations.desk import called
from operations.ledger import EntryKind
from operations.outgoing import notify, to_account
from operations.receipts import send_undone
from operations.referrals_taken_back import revoke_referral
from operations.returnable import CardGone
from operations.senders import Role, Sender
from operations.standing import TierReason, revisit_standing
from operations.transaction import Tx
from operations.visit_locks import lock_visit
from operations.visit_points import TakenBack, take_back
from operations.visit_previews import SelfService, refuse_oneself
from storage import audit_log, clients, staff, visits
from storage.clients import Client, ClientStatus
from storage.visits import Visit
from templates.undo import VisitUndone

CHOICES_MAX = 8


@dataclass(frozen=True)
class Undone:
    """The visit counts for nothing any more, by this request or by an earlier one."""

    visit: Visit
    client: Client
    balance: int | None  # now, after all of it; none where it was taken back earlier
    staff_name: str | None  # who took it back; none: an owner who is on no list
    is_mine: bool
    repeated: bool
    referral_points: int = 0  # the client's own reward for coming by invitation, gone with it
    back: TakenBack | None = None  # what it moved; none where it was taken back earlier


@dataclass(frozen=True)
class UndoQuestion:
    """It can be taken back, if that is meant."""

    visit: Visit
    client: Client


@dataclass(frozen=True)
class ReturnedBefore:
    """The whole of it was returned: nothing is left to take back."""

    visit: Visit
    client: Client


@dataclass(frozen=True)
class UndoTooLate:
    """The window is over."""

    visit: Visit


@dataclass(frozen=True)
class NotYours:
    """A colleague confirmed it; the attempt is on record."""

    visit_id: int


@dataclass(frozen=True)
class VisitUnknown:
    """There is no such visit."""


@dataclass(frozen=True)
class NothingToUndo:
    """No confirmation to take back."""


@dataclass(frozen=True)
class Choice:
    """A visit that a manager can take back."""

    visit: Visit
    client: Client
    staff_name: str | None


@dataclass(frozen=True)
class ChooseVisit:
    """A manager says which; newest first."""

    choices: tuple[Choice, ...]


UndoOutcome = (
    Undone | ReturnedBefore | UndoTooLate | NotYours | VisitUnknown | SelfService | CardGone
)


async def undo_last(tx: Tx, *, actor: Sender) -> UndoOutcome | NothingToUndo | ChooseVisit:
    """Takes back the actor's last confirmation; twice is once.

    A manager in whose branch somebody else confirmed last is asked which one; where there has been
    one only, that is it.
    """
    require(actor, Role.STAFF)
    if actor.may_act_as(Role.MANAGER):
        recent = await _branch_recent(tx, actor)
        if recent and recent[0].staff_id != actor.telegram_id:
            open_ones = [visit for visit in recent if visit.counts]
            if len(open_ones) > 1 or (open_ones and not recent[0].counts):
                return ChooseVisit(await _choices(tx, open_ones))
            return await undo_visit(tx, visit_id=(open_ones or recent)[0].id, actor=actor)
    last = await visits.last_by_staff(tx.db, actor.telegram_id)
    if last is None:
        return NothingToUndo()
    return await undo_visit(tx, visit_id=last.id, actor=actor)


async def undo_visit(tx: Tx, *, visit_id: int, actor: Sender) -> UndoOutcome:
    """Takes this visit back: its points, badges, level and the referral's reward."""
    found = await question_undo(tx, visit_id=visit_id, actor=actor)
    if not isinstance(found, UndoQuestion):
        return found
    return await _undo(tx, found.visit, found.client, actor)


async def question_undo(tx: Tx, *, visit_id: int, actor: Sender) -> UndoQuestion | UndoOutcome:
    """Asks whether this visit shall go; where it cannot, says why."""
    found = await _found(tx, visit_id, actor)
    if not isinstance(found, UndoQuestion):
        return found
    visit, client = found.visit, found.client
    if client.status is ClientStatus.ERASED:
        return CardGone(visit)
    if not visit.counts:
        return await _gone_before(tx, visit, client, actor)
    return found if is_undoable(tx, visit) else UndoTooLate(visit)


async def keep_visit(
    tx: Tx, *, visit_id: int, actor: Sender
) -> Booked | NotYours | VisitUnknown | SelfService:
    """The visit as it stands, after all."""
    found = await _found(tx, visit_id, actor)
    if not isinstance(found, UndoQuestion):
        return found
    return await booked_visit(tx, visit=found.visit, client=found.client, actor=actor)


def is_undoable(tx: Tx, visit: Visit) -> bool:
    """Whether the visit counts, and its window is still open."""
    window = timedelta(minutes=tx.programme.desk.undo_minutes)
    return visit.counts and tx.now - visit.at <= window


async def _found(
    tx: Tx, visit_id: int, actor: Sender
) -> UndoQuestion | NotYours | VisitUnknown | SelfService:
    """The visit, its client locked, if this actor may deal with it."""
    require(actor, Role.STAFF)
    locked = await lock_visit(tx, visit_id)
    if locked is None:
        return VisitUnknown()
    visit, client = locked
    refused = await _refused(tx, visit, client, actor)
    return UndoQuestion(visit, client) if refused is None else refused


async def _branch_recent(tx: Tx, actor: Sender) -> list[Visit]:
    since = tx.now - timedelta(minutes=tx.programme.desk.undo_minutes)
    return await visits.booked_since(tx.db, since, branch=actor.branch, limit=CHOICES_MAX)


async def _choices(tx: Tx, found: list[Visit]) -> tuple[Choice, ...]:
    choices = []
    for visit in found:
        client = await clients.by_id(tx.db, visit.client_id)
        assert client is not None, "a visit has a client"
        choices.append(Choice(visit, client, await staff.name_of(tx.db, visit.staff_id)))
    return tuple(choices)


async def _refused(
    tx: Tx, visit: Visit, client: Client, actor: Sender
) -> NotYours | SelfService | None:
    if await refuse_oneself(tx, actor, client):
        return SelfService()
    leads_here = actor.may_act_as(Role.MANAGER) and actor.branch in (None, visit.branch)
    if visit.staff_id == actor.telegram_id or leads_here:
        return None
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor.telegram_id,
        action="visit.undo_refused",
        client_id=client.id,
        subject_id=visit.id,
    )
    return NotYours(visit.id)


async def _undo(tx: Tx, visit: Visit, client: Client, actor: Sender) -> Undone:
    marked = await visits.mark_undone(tx.db, visit.id, by=actor.telegram_id, now=tx.now)
    assert marked, "the client's lock lets one through"
    # What earlier returns left of it: they have taken and restored the rest.
    back = await take_back(
        tx,
        client,
        visit,
        earned=visit.points_earned,
        spent=visit.points_spent,
        kind=EntryKind.UNDO,
        key=f"undo:{visit.id}",
        actor_id=actor.telegram_id,
    )
    last_visit_on = await visits.last_visit_on(tx.db, client.id)
    await clients.change(
        tx.db, client.id, {"visits": client.visits - 1, "last_visit_on": last_visit_on}
    )
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor.telegram_id,
        action="visit.undone",
        client_id=client.id,
        subject_id=visit.id,
        details={
            "bill": visit.bill,
            "points": visit.points_earned,
            "spent": visit.points_spent,
        },
    )
    # Before anybody is told: the balance that they read is the one after all of it.
    revoked = await revoke_referral(
        tx, visit_id=visit.id, actor_id=actor.telegram_id, tells_friend=False
    )
    now = await clients.by_id(tx.db, client.id)
    balance = back.balance if now is None else now.balance
    await send_undone(
        tx,
        client=client,
        visit=visit,
        back=back,
        balance=balance,
        referral_points=revoked.friend_points,
    )
    await revisit_standing(tx, client, visit.id, TierReason.UNDO)
    undone = Undone(
        visit=visit,
        client=client,
        balance=balance,
        staff_name=await staff.name_of(tx.db, actor.telegram_id),
        is_mine=True,
        repeated=False,
        referral_points=revoked.friend_points,
        back=back,
    )
    if visit.staff_id != actor.telegram_id:
        await _tell_colleague(tx, undone)
    return undone


async def _tell_colleague(tx: Tx, undone: Undone) -> None:
    """Whoever confirmed the visit reads who took it back; their chat calls it booked still."""
    visit = undone.visit
    if await staff.working(tx.db, visit.staff_id) is None:
        return
    told = VisitUndone(
        visit_id=visit.id,
        client_name=called(undone.client),
        bill=visit.bill,
        points=visit.points_earned,
        balance=undone.balance,
        staff_name=undone.staff_name,
        is_mine=False,
        repeated=False,
        referral_points=undone.referral_points,
    )
    recipient = await to_account(tx, visit.staff_id)
    await notify(tx, recipient, told, key=f"undone:{visit.id}:{visit.staff_id}")


async def _gone_before(
    tx: Tx, visit: Visit, client: Client, actor: Sender
) -> Undone | ReturnedBefore:
    if visit.is_returned:
        return ReturnedBefore(visit, client)
    by = visit.undone_by
    return Undone(
        visit=visit,
        client=client,
        balance=None,
        staff_name=None if by is None else await staff.name_of(tx.db, by),
        is_mine=by == actor.telegram_id,
        repeated=True,
    )

"""A client disputes what a receipt says: a case for those who lead (rule 24).

One tap opens the case and freezes the points that it is about; what is frozen can be neither spent
nor lost until the case is closed, or taken back by the client. See docs/decisions/disputes.md.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from loyalty.calendar import day_starts
from operations.actors import acting
from operations.cases import answer_due, dispute_more, tell, tell_opened
from operations.desk import living_client
from operations.disputed import as_told
from operations.senders import Sender
from operations.transaction import Tx
from storage import audit_log, cases, clients, disputes, ledger, visits
from storage.cases import Case, CaseKind
from storage.clients import Client, ClientStatus
from storage.disputes import Dispute, Frozen
from storage.ledger import Entry, EntryKind
from templates.case_notices import Withdrawn as WithdrawnNotice
from templates.disputes import Disputed

DISPUTED_WITHIN_DAYS = 90  # of what is disputed
# Told of by the receipts of their visit, and disputed as the visit.
TOLD_BY_VISIT = frozenset({EntryKind.VISIT, EntryKind.REDEMPTION, EntryKind.UNDO, EntryKind.RETURN})


@dataclass(frozen=True)
class AboutVisit:
    """A visit of the client's own."""

    visit_id: int


@dataclass(frozen=True)
class AboutEntry:
    """An entry of the client's own ledger."""

    entry_id: int


@dataclass(frozen=True)
class AboutExpiry:
    """Points that run out after this day."""

    day: date


About = AboutVisit | AboutEntry | AboutExpiry


@dataclass(frozen=True)
class Opened:
    """There is a case, by this tap or by an earlier one; the points are frozen."""

    dispute_id: int
    case_id: int
    disputed: Disputed
    joined: bool  # a case that was open before
    repeated: bool


@dataclass(frozen=True)
class TooLate:
    """It was so many days ago that nobody can look into it any more."""

    days: int


@dataclass(frozen=True)
class NotTheirs:
    """The button names what is not this client's, or nothing: refused, and on record."""


@dataclass(frozen=True)
class Withdrawn:
    """All was well; so many points are free again. A case about nothing else is closed."""

    case_id: int
    points: int
    is_closed: bool


@dataclass(frozen=True)
class AnsweredBefore:
    """Nothing is left to be taken back."""

    case_id: int


@dataclass(frozen=True)
class _Subject:
    """What is disputed; `at` is when the client was told of it last."""

    key: str
    at: datetime
    visit_id: int | None = None
    entry_id: int | None = None
    until: date | None = None
    points: int = 0


async def open_dispute(
    tx: Tx, *, actor: Sender, about: About, owner_ids: Collection[int]
) -> Opened | TooLate | NotTheirs:
    """Opens a case about it, once however often it is tapped; who has a complaint open already
    adds to that one."""
    client = None if actor.client is None else await clients.lock(tx.db, actor.client.id)
    is_active = client is not None and client.status is ClientStatus.ACTIVE
    subject = await _subject(tx, client, about) if client is not None and is_active else None
    if client is None or subject is None:
        await _refuse(tx, actor, about, client)
        return NotTheirs()
    before = await disputes.open_about(tx.db, subject.key)
    if before is not None:
        return await _opened(tx, before, repeated=True)
    if tx.now - subject.at > timedelta(days=DISPUTED_WITHIN_DAYS):
        return TooLate(DISPUTED_WITHIN_DAYS)
    case = await cases.open_complaint_of(tx.db, client.id)
    joined = case is not None
    case = case or await _new_case(tx, client, subject)
    dispute = await _add(tx, case, client, subject)
    await _note(tx, actor, "case.disputed", dispute)
    if joined:
        await dispute_more(tx, case, dispute_id=dispute.id, owner_ids=owner_ids)
    else:
        await tell_opened(tx, case, owner_ids)
    return await _opened(tx, dispute, joined=joined)


async def withdraw_dispute(
    tx: Tx, *, actor: Sender, dispute_id: int, owner_ids: Collection[int]
) -> Withdrawn | AnsweredBefore | NotTheirs:
    """❌ of the client: what was frozen is free, and a case about nothing else is closed."""
    dispute = await disputes.by_id(tx.db, dispute_id)
    client = None if actor.client is None else await clients.lock(tx.db, actor.client.id)
    if dispute is None or client is None or dispute.client_id != client.id:
        await _refuse(tx, actor, None, client)
        return NotTheirs()
    frozen = await _frozen(tx, dispute)
    case = await cases.lock(tx.db, dispute.case_id)
    assert case is not None, "cases are not deleted"
    if not await disputes.release(tx.db, dispute.id, tx.now):
        return AnsweredBefore(case.id)
    is_closed = await _is_about_nothing_else(tx, case)
    if is_closed and await cases.close(tx.db, case.id, by=await acting(tx, actor), now=tx.now):
        told = WithdrawnNotice(case.id, client.name)
        key = f"case:{case.id}:withdrawn:{dispute.id}"
        await tell(tx, case, lambda _: told, owner_ids=owner_ids, key=key)
    await _note(tx, actor, "case.withdrawn", dispute)
    return Withdrawn(case.id, frozen.points, is_closed)


async def _note(tx: Tx, actor: Sender, action: str, dispute: Dispute) -> None:
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=await acting(tx, actor),
        action=action,
        client_id=dispute.client_id,
        subject_id=dispute.case_id,
        details={"dispute": dispute.id},
    )


async def _subject(tx: Tx, client: Client, about: About) -> _Subject | None:
    """What is disputed, if it is this client's own."""
    match about:
        case AboutVisit(visit_id=visit_id):
            return await _visit(tx, client, visit_id)
        case AboutEntry(entry_id=entry_id):
            entry = await ledger.by_id(tx.db, entry_id)
            return None if entry is None else await _entry(tx, client, entry)
        case AboutExpiry(day=day):
            points = await disputes.points_until(tx.db, client.id, day)
            at = min(day_starts(day, tx.programme.business.timezone), tx.now)
            return _Subject(f"expiry:{client.id}:{day}", at, until=day, points=points)


async def _visit(tx: Tx, client: Client, visit_id: int) -> _Subject | None:
    visit = await visits.by_id(tx.db, visit_id)
    if visit is None or visit.client_id != client.id:
        return None
    posted = await ledger.of_visit(tx.db, visit_id)
    at = max([visit.at, *(entry.at for entry in posted)])
    return _Subject(f"visit:{visit_id}", at, visit_id=visit_id)


async def _entry(tx: Tx, client: Client, entry: Entry) -> _Subject | None:
    owner = await living_client(tx, entry.client_id)
    if owner is None or owner.id != client.id:
        return None
    if entry.visit_id is not None and entry.kind in TOLD_BY_VISIT:
        # Of a friend's visit the client sees the points alone.
        of_visit = await _visit(tx, client, entry.visit_id)
        if of_visit is not None:
            return of_visit
    return _Subject(f"entry:{entry.id}", entry.at, entry_id=entry.id)


async def _new_case(tx: Tx, client: Client, subject: _Subject) -> Case:
    return await cases.add(
        tx.db,
        {
            "client_id": client.id,
            "kind": CaseKind.COMPLAINT,
            "visit_id": subject.visit_id,
            "opened_at": tx.now,
            "due_at": answer_due(tx),
        },
    )


async def _add(tx: Tx, case: Case, client: Client, subject: _Subject) -> Dispute:
    return await disputes.add(
        tx.db,
        {
            "case_id": case.id,
            "client_id": client.id,
            "key": subject.key,
            "visit_id": subject.visit_id,
            "entry_id": subject.entry_id,
            "until": subject.until,
            "points": subject.points,
            "opened_at": tx.now,
        },
    )


async def _opened(
    tx: Tx, dispute: Dispute, *, joined: bool = False, repeated: bool = False
) -> Opened:
    told = await as_told(tx, await _frozen(tx, dispute))
    return Opened(dispute.id, dispute.case_id, told, joined, repeated)


async def _frozen(tx: Tx, dispute: Dispute) -> Frozen:
    found = await disputes.open_of(tx.db, dispute.client_id)
    same = (one for one in found if one.dispute.id == dispute.id)
    return next(same, Frozen(dispute, 0))


async def _is_about_nothing_else(tx: Tx, case: Case) -> bool:
    """Whether nobody complained or answered, and nothing else is disputed in it."""
    if not case.is_open or case.feedback_id is not None or case.answered_at is not None:
        return False
    if await disputes.count_open(tx.db, case.id):
        return False
    return await cases.last_rating(tx.db, case.id) is None


async def _refuse(tx: Tx, actor: Sender, about: About | None, client: Client | None) -> None:
    subject_id = None
    if isinstance(about, AboutVisit):
        subject_id = about.visit_id
    elif isinstance(about, AboutEntry):
        subject_id = about.entry_id
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=await acting(tx, actor),
        action="dispute.refused",
        client_id=None if client is None else client.id,
        subject_id=subject_id,
    )

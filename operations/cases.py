"""Cases: opened by a complaint or by a phone that two accounts claim; told to who answers them.

Managers and owners answer, not the staff whose work a complaint may be about. A manager of one
branch hears of that branch's visits, everybody of the rest.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from operations.desk import ServiceTyped, note_viewed
from operations.disputed import disputed_in
from operations.due import Due, DuePage, NotDueNow
from operations.outgoing import notify, to_account
from operations.senders import Sender
from operations.transaction import Tx
from storage import cases, clients, ledger, staff, visits
from storage.cases import Author, Case, CaseKind, CaseMessage
from storage.clients import Client
from storage.visits import Visit
from templates import case_notices as notices
from templates import cases as screens
from templates.case_notices import Heading, Topic
from templates.cases import ListedCase, Said
from templates.disputes import Disputed
from templates.feedback import AboutVisit
from templates.messages import Message

OPENED_JOB, OVERDUE_JOB = "case_opened", "case_overdue"
OPENED = "opened"


def answer_due(tx: Tx) -> datetime:
    """Until when an answer is owed to who writes now."""
    return tx.now + timedelta(hours=tx.programme.feedback.answer_within_hours)


def about_visit(tx: Tx, visit: Visit, language: str) -> AboutVisit:
    """The visit as its client remembers it."""
    service = ServiceTyped(visit.service_code, visit.service_text)
    return AboutVisit(visit.id, visit.on_day, service.name(tx.programme, language), visit.branch)


# -- opening, and more from the client


async def complain(
    tx: Tx,
    *,
    client: Client,
    feedback_id: int,
    visit: Visit | None,
    rating: int,
    owner_ids: Collection[int],
) -> Case:
    """Opens a case for a low rating; who has one open already adds to that one.

    The caller holds the client locked.
    """
    case = await cases.open_complaint_of(tx.db, client.id)
    if case is not None:
        return await hear(
            tx, case, author_id=client.telegram_id, rating=rating, words=None, owner_ids=owner_ids
        )
    case = await cases.add(
        tx.db,
        {
            "client_id": client.id,
            "kind": CaseKind.COMPLAINT,
            "feedback_id": feedback_id,
            "visit_id": None if visit is None else visit.id,
            "opened_at": tx.now,
            "due_at": answer_due(tx),
        },
    )
    await cases.say(
        tx.db, case.id, Author.CLIENT, author_id=client.telegram_id, rating=rating, now=tx.now
    )
    await tell_opened(tx, case, owner_ids)
    return case


async def hear(
    tx: Tx,
    case: Case,
    *,
    author_id: int | None,
    rating: int | None,
    words: str | None,
    owner_ids: Collection[int],
) -> Case:
    """More from the client: an answer is owed again, and a closed case is open again."""
    locked = await cases.lock(tx.db, case.id)
    assert locked is not None, "cases are not deleted"
    due_at = locked.due_at or answer_due(tx)
    if locked.due_at is None:
        await cases.owe(tx.db, case.id, due_at)
    said = await cases.say(
        tx.db, case.id, Author.CLIENT, author_id=author_id, rating=rating, words=words, now=tx.now
    )

    def message(heading: Heading) -> Message:
        return notices.ClientWrote(heading, words, due_at, reopened=not locked.is_open)

    await tell(tx, locked, message, owner_ids=owner_ids, key=f"case_message:{said}")
    return locked


async def dispute_more(tx: Tx, case: Case, *, dispute_id: int, owner_ids: Collection[int]) -> None:
    """The client disputes something, too, while their case is open: an answer is owed again."""
    locked = await cases.lock(tx.db, case.id)
    assert locked is not None, "cases are not deleted"
    due_at = locked.due_at or answer_due(tx)
    if locked.due_at is None:
        await cases.owe(tx.db, case.id, due_at)

    def message(heading: Heading) -> Message:
        return notices.ClientWrote(heading, None, due_at, reopened=False, disputes=True)

    await tell(tx, locked, message, owner_ids=owner_ids, key=f"dispute:{dispute_id}")


# -- who is told


async def tell_opened(tx: Tx, case: Case, owner_ids: Collection[int]) -> None:
    """To all who answer, once each, however often it is asked for."""
    due_at = case.due_at or answer_due(tx)
    said = await cases.last_messages(tx.db, case.id, limit=1)
    words = said[0].words if said else None
    await tell(
        tx,
        case,
        lambda heading: notices.Opened(heading, due_at, words),
        owner_ids=owner_ids,
        key=f"case:{case.id}:opened",
    )


async def tell(
    tx: Tx,
    case: Case,
    make: Callable[[Heading], Message],
    *,
    owner_ids: Collection[int],
    key: str,
    but: int | None = None,
) -> None:
    """Queues a notice for each who answers this case, but for whoever acted and the client."""
    client = await clients.by_id(tx.db, case.client_id)
    visit = None if case.visit_id is None else await visits.by_id(tx.db, case.visit_id)
    rating = await cases.last_rating(tx.db, case.id)
    disputed = await disputed_in(tx, case.id)
    leaders = await staff.leaders(tx.db, branch=await _branch_of(tx, visit, disputed))
    answerers = {member.telegram_id for member in leaders} | set(owner_ids)
    answerers -= {but, case.telegram_id, None if client is None else client.telegram_id}
    for telegram_id in sorted(answerers):
        recipient = await to_account(tx, telegram_id)
        heading = _heading(tx, case, client, visit, rating, disputed, recipient.language)
        await notify(tx, recipient, make(heading), key=f"{key}:{telegram_id}")


async def _branch_of(tx: Tx, visit: Visit | None, disputed: tuple[Disputed, ...]) -> str | None:
    """The one branch that it is about; None: of several, or of none."""
    ids = {thing.visit_id for thing in disputed if thing.visit_id is not None}
    found = [await visits.by_id(tx.db, visit_id) for visit_id in sorted(ids)]
    branches = {one.branch for one in (visit, *found) if one is not None}
    return branches.pop() if len(branches) == 1 else None


def _heading(
    tx: Tx,
    case: Case,
    client: Client | None,
    visit: Visit | None,
    rating: int | None,
    disputed: tuple[Disputed, ...],
    language: str,
) -> Heading:
    return Heading(
        number=case.id,
        topic=Topic(case.kind.value),
        client=None if client is None else client.name,
        phone=None if client is None else client.phone,
        visit=None if visit is None else about_visit(tx, visit, language),
        rating=rating,
        disputed=disputed,
    )


# -- by the clock


async def due_tellings(tx: Tx, after: int, limit: int) -> DuePage:
    """Open cases that nobody has been told of: registration opens some without knowing whom."""
    ids = await cases.untold(tx.db, OPENED_JOB, OPENED, after_id=after, limit=limit)
    found = tuple(Due(case_id, OPENED) for case_id in ids)
    return DuePage(found, ids[-1] if len(ids) == limit else None)


async def tell_late(tx: Tx, due: Due, owner_ids: Collection[int]) -> None:
    """Tells of a case, and says by when it is to be answered."""
    case = await cases.lock(tx.db, due.subject)
    if case is None or not case.is_open:
        raise NotDueNow("closed")
    if case.due_at is None and case.answered_at is None:
        await cases.owe(tx.db, case.id, answer_due(tx))
    await tell_opened(tx, case, owner_ids)


async def due_reminders(tx: Tx, after: int, limit: int) -> DuePage:
    """Cases whose answer is late; the period is the moment at which it was owed."""
    late = await cases.overdue(tx.db, tx.now, after_id=after, limit=limit)
    found = tuple(Due(case.id, _period(case)) for case in late)
    return DuePage(found, late[-1].id if len(late) == limit else None)


async def remind(tx: Tx, due: Due, owner_ids: Collection[int]) -> None:
    """Tells all who answer that the promised hours are over, once for each promise."""
    case = await cases.lock(tx.db, due.subject)
    if case is None or case.due_at is None or case.due_at > tx.now or _period(case) != due.period:
        raise NotDueNow("answered")
    due_at = case.due_at
    await cases.note_reminded(tx.db, case.id, tx.now)
    await tell(
        tx,
        case,
        lambda heading: notices.Overdue(heading, due_at),
        owner_ids=owner_ids,
        key=f"case:{case.id}:overdue:{due.period}",
    )


def _period(case: Case) -> str:
    return "" if case.due_at is None else str(int(case.due_at.timestamp()))


# -- what who answers looks at


async def list_cases(tx: Tx, page: int) -> screens.OpenCases:
    """A page of the open cases, the most urgent first; a page that is no more is the last."""
    rows_max = screens.CASES_PAGE_ROWS
    total = await cases.count_all_open(tx.db)
    pages = max(1, -(-total // rows_max))
    page = min(max(page, 1), pages)
    listed = await cases.open_page(tx.db, offset=(page - 1) * rows_max, limit=rows_max)
    rows = tuple(
        ListedCase(
            number=row.case.id,
            topic=Topic(row.case.kind.value),
            client=row.client_name,
            rating=row.rating,
            due_at=row.case.due_at,
            is_late=_is_late(tx, row.case),
        )
        for row in listed
    )
    return screens.OpenCases(rows, total, page, pages)


async def show_case(tx: Tx, *, actor: Sender, case_id: int) -> screens.Case | None:
    """The case with what was said last; None if there is no such case. It shows the client's
    phone: who looked is in the audit log."""
    case = await cases.by_id(tx.db, case_id)
    if case is None:
        return None
    client = await clients.by_id(tx.db, case.client_id)
    if client is not None:
        await note_viewed(tx, actor, client)
    visit = None if case.visit_id is None else await visits.by_id(tx.db, case.visit_id)
    rating = await cases.last_rating(tx.db, case.id)
    said = await cases.last_messages(tx.db, case.id, limit=screens.SAID_SHOWN_MAX)
    closed_by = None if case.closed_by is None else await staff.name_of(tx.db, case.closed_by)
    apology = await ledger.by_key(tx.db, apology_key(case.id))
    may_give = case.kind is CaseKind.COMPLAINT and tx.programme.feedback.apology_points_max > 0
    return screens.Case(
        heading=_heading(
            tx,
            case,
            client,
            visit,
            rating,
            await disputed_in(tx, case.id),
            actor.language,
        ),
        opened_at=case.opened_at,
        due_at=case.due_at,
        is_late=_is_late(tx, case),
        closed_by=closed_by,
        is_open=case.is_open,
        earlier=await cases.count_messages(tx.db, case.id) - len(said),
        said=tuple([await _said(tx, line) for line in said]),
        apology_points=0 if apology is None else apology.amount,
        may_give_points=may_give and apology is None,
        client_id=0 if client is None else client.id,
    )


def apology_key(case_id: int) -> str:
    """Of the points that went with an apology: once a case."""
    return f"apology:{case_id}"


async def _said(tx: Tx, line: CaseMessage) -> Said:
    by_staff = line.author is Author.STAFF
    known = by_staff and line.author_id is not None
    name = await staff.name_of(tx.db, line.author_id or 0) if known else None
    return Said(by=name, by_staff=by_staff, at=line.at, rating=line.rating, text=line.words)


def _is_late(tx: Tx, case: Case) -> bool:
    return case.due_at is not None and case.due_at <= tx.now

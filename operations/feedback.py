"""How was it? Asked some hours after a visit, or whenever the client wants to tell.

A question is answered once: the first tap makes the feedback, later ones change its rating until
words, or none, make it final.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from operations.actions import thank_for_review
from operations.actors import acting
from operations.cases import about_visit, complain, hear
from operations.due import Due, DuePage, NotDueNow
from operations.outgoing import notify, to_account, to_client
from operations.senders import Sender
from operations.transaction import Tx
from storage import audit_log, cases, clients, feedback, staff, visits
from storage.cases import Case
from storage.clients import Client, ClientStatus
from storage.feedback import ONCE, Feedback
from storage.visits import Visit
from templates.feedback import RATINGS, AboutVisit, Praise, Request

JOB = "feedback"
WORDS_UTF16_MAX = 2_000
ASKED_LATE_MAX = timedelta(days=3)  # after a longer sleep nobody is asked about last week
REMEMBERED_DAYS = 14  # /feedback speaks of a visit no longer ago than this


@dataclass(frozen=True)
class Rated:
    """The rating as it stands now, still open to change and to words."""

    feedback_id: int
    rating: int
    complaint: bool


@dataclass(frozen=True)
class Final:
    """The rating was explained, or left without words: it stays."""

    rating: int
    complaint: bool
    with_words: bool
    case_id: int | None


@dataclass(frozen=True)
class NotTheirs:
    """The button speaks of another client's visit, or of none: refused, and audited."""


# -- asking


async def due_requests(tx: Tx, after: int, limit: int) -> DuePage:
    """Visits whose client is to be asked now; of several on one day the last."""
    hours = tx.programme.feedback.ask_after_hours
    if hours is None:
        return DuePage()
    until = tx.now - timedelta(hours=hours)
    ids = await feedback.unasked(
        tx.db, JOB, since=until - ASKED_LATE_MAX, until=until, after_id=after, limit=limit
    )
    found = tuple(Due(visit_id, ONCE) for visit_id in ids)
    return DuePage(found, ids[-1] if len(ids) == limit else None)


async def ask(tx: Tx, due: Due) -> None:
    """Asks about a visit, not in quiet hours.

    Raises:
        NotDueNow: it was taken back or rated, or the client is gone, just before.
    """
    visit = await visits.by_id(tx.db, due.subject)
    client = None if visit is None else await clients.lock(tx.db, visit.client_id)
    if visit is None or client is None or client.status is not ClientStatus.ACTIVE:
        raise NotDueNow("no-client")
    if not visit.counts or await feedback.of_visit(tx.db, visit.id) is not None:
        raise NotDueNow("undone-or-rated")
    about = about_visit(tx, visit, client.language)
    request = Request(tx.programme.business.name, about, tx.programme.actions.review)
    await notify(tx, to_client(client), request, key=f"feedback:{visit.id}", keeps_quiet=True)


async def visit_to_rate(tx: Tx, client: Client, language: str) -> AboutVisit | None:
    """What /feedback speaks of: the last visit, if it is fresh and not rated yet."""
    visit = await visits.last_of_client(tx.db, client.id)
    if visit is None or (tx.today - visit.on_day).days > REMEMBERED_DAYS:
        return None
    if await feedback.of_visit(tx.db, visit.id) is not None:
        return None
    return about_visit(tx, visit, language)


# -- answering


async def rate(
    tx: Tx,
    *,
    actor: Sender,
    about: int,
    is_visit: bool,
    rating: int,
    owner_ids: Collection[int],
) -> Rated | Final | NotTheirs:
    """Takes a rating of a visit, or of what message `about` of the chat asked; a low one opens a
    case at once, words or none."""
    client = None if actor.client is None else await clients.lock(tx.db, actor.client.id)
    visit = await visits.by_id(tx.db, about) if is_visit else None
    is_theirs = not is_visit or (visit is not None and _may_rate(client, visit))
    if client is None or client.is_gone or rating not in RATINGS or not is_theirs:
        return await _refused(tx, actor, about if is_visit else None)
    key = f"visit:{about}" if is_visit else f"said:{client.id}:{about}"
    stored = await feedback.by_key(tx.db, key)
    if stored is not None and stored.is_final:
        return await _final(tx, stored)
    complaint = _is_complaint(tx, rating)
    if stored is not None and stored.rating == rating:
        return Rated(stored.id, rating, complaint)
    if stored is None:
        stored = await feedback.add(
            tx.db,
            {
                "client_id": client.id,
                "visit_id": None if visit is None else visit.id,
                "key": key,
                "rating": rating,
                "at": tx.now,
            },
        )
        assert stored is not None, "the client is locked, and nobody else rates for them"
    else:
        await feedback.change_rating(tx.db, stored.id, rating)
    if complaint:
        await complain(
            tx,
            client=client,
            feedback_id=stored.id,
            visit=visit,
            rating=rating,
            owner_ids=owner_ids,
        )
    return Rated(stored.id, rating, complaint)


async def add_words(
    tx: Tx, *, actor: Sender, feedback_id: int, words: str, owner_ids: Collection[int]
) -> Final | NotTheirs:
    """The words to a rating, none where they are empty; said once, the first ones count."""
    client = None if actor.client is None else await clients.lock(tx.db, actor.client.id)
    stored = await feedback.by_id(tx.db, feedback_id)
    if client is None or client.is_gone or stored is None or stored.client_id != client.id:
        return await _refused(tx, actor, feedback_id)
    if stored.is_final:
        return await _final(tx, stored)
    await feedback.put_words(tx.db, stored.id, words)
    visit = None if stored.visit_id is None else await visits.by_id(tx.db, stored.visit_id)
    if visit is not None:
        await thank_for_review(tx, visit, words)
    case = await _case_of(tx, stored)
    if words and case is not None:
        await hear(
            tx, case, author_id=actor.telegram_id, rating=None, words=words, owner_ids=owner_ids
        )
    elif words:
        await _pass_on(tx, client, stored, words, owner_ids)
    complaint = _is_complaint(tx, stored.rating)
    return Final(stored.rating, complaint, bool(words), None if case is None else case.id)


async def _final(tx: Tx, stored: Feedback) -> Final:
    case = await _case_of(tx, stored)
    return Final(
        rating=stored.rating,
        complaint=_is_complaint(tx, stored.rating),
        with_words=bool(stored.words),
        case_id=None if case is None else case.id,
    )


async def _case_of(tx: Tx, stored: Feedback) -> Case | None:
    """The case that this feedback opened, or the open one that it was added to."""
    own = await cases.of_feedback(tx.db, stored.id)
    if own is not None or not _is_complaint(tx, stored.rating):
        return own
    return await cases.open_complaint_of(tx.db, stored.client_id)


async def _pass_on(
    tx: Tx, client: Client, stored: Feedback, words: str, owner_ids: Collection[int]
) -> None:
    """Kind words reach whoever served, and those who lead."""
    visit = None if stored.visit_id is None else await visits.by_id(tx.db, stored.visit_id)
    leaders = await staff.leaders(tx.db, branch=None if visit is None else visit.branch)
    readers = {member.telegram_id for member in leaders} | set(owner_ids)
    if visit is not None and await staff.working(tx.db, visit.staff_id) is not None:
        readers.add(visit.staff_id)
    for telegram_id in sorted(readers - {client.telegram_id}):
        recipient = await to_account(tx, telegram_id)
        about = None if visit is None else about_visit(tx, visit, recipient.language)
        praise = Praise(client.name, stored.rating, words, about)
        await notify(tx, recipient, praise, key=f"feedback:{stored.id}:{telegram_id}")


def _is_complaint(tx: Tx, rating: int) -> bool:
    return rating <= tx.programme.feedback.complaint_up_to


def _may_rate(client: Client | None, visit: Visit) -> bool:
    return client is not None and visit.client_id == client.id and visit.counts


async def _refused(tx: Tx, actor: Sender, subject_id: int | None) -> NotTheirs:
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=await acting(tx, actor),
        action="feedback.refused",
        client_id=None if actor.client is None else actor.client.id,
        subject_id=subject_id,
    )
    return NotTheirs()

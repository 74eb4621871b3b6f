"""A client disputes what the desk wrote down: a case for those who lead (rule 24)."""

from collections.abc import Collection
from dataclasses import dataclass

from operations.actors import acting
from operations.cases import answer_due, hear, tell_opened
from operations.senders import Sender
from operations.transaction import Tx
from storage import audit_log, cases, clients, visits
from storage.cases import Author, CaseKind
from storage.clients import Client
from storage.visits import Visit


@dataclass(frozen=True)
class Disputable:
    """A visit of the client's own."""

    visit: Visit
    client: Client


@dataclass(frozen=True)
class Disputed:
    """The client's words are in a case that is owed an answer."""

    case_id: int


@dataclass(frozen=True)
class NotTheirs:
    """The button names another client's visit, or none: refused, and on record."""


async def disputable_visit(tx: Tx, *, actor: Sender, visit_id: int) -> Disputable | NotTheirs:
    """The visit, if it is the actor's own; its client is locked."""
    visit = await visits.by_id(tx.db, visit_id)
    client = None if actor.client is None else await clients.lock(tx.db, actor.client.id)
    is_there = client is not None and not client.is_gone
    if visit is not None and client is not None and is_there and visit.client_id == client.id:
        return Disputable(visit, client)
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=await acting(tx, actor),
        action="visit.dispute_refused",
        client_id=None if client is None else client.id,
        subject_id=visit_id,
    )
    return NotTheirs()


async def dispute_visit(
    tx: Tx, *, actor: Sender, visit_id: int, words: str, owner_ids: Collection[int]
) -> Disputed | NotTheirs:
    """Opens a case about the visit; who has a complaint open already adds to that one."""
    found = await disputable_visit(tx, actor=actor, visit_id=visit_id)
    if isinstance(found, NotTheirs):
        return found
    case = await cases.open_complaint_of(tx.db, found.client.id)
    if case is not None:
        await hear(
            tx, case, author_id=actor.telegram_id, rating=None, words=words, owner_ids=owner_ids
        )
        return Disputed(case.id)
    case = await cases.add(
        tx.db,
        {
            "client_id": found.client.id,
            "kind": CaseKind.COMPLAINT,
            "visit_id": found.visit.id,
            "opened_at": tx.now,
            "due_at": answer_due(tx),
        },
    )
    await cases.say(
        tx.db, case.id, Author.CLIENT, author_id=actor.telegram_id, words=words, now=tx.now
    )
    await tell_opened(tx, case, owner_ids)
    return Disputed(case.id)

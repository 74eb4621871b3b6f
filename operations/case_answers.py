"""What is done about a case: answered, closed, replied to. Each is one move under its lock."""

from collections.abc import Collection
from dataclasses import dataclass

from operations.actors import acting
from operations.authority import require
from operations.cases import hear, tell
from operations.outgoing import Recipient, notify, to_account, to_client
from operations.senders import Role, Sender
from operations.transaction import Tx
from storage import audit_log, cases, clients, disputes, reachability, staff
from storage.cases import Author, Case, CaseKind
from storage.clients import Client
from templates import case_notices as notices
from templates.case_replies import Closed as ClosedForClient
from templates.case_replies import Reply

ANSWER_UTF16_MAX = 2_000
DISPUTES_MAX = 1_000  # of one case, reckoned as it closes


@dataclass(frozen=True)
class AnswerBegun:
    """Whom the answer goes to, and how the case stood: what happens meanwhile is told."""

    case_id: int
    client_name: str | None
    seen: int  # the newest answer so far, 0 for none
    was_open: bool


@dataclass(frozen=True)
class Answered:
    """The words are queued for the client, and kept."""

    case_id: int
    client_name: str | None
    is_open: bool
    reachable: bool


@dataclass(frozen=True)
class Overtaken:
    """A colleague was quicker; nothing was sent. `words` None: closed without an answer."""

    case_id: int
    by: str | None
    words: str | None
    seen: int
    was_open: bool


@dataclass(frozen=True)
class Closed:
    """Nothing more is to be done about it."""

    case_id: int


@dataclass(frozen=True)
class ClosedBefore:
    """By a colleague, or by a tap before this one."""

    case_id: int
    by: str | None


@dataclass(frozen=True)
class OwnCase:
    """Nobody answers their own complaint."""


@dataclass(frozen=True)
class NoSuchCase:
    """The button names none."""


@dataclass(frozen=True)
class PassedOn:
    """The client's words are with who answers."""

    case_id: int


@dataclass(frozen=True)
class NotTheirCase:
    """The case is somebody else's: refused, and audited."""


async def begin_answer(
    tx: Tx, *, actor: Sender, case_id: int
) -> AnswerBegun | OwnCase | NoSuchCase:
    """Looks at the case before the words are typed."""
    found = await answerable(tx, actor, case_id)
    if not isinstance(found, Found):
        return found
    last = await cases.last_by_staff(tx.db, case_id)
    name = None if found.client is None else found.client.name
    return AnswerBegun(case_id, name, 0 if last is None else last.id, found.case.is_open)


async def answer_case(
    tx: Tx,
    *,
    actor: Sender,
    case_id: int,
    words: str,
    seen: int,
    was_open: bool,
    owner_ids: Collection[int],
) -> Answered | Overtaken | OwnCase | NoSuchCase:
    """Sends the words to the client, unless somebody else answered or closed it since `seen`."""
    found = await answerable(tx, actor, case_id)
    if not isinstance(found, Found):
        return found
    case, client = found.case, found.client
    overtaken = await _overtaken(tx, case, actor, seen, was_open)
    if overtaken is not None:
        return overtaken
    said = await cases.say(
        tx.db, case.id, Author.STAFF, author_id=actor.telegram_id, words=words, now=tx.now
    )
    await cases.note_answered(tx.db, case.id, tx.now)
    await audit(tx, "case.answered", case, actor)
    recipient = await _recipient(tx, case, client)
    reply = Reply(case.id, tx.programme.business.name, words)
    await notify(tx, recipient, reply, key=f"case_message:{said}")
    by = await name_of(tx, actor)
    name = None if client is None else client.name
    await tell(
        tx,
        case,
        lambda _: notices.AnsweredBy(case.id, name, by, words),
        owner_ids=owner_ids,
        key=f"case_message:{said}",
        but=actor.telegram_id,
    )
    return Answered(case.id, name, case.is_open, await _is_reachable(tx, recipient))


async def close_case(
    tx: Tx, *, actor: Sender, case_id: int, owner_ids: Collection[int]
) -> Closed | ClosedBefore | OwnCase | NoSuchCase:
    """Closes the case; of several who tap, one does, and the others are told who."""
    found = await answerable(tx, actor, case_id)
    if not isinstance(found, Found):
        return found
    case, client = found.case, found.client
    frozen = sum(one.points for one in await disputes.of_case(tx.db, case.id, limit=DISPUTES_MAX))
    if not await cases.close(tx.db, case.id, by=actor.telegram_id, now=tx.now):
        by = None if case.closed_by is None else await staff.name_of(tx.db, case.closed_by)
        return ClosedBefore(case.id, by)
    await audit(tx, "case.closed", case, actor)
    is_promised = case.due_at is not None  # an answer to what they wrote last
    if client is not None and case.kind is not CaseKind.PHONE and (is_promised or frozen):
        key = f"case:{case.id}:closed_for_client:{int(tx.now.timestamp())}"
        await notify(tx, to_client(client), ClosedForClient(case.id, frozen), key=key)
    by = await name_of(tx, actor)
    name = None if client is None else client.name
    closed_by = notices.ClosedBy(case.id, name, by)
    await tell(
        tx,
        case,
        lambda _: closed_by,
        owner_ids=owner_ids,
        key=f"case:{case.id}:closed:{int(tx.now.timestamp())}",
        but=actor.telegram_id,
    )
    return Closed(case.id)


async def may_reply(tx: Tx, *, actor: Sender, case_id: int) -> bool:
    """Whether the case is this person's own; if it is not, that they tried is audited."""
    return await _own_case(tx, actor, case_id) is not None


async def complaint_under_way(tx: Tx, client: Client) -> int | None:
    """The number of the client's own complaint that is open, if there is one."""
    case = await cases.open_complaint_of(tx.db, client.id)
    return None if case is None else case.id


async def reply_to_case(
    tx: Tx, *, actor: Sender, case_id: int, words: str, owner_ids: Collection[int]
) -> PassedOn | NotTheirCase:
    """The client writes to their own case, which is open again if it was closed."""
    case = await _own_case(tx, actor, case_id)
    client = None if actor.client is None else await clients.lock(tx.db, actor.client.id)
    if case is None or (client is not None and client.is_gone):
        return NotTheirCase()
    await hear(tx, case, author_id=actor.telegram_id, rating=None, words=words, owner_ids=owner_ids)
    return PassedOn(case.id)


async def _own_case(tx: Tx, actor: Sender, case_id: int) -> Case | None:
    case = await cases.by_id(tx.db, case_id)
    if case is not None and is_theirs(case, actor):
        return case
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=await acting(tx, actor),
        action="case.refused",
        client_id=None if case is None else case.client_id,
        subject_id=case_id,
    )
    return None


def is_theirs(case: Case, actor: Sender) -> bool:
    """Whether this person is the one the case is about: of a phone, the account that claims it."""
    if case.kind is CaseKind.PHONE:
        return case.telegram_id == actor.telegram_id
    return actor.client is not None and actor.client.id == case.client_id


@dataclass(frozen=True)
class Found:
    """A case, locked, that this actor may do something about."""

    case: Case
    client: Client | None


async def answerable(tx: Tx, actor: Sender, case_id: int) -> Found | OwnCase | NoSuchCase:
    """The case, locked; raises NotAllowed for who may not answer cases."""
    require(actor, Role.MANAGER)
    case = await cases.lock(tx.db, case_id)
    if case is None:
        return NoSuchCase()
    client = await clients.by_id(tx.db, case.client_id)
    if actor.telegram_id in (case.telegram_id, None if client is None else client.telegram_id):
        return OwnCase()
    return Found(case, client)


async def _overtaken(
    tx: Tx, case: Case, actor: Sender, seen: int, was_open: bool
) -> Overtaken | None:
    last = await cases.last_by_staff(tx.db, case.id)
    newest = 0 if last is None else last.id
    if last is not None and newest > seen and last.author_id != actor.telegram_id:
        by = None if last.author_id is None else await staff.name_of(tx.db, last.author_id)
        return Overtaken(case.id, by, last.words, newest, case.is_open)
    if was_open and not case.is_open and case.closed_by != actor.telegram_id:
        by = None if case.closed_by is None else await staff.name_of(tx.db, case.closed_by)
        return Overtaken(case.id, by, None, newest, was_open=False)
    return None


async def _recipient(tx: Tx, case: Case, client: Client | None) -> Recipient | None:
    if case.kind is CaseKind.PHONE and case.telegram_id is not None:
        return await to_account(tx, case.telegram_id)
    return None if client is None else to_client(client)


async def _is_reachable(tx: Tx, recipient: Recipient | None) -> bool:
    if recipient is None:
        return False
    standing = await reachability.of(
        tx.db, recipient.chat_id, recipient.client_id, adverts_since=tx.now
    )
    return not standing.unreachable


async def name_of(tx: Tx, actor: Sender) -> str:
    return await staff.name_of(tx.db, actor.telegram_id) or actor.first_name


async def audit(tx: Tx, action: str, case: Case, actor: Sender) -> None:
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor.telegram_id,
        action=action,
        client_id=case.client_id,
        subject_id=case.id,
    )

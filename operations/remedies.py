"""What a manager may do about a case beside answering: points with an apology, a card moved.

A phone that changed hands is never moved by itself (rule 18): somebody who can ask looks first.
"""

from collections.abc import Collection
from dataclasses import dataclass

from loyalty.points import valid_through
from operations import ledger
from operations.case_answers import Found, NoSuchCase, OwnCase, answerable, audit, name_of
from operations.cases import apology_key, tell
from operations.ledger import EntryKind
from operations.outgoing import notify, to_account, to_client
from operations.senders import Sender
from operations.transaction import Tx
from storage import cases, clients, staff
from storage import ledger as entries
from storage.cases import Case, CaseKind
from storage.clients import Client, ClientStatus
from templates import remedies
from templates.case_notices import ClosedBy
from templates.remedies import APOLOGY_CHOICES_MAX


@dataclass(frozen=True)
class ApologyOffer:
    """How many points may go with the apology."""

    case_id: int
    client_name: str | None
    choices: tuple[int, ...]


@dataclass(frozen=True)
class ApologyGiven:
    """They are on the client's card."""

    points: int


@dataclass(frozen=True)
class GivenBefore:
    """Points went with this case already."""

    points: int
    by: str | None


@dataclass(frozen=True)
class MoveOffer:
    """Whose card it is that another account asks for."""

    case_id: int
    client_name: str | None
    phone: str | None
    balance: int


@dataclass(frozen=True)
class CardMoved:
    """The card belongs to the account that verified its phone; the case is closed."""


@dataclass(frozen=True)
class Impossible:
    """There is nothing of the kind to be done about this case."""


async def offer_apology(
    tx: Tx, *, actor: Sender, case_id: int
) -> ApologyOffer | GivenBefore | Impossible | OwnCase | NoSuchCase:
    """How many points the actor may give."""
    found = await answerable(tx, actor, case_id)
    if not isinstance(found, Found):
        return found
    most = tx.programme.feedback.apology_points_max
    if not most or not _is_complaint(found):
        return Impossible()
    before = await _given_before(tx, case_id)
    if before is not None:
        return before
    shares = range(1, APOLOGY_CHOICES_MAX + 1)
    choices = tuple(sorted({most * share // APOLOGY_CHOICES_MAX for share in shares} - {0}))
    name = None if found.client is None else found.client.name
    return ApologyOffer(case_id, name, choices)


async def give_apology(
    tx: Tx, *, actor: Sender, case_id: int, points: int
) -> ApologyGiven | GivenBefore | Impossible | OwnCase | NoSuchCase:
    """Gives points with an apology, once a case, and tells the client."""
    found = await answerable(tx, actor, case_id)
    if not isinstance(found, Found):
        return found
    client = found.client
    if client is None or not _is_complaint(found):
        return Impossible()
    if not 1 <= points <= tx.programme.feedback.apology_points_max:
        return Impossible()
    before = await _given_before(tx, case_id)
    if before is not None:
        return before
    until = valid_through(tx.today, tx.programme.points.lifetime_days)
    posted = await ledger.grant(
        tx,
        client.id,
        points,
        kind=EntryKind.APOLOGY,
        key=apology_key(case_id),
        valid_through=until,
        actor_id=actor.telegram_id,
    )
    await audit(tx, "case.apology_given", found.case, actor)
    gift = remedies.Apology(tx.programme.business.name, points, posted.balance_after, until)
    await notify(tx, to_client(client), gift, key=apology_key(case_id))
    return ApologyGiven(points)


async def offer_move(
    tx: Tx, *, actor: Sender, case_id: int
) -> MoveOffer | Impossible | OwnCase | NoSuchCase:
    """Whose card would go where."""
    found = await answerable(tx, actor, case_id)
    if not isinstance(found, Found):
        return found
    client = await _movable(tx, found.case)
    if client is None:
        return Impossible()
    return MoveOffer(case_id, client.name, client.phone, client.balance)


async def move_card(
    tx: Tx, *, actor: Sender, case_id: int, owner_ids: Collection[int]
) -> CardMoved | Impossible | OwnCase | NoSuchCase:
    """Gives the card to the account that verified its phone; both accounts are told."""
    found = await answerable(tx, actor, case_id)
    if not isinstance(found, Found):
        return found
    case = found.case
    client = await _movable(tx, case)
    if client is None or case.telegram_id is None:
        return Impossible()
    await clients.change(tx.db, client.id, {"telegram_id": case.telegram_id})
    await cases.close(tx.db, case.id, by=actor.telegram_id, now=tx.now)
    await audit(tx, "case.card_moved", case, actor)
    business = tx.programme.business.name
    if client.telegram_id is not None:
        gone = await to_account(tx, client.telegram_id)
        await notify(tx, gone, remedies.CardGone(business), key=f"card_gone:{case.id}")
    received = remedies.CardReceived(business, client.balance)
    await notify(
        tx, await to_account(tx, case.telegram_id), received, key=f"card_received:{case.id}"
    )
    closed = ClosedBy(case.id, client.name, await name_of(tx, actor))
    await tell(
        tx,
        case,
        lambda _: closed,
        owner_ids=owner_ids,
        key=f"case:{case.id}:moved",
        but=actor.telegram_id,
    )
    return CardMoved()


async def _movable(tx: Tx, case: Case) -> Client | None:
    """The client whose card may go to the claiming account; None: it may not, or not any more."""
    if case.kind is not CaseKind.PHONE or case.telegram_id is None or not case.is_open:
        return None
    if await clients.by_telegram_id(tx.db, case.telegram_id) is not None:
        return None
    client = await clients.lock(tx.db, case.client_id)
    if client is None or client.status is not ClientStatus.ACTIVE:
        return None
    return client


async def _given_before(tx: Tx, case_id: int) -> GivenBefore | None:
    entry = await entries.by_key(tx.db, apology_key(case_id))
    if entry is None:
        return None
    by = None if entry.actor_id is None else await staff.name_of(tx.db, entry.actor_id)
    return GivenBefore(entry.amount, by)


def _is_complaint(found: Found) -> bool:
    active = found.client is not None and found.client.status is ClientStatus.ACTIVE
    return active and found.case.kind is CaseKind.COMPLAINT

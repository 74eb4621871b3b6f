"""What a manager may do about a case beside answering: points with an apology, a card moved.

A phone that changed hands is never moved by itself (rule 18): somebody who can ask looks first.
"""

from collections.abc import Collection
from dataclasses import dataclass

from loyalty.points import valid_through
from operations import ledger
from operations.case_answers import Found, NoSuchCase, OwnCase, answerable, audit, name_of
from operations.cases import apology_key, tell
from operations.client_card import menu_of
from operations.ledger import EntryKind
from operations.outgoing import notify, to_account, to_client
from operations.phones import masked_phone
from operations.senders import Sender
from operations.transaction import Tx
from storage import cases, clients, people, staff
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
    client_id: int = 0
    # The card that the other account has: then only the number can go to it, or the cards merge.
    own_card_id: int | None = None


@dataclass(frozen=True)
class CardMoved:
    """The card belongs to the account that verified its phone; the case is closed."""


@dataclass(frozen=True)
class ClaimRefused:
    """Card and number stay where they were; both accounts are told, the case is closed."""


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
    gift = remedies.Apology(
        tx.programme.business.name, points, posted.balance_after, until, posted.entry_id
    )
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
    own = await _card_of_claimant(tx, found.case)
    own_id = None if own is None else own.id
    return MoveOffer(case_id, client.name, client.phone, client.balance, client.id, own_id)


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
    if await _card_of_claimant(tx, case) is not None:
        return Impossible()
    await clients.change(tx.db, client.id, {"telegram_id": case.telegram_id})
    await cases.close(tx.db, case.id, by=actor.telegram_id, now=tx.now)
    await audit(tx, "case.card_moved", case, actor)
    business = tx.programme.business.name
    if client.telegram_id is not None:
        await people.note_former_card(tx.db, client.telegram_id, client.id)
        gone = await to_account(tx, client.telegram_id)
        await notify(tx, gone, remedies.CardGone(business), key=f"card_gone:{case.id}")
    received = remedies.CardReceived(business, client.balance, menu_of(tx.programme))
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


async def hand_phone(
    tx: Tx, *, actor: Sender, case_id: int, owner_ids: Collection[int]
) -> CardMoved | Impossible | OwnCase | NoSuchCase:
    """Gives the number alone to the card of the account that verified it; both are told.

    Who had it keeps card and points, and may name another number.
    """
    found = await answerable(tx, actor, case_id)
    if not isinstance(found, Found):
        return found
    own = await _card_of_claimant(tx, found.case)
    client = None if own is None else await _movable(tx, found.case)
    if own is None or client is None or client.phone is None or own.id == client.id:
        return Impossible()
    await clients.change(tx.db, client.id, {"phone": None})
    await clients.change(tx.db, own.id, {"phone": client.phone})
    await audit(tx, "case.phone_handed", found.case, actor)
    business, masked = tx.programme.business.name, masked_phone(client.phone)
    await notify(
        tx, to_client(own), remedies.NumberReceived(business, masked), key=f"number_in:{case_id}"
    )
    await notify(
        tx, to_client(client), remedies.NumberGone(business, masked), key=f"number_out:{case_id}"
    )
    await _close(tx, found, actor, owner_ids)
    return CardMoved()


async def refuse_claim(
    tx: Tx, *, actor: Sender, case_id: int, owner_ids: Collection[int]
) -> ClaimRefused | Impossible | OwnCase | NoSuchCase:
    """Leaves card and number where they are, for good; both accounts are told."""
    found = await answerable(tx, actor, case_id)
    if not isinstance(found, Found):
        return found
    client = await _movable(tx, found.case)
    if client is None or found.case.telegram_id is None:
        return Impossible()
    await audit(tx, "case.claim_refused", found.case, actor)
    business = tx.programme.business.name
    claimant = await to_account(tx, found.case.telegram_id)
    await notify(tx, claimant, remedies.ClaimRefused(business), key=f"claim_refused:{case_id}")
    await notify(
        tx, to_client(client), remedies.ClaimRepelled(business), key=f"claim_repelled:{case_id}"
    )
    await _close(tx, found, actor, owner_ids)
    return ClaimRefused()


async def _close(tx: Tx, found: Found, actor: Sender, owner_ids: Collection[int]) -> None:
    case, name = found.case, None if found.client is None else found.client.name
    await cases.close(tx.db, case.id, by=actor.telegram_id, now=tx.now)
    closed = ClosedBy(case.id, name, await name_of(tx, actor))
    await tell(
        tx,
        case,
        lambda _: closed,
        owner_ids=owner_ids,
        key=f"case:{case.id}:decided",
        but=actor.telegram_id,
    )


async def _card_of_claimant(tx: Tx, case: Case) -> Client | None:
    if case.telegram_id is None:
        return None
    return await clients.by_telegram_id(tx.db, case.telegram_id)


async def _movable(tx: Tx, case: Case) -> Client | None:
    """The client whose phone another account claims; None: nothing is to be decided any more."""
    if case.kind is not CaseKind.PHONE or case.telegram_id is None or not case.is_open:
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

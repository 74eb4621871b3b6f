"""The old card list, put on: a client once, points once, whatever is imported how often.

Who is on the list is written to by nobody: an imported client has no account here and has agreed
to nothing. Welcome points and consents come when the person registers in the bot (rules 15, 16).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loyalty.points import valid_through
from loyalty.programme import Level, QualifyBy
from loyalty.tiers import level_for, upgraded
from operations import ledger
from operations.card_lists import ListedCard, RowFault
from operations.erased_phones import erased_phones
from operations.ledger import EntryKind
from operations.outgoing import notify, to_client
from operations.standing import current_level, move_to_level, qualifying_value
from operations.transaction import Tx
from storage import audit_log, clients, imports
from storage.clients import Client, ClientStatus
from storage.imports import Holder, ImportedCard
from storage.tiers import TierReason
from templates.importing import CardAdded


@dataclass(frozen=True)
class Refused:
    """A row that was not imported."""

    card: ListedCard
    fault: RowFault


@dataclass(frozen=True)
class Sorted:
    """Rows by what is to be done with them."""

    new: tuple[ListedCard, ...] = ()
    # The client registered before the list was imported: the old card is added to theirs.
    joining: tuple[ListedCard, ...] = ()
    known: tuple[ListedCard, ...] = ()  # imported before, word for word: nothing to do
    refused: tuple[Refused, ...] = ()


@dataclass(frozen=True)
class Imported:
    """What a batch came to; points that were granted."""

    new: int = 0
    points: int = 0
    # Rows whose phone became somebody's meanwhile, to be looked at again one by one.
    overtaken: tuple[ListedCard, ...] = field(default=())


async def sort_cards(tx: Tx, cards: Sequence[ListedCard]) -> Sorted:
    """Looks whose phones these are; changes nothing."""
    phones = [card.phone for card in cards]
    holders = await imports.holders(tx.db, phones)
    erased = await erased_phones(tx, [phone for phone in phones if phone not in holders])
    new, joining, known, refused = [], [], [], []
    for card in cards:
        holder = holders.get(card.phone)
        if card.phone in erased:
            # They asked to be forgotten; an old list does not bring them back.
            refused.append(Refused(card, RowFault.ERASED))
        elif holder is None:
            new.append(card)
        elif (fault := _fault(card, holder)) is not None:
            refused.append(Refused(card, fault))
        elif holder.is_imported:
            known.append(card)
        else:
            joining.append(card)
    return Sorted(tuple(new), tuple(joining), tuple(known), tuple(refused))


def _fault(card: ListedCard, holder: Holder) -> RowFault | None:
    if holder.is_imported:
        same = (card.balance, card.spend) == (holder.balance, holder.spend)
        return None if same else RowFault.IMPORTED_OTHERWISE
    return None if holder.status is ClientStatus.ACTIVE else RowFault.NOT_A_CLIENT_NOW


async def import_new(tx: Tx, cards: Sequence[ListedCard]) -> Imported:
    """Makes clients of these rows, with their points and their level: a few statements for all."""
    if not cards:
        return Imported()
    ids = await imports.add_clients(tx.db, [_client_row(tx, card) for card in cards])
    added = [card for card in cards if card.phone in ids]
    if added:
        marks = [ImportedCard(ids[c.phone], c.balance, c.spend, tx.today) for c in added]
        await imports.add_cards(tx.db, marks, now=tx.now)
    await _grant(tx, {ids[card.phone]: card.balance for card in added if card.balance})
    return Imported(
        new=len(added),
        points=sum(card.balance for card in added),
        overtaken=tuple(card for card in cards if card.phone not in ids),
    )


def _client_row(tx: Tx, card: ListedCard) -> dict[str, Any]:
    birthday = card.birthday
    by_spend = tx.programme.tiers.qualify_by is QualifyBy.SPEND
    return {
        "phone": card.phone,
        "name": card.name,
        "birthday_day": birthday.day if birthday else None,
        "birthday_month": birthday.month if birthday else None,
        "birthday_year": birthday.year if birthday else None,
        "birthday_told_on": tx.today if birthday else None,
        "language": tx.programme.business.languages[0],
        "status": ClientStatus.ACTIVE.value,
        "created_at": tx.now,
        "tier": level_for(tx.programme, card.spend if by_spend else 0).code,
        "tier_since": tx.today,
        "balance": card.balance,
    }


async def _grant(tx: Tx, points: Mapping[int, int]) -> None:
    """The first entry and the first lot of clients who have none: no debt, no lock is needed."""
    if not points:
        return
    entries = await imports.add_entries(
        tx.db,
        [
            {
                "client_id": client_id,
                "kind": EntryKind.IMPORT.value,
                "amount": amount,
                "balance_before": 0,
                "balance_after": amount,
                "key": import_key(client_id),
                "content_hash": ledger.grant_hash(client_id, amount, EntryKind.IMPORT),
                "at": tx.now,
            }
            for client_id, amount in points.items()
        ],
    )
    until = valid_through(tx.today, tx.programme.points.lifetime_days)
    await imports.add_lots(
        tx.db,
        [
            {
                "client_id": client_id,
                "entry_id": entries[client_id],
                "amount": amount,
                "remaining": amount,
                "valid_through": until,
            }
            for client_id, amount in points.items()
        ],
    )


def import_key(client_id: int) -> str:
    """Of the points from the old card: once for a record."""
    return f"import:{client_id}"


async def import_joining(tx: Tx, card: ListedCard) -> bool:
    """Adds an old card to a client who came before the list; False if there is nothing to add.

    What the client told of themselves stands; the list fills in what they did not.
    """
    holder = await clients.by_phone(tx.db, card.phone)
    client = None if holder is None else await clients.lock(tx.db, holder.id)
    if client is None or client.phone != card.phone or client.status is not ClientStatus.ACTIVE:
        return False
    if await imports.is_imported(tx.db, client.id):
        return False
    mark = ImportedCard(client.id, card.balance, card.spend, tx.today)
    await imports.add_cards(tx.db, [mark], now=tx.now)
    until = valid_through(tx.today, tx.programme.points.lifetime_days)
    key = import_key(client.id)
    entry_id = 0
    if card.balance:
        posted = await ledger.grant(
            tx, client.id, card.balance, kind=EntryKind.IMPORT, key=key, valid_through=until
        )
        entry_id = posted.entry_id
    missing = _missing(tx, client, card)
    if missing:
        await clients.change(tx.db, client.id, missing)
    level = await raise_level(tx, client, TierReason.IMPORT)
    told = CardAdded(
        business=tx.programme.business.name,
        points=card.balance,
        balance=client.balance + card.balance,
        valid_through=until,
        level=level.name.of(client.language) if level.code != client.tier else None,
        entry_id=entry_id,
    )
    if told.points or told.level:
        await notify(tx, to_client(client), told, key=key)
    return True


def _missing(tx: Tx, client: Client, card: ListedCard) -> dict[str, Any]:
    values: dict[str, Any] = {}
    if client.name is None and card.name is not None:
        values["name"] = card.name
    if client.birthday_told_on is None and card.birthday is not None:
        values["birthday_day"] = card.birthday.day
        values["birthday_month"] = card.birthday.month
        values["birthday_year"] = card.birthday.year
        values["birthday_told_on"] = tx.today
    return values


async def raise_level(tx: Tx, client: Client, reason: TierReason) -> Level:
    """The level that all that counts for the client reaches now, never a lower one."""
    value = await qualifying_value(tx, client.id)
    level = upgraded(tx.programme, current_level(tx, client), value)
    if level.code != client.tier:
        await move_to_level(tx, client, level, reason)
    return level


async def note_import(tx: Tx, *, new: int, joined: int, refused: int, points: int) -> None:
    """Into the audit log: how much came from a list."""
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=None,
        action="clients.imported",
        details={"new": new, "joined": joined, "refused": refused, "points": points},
    )

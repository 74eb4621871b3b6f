"""The points of a visit as they come and go: earned at once or pending, taken back, restored."""

from dataclasses import dataclass
from datetime import date

from loyalty.pending import active_on
from loyalty.points import valid_through
from operations.ledger import EntryKind, grant, reverse
from operations.transaction import Tx
from storage import ledger, pending
from storage.clients import Client
from storage.ledger import Entry
from storage.pending import PendingStatus
from storage.visits import Visit


@dataclass(frozen=True)
class Earned:
    """What became of the visit's points: on the card, or on it from a later day on (rule 10)."""

    balance: int  # after them
    active_on: date | None = None  # None: at once, or none were earned


@dataclass(frozen=True)
class TakenBack:
    """What a visit that went, whole or in part, moved; points."""

    balance: int
    taken: int  # off the card
    not_coming: int  # of those that were pending
    restored: int  # of those that had paid


async def give_points(tx: Tx, client: Client, visit: Visit) -> Earned:
    """The visit's points, once, under the key of its confirmation.

    `client` is as read under the lock, with nothing posted since.
    """
    if visit.points_earned == 0:
        return Earned(client.balance)
    key = f"visit:{visit.preview_id}"
    day = active_on(visit.on_day, tx.programme.points.pending_days)
    if day is not None:
        await pending.add(
            tx.db,
            visit_id=visit.id,
            client_id=client.id,
            key=key,
            amount=visit.points_earned,
            active_on=day,
        )
        return Earned(client.balance, day)
    posted = await grant(
        tx,
        client.id,
        visit.points_earned,
        kind=EntryKind.VISIT,
        key=key,
        valid_through=valid_through(tx.today, tx.programme.points.lifetime_days),
        visit_id=visit.id,
        actor_id=visit.staff_id,
        locked=client,
    )
    return Earned(posted.balance_after)


async def pending_until(tx: Tx, visit: Visit) -> date | None:
    """The day on which the visit's points will be on the card; None: they rest no more."""
    resting = await pending.of_visit(tx.db, visit.id)
    is_resting = resting is not None and resting.status is PendingStatus.PENDING
    return resting.active_on if resting is not None and is_resting else None


async def take_back(
    tx: Tx,
    client: Client,
    visit: Visit,
    *,
    earned: int,
    spent: int,
    kind: EntryKind,
    key: str,
    actor_id: int,
) -> TakenBack:
    """Restores so many of the points that the visit spent, then takes so many that it earned.

    What is pending goes before what is on the card; the card may go below zero (rule 9). In this
    order, so that points that come back lie in their lots again and are not lost to a debt that
    the same visit would have made.

    Args:
        client: the visit's, locked.
        key: of this undo or return; the keys of its entries begin with it.
    """
    # A visit that came with a merged record has its entries there; `reverse` finds their client.
    entries = await ledger.of_visit(tx.db, visit.id)
    paid = [entry for entry in entries if entry.kind is EntryKind.REDEMPTION and entry.amount < 0]
    came = [entry for entry in entries if entry.kind is EntryKind.VISIT and entry.amount > 0]
    reversal = _Reversal(tx, visit.id, kind, key, actor_id)
    back_balance, restored = await reversal.of(paid, spent)
    not_coming = await _cancel_pending(tx, visit.id, earned)
    balance, taken = await reversal.of(came, earned - not_coming)
    return TakenBack(
        balance=next((b for b in (balance, back_balance) if b is not None), client.balance),
        taken=taken,
        not_coming=not_coming,
        restored=restored,
    )


async def _cancel_pending(tx: Tx, visit_id: int, wanted: int) -> int:
    """How many of so many were pending and will not come."""
    resting = await pending.of_visit(tx.db, visit_id)
    if resting is None or resting.status is not PendingStatus.PENDING or wanted == 0:
        return 0
    by = min(resting.amount, wanted)
    await pending.lower(tx.db, visit_id, by, tx.now)
    return by


@dataclass(frozen=True)
class _Reversal:
    """One undo or return, as it reverses entries."""

    tx: Tx
    visit_id: int
    kind: EntryKind
    key: str
    actor_id: int

    async def of(self, entries: list[Entry], wanted: int) -> tuple[int | None, int]:
        """Reverses so many points of these entries; the balance then, and how many they were."""
        balance, done = None, 0
        for entry in entries:
            reversed_before = abs(await ledger.reversed_amount(self.tx.db, entry.id))
            amount = min(abs(entry.amount) - reversed_before, wanted - done)
            if amount <= 0:
                continue
            posted = await reverse(
                self.tx,
                entry.id,
                kind=self.kind,
                key=f"{self.key}:{entry.id}",
                amount=amount,
                visit_id=self.visit_id,
                actor_id=self.actor_id,
            )
            balance, done = posted.balance_after, done + amount
        return balance, done

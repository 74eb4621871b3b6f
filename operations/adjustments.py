"""Points put right by hand, by who leads: with a reason, in two taps, and told to the client."""

from dataclasses import dataclass
from datetime import timedelta

from loyalty.points import valid_through
from loyalty.refusals import Refusal
from operations.authority import require
from operations.available import available_points
from operations.desk import called, is_oneself
from operations.ledger import EntryKind, NotEnoughPoints, Posted, grant, spend
from operations.outgoing import notify, to_client
from operations.senders import Role, Sender
from operations.transaction import Tx
from storage import adjustments, audit_log, clients
from storage.adjustments import Adjustment, AdjustmentStatus
from storage.clients import Client, ClientStatus
from templates.adjustments import Adjusted

POINTS_MAX = 100_000  # of one adjustment: more is an import, or a slip of the finger
REASON_CHARS_MIN, REASON_CHARS_MAX = 3, 200
LIVES = timedelta(minutes=15)


class ReasonMissing(Refusal):
    """Nobody changes somebody's points without saying why."""


class AdjustmentTooLarge(Refusal):
    """More points than one adjustment may move, or none at all."""

    def __init__(self, points_max: int) -> None:
        super().__init__(points_max)
        self.points_max = points_max


@dataclass(frozen=True)
class Asked:
    """It waits for its ✅."""

    adjustment_id: int
    client: Client
    client_name: str
    points: int
    reason: str

    @property
    def balance_after(self) -> int:
        return self.client.balance + self.points


@dataclass(frozen=True)
class Done:
    """The points have moved, by this tap or by an earlier one."""

    client_name: str
    points: int
    balance: int
    repeated: bool


@dataclass(frozen=True)
class Dropped:
    """❌, or it was left alone for too long: nothing has moved."""


@dataclass(frozen=True)
class Unknown:
    """No such adjustment of this actor: forged, or somebody else's."""


@dataclass(frozen=True)
class OwnAccount:
    """Nobody adjusts their own points (rule 22)."""


async def ask_adjustment(
    tx: Tx, *, actor: Sender, client: Client, points: int, reason: str
) -> Asked | OwnAccount:
    """Keeps what is to be done until it is confirmed.

    Raises:
        NotAllowed: only who leads adjusts.
        ReasonMissing: too short a reason to be one.
        AdjustmentTooLarge: no points, or beyond POINTS_MAX.
        NotEnoughPoints: it would take the balance below zero, which only a return may (rule 9).
    """
    require(actor, Role.MANAGER)
    if is_oneself(actor, client):
        return OwnAccount()
    reason = " ".join(reason.split())[:REASON_CHARS_MAX]
    if len(reason) < REASON_CHARS_MIN:
        raise ReasonMissing
    if points == 0 or abs(points) > POINTS_MAX:
        raise AdjustmentTooLarge(POINTS_MAX)
    await _check_enough(tx, client, points)
    adjustment_id = await adjustments.add(
        tx.db,
        client_id=client.id,
        points=points,
        reason=reason,
        actor_id=actor.telegram_id,
        now=tx.now,
    )
    return Asked(adjustment_id, client, called(client), points, reason)


async def confirm_adjustment(
    tx: Tx, *, actor: Sender, adjustment_id: int
) -> Done | Dropped | Unknown:
    """Moves the points once, tells the client why, and leaves a trace in the audit log.

    Raises:
        NotEnoughPoints: they were spent meanwhile.
    """
    require(actor, Role.MANAGER)
    found = await adjustments.by_id(tx.db, adjustment_id)
    client = None if found is None else await clients.lock(tx.db, found.client_id)
    if found is None or client is None or found.actor_id != actor.telegram_id:
        return Unknown()
    if client.status is not ClientStatus.ACTIVE or found.created_at + LIVES <= tx.now:
        await adjustments.decide(tx.db, found.id, AdjustmentStatus.DROPPED, tx.now)
    if not await adjustments.decide(tx.db, found.id, AdjustmentStatus.DONE, tx.now):
        return await _decided_before(tx, found.id, client)
    await _check_enough(tx, client, found.points)
    posted = await _move(tx, found, client)
    balance = posted.balance_after
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor.telegram_id,
        action="points.adjusted",
        client_id=client.id,
        subject_id=found.id,
        details={"points": found.points},
    )
    told = Adjusted(
        tx.programme.business.name, found.points, found.reason, balance, posted.entry_id
    )
    await notify(tx, to_client(client), told, key=f"adjustment:{found.id}")
    return Done(called(client), found.points, balance, repeated=False)


async def drop_adjustment(tx: Tx, *, actor: Sender, adjustment_id: int) -> Done | Dropped | Unknown:
    """❌; one that was confirmed before stays so, and that is told."""
    require(actor, Role.MANAGER)
    found = await adjustments.by_id(tx.db, adjustment_id)
    client = None if found is None else await clients.lock(tx.db, found.client_id)
    if found is None or client is None or found.actor_id != actor.telegram_id:
        return Unknown()
    if await adjustments.decide(tx.db, found.id, AdjustmentStatus.DROPPED, tx.now):
        return Dropped()
    return await _decided_before(tx, found.id, client)


async def _check_enough(tx: Tx, client: Client, points: int) -> None:
    available = await available_points(tx, client)
    if -points > available:
        raise NotEnoughPoints(available, -points)


async def _move(tx: Tx, found: Adjustment, client: Client) -> Posted:
    key = f"adjustment:{found.id}"
    if found.points > 0:
        return await grant(
            tx,
            client.id,
            found.points,
            kind=EntryKind.ADJUSTMENT,
            key=key,
            valid_through=valid_through(tx.today, tx.programme.points.lifetime_days),
            actor_id=found.actor_id,
        )
    return await spend(
        tx,
        client.id,
        -found.points,
        kind=EntryKind.ADJUSTMENT,
        key=key,
        actor_id=found.actor_id,
    )


async def _decided_before(tx: Tx, adjustment_id: int, client: Client) -> Done | Dropped:
    found = await adjustments.by_id(tx.db, adjustment_id)
    if found is not None and found.status is AdjustmentStatus.DONE:
        return Done(called(client), found.points, client.balance, repeated=True)
    return Dropped()

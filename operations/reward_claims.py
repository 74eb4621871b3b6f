"""A claimed reward until it is handed out: looked up, cancelled, reminded of, lapsed.

What ends without being handed out returns its points into their lots and its place on the shelf.
"""

from dataclasses import dataclass
from datetime import timedelta

from loyalty.rewards import CLAIMS_OPEN_MAX, REMINDED_DAYS_AHEAD
from operations.actors import as_client
from operations.claim_codes import grouped_code
from operations.deep_links import ClaimLink, deep_link
from operations.due import Due, DuePage, NotDueNow
from operations.ledger import EntryKind, Posted, reverse
from operations.outgoing import notify, to_client
from operations.transaction import Tx
from storage import audit_log, clients, ledger, rewards
from storage.clients import Client
from storage.rewards import Claim, ClaimStatus
from templates import rewards as screens

REMIND_JOB, LAPSE_JOB = "reward_reminder", "reward_lapse"
REMINDED, LAPSED = "reminded", "lapsed"


@dataclass(frozen=True)
class Cancelled:
    """The points are back on the card."""

    claim: Claim
    balance: int
    entry_id: int


@dataclass(frozen=True)
class ClosedBefore:
    """Nothing to cancel: it was handed out, cancelled or lapsed already."""

    claim: Claim


@dataclass(frozen=True)
class NotTheirs:
    """The button names somebody else's claim, or none; an attempt is on record."""


async def find_claim(tx: Tx, *, client: Client, claim_id: int) -> Claim | NotTheirs:
    """The claim, if it is this client's own."""
    claim = await rewards.by_id(tx.db, claim_id)
    if claim is not None and claim.client_id == client.id:
        return claim
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=as_client(client),
        action="reward.claim_refused",
        client_id=client.id,
        subject_id=claim_id,
    )
    return NotTheirs()


async def cancel_claim(
    tx: Tx, *, client: Client, claim_id: int
) -> Cancelled | ClosedBefore | NotTheirs:
    """The client changes their mind, as long as nothing was handed out."""
    found = await find_claim(tx, client=client, claim_id=claim_id)
    if isinstance(found, NotTheirs):
        return found
    await clients.lock(tx.db, client.id)
    posted = await _give_back(tx, found, ClaimStatus.CANCELLED, actor_id=as_client(client))
    claim = await rewards.by_id(tx.db, claim_id)
    assert claim is not None, "claims are not deleted"
    if posted is None:
        return ClosedBefore(claim)
    return Cancelled(claim, posted.balance_after, posted.entry_id)


async def release_claims(tx: Tx, *, client_id: int, actor_id: int | None) -> int:
    """Cancels all that waits for a client whose record ends: merged away, or erased.

    Returns the points that came back. The caller holds the client locked.
    """
    points = 0
    while waiting := await rewards.open_of(tx.db, client_id, limit=CLAIMS_OPEN_MAX):
        for claim in waiting:
            posted = await _give_back(tx, claim, ClaimStatus.CANCELLED, actor_id=actor_id)
            points += 0 if posted is None else posted.amount
    return points


async def _give_back(
    tx: Tx, claim: Claim, status: ClaimStatus, *, actor_id: int | None
) -> Posted | None:
    """Ends an open claim, its client's row being locked; None: it was ended before."""
    if not await rewards.close(tx.db, claim.id, status, now=tx.now):
        return None
    await rewards.put_back(tx.db, claim.reward)
    spent = await ledger.by_key(tx.db, f"reward:{claim.id}")
    assert spent is not None, "a claim was paid for"
    posted = await reverse(
        tx,
        spent.id,
        kind=EntryKind.REWARD,
        key=f"reward:{claim.id}:back",
        actor_id=actor_id,
        reason=status.value,
    )
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor_id,
        action=f"reward.{status.value}",
        client_id=claim.client_id,
        subject_id=claim.id,
        details={"reward": claim.reward, "points": claim.cost},
    )
    return posted


# -- time


async def due_reminders(tx: Tx, after: int, limit: int) -> DuePage:
    """Claims that lapse in a few days and of which the client was not reminded."""
    days = (tx.today, tx.today + timedelta(days=REMINDED_DAYS_AHEAD))
    found = await rewards.to_remind(tx.db, REMIND_JOB, REMINDED, days, after_id=after, limit=limit)
    return _page(found, REMINDED, limit)


async def remind(tx: Tx, due: Due) -> None:
    """Tells the client how long the reward still waits. Raises NotDueNow."""
    claim, client = await _open_claim(tx, due)
    reminder = screens.ClaimReminder(
        claim_id=claim.id,
        name=claim.name.of(client.language),
        code=grouped_code(claim.code),
        valid_through=claim.valid_through,
        points=claim.cost,
    )
    await notify(
        tx, to_client(client), reminder, key=f"reward_reminder:{claim.id}", keeps_quiet=True
    )


async def due_lapses(tx: Tx, after: int, limit: int) -> DuePage:
    """Claims whose last day is over."""
    found = await rewards.lapsed(tx.db, tx.today, after_id=after, limit=limit)
    return _page(found, LAPSED, limit)


async def lapse(tx: Tx, due: Due) -> None:
    """Returns points and stock, and tells the client. Raises NotDueNow."""
    claim, client = await _open_claim(tx, due)
    if claim.valid_through >= tx.today:
        raise NotDueNow("another-day")
    posted = await _give_back(tx, claim, ClaimStatus.LAPSED, actor_id=None)
    assert posted is not None, "it was open under the lock"
    told = screens.ClaimLapsed(
        name=claim.name.of(client.language),
        points=claim.cost,
        balance=posted.balance_after,
        entry_id=posted.entry_id,
    )
    await notify(tx, to_client(client), told, key=f"reward_lapsed:{claim.id}", keeps_quiet=True)


async def _open_claim(tx: Tx, due: Due) -> tuple[Claim, Client]:
    """The claim as it is under its client's lock. Raises NotDueNow unless it is open."""
    claim = await rewards.by_id(tx.db, due.subject)
    client = None if claim is None else await clients.lock(tx.db, claim.client_id)
    claim = await rewards.by_id(tx.db, due.subject)
    if claim is None or client is None or not claim.is_open:
        raise NotDueNow("not-open")
    return claim, client


def _page(found: list[int], period: str, limit: int) -> DuePage:
    due = tuple(Due(claim_id, period) for claim_id in found)
    return DuePage(due, found[-1] if len(found) == limit else None)


# -- screens


def show_claim(tx: Tx, claim: Claim, language: str, bot_username: str) -> screens.Claim:
    """The code as the client shows it at the desk."""
    return screens.Claim(
        claim_id=claim.id,
        business=tx.programme.business.name,
        name=claim.name.of(language),
        code=grouped_code(claim.code),
        link=deep_link(bot_username, ClaimLink(claim.code)),
        valid_through=claim.valid_through,
    )


def show_closed(claim: Claim, language: str) -> screens.ClaimClosed:
    """What became of a claim that waits no more."""
    assert claim.closed_at is not None, "it was closed at some time"
    return screens.ClaimClosed(
        name=claim.name.of(language),
        fate=screens.Fate(claim.status.value),
        at=claim.closed_at,
        branch=claim.accepted_branch,
        points=claim.cost,
    )

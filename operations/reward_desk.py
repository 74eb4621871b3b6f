"""Handing a claimed reward out: the code once, whoever types it (rules 4 and 22)."""

from dataclasses import dataclass

from operations.authority import require
from operations.branches import branches_of
from operations.claim_codes import read_claim_code
from operations.desk import is_oneself
from operations.outgoing import notify, to_client
from operations.rewards import entry_of
from operations.senders import Role, Sender
from operations.transaction import Tx
from storage import audit_log, clients, rewards, staff
from storage.clients import Client
from storage.rewards import Claim, ClaimStatus
from templates.rewards import HandedOver


@dataclass(frozen=True)
class ClaimFound:
    """An open claim, to be handed out with one more tap."""

    claim: Claim
    client: Client
    is_other_client: bool  # not the one whom the desk was just serving


@dataclass(frozen=True)
class Handed:
    """The reward is the client's: by this tap or by an earlier one."""

    claim: Claim
    client: Client
    staff_name: str | None  # who handed it out; none: an owner who is on no list
    is_mine: bool
    repeated: bool


@dataclass(frozen=True)
class ClaimOver:
    """The client cancelled it, or nobody came for it in time: the points are back."""

    claim: Claim


@dataclass(frozen=True)
class CodeUnknown:
    """No claim has this code; on record."""


@dataclass(frozen=True)
class OwnClaim:
    """Staff never serve themselves; on record."""


Outcome = ClaimFound | Handed | ClaimOver | CodeUnknown | OwnClaim


async def preview_claim(
    tx: Tx, *, actor: Sender, code: str, serving_id: int | None = None
) -> Outcome:
    """What this code is for; `serving_id` is the client whom the desk has before it."""
    found = await _found(tx, actor, code)
    if isinstance(found, ClaimFound):
        await _record(tx, actor, "reward.previewed", found.claim)
        other = serving_id is not None and serving_id != found.client.id
        return ClaimFound(found.claim, found.client, is_other_client=other)
    return found


async def accept_claim(tx: Tx, *, actor: Sender, code: str) -> Outcome:
    """Hands the reward out, once: later taps, of colleagues too, get the stored outcome."""
    found = await _found(tx, actor, code)
    if not isinstance(found, ClaimFound):
        return found
    claim, client = found.claim, found.client
    branch = _branch(tx, actor)
    accepted = await rewards.close(
        tx.db, claim.id, ClaimStatus.ACCEPTED, now=tx.now, by=actor.telegram_id, branch=branch
    )
    assert accepted, "the client's lock lets one through"
    await _record(tx, actor, "reward.accepted", claim)
    staff_name = await staff.name_of(tx.db, actor.telegram_id)
    told = HandedOver(
        name=claim.name.of(client.language),
        branch=branch,
        at=tx.now,
        staff_name=staff_name,
        entry_id=await entry_of(tx, claim),
    )
    await notify(tx, to_client(client), told, key=f"reward_accepted:{claim.id}")
    claim = await rewards.by_id(tx.db, claim.id) or claim
    return Handed(claim, client, staff_name, is_mine=True, repeated=False)


async def _found(tx: Tx, actor: Sender, typed: str) -> Outcome:
    """The claim behind the code as it is under its client's lock."""
    require(actor, Role.STAFF)
    code = read_claim_code(typed)
    claim = None if code is None else await rewards.by_code(tx.db, code)
    client = None if claim is None else await clients.lock(tx.db, claim.client_id)
    claim = None if claim is None else await rewards.by_id(tx.db, claim.id)
    if claim is None or client is None:
        await audit_log.record(
            tx.db, now=tx.now, actor_id=actor.telegram_id, action="reward.code_unknown"
        )
        return CodeUnknown()
    if is_oneself(actor, client):
        await _record(tx, actor, "reward.self_refused", claim)
        return OwnClaim()
    match claim.status:
        case ClaimStatus.ACCEPTED:
            return await _handed_before(tx, claim, client, actor)
        case ClaimStatus.CANCELLED | ClaimStatus.LAPSED:
            return ClaimOver(claim)
        case ClaimStatus.OPEN:
            # Its last day is over, only the job has not come round yet.
            over = claim.valid_through < tx.today
            return ClaimOver(claim) if over else ClaimFound(claim, client, is_other_client=False)


async def _handed_before(tx: Tx, claim: Claim, client: Client, actor: Sender) -> Handed:
    by = claim.accepted_by
    return Handed(
        claim,
        client,
        staff_name=None if by is None else await staff.name_of(tx.db, by),
        is_mine=by == actor.telegram_id,
        repeated=True,
    )


def _branch(tx: Tx, actor: Sender) -> str | None:
    """Where it is handed out; None: by somebody who works in all branches."""
    branches = branches_of(tx.programme)
    if len(branches) == 1:
        return branches[0]
    return actor.branch if actor.branch in branches else None


async def _record(tx: Tx, actor: Sender, action: str, claim: Claim) -> None:
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor.telegram_id,
        action=action,
        client_id=claim.client_id,
        subject_id=claim.id,
        details={"reward": claim.reward},
    )

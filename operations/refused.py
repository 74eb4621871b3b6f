"""What was refused and stays on record although nothing came of it."""

from operations.actors import acting, acting_account
from operations.authority import NotAllowed
from operations.ledger import KeyReused
from operations.senders import Sender
from operations.transaction import Tx
from storage import audit_log


async def record_tap(tx: Tx, *, actor: Sender, kind: str) -> None:
    """A button that is not the actor's, or no longer; `kind` is the prefix of its data."""
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=await acting(tx, actor),
        action="tap.refused",
        client_id=None if actor.client is None else actor.client.id,
        details={"kind": kind},
    )


async def record_refusal(tx: Tx, error: BaseException, *, actor: Sender | int | None) -> None:
    """A refusal whose own transaction was taken back, noted in the one that tells of it.

    Most refusals are slips of the pen and leave no trace. A used key and a missing role do:
    somebody, or something, tried what was not theirs. `actor` may be no more than an account.
    """
    if not isinstance(error, (KeyReused, NotAllowed)):
        return
    actor_id = await _named(tx, actor)
    match error:
        case KeyReused():
            await audit_log.record(
                tx.db,
                now=tx.now,
                actor_id=actor_id,
                action="ledger.key_refused",
                client_id=error.client_id,
                subject_id=error.entry_id,
                details={"kind": error.kind, "amount": error.amount},
            )
        case NotAllowed():
            await audit_log.record(
                tx.db,
                now=tx.now,
                actor_id=actor_id,
                action="role.refused",
                details={"needed": error.needed.code},
            )


async def _named(tx: Tx, actor: Sender | int | None) -> int | None:
    if isinstance(actor, Sender):
        return await acting(tx, actor)
    return None if actor is None else await acting_account(tx, actor)

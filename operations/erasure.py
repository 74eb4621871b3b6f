"""A person is forgotten, their visits stay in the books without a name (rule 21).

See docs/decisions/erasure.md for what becomes of what, and why.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from operations.approvals import close_approval, refused_notice, tell_asker
from operations.erased_letters import reword_letters
from operations.erased_phones import remember_phones
from operations.holds import end_hold
from operations.ledger import EntryKind, grant, spend
from operations.reward_claims import release_claims
from operations.transaction import Tx
from storage import (
    approvals,
    audit_log,
    clients,
    erasing,
    erasures,
    forgetting,
    merges,
    people,
    redemptions,
    visit_previews,
)
from storage.approvals import Approval, ApprovalStatus
from storage.clients import Client, ClientStatus
from storage.visit_previews import StoredPreview
from templates.approvals import Verdict
from templates.redemptions import Ending


class NobodyToErase(LookupError):
    """There is no such client: a fault of the caller, who has just read the row."""

    def __init__(self, client_id: int) -> None:
        super().__init__(client_id)
        self.client_id = client_id


@dataclass(frozen=True)
class Erased:
    """The record is nobody's; `repeated` if it was before."""

    client_id: int
    points: int  # that were on the card and are no more; a debt is below zero
    repeated: bool = False


async def erase_client(
    tx: Tx, client_id: int, *, by: int | None, at: datetime | None = None
) -> Erased:
    """Takes the person out of every table, and of every record that was merged into theirs.

    Once however often it is asked. A role that they hold here stays.

    Args:
        by: who does it, as `operations.actors` names them: an owner, or the client; None: a
            restored backup is told again.

        at: when it was, where a backup that was restored is told again; None: now.

    Raises:
        NobodyToErase: no such record.
    """
    erased_at = at or tx.now
    client, ids = await _locked(tx, client_id)
    if client.status is ClientStatus.ERASED:
        return Erased(client.id, 0, repeated=True)
    records = list((await clients.by_ids(tx.db, ids)).values())
    accounts = {record.telegram_id for record in records if record.telegram_id is not None}
    accounts |= await people.former_accounts(tx.db, ids)
    phones = {record.phone for record in records if record.phone}
    await remember_phones(tx, ids, phones, at=erased_at)
    for record_id in ids:
        await release_claims(tx, client_id=record_id, actor_id=by)
    await erasing.cancel_pending(tx.db, ids, tx.now)
    points = await _write_off(tx, client.id, by)
    await reword_letters(tx, ids, records)
    await erasing.clear_records(tx.db, ids, language=tx.programme.business.languages[0])
    await erasing.forget_accounts(tx.db, accounts)
    await erasing.clear_words(tx.db, ids, accounts, tx.now)
    await erasing.end_referrals(tx.db, ids)
    await forgetting.drop_waiting(tx.db, ids, accounts, tx.now)
    await _end_questions(tx, ids)
    await erasing.close_previews(tx.db, ids)
    await forgetting.forget_messages(tx.db, ids, newest=forgetting.AT_ONCE_MAX)
    await erasures.note(tx.db, ids, erased_at)
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=by,
        action="client.erased",
        client_id=client.id,
        details={"points": -points, "visits": client.visits},
    )
    return Erased(client.id, points)


async def _locked(tx: Tx, client_id: int) -> tuple[Client, list[int]]:
    """The living record and all that went into it, locked, the newest first as everywhere."""
    ids: list[int] = []
    while True:
        living_id = await _living_id(tx, client_id)
        found = await merges.records_of(tx.db, living_id)
        if found == ids:
            break
        ids = found
        for record_id in ids:
            await clients.lock(tx.db, record_id)
    client = await clients.by_id(tx.db, living_id)
    assert client is not None, "locked just now"
    return client, ids


async def _living_id(tx: Tx, client_id: int) -> int:
    client = await clients.by_id(tx.db, client_id)
    while client is not None and client.merged_into_id is not None:
        client = await clients.by_id(tx.db, client.merged_into_id)
    if client is None:
        raise NobodyToErase(client_id)
    return client.id


async def _write_off(tx: Tx, client_id: int, by: int | None) -> int:
    """Closes the account: nobody can spend what is left, and nobody owes a debt."""
    client = await clients.by_id(tx.db, client_id)
    assert client is not None, "locked just now"
    key = f"erasure:{client.id}"
    if client.balance > 0:
        await spend(tx, client.id, client.balance, kind=EntryKind.ERASURE, key=key, actor_id=by)
    elif client.balance < 0:
        await grant(
            tx,
            client.id,
            -client.balance,
            kind=EntryKind.ERASURE,
            key=key,
            valid_through=None,
            actor_id=by,
        )
    return client.balance


async def _end_questions(tx: Tx, ids: Collection[int]) -> None:
    """Whoever asked at the desk reads that nothing comes of it; of whom, they do not read."""
    for redemption_id in await erasing.open_redemptions(tx.db, ids):
        redemption = await redemptions.by_id(tx.db, redemption_id)
        assert redemption is not None, "found just now"
        client = await _blank(tx, redemption.client_id)
        await end_hold(tx, redemption, client, Ending.GONE, actor_id=None)
    for approval_id in await erasing.open_approvals(tx.db, ids):
        approval = await approvals.by_id(tx.db, approval_id)
        assert approval is not None, "found just now"
        await close_approval(tx, approval, ApprovalStatus.VOID, None)
        stored = await visit_previews.by_id(tx.db, approval.preview_id)
        if stored is not None:
            await _tell_asker(tx, approval, stored)


async def _tell_asker(tx: Tx, approval: Approval, stored: StoredPreview) -> None:
    client = await _blank(tx, approval.client_id)
    notice = refused_notice(stored, client, Verdict.VOID, by=None)
    await tell_asker(tx, approval, lambda _language: notice)


async def _blank(tx: Tx, client_id: int) -> Client:
    client = await clients.by_id(tx.db, client_id)
    assert client is not None, "locked in this very transaction"
    return client

"""Two records of one person become one (rule 17): by a manager, or by a phone that both have.

The record that goes is archived with the one that it went into; its card, its phone and its link
still lead there. Nothing is lost: lots, visits, badges and friends go along, entries stay.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from loyalty.programme import Level
from loyalty.tiers import upgraded
from operations import birthdays
from operations.authority import require
from operations.desk import is_oneself
from operations.outgoing import notify, to_account, to_client
from operations.reward_claims import release_claims
from operations.senders import Role, Sender
from operations.standing import (
    current_level,
    move_to_level,
    qualifying_value,
    revisit_badges,
)
from operations.transaction import Tx
from operations.transfers import Transferred, transfer_all
from storage import audit_log, clients, merges, partner_codes, people, phone_cases, visits
from storage.clients import Client, ClientStatus
from storage.tiers import TierReason
from templates.merging import CardsMerged, MergedAway

JOBS_ONCE_A_YEAR = (birthdays.JOB,)


@dataclass(frozen=True)
class MergeOffer:
    """Which record stays, and which goes into it."""

    survivor: Client
    source: Client
    survivor_level: Level
    source_level: Level
    level: Level  # of the two, the higher

    @property
    def both_live(self) -> bool:
        """Two accounts of Telegram: one of them loses its card."""
        return None not in (self.survivor.telegram_id, self.source.telegram_id)

    @property
    def may_swap(self) -> bool:
        """An account keeps its record; where both have one, or none, people choose."""
        return self.source.telegram_id is not None or self.survivor.telegram_id is None


@dataclass(frozen=True)
class Merged:
    """It is done; `repeated` if it was before."""

    survivor: Client
    points: int
    repeated: bool = False


@dataclass(frozen=True)
class SameClient:
    """Both are one record already."""

    client: Client


@dataclass(frozen=True)
class OwnCard:
    """Nobody merges their own card."""


@dataclass(frozen=True)
class MergeImpossible:
    """One of the two is no client any more."""


async def offer_merge(
    tx: Tx, *, actor: Sender, first_id: int, second_id: int
) -> MergeOffer | SameClient | OwnCard | MergeImpossible:
    """What would become of the two. The record with a Telegram account stays; of two such, or of
    none, the one named first."""
    require(actor, Role.MANAGER)
    first = await clients.by_id(tx.db, first_id)
    second = await clients.by_id(tx.db, second_id)
    if first is None or second is None:
        return MergeImpossible()
    if first.id == second.id:
        return SameClient(first)
    if is_oneself(actor, first) or is_oneself(actor, second):
        return OwnCard()
    if not all(client.status is ClientStatus.ACTIVE for client in (first, second)):
        return MergeImpossible()
    survivor, source = first, second
    if survivor.telegram_id is None and source.telegram_id is not None:
        survivor, source = source, survivor
    levels = current_level(tx, survivor), current_level(tx, source)
    return MergeOffer(survivor, source, *levels, max(levels, key=tx.programme.tiers.rank))


async def merge_clients(
    tx: Tx, *, actor: Sender, survivor_id: int, source_id: int
) -> Merged | OwnCard | MergeImpossible:
    """Puts the source into the survivor, once however often it is asked."""
    require(actor, Role.MANAGER)
    pair = await lock_both(tx, survivor_id, source_id)
    if pair is None:
        return MergeImpossible()
    survivor, source = pair
    if source.merged_into_id == survivor.id:
        return Merged(survivor, 0, repeated=True)
    if is_oneself(actor, survivor) or is_oneself(actor, source):
        return OwnCard()
    if not all(client.status is ClientStatus.ACTIVE for client in pair):
        return MergeImpossible()
    if survivor.telegram_id is None and source.telegram_id is not None:
        # They registered since the question was asked: an account never loses its card unasked.
        return MergeImpossible()
    return await put_into(tx, survivor, source, actor_id=actor.telegram_id)


async def lock_both(tx: Tx, survivor_id: int, source_id: int) -> tuple[Client, Client] | None:
    """Both rows, the newer first: so does everybody who locks two."""
    if survivor_id == source_id:
        return None
    locked = {}
    for client_id in sorted((survivor_id, source_id), reverse=True):
        locked[client_id] = await clients.lock(tx.db, client_id)
    survivor, source = locked[survivor_id], locked[source_id]
    return None if survivor is None or source is None else (survivor, source)


async def put_into(
    tx: Tx, survivor: Client, source: Client, *, actor_id: int | None, is_told: bool = True
) -> Merged:
    """The merge itself; the caller holds both rows locked and knows that both are active."""
    ids = {"source_id": source.id, "target_id": survivor.id}
    if await release_claims(tx, client_id=source.id, actor_id=actor_id):
        source = await clients.lock(tx.db, source.id) or source
    await partner_codes.move_to(tx.db, from_id=source.id, to_id=survivor.id)
    await merges.move_rows(tx.db, **ids)
    transferred = await transfer_all(tx, source, survivor, actor_id=actor_id)
    await merges.move_badges(tx.db, **ids)
    await merges.move_referrals(tx.db, **ids)
    # Whose number it was is settled: it is one person's.
    accounts = (survivor.telegram_id, source.telegram_id)
    await phone_cases.close_phone_cases(
        tx.db,
        client_id=survivor.id,
        by=actor_id,
        now=tx.now,
        of_accounts=[account for account in accounts if account is not None],
    )
    await merges.copy_claims(tx.db, JOBS_ONCE_A_YEAR, now=tx.now, **ids)
    await _archive(tx, source, survivor)
    if source.telegram_id is not None:
        await people.note_former_card(tx.db, source.telegram_id, source.id)
    await clients.change(tx.db, survivor.id, await _taken_along(tx, survivor, source))
    level = await _higher_level(tx, survivor, source)
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor_id,
        action="client.merged",
        client_id=survivor.id,
        subject_id=source.id,
        details={"points": source.balance, "visits": source.visits, "tier": level.code},
    )
    merged = await clients.by_id(tx.db, survivor.id)
    assert merged is not None, "locked in this very transaction"
    await revisit_badges(tx, merged, visit_id=None, reason=TierReason.VISIT)
    if is_told or transferred.entry_id:
        await _tell(tx, merged, source, level, transferred)
    return Merged(merged, source.balance)


async def _archive(tx: Tx, source: Client, survivor: Client) -> None:
    await clients.change(
        tx.db,
        source.id,
        {
            "status": ClientStatus.ARCHIVED.value,
            "merged_into_id": survivor.id,
            "telegram_id": None,
            "advert_consent": False,
            "visits": 0,
            "last_visit_on": None,
        },
    )


async def _taken_along(tx: Tx, survivor: Client, source: Client) -> dict[str, Any]:
    """What the survivor's row takes over: what was not known of them, and the caches."""
    values: dict[str, Any] = {
        "visits": survivor.visits + source.visits,
        "last_visit_on": await visits.last_visit_on(tx.db, survivor.id),
    }
    if survivor.name is None:
        values["name"] = source.name
    if survivor.birthday_told_on is None and source.birthday_day is not None:
        values["birthday_day"] = source.birthday_day
        values["birthday_month"] = source.birthday_month
        values["birthday_year"] = source.birthday_year
        values["birthday_told_on"] = source.birthday_told_on
    if survivor.phone is None and source.phone is not None:
        await clients.change(tx.db, source.id, {"phone": None})
        values["phone"] = source.phone
    return values


async def _higher_level(tx: Tx, survivor: Client, source: Client) -> Level:
    """The higher of the two, or what both histories together reach.

    An invitation goes on as it was given, to its own end: of two the one that lasts longer.
    """
    rank = tx.programme.tiers.rank

    def standing(client: Client) -> tuple[int, date]:
        return rank(current_level(tx, client)), client.tier_until or date.max

    higher = max((survivor, source), key=standing)
    held = current_level(tx, higher)
    level = upgraded(tx.programme, held, await qualifying_value(tx, survivor.id))
    goes_on = level.invitation_only and level.code == held.code
    until = higher.tier_until if goes_on else None
    if (level.code, until) != (survivor.tier, survivor.tier_until):
        since = higher.tier_since if goes_on else None
        await move_to_level(tx, survivor, level, TierReason.MERGE, until=until, since=since)
    return level


async def _tell(
    tx: Tx, merged: Client, source: Client, level: Level, transferred: Transferred
) -> None:
    business = tx.programme.business.name
    name = level.name.of(merged.language) if tx.programme.tiers.stated else None
    told = CardsMerged(
        business,
        source.balance,
        transferred.balance,
        name,
        source.visits,
        transferred.entry_id,
    )
    await notify(tx, to_client(merged), told, key=f"merged:{source.id}")
    if source.telegram_id is not None:
        gone = await to_account(tx, source.telegram_id)
        await notify(tx, gone, MergedAway(business), key=f"merged_away:{source.id}")

"""Levels by invitation (VIP): an owner gives them, takes them back, and they end on their day.

Nobody gets into one otherwise. Every step is in the audit log, and the client hears of it.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta

from loyalty.calendar import business_day, local_time
from loyalty.invitations import Term, invited_until, level_after
from loyalty.programme import Level
from loyalty.tiers import level_for
from operations.authority import require
from operations.desk import is_oneself
from operations.due import Due, DuePage, NotDueNow
from operations.outgoing import notify, to_client
from operations.own_texts import own_text
from operations.senders import Role, Sender
from operations.standing import (
    TierReason,
    cashback_of,
    current_level,
    move_to_level,
    qualifying_value,
)
from operations.transaction import Tx
from storage import audit_log, clients, reviews, tiers
from storage.clients import Client, ClientStatus
from templates.levels import PERKS_MAX, InvitationEnding, InvitationOver, Invited
from templates.own_texts import OwnText

JOB = "invited_levels"
WARNED_FROM = time(10)  # by the business's clock
STEPS_LOOKED_AT_MAX = 50  # back to the level held before the invitation


@dataclass(frozen=True)
class LevelChoice:
    """What an owner may do about this client and this level."""

    client: Client
    level: Level
    is_held: bool


@dataclass(frozen=True)
class LevelGiven:
    """The client holds it; `repeated` if they did already, to the same day."""

    client: Client
    level: Level
    until: date | None
    repeated: bool


@dataclass(frozen=True)
class LevelTaken:
    """The invitation is withdrawn; the client holds `level` now."""

    client: Client
    level_before: Level
    level: Level


@dataclass(frozen=True)
class NotPossible:
    """The client is gone or is the owner, or the level is not given or held (any more)."""


async def level_choice(
    tx: Tx, *, actor: Sender, client_id: int, level_code: str
) -> LevelChoice | NotPossible:
    """The level and the client, as they stand."""
    require(actor, Role.OWNER)
    client = await clients.by_id(tx.db, client_id)
    level = tx.programme.tiers.level(level_code)
    if client is None or not _may_be_about(actor, client):
        return NotPossible()
    if level is None or not level.invitation_only:
        return NotPossible()
    return LevelChoice(client, level, is_held=client.tier == level.code)


async def give_level(
    tx: Tx, *, actor: Sender, client_id: int, level_code: str, term: Term
) -> LevelGiven | NotPossible:
    """Invites the client to the level, or sets another end to the invitation."""
    require(actor, Role.OWNER)
    client = await clients.lock(tx.db, client_id)
    level = tx.programme.tiers.level(level_code)
    if client is None or not _may_be_about(actor, client):
        return NotPossible()
    if level is None or not level.invitation_only:
        return NotPossible()
    until = invited_until(term, tx.today)
    held = client.tier == level.code
    if held and client.tier_until == until:
        return LevelGiven(client, level, until, repeated=True)
    await move_to_level(tx, client, level, TierReason.INVITATION, until=until)
    await _audit(tx, actor, client, "client.level_given", level, term)
    invitation = Invited(
        business=tx.programme.business.name,
        name=client.name,
        level=level.name.of(client.language),
        until=until,
        prolonged=held,
        cashback=cashback_of(tx.programme, level),
        discount=level.discount_percent,
        perks=level.perks[:PERKS_MAX],
        privileges=own_text(tx.programme, OwnText.PRIVILEGES, client.language, level.code),
    )
    await notify(tx, to_client(client), invitation, keeps_quiet=True)
    return LevelGiven(client, level, until, repeated=False)


async def take_level(tx: Tx, *, actor: Sender, client_id: int) -> LevelTaken | NotPossible:
    """Withdraws the invitation; the client falls to what they hold without it."""
    require(actor, Role.OWNER)
    client = await clients.lock(tx.db, client_id)
    if client is None or not _may_be_about(actor, client):
        return NotPossible()
    held = tx.programme.tiers.level(client.tier)
    if held is None or not held.invitation_only:
        return NotPossible()
    level = await _end(tx, client, held)
    await _audit(tx, actor, client, "client.level_withdrawn", held, None)
    return LevelTaken(client, held, level)


async def due_ends(tx: Tx, after: int, limit: int) -> DuePage:
    """Clients whose invitation is about to end, or has ended; the period is the day."""
    local = local_time(tx.now, tx.programme.business.timezone)
    if local.time() < WARNED_FROM:
        return DuePage()
    warn_until = tx.today + timedelta(days=tx.programme.tiers.warn_days)
    found = await reviews.ending_invitations(
        tx.db, tx.today, warn_until=warn_until, after_id=after, limit=limit
    )
    period = tx.today.isoformat()
    return DuePage(
        tuple(Due(client_id, period) for client_id in found),
        found[-1] if len(found) == limit else None,
    )


async def end_or_warn(tx: Tx, due: Due) -> None:
    """Says that the invitation ends; once its day is over, and it was said on an earlier day, ends
    it.

    Raises:
        NotDueNow: the invitation was changed just before.
    """
    client = await clients.lock(tx.db, due.subject)
    if client is None or client.tier_until is None or client.status is not ClientStatus.ACTIVE:
        raise NotDueNow("no-invitation")
    held = current_level(tx, client)
    if client.tier_warned_for != client.tier_until:
        await _warn(tx, client, held, client.tier_until)
        return
    warned_on = client.tier_warned_on
    if client.tier_until >= tx.today or warned_on is None or warned_on >= tx.today:
        raise NotDueNow("not-over")
    await _end(tx, client, held)


async def _warn(tx: Tx, client: Client, held: Level, until: date) -> None:
    if (until - tx.today).days > tx.programme.tiers.warn_days:
        raise NotDueNow("prolonged")
    following = level_for(tx.programme, await qualifying_value(tx, client.id))
    warning = InvitationEnding(
        name=client.name,
        level=held.name.of(client.language),
        until=max(until, tx.today),
        falls_to=following.name.of(client.language),
    )
    await reviews.mark_warned(tx.db, [client.id], until, tx.today)
    await notify(tx, to_client(client), warning, keeps_quiet=True)


async def _end(tx: Tx, client: Client, held: Level) -> Level:
    """The level without the invitation; the client is told."""
    before, invited_on = await _before(tx, client.id)
    level = level_after(
        tx.programme,
        await qualifying_value(tx, client.id),
        held_before=before,
        invited_on=invited_on,
        today=tx.today,
    )
    await move_to_level(tx, client, level, TierReason.INVITATION)
    over = InvitationOver(
        name=client.name,
        level_before=held.name.of(client.language),
        level=level.name.of(client.language),
        cashback=cashback_of(tx.programme, level),
        discount=level.discount_percent,
    )
    await notify(tx, to_client(client), over, keeps_quiet=True)
    return level


async def _before(tx: Tx, client_id: int) -> tuple[Level | None, date | None]:
    """The level held before the invitation, and the day of it; prolonging it changes neither.

    An invitation that came with a merged record began for this one with the merge.
    """
    rules = tx.programme.tiers
    for step in await tiers.newest(tx.db, client_id, limit=STEPS_LOOKED_AT_MAX):
        led_to = rules.level(step.to_tier)
        if led_to is None or not led_to.invitation_only:
            break
        level = rules.level(step.from_tier)
        if level is not None and not level.invitation_only:
            return level, business_day(step.at, tx.programme.business.timezone)
    return None, None


def _may_be_about(actor: Sender, client: Client) -> bool:
    return client.status is ClientStatus.ACTIVE and not is_oneself(actor, client)


async def _audit(
    tx: Tx, actor: Sender, client: Client, action: str, level: Level, term: Term | None
) -> None:
    await audit_log.record(
        tx.db,
        now=tx.now,
        actor_id=actor.telegram_id,
        action=action,
        client_id=client.id,
        details={"level": level.code} if term is None else {"level": level.code, "term": term},
    )

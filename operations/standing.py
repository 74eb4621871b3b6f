"""What a client has reached, looked at again after a visit, an undo or a return (rules 12, 13).

An upgrade is at once; only taking back the visit that lifted a client lowers them at once, all
else waits for the review.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from loyalty.badges import VisitFacts, earned_badges
from loyalty.programme import Badge, BadgeMeasure, Level, Programme
from loyalty.tiers import level_for, upgraded, window_start
from operations.outgoing import notify, to_client
from operations.own_texts import own_text
from operations.promises import invited_terms
from operations.transaction import Tx
from storage import badges, clients, qualifying, referrals, tiers, visits
from storage.clients import Client
from storage.tiers import Lift, TierReason
from templates.own_texts import OwnText
from templates.standing import BadgeLine, Celebration, TakenBack

BADGES_TOLD_MAX = 10

__all__ = [
    "StandingChanges",
    "TierReason",
    "current_level",
    "move_to_level",
    "qualifying_value",
    "revisit_badges",
    "revisit_standing",
]


@dataclass(frozen=True)
class StandingChanges:
    """What changed; the levels' and badges' codes."""

    level_before: str
    level_after: str
    badges_won: tuple[str, ...] = ()
    badges_lost: tuple[str, ...] = ()


def current_level(tx: Tx, client: Client) -> Level:
    """The level that the client holds; the lowest where the programme no longer has theirs.

    One by invitation is as it was promised to them, should that be better.
    """
    level = tx.programme.tiers.level(client.tier) or level_for(tx.programme, 0)
    return invited_terms(tx, client, level) if level.invitation_only else level


async def revisit_standing(
    tx: Tx,
    client: Client,
    visit_id: int | None,
    reason: TierReason,
    *,
    qualifying: int | None = None,
) -> StandingChanges:
    """Level and badges after this visit was booked, taken back or returned; the client is told.

    The caller holds the client's row locked and has written the visit; `qualifying` is what the
    client has with it, where that is known.
    """
    held = current_level(tx, client)
    if reason is TierReason.VISIT:
        value = await qualifying_value(tx, client.id) if qualifying is None else qualifying
        level = upgraded(tx.programme, held, value)
    else:
        level = await _without_visit(tx, client.id, held, visit_id)
    if level.code != client.tier:
        await move_to_level(tx, client, level, reason, visit_id=visit_id)
    won, lost = await _badge_changes(tx, client.id, visit_id, reason)
    rank = tx.programme.tiers.rank
    await _tell(
        tx,
        client,
        risen_to=level if rank(level) > rank(held) else None,
        fallen_to=level if rank(level) < rank(held) else None,
        won=won,
        lost=lost,
        is_return=reason is TierReason.RETURN,
    )
    return StandingChanges(held.code, level.code, won, lost)


async def revisit_badges(
    tx: Tx, client: Client, *, visit_id: int | None, reason: TierReason
) -> StandingChanges:
    """The badges alone: of a referrer, whose friend's visit it is."""
    won, lost = await _badge_changes(tx, client.id, visit_id, reason)
    is_return = reason is TierReason.RETURN
    await _tell(tx, client, risen_to=None, fallen_to=None, won=won, lost=lost, is_return=is_return)
    return StandingChanges(client.tier, client.tier, won, lost)


async def qualifying_value(tx: Tx, client_id: int) -> int:
    """What the client has in today's window, in what the programme qualifies by."""
    rules = tx.programme.tiers
    since = window_start(tx.today, rules.window_days)
    return await qualifying.qualifying_value(tx.db, client_id, rules.qualify_by, since=since)


async def _without_visit(tx: Tx, client_id: int, held: Level, visit_id: int | None) -> Level:
    """The level as it would be had the visit not lifted the client; else the one held."""
    if visit_id is None or held.invitation_only:
        return held
    lifts = await tiers.lifts_since_decision(tx.db, client_id)
    justified = _justified(lifts, visit_id)
    if justified is None:
        return held
    rules = tx.programme.tiers
    levels = [found for code in justified if (found := rules.level(code)) is not None]
    reached = level_for(tx.programme, await qualifying_value(tx, client_id))
    return min(held, max([reached, *levels], key=rules.rank), key=rules.rank)


def _justified(lifts: Sequence[Lift], visit_id: int) -> list[str] | None:
    """Codes of levels that the client had without the visits that are gone; None: none had lifted.

    A lift counts if its visit does, unless it stood on one that went only later.
    """
    kept = [lift.from_tier for lift in lifts[:1]]
    gone: list[Lift] = []
    for lift in lifts:
        if lift.visit_id == visit_id or lift.gone_at is not None:
            gone.append(lift)
        elif not any(_was_there(before, lift, visit_id) for before in gone):
            kept.append(lift.to_tier)
    return kept if gone else None


def _was_there(gone: Lift, lift: Lift, visit_id: int) -> bool:
    """Whether the visit that is gone still counted when the other lifted the client."""
    if gone.visit_id == visit_id:
        return True
    return gone.gone_at is not None and gone.gone_at > lift.at


async def move_to_level(
    tx: Tx,
    client: Client,
    level: Level,
    reason: TierReason,
    *,
    visit_id: int | None = None,
    until: date | None = None,
    since: date | None = None,
) -> None:
    """Puts a locked client on a level, up to a day where it is an invitation with an end.

    What was said of losing the level held before is over. `since`: where it is not from today on.
    """
    changes = {"tier": level.code, "tier_since": since or tx.today, "tier_until": until}
    nothing_said = {"tier_warned_for": None, "tier_warned_on": None}
    await clients.change(tx.db, client.id, changes | nothing_said)
    await tiers.add_change(
        tx.db,
        client_id=client.id,
        from_tier=client.tier,
        to_tier=level.code,
        reason=reason,
        visit_id=visit_id,
        now=tx.now,
        until=until,
    )


async def _badge_changes(
    tx: Tx, client_id: int, visit_id: int | None, reason: TierReason
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Badges won and badges taken back by this visit."""
    if not tx.programme.badges:
        return (), ()
    held = await badges.held(tx.db, client_id)
    if reason is TierReason.VISIT:
        has = {grant.badge for grant in held}
        missing = [badge for badge in tx.programme.badges if badge.code not in has]
        facts = await badge_facts(tx, client_id, missing)
        won = [
            code
            for code in earned_badges(tx.programme, facts)
            if code not in has
            and await badges.grant(tx.db, client_id, code, visit_id=visit_id, now=tx.now)
        ]
        return tuple(won), ()
    earned = earned_badges(tx.programme, await badge_facts(tx, client_id, tx.programme.badges))
    shaky = {grant.badge for grant in held if grant.shaken or grant.visit_id == visit_id}
    lost = [badge.code for badge in tx.programme.badges if badge.code in shaky - set(earned)]
    if lost:
        await badges.revoke(tx.db, client_id, lost, now=tx.now)
    return (), tuple(lost)


async def badge_facts(tx: Tx, client_id: int, some: Sequence[Badge]) -> VisitFacts:
    """What these badges look at in this client's history, and no more of it."""
    asked = {badge.rule.measure for badge in some}
    facts = VisitFacts(this_month=(tx.today.year, tx.today.month))
    if asked & {BadgeMeasure.VISITS, BadgeMeasure.BILL}:
        totals = await visits.totals(tx.db, client_id)
        facts = replace(facts, visits=totals.visits, largest_bill=totals.largest_bill)
    if BadgeMeasure.MONTHS_IN_A_ROW in asked:
        facts = replace(facts, months=await visits.months(tx.db, client_id))
    if BadgeMeasure.REFERRALS in asked:
        facts = replace(facts, referrals=await referrals.came_and_paid(tx.db, client_id))
    return facts


async def _tell(
    tx: Tx,
    client: Client,
    *,
    risen_to: Level | None,
    fallen_to: Level | None,
    won: tuple[str, ...],
    lost: tuple[str, ...],
    is_return: bool,
) -> None:
    if risen_to is not None or won:
        celebration = Celebration(
            level=None if risen_to is None else risen_to.name.of(client.language),
            cashback=None if risen_to is None else cashback_of(tx.programme, risen_to),
            discount=None if risen_to is None else risen_to.discount_percent,
            perks=() if risen_to is None else risen_to.perks[:BADGES_TOLD_MAX],
            badges=_lines(tx.programme, won, client.language),
            privileges=None
            if risen_to is None
            else own_text(tx.programme, OwnText.PRIVILEGES, client.language, risen_to.code),
        )
        await notify(tx, to_client(client), celebration)
    if fallen_to is not None or lost:
        level = None if fallen_to is None else fallen_to.name.of(client.language)
        lines = _lines(tx.programme, lost, client.language)
        taken = TakenBack(level=level, badges=lines, is_return=is_return)
        await notify(tx, to_client(client), taken)


def cashback_of(programme: Programme, level: Level) -> Fraction:
    """What the level earns, where no larger bill says more."""
    own = level.cashback_percent
    return programme.earning.cashback_percent if own is None else own


def _lines(programme: Programme, codes: Sequence[str], language: str) -> tuple[BadgeLine, ...]:
    found = (programme.badge(code) for code in codes[:BADGES_TOLD_MAX])
    return tuple(BadgeLine(badge.icon, badge.name.of(language)) for badge in found if badge)

"""What a client sees of their own account: nothing here writes."""

from datetime import date

from loyalty.badges import badge_progress
from loyalty.expiry import spendable_until
from loyalty.programme import Programme
from loyalty.tiers import TierProgress, level_for, next_review, progress, window_start
from operations.challenges import challenge_links
from operations.deep_links import CardLink, deep_link
from operations.disputed import KINDS
from operations.held_points import reserved, spoken_for
from operations.offers import has_offers
from operations.own_texts import own_text
from operations.senders import Role, Sender
from operations.stamps import stamp_cards
from operations.standing import badge_facts, cashback_of, current_level
from operations.transaction import Tx
from storage import badges, history, pending, qualifying, standing_sums
from storage.clients import Client
from storage.history import Event
from storage.visits import VisitStatus
from templates.client import (
    AWAITED_SHOWN_MAX,
    BADGES_SHOWN_MAX,
    EXPIRIES_SHOWN_MAX,
    HISTORY_PAGE_ROWS,
    LEVELS_SHOWN_MAX,
    PERKS_SHOWN_MAX,
    STAMPS_SHOWN_MAX,
    Awaited,
    Badges,
    BadgeStanding,
    Balance,
    Card,
    Expiry,
    Help,
    History,
    HistoryLine,
    LevelLine,
    Menu,
    NoBadges,
    NoTiers,
    StampsShown,
    Tier,
    Way,
)
from templates.entry_kinds import HistoryKind
from templates.own_texts import OwnText

HISTORY_PAGES_MAX = 500


def menu_of(programme: Programme) -> Menu:
    """Which screens this programme has."""
    return Menu(
        tiers=programme.tiers.stated,
        badges=bool(programme.badges or programme.challenges),
        invite=programme.referral is not None,
        offers=has_offers(programme),
        rewards=bool(programme.rewards),
    )


async def show_card(tx: Tx, client: Client, language: str, bot_username: str) -> Card:
    """The card as it is drawn."""
    level = current_level(tx, client)
    stated = tx.programme.tiers.stated
    assert client.card_number is not None, "registration gives every client a number"
    assert client.card_code is not None, "registration gives every client a code"
    awaited = await pending.of_client(tx.db, client.id)
    return Card(
        business=tx.programme.business.name,
        name=client.name,
        tier=level.name.of(language) if stated else None,
        tier_rank=tx.programme.tiers.rank(level),
        number=client.card_number,
        link=deep_link(bot_username, CardLink(client.card_code)),
        balance=client.balance,
        menu=menu_of(tx.programme),
        stamps=tuple(
            StampsShown(card.stamp.name.of(language), card.have, card.stamp.every)
            for card in (await stamp_cards(tx, client.id))[:STAMPS_SHOWN_MAX]
        ),
        awaited_points=sum(day.points for day in awaited),
        awaited_on=awaited[0].on if awaited else None,
    )


def show_help(tx: Tx, sender: Sender) -> Help:
    """Everything that this person can do."""
    return Help(
        is_client=sender.client is not None,
        is_staff=sender.may_act_as(Role.STAFF),
        is_manager=sender.may_act_as(Role.MANAGER),
        is_owner=sender.may_act_as(Role.OWNER),
        menu=menu_of(tx.programme),
    )


async def show_balance(tx: Tx, client: Client, language: str) -> Balance:
    """Points, the next to expire, and the way to the next level."""
    sums = await standing_sums.of_client(
        tx.db,
        client.id,
        now=tx.now,
        expiries_max=EXPIRIES_SHOWN_MAX,
        qualify_by=tx.programme.tiers.qualify_by,
        since=_windows(tx),
    )
    stated = tx.programme.tiers.stated
    steps = _progress(tx, client, sums.value, sums.value_at_review)
    return Balance(
        points=client.balance,
        expiring=tuple(
            Expiry(lot.amount, spendable_until(lot.valid_through, tx.today))
            for lot in sums.expiring
            if lot.valid_through
        ),
        tier=steps.current.name.of(language) if stated else None,
        way=_way(tx.programme, steps, language) if stated else None,
        visits=client.visits,
        menu=menu_of(tx.programme),
        awaited=tuple(Awaited(day.points, day.on) for day in sums.awaited[:AWAITED_SHOWN_MAX]),
        awaited_points=sum(day.points for day in sums.awaited),
        reserved=reserved(client, await spoken_for(tx, client)) if sums.is_spoken_for else None,
    )


async def show_history(tx: Tx, client: Client, language: str, page: int) -> History:
    """This page, or the nearest that there is."""
    records = await history.records_of(tx.db, client.id)
    total = await history.count(tx.db, records)
    pages = min(max(-(-total // HISTORY_PAGE_ROWS), 1), HISTORY_PAGES_MAX)
    page = min(max(page, 1), pages)
    events = await history.page(
        tx.db, records, limit=HISTORY_PAGE_ROWS, offset=(page - 1) * HISTORY_PAGE_ROWS
    )
    lines = tuple(_line(tx.programme, event, language) for event in events)
    return History(lines, page, pages)


async def show_tier(tx: Tx, client: Client, language: str) -> Tier | NoTiers:
    """The levels, the client's own marked."""
    rules = tx.programme.tiers
    if not rules.stated:
        return NoTiers(cashback_of(tx.programme, level_for(tx.programme, 0)))
    steps = await tier_progress(tx, client)
    return Tier(
        levels=tuple(
            LevelLine(
                name=level.name.of(language),
                is_own=level.code == steps.current.code,
                threshold=level.from_,
                cashback=cashback_of(tx.programme, level),
                discount=level.discount_percent,
                perks=level.perks[:PERKS_SHOWN_MAX],
                privileges=own_text(tx.programme, OwnText.PRIVILEGES, language, level.code),
            )
            for level in (
                # Their own as they have it: an invitation keeps what it promised.
                steps.current if listed.code == steps.current.code else listed
                for listed in rules.levels[:LEVELS_SHOWN_MAX]
            )
        ),
        qualify_by=rules.qualify_by,
        value=steps.value,
        window_days=rules.window_days,
        way=_way(tx.programme, steps, language),
        missing_to_stay=steps.missing_to_stay,
        kept_until=steps.kept_until,
        by_invitation=steps.current.invitation_only,
        menu=menu_of(tx.programme),
        invited_until=client.tier_until if steps.current.invitation_only else None,
    )


async def show_badges(tx: Tx, client: Client, language: str) -> Badges | NoBadges:
    """Badges won, in the order of winning, then the others with the way to them."""
    if not tx.programme.badges:
        return NoBadges(challenge_links(tx, language))
    won_at = {held.badge: held.granted_at for held in await badges.held(tx.db, client.id)}
    standings = []
    facts = await badge_facts(tx, client.id, tx.programme.badges)
    for step in badge_progress(tx.programme, facts):
        badge = tx.programme.badge(step.code)
        assert badge is not None, "the progress is over the programme's own badges"
        standing = BadgeStanding(
            icon=badge.icon,
            name=badge.name.of(language),
            measure=badge.rule.measure,
            goal=step.goal,
            have=min(step.have, step.goal),
            won_at=won_at.get(step.code),
        )
        standings.append(standing)
    won = [standing for standing in standings if standing.won_at is not None]
    others = [standing for standing in standings if standing.won_at is None]
    return Badges(
        tuple(won[:BADGES_SHOWN_MAX]),
        tuple(others[:BADGES_SHOWN_MAX]),
        challenge_links(tx, language),
    )


async def tier_progress(tx: Tx, client: Client) -> TierProgress:
    """Where the client stands today, and what of it the next review will still see."""
    value, value_at_review = await qualifying.qualifying_values(
        tx.db, client.id, tx.programme.tiers.qualify_by, since=_windows(tx)
    )
    return _progress(tx, client, value, value_at_review)


def _windows(tx: Tx) -> tuple[date, date]:
    """The first days of today's window and of that of the next review."""
    rules = tx.programme.tiers
    at_review = window_start(next_review(rules.review, tx.today), rules.window_days)
    return window_start(tx.today, rules.window_days), at_review


def _progress(tx: Tx, client: Client, value: int, value_at_review: int) -> TierProgress:
    return progress(
        tx.programme,
        current_level(tx, client),
        value,
        today=tx.today,
        value_at_review=value_at_review,
    )


def _way(programme: Programme, steps: TierProgress, language: str) -> Way | None:
    if steps.next is None:
        return None
    return Way(programme.tiers.qualify_by, steps.missing, steps.next.name.of(language))


def _line(programme: Programme, event: Event, language: str) -> HistoryLine:
    listed = None if event.service_code is None else programme.service(event.service_code)
    return HistoryLine(
        kind=KINDS.get(event.kind, HistoryKind.OTHER),
        at=event.at,
        points=event.points,
        visit_id=event.visit_id,
        service=listed.name.of(language) if listed else event.service_text or event.service_code,
        bill=event.bill,
        undone=event.status == VisitStatus.UNDONE,
        returned=event.returned,
        is_returned=event.status == VisitStatus.RETURNED,
        active_on=event.active_on,
    )

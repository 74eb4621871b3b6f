"""/offers: what there is beside points for a bill. Nothing here writes."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from loyalty.programme import Level, Programme
from loyalty.programme.offers import Partner, Promotion
from loyalty.promotions import is_for_tier, is_on, is_over, is_running
from operations.actions import birthday_points
from operations.challenges import challenge_links
from operations.feedback import visit_to_rate
from operations.partners import is_offered_to
from operations.stamps import stamp_cards
from operations.standing import current_level
from operations.transaction import Tx
from storage import partner_codes
from storage.clients import Client
from storage.partner_codes import NO_STOCK
from templates.offers import (
    PARTNERS_SHOWN_MAX,
    PROMOTIONS_SHOWN_MAX,
    SERVICES_NAMED_MAX,
    STAMPS_SHOWN_MAX,
    Offers,
    PromotionLine,
    StampsLine,
)
from templates.partners import (
    LEVELS_NAMED_MAX,
    PARTNERS_PAGE_ROWS,
    Access,
    PartnerLine,
    PartnerList,
)


def has_offers(programme: Programme) -> bool:
    """Whether this programme has anything for /offers to tell."""
    actions = programme.actions
    asked_for = actions.birthday_told or actions.review
    return bool(programme.promotions or programme.stamps or programme.partners or asked_for)


async def show_offers(tx: Tx, client: Client | None, language: str, *, for_owner: bool) -> Offers:
    """Everything for this client; without one, for an owner who only looks, everything there is.

    `for_owner` adds what was taken of the partners' codes.
    """
    level = None if client is None else current_level(tx, client)
    mine = [p for p in tx.programme.promotions if level is None or is_for_tier(p, level.code)]
    now = [promotion for promotion in mine if is_running(promotion, tx.today)]
    soon = [p for p in mine if not is_running(p, tx.today) and not is_over(p, tx.today)]
    soon.sort(key=lambda promotion: promotion.from_ or tx.today)
    partners = await _partner_lines(tx, client, level, language, for_owner=for_owner)
    visit = None if client is None else await visit_to_rate(tx, client, language)
    return Offers(
        now=_promotion_lines(tx, now, language),
        soon=_promotion_lines(tx, soon, language),
        more_promotions=_beyond(now, PROMOTIONS_SHOWN_MAX) + _beyond(soon, PROMOTIONS_SHOWN_MAX),
        stamps=() if client is None else await _stamps_lines(tx, client, language),
        partners=partners[:PARTNERS_SHOWN_MAX],
        more_partners=_beyond(partners, PARTNERS_SHOWN_MAX),
        birthday_points=0 if client is None else birthday_points(tx.programme, client),
        review_points=0 if visit is None else tx.programme.actions.review,
        has_card=client is not None,
        challenges=() if client is None else challenge_links(tx, language),
    )


async def show_partners(
    tx: Tx, client: Client | None, language: str, page: int, *, for_owner: bool
) -> PartnerList:
    """This page of all the partners, or the nearest that there is."""
    level = None if client is None else current_level(tx, client)
    lines = await _partner_lines(tx, client, level, language, for_owner=for_owner)
    pages = max(-(-len(lines) // PARTNERS_PAGE_ROWS), 1)
    page = min(max(page, 1), pages)
    first = (page - 1) * PARTNERS_PAGE_ROWS
    return PartnerList(lines[first : first + PARTNERS_PAGE_ROWS], page, pages)


def _beyond(found: Sequence[object], shown_max: int) -> int:
    return max(len(found) - shown_max, 0)


# -- promotions and stamps


def _promotion_lines(
    tx: Tx, found: Sequence[Promotion], language: str
) -> tuple[PromotionLine, ...]:
    return tuple(_promotion_line(tx, one, language) for one in found[:PROMOTIONS_SHOWN_MAX])


def _promotion_line(tx: Tx, promotion: Promotion, language: str) -> PromotionLine:
    listed = [tx.programme.service(code) for code in promotion.services]
    services = tuple(service.name.of(language) for service in listed if service)
    has_begun = is_running(promotion, tx.today)
    return PromotionLine(
        name=promotion.name.of(language),
        times=None if promotion.multiply is None else _as_decimal(promotion.multiply),
        add=promotion.add,
        # Of one that runs people want to know until when, no longer since when.
        first_day=None if has_begun else promotion.from_,
        last_day=promotion.to,
        weekdays=() if len(promotion.weekdays) == 7 else tuple(sorted(promotion.weekdays)),
        services=services[:SERVICES_NAMED_MAX],
        more_services=_beyond(services, SERVICES_NAMED_MAX),
        is_today=is_on(promotion, tx.today),
    )


def _as_decimal(factor: Fraction) -> Decimal:
    """Exact: the file writes factors as decimals."""
    return Decimal(factor.numerator) / Decimal(factor.denominator)


async def _stamps_lines(tx: Tx, client: Client, language: str) -> tuple[StampsLine, ...]:
    cards = await stamp_cards(tx, client.id)
    return tuple(
        StampsLine(card.stamp.name.of(language), card.have, card.stamp.every, card.is_next_free)
        for card in cards[:STAMPS_SHOWN_MAX]
    )


# -- partners


async def _partner_lines(
    tx: Tx, client: Client | None, level: Level | None, language: str, *, for_owner: bool
) -> tuple[PartnerLine, ...]:
    """Those whose codes can be had first: nobody scrolls past what is for others."""
    if not tx.programme.partners:
        return ()
    held = {} if client is None else await partner_codes.of_client(tx.db, client.id)
    stocks = await partner_codes.stocks(tx.db)
    lines = []
    for partner in tx.programme.partners:
        stock = stocks.get(partner.code, NO_STOCK)
        counts = for_owner and partner.codes is not None
        line = PartnerLine(
            code=partner.code,
            name=partner.name.of(language),
            offer=partner.offer.of(language),
            access=_access(partner, level, is_held=partner.code in held, left=stock.left),
            levels=_level_names(tx.programme, partner, language),
            taken=stock.taken if counts else None,
            left=stock.left if counts else None,
        )
        lines.append(line)
    for_others = (Access.NONE_LEFT, Access.OTHER_LEVELS)
    return tuple(sorted(lines, key=lambda line: line.access in for_others))


def _access(partner: Partner, level: Level | None, *, is_held: bool, left: int) -> Access:
    if is_held:
        return Access.HELD
    if level is None:
        return Access.LOOK
    if not is_offered_to(partner, level):
        return Access.OTHER_LEVELS
    if partner.codes is None:
        return Access.NO_CODE
    return Access.TAKE if left else Access.NONE_LEFT


def _level_names(programme: Programme, partner: Partner, language: str) -> tuple[str, ...]:
    found = (programme.tiers.level(code) for code in partner.tiers)
    names = [level.name.of(language) for level in found if level]
    return tuple(names[:LEVELS_NAMED_MAX])

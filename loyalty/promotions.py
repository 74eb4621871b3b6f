"""Promotions: more points for a while (rules 5 and 6). Of those that apply the best one counts."""

from datetime import date
from fractions import Fraction

from loyalty.programme.offers import Promotion

NO_FACTOR = Fraction(1)


def is_running(promotion: Promotion, day: date) -> bool:
    """Whether the day lies between its dates, both included, whatever the weekday."""
    begun = promotion.from_ is None or promotion.from_ <= day
    return begun and not is_over(promotion, day)


def is_over(promotion: Promotion, day: date) -> bool:
    """Whether its last day has passed."""
    return promotion.to is not None and promotion.to < day


def is_on(promotion: Promotion, day: date) -> bool:
    """Whether it gives points on this business day: it runs, and the weekday is one of its own."""
    return is_running(promotion, day) and (
        not promotion.weekdays or day.weekday() in promotion.weekdays
    )


def is_for(promotion: Promotion, *, service_code: str | None, tier: str) -> bool:
    """Whether it is meant for this service and this level; one without a list is for all."""
    service_fits = not promotion.services or service_code in promotion.services
    return service_fits and is_for_tier(promotion, tier)


def is_for_tier(promotion: Promotion, tier: str) -> bool:
    """Whether clients of this level get it."""
    return not promotion.tiers or tier in promotion.tiers


def promoted(base: int, *, eligible: int, factor: Fraction, addition: int) -> int:
    """What a visit earns with a promotion: floor(base × factor) + addition, never less than base.

    The addition is for a visit that earns at all: one with an eligible amount (minor units).
    """
    if factor < 1 or addition < 0:
        raise ValueError("a promotion gives more, never less")
    multiplied = base * factor.numerator // factor.denominator
    return multiplied + (addition if eligible > 0 else 0)


def base_of(earned: int, *, factor: Fraction, addition: int) -> int:
    """What a visit would have earned without its promotion: the other way round.

    As no factor is below 1, exactly one whole number leads to what was earned.
    """
    multiplied = max(earned - addition, 0)
    return -(-multiplied * factor.denominator // factor.numerator)


def factor_of(promotion: Promotion) -> Fraction:
    """What the points are multiplied by; 1 for a promotion that adds."""
    return NO_FACTOR if promotion.multiply is None else promotion.multiply


def addition_of(promotion: Promotion) -> int:
    """The points that are added; 0 for a promotion that multiplies."""
    return promotion.add or 0


def best_promotion(
    promotions: tuple[Promotion, ...],
    *,
    day: date,
    service_code: str | None,
    tier: str,
    base: int,
    eligible: int,
) -> Promotion | None:
    """The one that gives this visit most, the first of equals; None where none gives anything."""
    best: Promotion | None = None
    most = base
    for promotion in promotions:
        if not is_on(promotion, day) or not is_for(promotion, service_code=service_code, tier=tier):
            continue
        earned = promoted(
            base,
            eligible=eligible,
            factor=factor_of(promotion),
            addition=addition_of(promotion),
        )
        if earned > most:
            best, most = promotion, earned
    return best

"""The terms of a visit: what is paid, with what, and what it earns (rules 5, 6 and 7)."""

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from loyalty.points import cashback_percent, earned
from loyalty.programme.model import Level, Programme
from loyalty.promotions import NO_FACTOR, addition_of, best_promotion, factor_of, promoted
from loyalty.refusals import Refusal

ALL_OF_IT = Fraction(100)


@dataclass(frozen=True)
class VisitTerms:
    """One visit's figures; money in minor units. `bill` is the amount before any discount.

    The rates are kept with them: a return, later, is reckoned at the rates that the visit had.
    """

    bill: int
    discount_percent: Fraction
    discount: int
    points_spent: int
    point_value: int
    points_paid_minor: int
    eligible: int  # what earns, and what counts as spend for tiers
    to_pay: int
    percent: Fraction  # the cashback that applied
    points_earned: int
    tier: str  # the level's code, held before the visit
    excluded: bool  # the service earns nothing
    promotion: str | None = None  # the code of the promotion that counted
    promotion_factor: Fraction = NO_FACTOR  # what the points were multiplied by
    promotion_add: int = 0  # points added
    stamp: str | None = None  # the code of the stamps that made the visit free

    @property
    def base_points(self) -> int:
        """What the visit earns without its promotion."""
        return earned(self.eligible, self.percent, self.point_value)

    @property
    def promotion_points(self) -> int:
        """How many of the points earned are the promotion's."""
        return self.points_earned - self.base_points


class PointsRefused(Refusal):
    """More points than this bill and balance allow, or fewer than the programme's minimum.

    `largest` is the most that can be spent now; 0: no points at all can pay this bill.
    """

    def __init__(self, asked: int, *, smallest: int, largest: int) -> None:
        super().__init__(asked, smallest, largest)
        self.asked = asked
        self.smallest = smallest
        self.largest = largest


def visit_terms(
    programme: Programme,
    level: Level,
    *,
    bill: int,
    service_code: str | None,
    points_spent: int = 0,
    day: date | None = None,
    stamp: str | None = None,
) -> VisitTerms:
    """The figures of a visit, each rounded down in rule 5's order.

    `service_code` is a listed service's code; anything else, None too, is a service that staff
    typed, which earns. `day` is the business day: its best promotion counts; None: no promotion
    is looked for. `stamp` is the code of the stamps that make the visit free: all of the bill is
    discount then. Raises PointsRefused beyond the share of the bill that points may pay (the
    balance is `check_points`'s matter).
    """
    if stamp is not None:
        level = replace(level, discount_percent=ALL_OF_IT)
    discount = _discount(level, bill)
    payable = bill - discount
    largest = _share_in_points(programme, payable)
    if points_spent < 0 or points_spent > largest:
        smallest = smallest_redemption(programme)
        raise PointsRefused(
            points_spent, smallest=smallest, largest=largest if largest >= smallest else 0
        )
    point_value = programme.points.value
    paid_with_points = points_spent * point_value
    to_pay = payable - paid_with_points
    service = None if service_code is None else programme.service(service_code)
    excluded = service is not None and service.excluded
    eligible = 0 if excluded else to_pay
    percent = cashback_percent(programme, level, bill)
    terms = VisitTerms(
        bill=bill,
        discount_percent=level.discount_percent,
        discount=discount,
        points_spent=points_spent,
        point_value=point_value,
        points_paid_minor=paid_with_points,
        eligible=eligible,
        to_pay=to_pay,
        percent=percent,
        points_earned=earned(eligible, percent, point_value),
        tier=level.code,
        excluded=excluded,
        stamp=stamp,
    )
    return terms if day is None else _with_promotion(programme, terms, day, service_code)


def _with_promotion(
    programme: Programme, terms: VisitTerms, day: date, service_code: str | None
) -> VisitTerms:
    """The terms with the promotion that gives most on this day; as they are where none does."""
    best = best_promotion(
        programme.promotions,
        day=day,
        service_code=service_code,
        tier=terms.tier,
        base=terms.points_earned,
        eligible=terms.eligible,
    )
    if best is None:
        return terms
    return _earning(
        replace(
            terms,
            promotion=best.code,
            promotion_factor=factor_of(best),
            promotion_add=addition_of(best),
        )
    )


def _earning(terms: VisitTerms) -> VisitTerms:
    """The terms with the points that their eligible amount, rates and promotion come to."""
    points = promoted(
        terms.base_points,
        eligible=terms.eligible,
        factor=terms.promotion_factor,
        addition=terms.promotion_add,
    )
    return replace(terms, points_earned=points)


def max_points(programme: Programme, level: Level, bill: int, active_balance: int) -> int:
    """The most points that may pay of this bill; 0 where that is under the minimum (rule 7)."""
    within_bill = _share_in_points(programme, bill - _discount(level, bill))
    largest = min(within_bill, active_balance)
    return largest if largest >= smallest_redemption(programme) else 0


def check_points(
    programme: Programme, level: Level, *, bill: int, active_balance: int, asked: int
) -> None:
    """Raises PointsRefused, with the largest figure, unless so many points may pay of this bill."""
    largest = max_points(programme, level, bill, active_balance)
    smallest = smallest_redemption(programme)
    if not smallest <= asked <= largest:
        raise PointsRefused(asked, smallest=smallest, largest=largest)


def rest_of(terms: VisitTerms, rest: int) -> VisitTerms:
    """What a visit amounts to when only this rest of its bill is left: a return (rule 8).

    `terms` are the visit's as earlier returns left them. The rates stay those that it had, also
    where the rest alone would reach no step, and so does its promotion. Points come back first, as
    many whole ones as the returned amount is worth, then money: so a return never turns points into
    money. What is to be reversed, restored and refunded is the difference from `terms`; none of it
    is ever negative, however many returns follow each other.
    """
    if not 0 <= rest <= terms.bill:
        raise ValueError("the rest of a bill is no more than the bill")
    discount = _share(rest, terms.discount_percent)
    payable = rest - discount
    restored = (terms.bill - terms.discount - payable) // terms.point_value
    points_that_cover_it = -(-payable // terms.point_value)
    points_spent = min(max(terms.points_spent - restored, 0), points_that_cover_it)
    paid_with_points = min(points_spent * terms.point_value, payable)
    to_pay = payable - paid_with_points
    eligible = 0 if terms.excluded else to_pay
    return _earning(
        replace(
            terms,
            bill=rest,
            discount=discount,
            points_spent=points_spent,
            points_paid_minor=paid_with_points,
            eligible=eligible,
            to_pay=to_pay,
        )
    )


def smallest_redemption(programme: Programme) -> int:
    """The fewest points that can be spent at once: never none."""
    return max(programme.redeeming.min_points, 1)


def _discount(level: Level, bill: int) -> int:
    """The tier's discount, down to the minor unit."""
    if bill <= 0:
        raise ValueError("a bill is a positive amount")
    return _share(bill, level.discount_percent)


def _share_in_points(programme: Programme, payable: int) -> int:
    """Whole points that fit in the share of this amount that points may pay."""
    return _share(payable, programme.redeeming.max_share_percent) // programme.points.value


def _share(amount: int, percent: Fraction) -> int:
    """So many percent of an amount, down to the minor unit."""
    return amount * percent.numerator // (percent.denominator * 100)

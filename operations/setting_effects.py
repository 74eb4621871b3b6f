"""What a changed figure means: an example, what stays as promised, and what may not be at all."""

from collections.abc import Callable
from fractions import Fraction

from loyalty.birthdays import gift_points
from loyalty.points import valid_through
from loyalty.programme import Level, Programme, Promotion
from loyalty.programme.settable import Figure, Section
from loyalty.promotions import addition_of, factor_of, promoted
from loyalty.visits import visit_terms
from operations.promotions import promotion_of
from operations.stamps import stamp_of
from operations.transaction import Tx
from storage import clients, stamps
from templates.settings import Barrier, Example, ExampleKind, Kept

EXAMPLE_BILL_MAJOR = 1_000
EXAMPLE_POINTS = 100

_VISITS = (Kept.VISITS, Kept.PREVIEWS)
_KEPT: dict[str, tuple[Kept, ...]] = {
    "points_value": (Kept.POINTS_MORE, *_VISITS),
    "points_welcome": (Kept.GIFTS, Kept.AGREED),
    "points_pending_days": (Kept.PENDING,),
    "points_lifetime_days": (Kept.LOTS, Kept.RESTING_LIFETIME),
    "points_warn_days": (Kept.LOTS,),
    "earning_cashback_percent": _VISITS,
    "earning_step_cashback_percent": _VISITS,
    "redeeming_max_share_percent": (Kept.PREVIEWS,),
    "redeeming_min_points": (Kept.PREVIEWS,),
    "redeeming_hold_minutes": (Kept.HOLDS,),
    "tiers_window_days": (Kept.LEVELS,),
    "tiers_review": (Kept.LEVELS,),
    "tiers_warn_days": (Kept.TOLD,),
    "tiers_from": (Kept.LEVELS,),
    "tiers_cashback_percent": _VISITS,
    "tiers_discount_percent": _VISITS,
    "referral_referrer_points": (Kept.GIFTS, Kept.FRIENDS),
    "referral_friend_points": (Kept.GIFTS, Kept.FRIENDS),
    "referral_qualifying_bill": (Kept.FRIENDS,),
    "referral_monthly_cap": (Kept.FRIENDS,),
    "birthday_points": (Kept.GIFTS,),
    "birthday_points_by_tier": (Kept.GIFTS,),
    "birthday_valid_days": (Kept.GIFTS,),
    "win_back_points": (Kept.GIFTS,),
    "win_back_valid_days": (Kept.GIFTS,),
    "actions_birthday_told": (Kept.GIFTS,),
    "actions_review": (Kept.GIFTS, Kept.REVIEWS),
    "rewards_cost": (Kept.CLAIMS,),
    "rewards_stock": (Kept.CLAIMS,),
    "promotions_multiply": _VISITS,
    "promotions_add": _VISITS,
    "stamps_every": (Kept.STAMPS, Kept.PREVIEWS),
    "adverts_weekly_cap": (Kept.CONSENT,),
    "feedback_answer_within_hours": (Kept.CASES,),
}


def kept_by(figure: Figure, programme: Programme) -> tuple[Kept, ...]:
    """What was promised before and stays, whatever this figure becomes."""
    kept = _KEPT.get(figure.word, ())
    level = None if figure.of_code is None else programme.tiers.level(figure.of_code)
    invited = figure.section is Section.TIERS and level is not None and level.invitation_only
    return (*kept, Kept.INVITED) if invited else kept


# -- what may not be


async def barrier(tx: Tx, figure: Figure, before: Programme, after: Programme) -> Barrier | None:
    """The promise that the change would break; None: it breaks none."""
    old, new = figure.get(before), figure.get(after)
    match figure.word:
        case "points_value":
            cheaper = after.points.value < before.points.value
            return Barrier.WORTH_LESS if cheaper and await clients.any_points(tx.db) else None
        case "redeeming_max_share_percent":
            nothing = bool(old) and not new
            return Barrier.UNSPENDABLE if nothing and await clients.any_points(tx.db) else None
        case "stamps_every":
            return await _more_stamps(tx, figure, before, after)
        case "promotions_multiply" | "promotions_add":
            return _promotion_less(tx, figure, before, after)
        case "adverts_quiet_from" | "adverts_quiet_to":
            was, will_be = before.adverts.quiet_hours, after.adverts.quiet_hours
            wakes = was.cover_the_night and not will_be.cover_the_night
            return Barrier.NO_NIGHT if wakes else None
    return None


async def _more_stamps(
    tx: Tx, figure: Figure, before: Programme, after: Programme
) -> Barrier | None:
    old, new = stamp_of(before, figure.of_code), stamp_of(after, figure.of_code)
    if old is None or new is None or new.every <= old.every:
        return None
    return Barrier.MORE_STAMPS if await stamps.any_collected(tx.db, old.service) else None


def _promotion_less(tx: Tx, figure: Figure, before: Programme, after: Programme) -> Barrier | None:
    old, new = promotion_of(before, figure.of_code), promotion_of(after, figure.of_code)
    if old is None or new is None or (old.to is not None and old.to < tx.today):
        return None
    less = factor_of(new) < factor_of(old) or addition_of(new) < addition_of(old)
    return Barrier.PROMOTION_LESS if less else None


# -- examples


def example_of(
    tx: Tx, figure: Figure, before: Programme, after: Programme, language: str
) -> Example | None:
    """The effect in figures; None where there is nothing to reckon, or it comes to the same."""
    reckon = _EXAMPLES.get(figure.word)
    found: Example | None = None if reckon is None else reckon(tx, figure, before, after, language)
    if found is None or (found.before, found.until_before) == (found.after, found.until_after):
        return None
    return found


def _bill(programme: Programme) -> int:
    minor_in_one: int = 10**programme.business.minor_digits
    return EXAMPLE_BILL_MAJOR * minor_in_one


def _level(figure: Figure, programme: Programme) -> Level | None:
    """Whose figure it is; of a figure for all, the first level that it is about."""
    levels = programme.tiers.levels
    if figure.of_code is not None:
        return programme.tiers.level(figure.of_code)
    if figure.word == "earning_cashback_percent":
        return next((level for level in levels if level.cashback_percent is None), None)
    return levels[0]


def _said(level: Level, programme: Programme, language: str) -> str | None:
    return level.name.of(language) if programme.tiers.stated else None


def _earns(
    tx: Tx, figure: Figure, before: Programme, after: Programme, language: str
) -> Example | None:
    old, new = _level(figure, before), _level(figure, after)
    if old is None or new is None:
        return None
    bill = _bill(before) if figure.from_bill is None else figure.from_bill
    points = [
        visit_terms(programme, level, bill=bill, service_code=None).points_earned
        for programme, level in ((before, old), (after, new))
    ]
    said = _said(new, after, language)
    return Example(ExampleKind.EARNS, points[0], points[1], bill=bill, level=said)


def _pays(
    tx: Tx, figure: Figure, before: Programme, after: Programme, language: str
) -> Example | None:
    old, new = _level(figure, before), _level(figure, after)
    if old is None or new is None:
        return None
    bill = _bill(before)
    to_pay = [
        visit_terms(programme, level, bill=bill, service_code=None).to_pay
        for programme, level in ((before, old), (after, new))
    ]
    said = _said(new, after, language)
    return Example(ExampleKind.PAYS, to_pay[0], to_pay[1], bill=bill, level=said)


def _promoted(
    tx: Tx, figure: Figure, before: Programme, after: Programme, language: str
) -> Example | None:
    old, new = promotion_of(before, figure.of_code), promotion_of(after, figure.of_code)
    if old is None or new is None:
        return None
    levels = [before.tiers.level(code) for code in old.tiers] or [before.tiers.levels[0]]
    level = levels[0]
    if level is None:
        return None
    bill = _bill(before)
    terms = visit_terms(before, level, bill=bill, service_code=None)

    def gives(promotion: Promotion) -> int:
        return promoted(
            terms.points_earned,
            eligible=terms.eligible,
            factor=factor_of(promotion),
            addition=addition_of(promotion),
        )

    said = _said(level, after, language)
    return Example(ExampleKind.EARNS, gives(old), gives(new), bill=bill, level=said)


def _share(tx: Tx, figure: Figure, before: Programme, after: Programme, language: str) -> Example:
    bill = _bill(before)

    def most(programme: Programme) -> int:
        percent: Fraction = programme.redeeming.max_share_percent
        return int(bill * percent / 100) // programme.points.value

    return Example(ExampleKind.SHARE, most(before), most(after), bill=bill)


def _worth(tx: Tx, figure: Figure, before: Programme, after: Programme, language: str) -> Example:
    old, new = before.points.value, after.points.value
    return Example(ExampleKind.WORTH, EXAMPLE_POINTS * old, EXAMPLE_POINTS * new)


def _welcome(tx: Tx, figure: Figure, before: Programme, after: Programme, language: str) -> Example:
    return Example(ExampleKind.WELCOME, before.points.welcome, after.points.welcome)


def _lasts(tx: Tx, figure: Figure, before: Programme, after: Programme, language: str) -> Example:
    old, new = (
        valid_through(tx.today, programme.points.lifetime_days) for programme in (before, after)
    )
    return Example(ExampleKind.LASTS, 0, 0, until_before=old, until_after=new)


def _birthday(
    tx: Tx, figure: Figure, before: Programme, after: Programme, language: str
) -> Example | None:
    level = _level(figure, after)
    if figure.of_code is None and after.birthday is not None:
        theirs = after.birthday.points_by_tier
        level = next((found for found in after.tiers.levels if found.code not in theirs), None)
    if level is None:
        return None
    gifts = [gift_points(programme, level.code) for programme in (before, after)]
    said = _said(level, after, language)
    return Example(ExampleKind.BIRTHDAY, gifts[0], gifts[1], level=said)


def _referral(
    tx: Tx, figure: Figure, before: Programme, after: Programme, language: str
) -> Example | None:
    if before.referral is None or after.referral is None:
        return None
    both = [
        programme.friend_points + programme.referrer_points
        for programme in (before.referral, after.referral)
    ]
    return Example(ExampleKind.REFERRAL, both[0], both[1])


Reckoned = Callable[[Tx, Figure, Programme, Programme, str], Example | None]
_EXAMPLES: dict[str, Reckoned] = {
    "earning_cashback_percent": _earns,
    "earning_step_cashback_percent": _earns,
    "tiers_cashback_percent": _earns,
    "tiers_discount_percent": _pays,
    "promotions_multiply": _promoted,
    "promotions_add": _promoted,
    "redeeming_max_share_percent": _share,
    "points_value": _worth,
    "points_welcome": _welcome,
    "points_lifetime_days": _lasts,
    "birthday_points": _birthday,
    "birthday_points_by_tier": _birthday,
    "referral_referrer_points": _referral,
    "referral_friend_points": _referral,
}

"""Which figures of a programme an owner may change in the bot, and where the file has each.

Nothing is said here of what a figure may be: a new value is written into the file's own tables and
read as the file is (`overrides`), so that the bounds and the mistakes are the file's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from loyalty.programme.model import Programme, QualifyBy
from loyalty.programme.text import Text


class Section(StrEnum):
    """A page of /settings; all but the texts are called as in the file."""

    POINTS = "points"
    EARNING = "earning"
    TIERS = "tiers"
    REDEEMING = "redeeming"
    REFERRAL = "referral"
    BIRTHDAY = "birthday"
    WIN_BACK = "win_back"
    ACTIONS = "actions"
    REWARDS = "rewards"
    PROMOTIONS = "promotions"
    STAMPS = "stamps"
    ADVERTS = "adverts"
    DESK = "desk"
    FEEDBACK = "feedback"
    BUSINESS = "business"
    TEXTS = "texts"


class Kind(StrEnum):
    """What a figure is: how it is typed, written and shown."""

    POINTS = "points"
    MONEY = "money"  # minor units
    PERCENT = "percent"
    FACTOR = "factor"
    COUNT = "count"
    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"
    TIME = "time"
    TWO_TIMES = "two_times"
    WARNINGS = "warnings"  # days ahead, several
    CHOICE = "choice"


@dataclass(frozen=True)
class Item:
    """One table of a list of the file: the one whose `by` says `value`."""

    listed: str
    by: str
    value: str | Fraction


Path = tuple[str | Item, ...]


@dataclass(frozen=True)
class Figure:
    """One of them, in a programme that has it."""

    key: str  # in versions and the audit log: "tiers.silver.cashback_percent"
    section: Section
    kind: Kind
    path: Path  # in the file's tables, the key itself last
    get: Callable[[Programme], object]
    word: str  # what it is called in the product's words: "tiers_cashback_percent"
    may_be_left_out: bool = False  # left out, it is switched off or as somewhere else
    options: tuple[str, ...] = ()  # of a choice
    of: Text | None = None  # the level, reward, … whose figure it is
    of_code: str | None = None
    from_bill: int | None = None  # of a step: the bill (minor units) that reaches it


# section, key, kind, may it be left out
_PLAIN: tuple[tuple[Section, str, Kind, bool], ...] = (
    (Section.POINTS, "value", Kind.MONEY, False),
    (Section.POINTS, "welcome", Kind.POINTS, False),
    (Section.POINTS, "pending_days", Kind.DAYS, False),
    (Section.POINTS, "lifetime_days", Kind.DAYS, False),
    (Section.POINTS, "warn_days", Kind.WARNINGS, False),
    (Section.EARNING, "cashback_percent", Kind.PERCENT, False),
    (Section.REDEEMING, "max_share_percent", Kind.PERCENT, False),
    (Section.REDEEMING, "min_points", Kind.POINTS, False),
    (Section.REDEEMING, "hold_minutes", Kind.MINUTES, False),
    (Section.TIERS, "window_days", Kind.DAYS, False),
    (Section.TIERS, "review", Kind.CHOICE, False),
    (Section.TIERS, "warn_days", Kind.DAYS, False),
    (Section.REFERRAL, "referrer_points", Kind.POINTS, False),
    (Section.REFERRAL, "friend_points", Kind.POINTS, False),
    (Section.REFERRAL, "qualifying_bill", Kind.MONEY, False),
    (Section.REFERRAL, "monthly_cap", Kind.COUNT, False),
    (Section.BIRTHDAY, "points", Kind.POINTS, False),
    (Section.BIRTHDAY, "send_at", Kind.TIME, False),
    (Section.BIRTHDAY, "days_before", Kind.DAYS, False),
    (Section.BIRTHDAY, "valid_days", Kind.DAYS, False),
    (Section.BIRTHDAY, "leap_day", Kind.CHOICE, False),
    (Section.WIN_BACK, "points", Kind.POINTS, False),
    (Section.WIN_BACK, "after_days", Kind.DAYS, False),
    (Section.WIN_BACK, "interval_factor", Kind.FACTOR, False),
    (Section.WIN_BACK, "valid_days", Kind.DAYS, False),
    (Section.WIN_BACK, "repeat_after_days", Kind.DAYS, False),
    (Section.WIN_BACK, "holdout_percent", Kind.PERCENT, False),
    (Section.ACTIONS, "birthday_told", Kind.POINTS, False),
    (Section.ACTIONS, "review", Kind.POINTS, False),
    (Section.ADVERTS, "quiet_from", Kind.TIME, False),
    (Section.ADVERTS, "quiet_to", Kind.TIME, False),
    (Section.ADVERTS, "weekly_cap", Kind.COUNT, False),
    (Section.DESK, "approve_above", Kind.MONEY, True),
    (Section.DESK, "undo_minutes", Kind.MINUTES, False),
    (Section.DESK, "alert_above_visits_per_client_per_day", Kind.COUNT, False),
    (Section.DESK, "odd_hours", Kind.TWO_TIMES, True),
    (Section.FEEDBACK, "ask_after_hours", Kind.HOURS, True),
    (Section.FEEDBACK, "complaint_up_to", Kind.COUNT, False),
    (Section.FEEDBACK, "answer_within_hours", Kind.HOURS, False),
    (Section.FEEDBACK, "apology_points_max", Kind.POINTS, False),
    (Section.BUSINESS, "margin_percent", Kind.PERCENT, True),
)
_OPTIONS = {
    "tiers.review": ("monthly", "quarterly", "yearly"),
    "birthday.leap_day": ("02-28", "03-01"),
}
_QUALIFIED_IN = {
    QualifyBy.SPEND: Kind.MONEY,
    QualifyBy.VISITS: Kind.COUNT,
    QualifyBy.POINTS: Kind.POINTS,
}


def figures(programme: Programme) -> dict[str, Figure]:
    """Every figure that this programme has, by its key, in the order in which they are shown.

    A section that the file leaves out is switched off: only the file switches it on.
    """
    found = [figure for figure in _plain() if getattr(programme, figure.section) is not None]
    found += [
        *_steps(programme),
        *_levels(programme),
        *_gifts_by_level(programme),
        *_offers(programme),
    ]
    return {figure.key: figure for figure in found}


def _plain() -> Iterator[Figure]:
    for section, name, kind, optional in _PLAIN:
        key = f"{section}.{name}"
        yield Figure(
            key=key,
            section=section,
            kind=kind,
            path=(section.value, name),
            get=_getter(section, name),
            word=key.replace(".", "_"),
            may_be_left_out=optional,
            options=_OPTIONS.get(key, ()),
        )


def _getter(section: str, name: str) -> Callable[[Programme], object]:
    def get(programme: Programme) -> object:
        return getattr(getattr(programme, section), name)

    return get


def _steps(programme: Programme) -> Iterator[Figure]:
    for place, step in enumerate(programme.earning.steps):
        major = Fraction(step.bill_from, 10**programme.business.minor_digits)
        yield Figure(
            key=f"earning.step.{decimal_of(major)}.cashback_percent",
            section=Section.EARNING,
            kind=Kind.PERCENT,
            path=("earning", Item("step", "bill_from", major), "cashback_percent"),
            get=lambda p, place=place: p.earning.steps[place].cashback_percent,  # type: ignore[misc]
            word="earning_step_cashback_percent",
            from_bill=step.bill_from,
        )


def _levels(programme: Programme) -> Iterator[Figure]:
    rules = programme.tiers
    for place, level in enumerate(rules.levels if rules.stated else ()):
        parts = [
            ("cashback_percent", Kind.PERCENT, True),
            ("discount_percent", Kind.PERCENT, False),
        ]
        if level.from_:
            parts.insert(0, ("from", _QUALIFIED_IN[rules.qualify_by], False))
        for name, kind, optional in parts:
            field = "from_" if name == "from" else name
            yield Figure(
                key=f"tiers.{level.code}.{name}",
                section=Section.TIERS,
                kind=kind,
                path=("tiers", Item("level", "code", level.code), name),
                get=lambda p, place=place, field=field: getattr(  # type: ignore[misc]
                    p.tiers.levels[place], field
                ),
                word=f"tiers_{name}",
                may_be_left_out=optional,
                of=level.name,
                of_code=level.code,
            )


def _gifts_by_level(programme: Programme) -> Iterator[Figure]:
    if programme.birthday is None or not programme.tiers.stated:
        return
    for level in programme.tiers.levels:
        yield Figure(
            key=f"birthday.points_by_tier.{level.code}",
            section=Section.BIRTHDAY,
            kind=Kind.POINTS,
            path=("birthday", "points_by_tier", level.code),
            get=lambda p, code=level.code: (  # type: ignore[misc]
                None if p.birthday is None else p.birthday.points_by_tier.get(code)
            ),
            word="birthday_points_by_tier",
            may_be_left_out=True,
            of=level.name,
            of_code=level.code,
        )


def _offers(programme: Programme) -> Iterator[Figure]:
    for reward in programme.rewards:
        yield _offered(Section.REWARDS, reward.code, reward.name, "cost", Kind.POINTS)
        yield _offered(
            Section.REWARDS, reward.code, reward.name, "stock", Kind.COUNT, optional=True
        )
    for promotion in programme.promotions:
        name, kind = ("multiply", Kind.FACTOR) if promotion.add is None else ("add", Kind.POINTS)
        yield _offered(Section.PROMOTIONS, promotion.code, promotion.name, name, kind)
    for stamp in programme.stamps:
        yield _offered(Section.STAMPS, stamp.code, stamp.name, "every", Kind.COUNT)


def _offered(
    section: Section, code: str, of: Text, name: str, kind: Kind, *, optional: bool = False
) -> Figure:
    def get(programme: Programme) -> object:
        listed = getattr(programme, section)
        return next((getattr(found, name) for found in listed if found.code == code), None)

    return Figure(
        key=f"{section}.{code}.{name}",
        section=section,
        kind=kind,
        path=(Item(section.value, "code", code), name),
        get=get,
        word=f"{section}_{name}",
        may_be_left_out=optional,
        of=of,
        of_code=code,
    )


def decimal_of(number: Fraction) -> str:
    """An exact decimal number as the file would have it: 5/2 is "2.5"."""
    written = f"{Decimal(number.numerator) / Decimal(number.denominator):f}"
    return written.rstrip("0").rstrip(".") if "." in written else written

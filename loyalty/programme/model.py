"""The programme of one business as values; each comment names what a left-out key means.

Money is in minor units, percents are fractions of 100, points are whole. A section that gives
something away gives nothing where it is left out: `referral`, `birthday` and `win_back` are then
None, and the lists are empty.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from loyalty.currencies import minor_digits
from loyalty.programme.offers import Badge, Challenge, Partner, Promotion, Reward, Stamp
from loyalty.programme.text import Text
from loyalty.quiet_hours import QuietHours

ZERO = Fraction(0)


@dataclass(frozen=True)
class Business:
    """Whose programme it is."""

    name: str  # required, the only key that is
    timezone: ZoneInfo  # Europe/Moscow
    currency: str = "RUB"
    languages: tuple[str, ...] = ("ru",)  # the first is the default of everyone unknown
    phone_region: str = "RU"  # how a number without + is read
    branches: tuple[str, ...] = ()  # one branch, named as the business
    margin_percent: Fraction | None = None  # None: profit is not told, nothing is assumed

    @property
    def minor_digits(self) -> int:
        """Decimals of the currency: 2 for roubles."""
        return minor_digits(self.currency)


@dataclass(frozen=True)
class Service:
    """Something that a visit can be for."""

    code: str
    name: Text
    remind_days: int | None = None  # None: nobody is reminded
    excluded: bool = False  # True: earns nothing, yet is a visit


@dataclass(frozen=True)
class PointRules:
    """What a point is."""

    value: int = 100  # minor units that one point pays; one major unit where it is left out
    welcome: int = 0
    pending_days: int = 0  # 0: earned points are active at once
    lifetime_days: int = 0  # 0: they never expire
    warn_days: tuple[int, ...] = (30, 7, 1)  # days ahead of expiry, the farthest first


@dataclass(frozen=True)
class EarningStep:
    """A larger bill earns more."""

    bill_from: int
    cashback_percent: Fraction


@dataclass(frozen=True)
class EarningRules:
    """What a visit earns where no tier says otherwise."""

    cashback_percent: Fraction = ZERO
    steps: tuple[EarningStep, ...] = ()  # by rising bill


@dataclass(frozen=True)
class ActionPoints:
    """Points for what is not a visit; 0: none."""

    birthday_told: int = 0
    review: int = 0
    survey: int = 0


@dataclass(frozen=True)
class RedeemingRules:
    """How points pay."""

    max_share_percent: Fraction = Fraction(30)  # of the bill after the tier's discount
    min_points: int = 1
    hold_minutes: int = 10


class QualifyBy(StrEnum):
    """What lifts a client to a level."""

    SPEND = "spend"
    VISITS = "visits"
    POINTS = "points"


class Review(StrEnum):
    """When a downgrade can happen: on the first day of such a period."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


@dataclass(frozen=True)
class Level:
    """One tier of the programme."""

    code: str
    name: Text
    from_: int | None = 0  # minor units, visits or points; None: by invitation only
    cashback_percent: Fraction | None = None  # None: as [earning] says
    discount_percent: Fraction = ZERO
    perks: tuple[str, ...] = ()
    invitation_only: bool = False


@dataclass(frozen=True)
class TierRules:
    """The levels, lowest first. There is always one that is reached by nothing at all."""

    levels: tuple[Level, ...]  # left out: one level "base", named as the business
    qualify_by: QualifyBy = QualifyBy.SPEND
    window_days: int = 365
    review: Review = Review.MONTHLY
    warn_days: int = 14
    stated: bool = True  # False: the file has no levels, and people are told of none

    def level(self, code: str) -> Level | None:
        """The level of this code; None for one that the programme no longer has."""
        return next((level for level in self.levels if level.code == code), None)

    def rank(self, level: Level) -> int:
        """Its place from the lowest, 0; the order is the file's, invited levels included."""
        return [known.code for known in self.levels].index(level.code)


@dataclass(frozen=True)
class ReferralRules:
    """Rewards for a client who brings a friend."""

    referrer_points: int = 0
    friend_points: int = 0
    qualifying_bill: int = 0  # 0: any paid visit
    monthly_cap: int = 10  # rewards of one referrer in a calendar month


@dataclass(frozen=True)
class BirthdayRules:
    """The yearly gift."""

    points: int = 0
    points_by_tier: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    send_at: time = time(10)
    days_before: int = 0
    valid_days: int = 14  # a gift missed is given for so long after the birthday
    leap_day: tuple[int, int] = (2, 28)  # month and day for 29 February in common years


@dataclass(frozen=True)
class WinBackRules:
    """An invitation to those who stopped coming; advertising."""

    after_days: int = 90
    interval_factor: Fraction = Fraction(2)
    points: int = 0
    valid_days: int = 21
    repeat_after_days: int = 90
    holdout_percent: Fraction = ZERO


@dataclass(frozen=True)
class AdvertRules:
    """How much advertising a client bears."""

    quiet_from: time = time(21)
    quiet_to: time = time(9)
    weekly_cap: int = 2

    @property
    def quiet_hours(self) -> QuietHours:
        """The window in which no advert is sent."""
        return QuietHours(self.quiet_from, self.quiet_to)


@dataclass(frozen=True)
class DeskRules:
    """What staff may do."""

    approve_above: int | None = None  # None: no bill waits for a manager
    undo_minutes: int = 15
    alert_above_visits_per_client_per_day: int = 3
    odd_hours: QuietHours | None = None  # None: no hour is odd


@dataclass(frozen=True)
class FeedbackRules:
    """What happens after a visit, and after a low rating."""

    ask_after_hours: int | None = None  # None: nobody is asked; /feedback works all the same
    complaint_up_to: int = 3
    answer_within_hours: int = 24
    apology_points_max: int = 0


@dataclass(frozen=True)
class Programme:
    """The whole file. None of a section: it is switched off.

    `texts` are the owner's own, by their key in /settings, such as "texts.welcome.ru".
    """

    business: Business
    tiers: TierRules
    services: tuple[Service, ...] = ()
    points: PointRules = PointRules()
    earning: EarningRules = EarningRules()
    promotions: tuple[Promotion, ...] = ()
    stamps: tuple[Stamp, ...] = ()
    actions: ActionPoints = ActionPoints()
    redeeming: RedeemingRules = RedeemingRules()
    referral: ReferralRules | None = None
    birthday: BirthdayRules | None = None
    win_back: WinBackRules | None = None
    badges: tuple[Badge, ...] = ()
    rewards: tuple[Reward, ...] = ()
    challenges: tuple[Challenge, ...] = ()
    partners: tuple[Partner, ...] = ()
    adverts: AdvertRules = AdvertRules()
    desk: DeskRules = DeskRules()
    feedback: FeedbackRules = FeedbackRules()
    folder: Path | None = None  # where the files that it names lie
    texts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    # The programme as it was at a moment; None: it never was another one.
    earlier: "Callable[[datetime], Programme] | None" = field(
        default=None, compare=False, repr=False
    )

    def as_of(self, moment: datetime) -> "Programme":
        """What people were promised at that moment: this programme, unless a setting was another
        then. What the file said before it was edited is not known."""
        return self if self.earlier is None else self.earlier(moment)

    def service(self, code: str) -> Service | None:
        """The service of this code, if it is listed."""
        return next((service for service in self.services if service.code == code), None)

    def badge(self, code: str) -> Badge | None:
        """The badge of this code, if it is still given."""
        return next((badge for badge in self.badges if badge.code == code), None)

    def reward(self, code: str) -> Reward | None:
        """The reward of this code, if it is still in the catalogue."""
        return next((reward for reward in self.rewards if reward.code == code), None)

    def challenge(self, code: str) -> Challenge | None:
        """The challenge of this code, if it is still listed."""
        return next((found for found in self.challenges if found.code == code), None)

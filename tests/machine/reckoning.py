"""The same figures once more, reckoned by hand from rules.md: what the machine expects."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from loyalty.programme import Challenge, Programme, Score


@dataclass(frozen=True)
class Figures:
    """Of a visit; money in minor units."""

    discount: int
    to_pay: int
    eligible: int
    earned: int


def visit_by_hand(
    programme: Programme, tier: str, day_of_week: int, bill: int, service: str | None, points: int
) -> Figures:
    """Rules 5 and 6, in their order. The machine's promotion doubles repairs on Tuesdays."""
    level = next(level for level in programme.tiers.levels if level.code == tier)
    discount = int(bill * level.discount_percent / 100)
    to_pay = bill - discount - points * programme.points.value
    eligible = 0 if service == "certificate" else to_pay
    own = level.cashback_percent
    percent = Fraction(3 if own is None else own)
    if bill >= 1_000_000:
        percent = max(percent, Fraction(5))
    earned = int(eligible * percent / 100 / programme.points.value)
    if service == "repair" and day_of_week == 1 and tier in ("silver", "gold"):
        earned *= 2
    return Figures(discount, to_pay, eligible, earned)


def largest_redemption(programme: Programme, tier: str, bill: int, available: int) -> int:
    """Rule 7: within the share of the bill after discount and within what there is; or none."""
    level = next(level for level in programme.tiers.levels if level.code == tier)
    payable = bill - int(bill * level.discount_percent / 100)
    largest = min(payable * 30 // 100 // programme.points.value, max(available, 0))
    return largest if largest >= 50 else 0


def rest_by_hand(visit: Any, rest: int) -> tuple[int, int]:
    """Rule 8: points spent and points earned of a visit of which only this rest is left."""
    is_free = visit.discount == visit.bill
    discount = rest if is_free else int(rest * Fraction(visit.discount_percent) / 100)
    came_back = (visit.bill - visit.discount) - (rest - discount)
    spent = max(visit.points_spent - came_back // visit.point_value, 0)
    while spent and (spent - 1) * visit.point_value >= rest - discount:
        spent -= 1  # no point pays for what nothing is to be paid for
    paid = min(spent * visit.point_value, rest - discount)
    eligible = 0 if visit.eligible == 0 else rest - discount - paid
    earned = int(eligible * Fraction(visit.percent) / 100 / visit.point_value)
    factor = Fraction(visit.promotion_factor)
    return spent, int(earned * factor) + (visit.promotion_add if eligible else 0)


def winners_by_hand(
    challenge: Challenge, visits: Iterable[Any], clients: Iterable[Any]
) -> list[int]:
    """Clients by place: by score, of equal ones who was there first."""
    active = {row.id for row in clients if row.status == "active"}
    own: dict[int, list[Any]] = defaultdict(list)
    for visit in visits:
        counts = visit.status == "confirmed" and visit.client_id in active
        scores = challenge.score is Score.VISITS or visit.eligible > 0
        if counts and scores and challenge.from_ <= visit.on_day <= challenge.to:
            own[visit.client_id].append(visit)

    def place(client_id: int) -> tuple[Any, ...]:
        them = own[client_id]
        score = len(them) if challenge.score is Score.VISITS else sum(v.eligible for v in them)
        return -score, max(v.at for v in them), max(v.id for v in them)

    return sorted(own, key=place)


@dataclass(frozen=True)
class Disputed:
    """What a client says is wrong: a visit, an entry, or points that run out."""

    key: str
    client_id: int
    case_id: int = 0
    visit_id: int | None = None
    entry_id: int | None = None
    points: int = 0  # that were to run out


def frozen_by_hand(
    disputed: Disputed, visits: Iterable[Any], entries: Iterable[Any], resting: Collection[int]
) -> int:
    """What is still on the card of what is disputed (docs/decisions/disputes.md)."""
    if disputed.visit_id is not None:
        visit = next(visit for visit in visits if visit.id == disputed.visit_id)
        is_there = visit.status == "confirmed" and visit.id not in resting
        return int(visit.points_earned) if is_there else 0
    if disputed.entry_id is None:
        return disputed.points
    about = (entry for entry in entries if disputed.entry_id in (entry.id, entry.reverses_id))
    return max(sum(entry.amount for entry in about), 0)


@dataclass
class Friend:
    """Somebody who was brought, and what that came to."""

    client_id: int
    referrer_id: int
    since: Any
    visit_id: int | None = None  # that the reward stands for
    month: str | None = None  # in which the referrer was paid
    paid: tuple[int, int] = (0, 0)  # the friend, the referrer


@dataclass
class Model:
    """Balances as somebody with pencil and paper would keep them."""

    balances: dict[int, int] = field(default_factory=dict)
    pending: dict[int, int] = field(default_factory=dict)  # points by visit
    friends: dict[int, Friend] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)  # erased
    disputed: dict[int, Disputed] = field(default_factory=dict)  # open ones, by their number
    codes: dict[tuple[str, int], str] = field(default_factory=dict)  # by partner and client

    def moves(self, client_id: int, points: int) -> None:
        living = self.living(client_id)
        self.balances[living] = self.balances.get(living, 0) + points

    def living(self, client_id: int) -> int:
        while client_id in self.merged:
            client_id = self.merged[client_id]
        return client_id

    def earns(self, visit_id: int, client_id: int, points: int, *, rests: bool) -> None:
        if rests and points:
            self.pending[visit_id] = points
        else:
            self.moves(client_id, points)

    def takes_back(self, visit: Any, *, spent: int, earned: int) -> None:
        """Of the visit only so many points spent and earned are left."""
        self.moves(visit.client_id, visit.points_spent - spent)
        if visit.id not in self.pending:
            self.moves(visit.client_id, earned - visit.points_earned)
        elif earned:
            self.pending[visit.id] = earned
        else:
            del self.pending[visit.id]

    def friend_came(
        self, programme: Programme, visit_id: int, client_id: int, bill: int, month: str
    ) -> None:
        """Rule 14: the first visit that reaches the bill pays both; the cap limits the referrer."""
        friend, rules = self.friends.get(client_id), programme.referral
        if friend is None or rules is None or friend.visit_id is not None:
            return
        if bill < rules.qualifying_bill:
            return
        friend.visit_id = visit_id
        this_month = [
            other
            for other in self.friends.values()
            if other.referrer_id == friend.referrer_id and other.month == month
        ]
        capped = len(this_month) >= rules.monthly_cap
        referrer = self.living(friend.referrer_id)
        nobody = referrer == client_id or referrer in self.gone
        to_referrer = 0 if capped or nobody else rules.referrer_points
        friend.month = None if capped else month
        friend.paid = (rules.friend_points, to_referrer)
        self.moves(client_id, friend.paid[0])
        self.moves(referrer, friend.paid[1])

    def friend_went(
        self, programme: Programme, visit: Any, bill_left: int, others: Iterable[Any]
    ) -> None:
        """What such a visit paid goes with it, unless another one qualifies as well."""
        rules = programme.referral
        assert rules is not None
        friend = next((f for f in self.friends.values() if f.visit_id == visit.id), None)
        if friend is None or bill_left >= rules.qualifying_bill:
            return
        for other in others:
            if (
                other.id != visit.id
                and other.client_id == self.living(friend.client_id)
                and other.status == "confirmed"
                and other.at >= friend.since
                and other.bill >= rules.qualifying_bill
            ):
                friend.visit_id = other.id
                return
        self.moves(friend.client_id, -friend.paid[0])
        if self.living(friend.referrer_id) not in self.gone:
            self.moves(friend.referrer_id, -friend.paid[1])
        friend.visit_id, friend.month, friend.paid = None, None, (0, 0)

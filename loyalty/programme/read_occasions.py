"""Sections that act by themselves or rule the house: gifts, adverts, the desk, feedback."""

from collections.abc import Collection
from types import MappingProxyType

from loyalty.programme.mistakes import Expected, Fault
from loyalty.programme.model import (
    ActionPoints,
    AdvertRules,
    BirthdayRules,
    DeskRules,
    FeedbackRules,
    ReferralRules,
    WinBackRules,
)
from loyalty.programme.read_business import POINTS_GIFT_MAX
from loyalty.programme.reading import Table
from loyalty.programme.values import as_time
from loyalty.quiet_hours import QuietHours

CAP_MAX = 1000
DAYS_BEFORE_MAX = 30
GIFT_VALID_MAX_DAYS = 90  # with DAYS_BEFORE_MAX less than half a year: birthdays never overlap
AFTER_MAX_DAYS = 3660
INTERVAL_FACTOR_MAX = 100
UNDO_MAX_MINUTES = 1440
VISITS_A_DAY_MAX = 1000
ASK_AFTER_MAX_HOURS = 168
ANSWER_MAX_HOURS = 720
RATING_MAX = 5

_LEAP_DAYS = {"02-28": (2, 28), "03-01": (3, 1)}


def read_actions(table: Table) -> ActionPoints:
    """[actions]"""
    actions = ActionPoints(
        birthday_told=table.integer("birthday_told", 0, POINTS_GIFT_MAX, 0),
        review=table.integer("review", 0, POINTS_GIFT_MAX, 0),
        survey=table.integer("survey", 0, POINTS_GIFT_MAX, 0),
    )
    table.finish()
    return actions


def read_referral(table: Table | None) -> ReferralRules | None:
    """[referral]; None where it is left out."""
    if table is None:
        return None
    default = ReferralRules()
    rules = ReferralRules(
        referrer_points=table.integer("referrer_points", 0, POINTS_GIFT_MAX, 0),
        friend_points=table.integer("friend_points", 0, POINTS_GIFT_MAX, 0),
        qualifying_bill=table.money("qualifying_bill", default.qualifying_bill),
        monthly_cap=table.integer("monthly_cap", 1, CAP_MAX, default.monthly_cap),
    )
    table.finish()
    return rules


def read_birthday_rules(table: Table | None, tiers: Collection[str]) -> BirthdayRules | None:
    """[birthday]; None where it is left out."""
    if table is None:
        return None
    default = BirthdayRules()
    rules = BirthdayRules(
        points=table.integer("points", 0, POINTS_GIFT_MAX, default.points),
        points_by_tier=MappingProxyType(_read_points_by_tier(table, tiers)),
        send_at=table.time("send_at", default.send_at),
        days_before=table.integer("days_before", 0, DAYS_BEFORE_MAX, default.days_before),
        valid_days=table.integer("valid_days", 1, GIFT_VALID_MAX_DAYS, default.valid_days),
        leap_day=_LEAP_DAYS[table.choice("leap_day", _LEAP_DAYS, "02-28")],
    )
    table.finish()
    return rules


def _read_points_by_tier(table: Table, tiers: Collection[str]) -> dict[str, int]:
    inner = table.table("points_by_tier")
    points = {tier: inner.integer(tier, 0, POINTS_GIFT_MAX, None) for tier in tiers}
    inner.finish()
    return {tier: gift for tier, gift in points.items() if gift is not None}


def read_win_back(table: Table | None) -> WinBackRules | None:
    """[win_back]; None where it is left out."""
    if table is None:
        return None
    default = WinBackRules()
    rules = WinBackRules(
        after_days=table.integer("after_days", 1, AFTER_MAX_DAYS, default.after_days),
        interval_factor=table.number(
            "interval_factor", 1, INTERVAL_FACTOR_MAX, default.interval_factor
        ),
        points=table.integer("points", 0, POINTS_GIFT_MAX, default.points),
        valid_days=table.integer("valid_days", 1, AFTER_MAX_DAYS, default.valid_days),
        repeat_after_days=table.integer(
            "repeat_after_days", 1, AFTER_MAX_DAYS, default.repeat_after_days
        ),
        holdout_percent=table.percent("holdout_percent", default.holdout_percent),
    )
    table.finish()
    return rules


def read_adverts(table: Table) -> AdvertRules:
    """[adverts]"""
    default = AdvertRules()
    rules = AdvertRules(
        quiet_from=table.time("quiet_from", default.quiet_from),
        quiet_to=table.time("quiet_to", default.quiet_to),
        weekly_cap=table.integer("weekly_cap", 0, CAP_MAX, default.weekly_cap),
    )
    table.finish()
    return rules


def read_desk(table: Table) -> DeskRules:
    """[desk]"""
    default = DeskRules()
    rules = DeskRules(
        approve_above=table.money("approve_above", default.approve_above),
        undo_minutes=table.integer("undo_minutes", 0, UNDO_MAX_MINUTES, default.undo_minutes),
        alert_above_visits_per_client_per_day=table.integer(
            "alert_above_visits_per_client_per_day",
            1,
            VISITS_A_DAY_MAX,
            default.alert_above_visits_per_client_per_day,
        ),
        odd_hours=_read_odd_hours(table),
    )
    table.finish()
    return rules


def _read_odd_hours(table: Table) -> QuietHours | None:
    def parse(raw: object) -> QuietHours | None:
        if not isinstance(raw, list) or len(raw) != 2:
            return None
        from_, to = (as_time(end) for end in raw)
        return QuietHours(from_, to) if from_ is not None and to is not None else None

    expected = Expected('two times such as ["22:00", "08:00"]', Fault.TWO_TIMES)
    return table.read("odd_hours", parse, expected, None)


def read_feedback(table: Table) -> FeedbackRules:
    """[feedback]"""
    default = FeedbackRules()
    rules = FeedbackRules(
        ask_after_hours=table.integer(
            "ask_after_hours", 0, ASK_AFTER_MAX_HOURS, default.ask_after_hours
        ),
        complaint_up_to=table.integer("complaint_up_to", 0, RATING_MAX, default.complaint_up_to),
        answer_within_hours=table.integer(
            "answer_within_hours", 1, ANSWER_MAX_HOURS, default.answer_within_hours
        ),
        apology_points_max=table.integer(
            "apology_points_max", 0, POINTS_GIFT_MAX, default.apology_points_max
        ),
    )
    table.finish()
    return rules

"""Sections about the business, its points and what a visit earns and is paid with."""

import difflib
import re
from zoneinfo import ZoneInfo, available_timezones

from loyalty.currencies import is_currency_code, minor_digits
from loyalty.programme.mistakes import Expected, Fault
from loyalty.programme.model import (
    Business,
    EarningRules,
    EarningStep,
    PointRules,
    RedeemingRules,
    Service,
)
from loyalty.programme.reading import NAME_MAX_CHARS, PRODUCT_LANGUAGES, Table, one_of
from loyalty.programme.values import as_integer, as_line

POINTS_GIFT_MAX = 1_000_000
PENDING_MAX_DAYS = 366
LIFETIME_MAX_DAYS = 3660
REMIND_MAX_DAYS = 3660
HOLD_MAX_MINUTES = 1440
WARNED_AHEAD_MAX_DAYS = 365
POINT_VALUE_MAX_MAJOR = 1_000_000

_REGION = re.compile("[A-Z]{2}")
_ZONE = re.compile("[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")
_DEFAULT_ZONE = "Europe/Moscow"


def read_business(table: Table) -> Business:
    """[business]; what it says of languages and currency holds for every section read later."""
    name = table.line("name", NAME_MAX_CHARS, "?", required=True)
    currency = table.read("currency", _as_currency, "a currency code such as RUB", "RUB")
    languages = table.listed(
        "languages",
        lambda raw: raw if isinstance(raw, str) and raw in PRODUCT_LANGUAGES else None,
        one_of(PRODUCT_LANGUAGES),
        PRODUCT_LANGUAGES[:1],
    )
    if not languages and table.values.get("languages") == []:
        table.mistake("languages", "at least one language")
    branches = table.listed(
        "branches", lambda raw: as_line(raw, NAME_MAX_CHARS), "a branch's name", (name,)
    )
    if not branches and table.values.get("branches") == []:
        table.mistake("branches", "at least one branch")
    business = Business(
        name=name,
        timezone=_read_zone(table),
        currency=currency,
        languages=languages or PRODUCT_LANGUAGES[:1],
        phone_region=table.read("phone_region", _as_region, "a country such as RU", "RU"),
        branches=branches,
        margin_percent=table.percent("margin_percent", None),
    )
    table.finish()
    table.reading.languages = business.languages
    table.reading.minor_digits = minor_digits(currency)
    return business


def _as_currency(raw: object) -> str | None:
    return raw if isinstance(raw, str) and is_currency_code(raw) else None


def _as_region(raw: object) -> str | None:
    return raw if isinstance(raw, str) and _REGION.fullmatch(raw) else None


def _read_zone(table: Table) -> ZoneInfo:
    raw = table.values.get("timezone")
    close: list[str] = []
    if isinstance(raw, str) and _as_zone(raw) is None:
        close = difflib.get_close_matches(raw, available_timezones(), n=1)
    expected = f"a time zone such as {close[0] if close else _DEFAULT_ZONE}"
    return table.read("timezone", _as_zone, expected, ZoneInfo(_DEFAULT_ZONE))


def _as_zone(raw: object) -> ZoneInfo | None:
    if not isinstance(raw, str) or not _ZONE.fullmatch(raw):
        return None
    try:
        return ZoneInfo(raw)
    except (OSError, ValueError, KeyError):  # no such zone, a folder of zones, a broken file
        return None


def read_services(root: Table) -> tuple[Service, ...]:
    """[[services]]"""
    taken: set[str] = set()
    services: list[Service] = []
    for table in root.tables("services"):
        services.append(
            Service(
                code=table.code(taken),
                name=table.text(),
                remind_days=table.integer("remind_days", 1, REMIND_MAX_DAYS, None),
                excluded=table.flag("excluded"),
            )
        )
        table.finish()
    return tuple(services)


def read_points(table: Table) -> PointRules:
    """[points]"""
    default = PointRules(value=10**table.reading.minor_digits)
    rules = PointRules(
        value=table.money("value", default.value, positive=True),
        welcome=table.integer("welcome", 0, POINTS_GIFT_MAX, default.welcome),
        pending_days=table.integer("pending_days", 0, PENDING_MAX_DAYS, default.pending_days),
        lifetime_days=table.integer("lifetime_days", 0, LIFETIME_MAX_DAYS, default.lifetime_days),
        warn_days=_read_warn_days(table, default.warn_days),
    )
    if rules.value > POINT_VALUE_MAX_MAJOR * default.value:
        most = f"an amount up to {POINT_VALUE_MAX_MAJOR}"
        digits = table.reading.minor_digits
        high = POINT_VALUE_MAX_MAJOR
        table.mistake("value", Expected(most, Fault.MONEY, low=1, high=high, digits=digits))
    if rules.lifetime_days and rules.pending_days >= rules.lifetime_days:
        fewer = f"fewer days than lifetime_days, {rules.lifetime_days}"
        table.mistake(
            "pending_days",
            Expected(fewer, Fault.PENDING_WITHIN_LIFETIME, high=rules.lifetime_days),
        )
    table.finish()
    return rules


def _read_warn_days(table: Table, fallback: tuple[int, ...]) -> tuple[int, ...]:
    expected = _warnings("a number of days from 1 to 365")

    def parse(raw: object) -> int | None:
        days = as_integer(raw)
        return days if days is not None and 1 <= days <= WARNED_AHEAD_MAX_DAYS else None

    days = table.listed("warn_days", parse, expected, fallback)
    if not days and table.values.get("warn_days") == []:
        # Points expire only after a warning: without one they would never do.
        table.mistake("warn_days", _warnings(f"at least one, each of it {expected}"))
    return tuple(sorted(days, reverse=True))


def _warnings(words: str) -> Expected:
    return Expected(words, Fault.WARNINGS, low=1, high=WARNED_AHEAD_MAX_DAYS)


def read_earning(table: Table) -> EarningRules:
    """[earning] and [[earning.step]]"""
    base = table.percent("cashback_percent", EarningRules().cashback_percent)
    steps: dict[int, EarningStep] = {}
    for step_table in table.tables("step"):
        bill_from = step_table.money("bill_from", None, positive=True, required=True)
        percent = step_table.percent("cashback_percent", None, required=True)
        if bill_from in steps:
            step_table.mistake("bill_from", "a bill that no other step begins at")
        elif bill_from is not None and percent is not None:
            steps[bill_from] = EarningStep(bill_from, percent)
        step_table.finish()
    table.finish()
    return EarningRules(base, tuple(steps[bill_from] for bill_from in sorted(steps)))


def read_redeeming(table: Table) -> RedeemingRules:
    """[redeeming]"""
    default = RedeemingRules()
    rules = RedeemingRules(
        max_share_percent=table.percent("max_share_percent", default.max_share_percent),
        min_points=table.integer("min_points", 0, POINTS_GIFT_MAX, default.min_points),
        hold_minutes=table.integer("hold_minutes", 1, HOLD_MAX_MINUTES, default.hold_minutes),
    )
    table.finish()
    return rules

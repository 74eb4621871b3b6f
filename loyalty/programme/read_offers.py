"""Sections of what a programme offers: promotions, stamps, badges, rewards, contests, partners."""

from collections.abc import Collection
from datetime import date
from pathlib import Path

from loyalty.programme.offers import (
    Badge,
    BadgeMeasure,
    BadgeRule,
    Challenge,
    Partner,
    Promotion,
    Reward,
    Score,
    Stamp,
)
from loyalty.programme.partner_codes import CodesUnreadable, codes_path, read_codes
from loyalty.programme.reading import Table
from loyalty.programme.values import as_integer, shown

MULTIPLY_MAX = 100
ADD_MAX = 1_000_000
STAMPS_MAX = 1000
COUNT_MAX = 100_000
COST_MAX = 100_000_000
STOCK_MAX = 1_000_000
ICON_MAX_CHARS = 8
OFFER_MAX_CHARS = 200
FILE_NAME_MAX_CHARS = 200
DEFAULT_ICON = "🏅"

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_promotions(
    root: Table, services: Collection[str], tiers: Collection[str]
) -> tuple[Promotion, ...]:
    """[[promotions]]"""
    taken: set[str] = set()
    promotions: list[Promotion] = []
    for table in root.tables("promotions"):
        weekdays = table.references("weekdays", _WEEKDAYS)
        promotion = Promotion(
            code=table.code(taken),
            name=table.text(),
            from_=table.date("from"),
            to=table.date("to"),
            weekdays=frozenset(_WEEKDAYS.index(day) for day in weekdays),
            multiply=table.number("multiply", 1, MULTIPLY_MAX, None),
            add=table.integer("add", 1, ADD_MAX, None),
            services=table.references("services", services),
            tiers=table.references("tiers", tiers),
        )
        if ("multiply" in table.values) == ("add" in table.values):
            got = "both" if "add" in table.values else "neither"
            table.mistake("multiply", "either multiply or add", got)
        _check_order(table, promotion.from_, promotion.to)
        table.finish()
        promotions.append(promotion)
    return tuple(promotions)


def _check_order(table: Table, from_: date | None, to: date | None) -> None:
    if from_ is not None and to is not None and to < from_:
        table.mistake("to", f"a day not before {from_.isoformat()}")


def read_stamps(root: Table, services: Collection[str]) -> tuple[Stamp, ...]:
    """[[stamps]]"""
    taken: set[str] = set()
    stamps: list[Stamp] = []
    for table in root.tables("stamps"):
        stamps.append(
            Stamp(
                code=table.code(taken),
                name=table.text(),
                service=table.choice("service", services, None),
                every=table.required_integer("every", 2, STAMPS_MAX),
            )
        )
        table.finish()
    return tuple(stamps)


def read_badges(root: Table) -> tuple[Badge, ...]:
    """[[badges]]"""
    taken: set[str] = set()
    badges: list[Badge] = []
    for table in root.tables("badges"):
        badge = Badge(
            code=table.code(taken),
            name=table.text(),
            icon=table.line("icon", ICON_MAX_CHARS, DEFAULT_ICON),
            rule=_read_badge_rule(table),
        )
        table.finish()
        badges.append(badge)
    return tuple(badges)


def _read_badge_rule(table: Table) -> BadgeRule:
    expected = f"one of {', '.join(BadgeMeasure)} with a number"
    rule = table.read(
        "rule", lambda raw: raw if isinstance(raw, dict) else None, expected, None, required=True
    )
    found = BadgeRule(BadgeMeasure.VISITS, 1)
    if rule is None:
        return found
    inner = Table(rule, table.where("rule"), table.reading)
    counted: dict[BadgeMeasure, int | None] = {
        measure: inner.money(measure, None, positive=True)
        if measure is BadgeMeasure.BILL
        else inner.integer(measure, 1, COUNT_MAX, None)
        for measure in BadgeMeasure
    }
    inner.finish()
    stated = [measure for measure in BadgeMeasure if measure in rule]
    if len(stated) != 1:
        table.mistake("rule", expected, f"{len(stated)} of them")
    for measure in stated:
        goal = counted[measure]
        if goal is not None:
            found = BadgeRule(measure, goal)
    return found


def read_rewards(root: Table, tiers: Collection[str]) -> tuple[Reward, ...]:
    """[[rewards]]"""
    taken: set[str] = set()
    rewards: list[Reward] = []
    for table in root.tables("rewards"):
        rewards.append(
            Reward(
                code=table.code(taken),
                name=table.text(),
                cost=table.required_integer("cost", 1, COST_MAX),
                stock=table.integer("stock", 0, STOCK_MAX, None),
                tiers=table.references("tiers", tiers),
            )
        )
        table.finish()
    return tuple(rewards)


def read_challenges(root: Table) -> tuple[Challenge, ...]:
    """[[challenges]]"""
    taken: set[str] = set()
    challenges: list[Challenge] = []
    for table in root.tables("challenges"):
        from_ = table.date("from", required=True)
        to = table.date("to", required=True)
        _check_order(table, from_, to)
        challenge = Challenge(
            code=table.code(taken),
            name=table.text(),
            from_=from_ or date.min,
            to=to or date.max,
            score=Score(table.choice("score", list(Score), None)),
            prizes=_read_prizes(table),
        )
        table.finish()
        challenges.append(challenge)
    return tuple(challenges)


def _read_prizes(table: Table) -> tuple[int, ...]:
    """Two places may win the same, so these are no set."""
    prizes: list[int] = []
    expected = f"a whole number from 1 to {ADD_MAX}"
    raw_prizes = table.items("prizes", f"a list, each of it {expected}", required=True)
    if raw_prizes == []:
        table.mistake("prizes", "at least one prize")
    for index, raw in enumerate(raw_prizes or ()):
        points = as_integer(raw)
        if points is None or not 1 <= points <= ADD_MAX:
            table.mistake(f"prizes[{index}]", expected, shown(raw))
        else:
            prizes.append(points)
    return tuple(prizes)


def read_partners(root: Table, tiers: Collection[str], folder: Path | None) -> tuple[Partner, ...]:
    """[[partners]]; where the folder is known, their files of codes are looked into as well."""
    taken: set[str] = set()
    partners: list[Partner] = []
    for table in root.tables("partners"):
        partner = Partner(
            code=table.code(taken),
            name=table.text(),
            offer=table.text("offer", OFFER_MAX_CHARS),
            tiers=table.references("tiers", tiers),
            codes=table.line("codes", FILE_NAME_MAX_CHARS, None),
        )
        if partner.codes is not None:
            _check_codes(table, partner.codes, folder)
        table.finish()
        partners.append(partner)
    return tuple(partners)


def _check_codes(table: Table, codes: str, folder: Path | None) -> None:
    try:
        path = codes_path(folder or Path(), codes)
        if folder is not None:
            read_codes(path)
    except CodesUnreadable as fault:
        table.mistake("codes", fault.expected, fault.got)

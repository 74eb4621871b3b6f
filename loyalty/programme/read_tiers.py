"""[tiers] and its levels."""

from fractions import Fraction

from loyalty.programme.mistakes import Expected, Fault
from loyalty.programme.model import Business, Level, QualifyBy, Review, TierRules
from loyalty.programme.reading import NAME_MAX_CHARS, Table
from loyalty.programme.text import Text
from loyalty.programme.values import as_line

BASE_LEVEL = "base"
WINDOW_MAX_DAYS = 3660
WARN_MAX_DAYS = 90
COUNT_MAX = 1_000_000_000  # visits or points


def read_tiers(table: Table, business: Business) -> TierRules:
    """The levels, or the single one of a programme that states none."""
    qualify_by = QualifyBy(table.choice("qualify_by", list(QualifyBy), QualifyBy.SPEND))
    window_days = table.integer("window_days", 1, WINDOW_MAX_DAYS, 365)
    review = Review(table.choice("review", list(Review), Review.MONTHLY))
    warn_days = table.integer("warn_days", 1, WARN_MAX_DAYS, 14)
    levels = _read_levels(table, qualify_by)
    table.finish()
    stated = bool(levels)
    if not stated:
        levels = (Level(BASE_LEVEL, Text.same(business.name, business.languages)),)
    return TierRules(levels, qualify_by, window_days, review, warn_days, stated)


def _read_levels(table: Table, qualify_by: QualifyBy) -> tuple[Level, ...]:
    taken: set[str] = set()
    levels: list[Level] = []
    reached_from = -1
    for level_table in table.tables("level"):
        level = _read_level(level_table, qualify_by, taken)
        levels.append(level)
        if level.from_ is not None:
            if reached_from == -1 and level.from_ != 0:
                first = Expected("0, as everybody begins at the first level", Fault.LEVELS_RISE)
                level_table.mistake("from", first)
            elif level.from_ <= reached_from:
                more = Expected("more than the level before it", Fault.LEVELS_RISE)
                level_table.mistake("from", more)
            reached_from = level.from_
        level_table.finish()
    if levels and reached_from == -1:
        table.mistake("level", "a level that begins from 0", "levels by invitation only")
    return tuple(levels)


def _read_level(table: Table, qualify_by: QualifyBy, taken: set[str]) -> Level:
    invitation_only = table.flag("invitation_only")
    from_ = _read_from(table, qualify_by)
    if invitation_only and "from" in table.values:
        table.mistake("from", "nothing, as the level is by invitation only")
    level = Level(
        code=table.code(taken),
        name=table.text(),
        from_=None if invitation_only else from_,
        cashback_percent=table.percent("cashback_percent", None),
        discount_percent=table.percent("discount_percent", Fraction(0)),
        perks=table.listed("perks", lambda raw: as_line(raw, NAME_MAX_CHARS), "a perk's name", ()),
        invitation_only=invitation_only,
    )
    given_away = level.discount_percent + (level.cashback_percent or 0)
    if given_away > 100:
        together = "with cashback_percent at most 100 together"
        expected = Expected(together, Fault.AT_MOST_EVERYTHING)
        table.mistake("discount_percent", expected, "more")
    return level


def _read_from(table: Table, qualify_by: QualifyBy) -> int | None:
    """0 where it is left out, which only the first level may; None: it is a mistake."""
    by_spend = qualify_by is QualifyBy.SPEND
    found = table.money("from", None) if by_spend else table.integer("from", 0, COUNT_MAX, None)
    return found if "from" in table.values else 0

"""Single values of a TOML file as the programme's own; None: it does not fit."""

import json
import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from fractions import Fraction

SHOWN_MAX_CHARS = 60
_NUMBER_MAX_BITS = 128  # Python refuses to print much longer ones

_DECIMAL = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?")
_CLOCK = re.compile(r"(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9])")
_CODE = re.compile(r"[A-Za-z0-9_-]{1,32}")
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})


def as_integer(raw: object) -> int | None:
    """A whole number; true and false are none."""
    return raw if isinstance(raw, int) and not isinstance(raw, bool) else None


def as_fraction(raw: object, *, low: int, high: int) -> Fraction | None:
    """An exact number within these bounds, as a TOML number or in quotes."""
    number: int | Decimal | None = as_integer(raw)
    if isinstance(raw, str) and _DECIMAL.fullmatch(raw):
        number = Decimal(raw)
    elif isinstance(raw, Decimal):
        number = raw
    if number is None or (isinstance(number, Decimal) and not _is_short(number)):
        return None
    return Fraction(number) if low <= number <= high else None


def _is_short(number: Decimal) -> bool:
    """Whether it is worth writing out: 1e999999999 would fill the memory as a fraction."""
    written = number.as_tuple()
    if not isinstance(written.exponent, int):  # infinite, or not a number
        return False
    return -20 <= written.exponent <= 20 - len(written.digits)


def has_decimals(number: Fraction, at_most: int) -> bool:
    """Whether so many decimals write it out exactly."""
    scale: int = 10**at_most
    return (number * scale).denominator == 1


def as_line(raw: object, max_chars: int) -> str | None:
    """One line of words with something in it, without control characters."""
    if not isinstance(raw, str):
        return None
    line = raw.strip()
    if any(unicodedata.category(character) in _UNPRINTABLE for character in line):
        return None
    return line if 1 <= len(line) <= max_chars else None


def as_code(raw: object) -> str | None:
    """A code: it names something in keys, buttons and the ledger."""
    return raw if isinstance(raw, str) and _CODE.fullmatch(raw) else None


def as_time(raw: object) -> time | None:
    """A time of day, "10:00" or TOML's own, without seconds."""
    if isinstance(raw, time):
        return raw if raw.tzinfo is None and raw == raw.replace(second=0, microsecond=0) else None
    match = _CLOCK.fullmatch(raw) if isinstance(raw, str) else None
    return time(int(match["hour"]), int(match["minute"])) if match else None


def as_date(raw: object) -> date | None:
    """A TOML date."""
    return raw if isinstance(raw, date) and not isinstance(raw, datetime) else None


def shown(raw: object) -> str:
    """What stands in the file, short enough for one line."""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, int) and raw.bit_length() > _NUMBER_MAX_BITS:
        return "a number too large to show"
    if isinstance(raw, list):
        return "a list" if raw else "an empty list"
    if isinstance(raw, dict):
        return "a table"
    if isinstance(raw, datetime | date | time):
        return raw.isoformat()
    words = json.dumps(raw, ensure_ascii=False) if isinstance(raw, str) else str(raw)
    return words if len(words) <= SHOWN_MAX_CHARS else words[: SHOWN_MAX_CHARS - 1] + "…"

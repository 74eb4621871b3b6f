"""A figure as an owner types it, and as it is kept: both are what the file could have said.

What cannot be read is kept as it was typed: the file's own reader then says what belongs there.
"""

import json
import re
from datetime import time
from fractions import Fraction

from loyalty.programme.settable import Figure, Kind, decimal_of
from loyalty.programme.values import as_time
from loyalty.quiet_hours import QuietHours

TYPED_MAX_CHARS = 200

Raw = str | int | list[int] | list[str] | None  # as JSON; None: the key is left out

_SPACES = " \u00a0\u202f\u2009"
_NUMBER = (
    rf"(?P<number>(?:[1-9][0-9]{{0,2}}(?:[{_SPACES}][0-9]{{3}})+|0|[1-9][0-9]{{0,14}})"
    r"(?:[.,][0-9]{1,8})?)"
)
_UNITS = {
    Kind.MONEY: r"₽|р\.?|руб\.?|рубл(?:ь|я|ей)",
    Kind.PERCENT: r"%|процент(?:а|ов)?|percent",
    Kind.POINTS: r"балл(?:а|ов)?|points?",
    Kind.DAYS: r"дн\.?|день|дня|дней|days?",
    Kind.HOURS: r"ч\.?|час(?:а|ов)?|hours?",
    Kind.MINUTES: r"мин\.?|минут[аы]?|min\.?|minutes?",
    Kind.FACTOR: r"[xх×]",
    Kind.COUNT: r"раза?|шт\.?|визит(?:а|ов)?|visits?|times",
}
_FORMS = {
    kind: re.compile(rf"{_NUMBER}[{_SPACES}]*(?:{unit})?", re.IGNORECASE)
    for kind, unit in _UNITS.items()
}
_CLOCK = r"[0-9]{1,2}[:.][0-9]{2}"
_TWO_CLOCKS = re.compile(rf"(?:с|from)?\s*({_CLOCK})\s*(?:[-–—]|до|to|\s)\s*({_CLOCK})", re.I)


def read_typed(kind: Kind, text: str) -> Raw:
    """What the file would say; the text itself where it is nothing of the kind."""
    typed = text.strip()[:TYPED_MAX_CHARS]
    match kind:
        case Kind.TIME:
            return _clock(typed)
        case Kind.TWO_TIMES:
            found = _TWO_CLOCKS.fullmatch(typed)
            return [_clock(found[1]), _clock(found[2])] if found else typed
        case Kind.WARNINGS:
            numbers = [part for part in re.split(r"[,;\s]+|\bи\b|\band\b", typed) if part]
            plain = all(re.fullmatch("[0-9]{1,6}", number) for number in numbers)
            return [int(number) for number in numbers] if numbers and plain else typed
        case Kind.CHOICE:
            return typed
        case _:
            return _number(kind, typed)


def _number(kind: Kind, typed: str) -> Raw:
    found = _FORMS[kind].fullmatch(typed)
    if found is None:
        return f" {typed}"  # not even what the file takes in quotes: "007"
    number = re.sub(rf"[{_SPACES}]", "", found["number"]).replace(",", ".")
    is_exact = kind in (Kind.MONEY, Kind.PERCENT, Kind.FACTOR)
    return number if is_exact or "." in number else int(number)


def _clock(typed: str) -> str:
    hour, _, minute = typed.replace(".", ":").partition(":")
    padded = f"{hour.zfill(2)}:{minute}"
    return padded if as_time(padded) is not None else typed


def raw_of(figure: Figure, value: object, minor_digits: int) -> Raw:
    """The programme's value as the file would say it; reading that gives the value again."""
    if value is None:
        return None
    if figure.kind is Kind.MONEY:
        assert isinstance(value, int)
        return decimal_of(Fraction(value, 10**minor_digits))
    if isinstance(value, Fraction):
        return decimal_of(value)
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, QuietHours):
        return [f"{value.from_:%H:%M}", f"{value.to:%H:%M}"]
    if isinstance(value, tuple):
        if figure.kind is Kind.CHOICE:  # a day of the year
            month, day = value
            return f"{month:02}-{day:02}"
        return list(value)
    assert isinstance(value, (int, str))
    return value if isinstance(value, int) else str(value)


def dump_raw(raw: Raw) -> str:
    """For the database: one text for one value."""
    return json.dumps(raw, ensure_ascii=False)


def load_raw(text: str) -> Raw:
    """What `dump_raw` wrote."""
    raw: Raw = json.loads(text)
    return raw

"""Builds instances of any context from its type hints, so that no message escapes the tests."""

import dataclasses
import datetime as dt
import itertools
import types
from collections.abc import Iterator
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from templates.messages import AtMost, Message, Specimens

NOW = dt.datetime(2027, 3, 12, 15, 30, tzinfo=dt.UTC)

HOSTILE = "<b>&</i> {{ 7*7 }} {name} \"'`\u202e\n\n\n\x00"
ENDLESS = "Жду " * 1500
ENDLESS_WORD = "👨‍👩‍👧" * 1000
TEXTS = ("Анна", HOSTILE, ENDLESS, ENDLESS_WORD)

_ITEMS_MAX = 10  # where a tuple has no AtMost
_INT64 = 2**63

_PLAIN_VALUES: dict[type, tuple[object, ...]] = {
    int: (5, 0, 1, 2, -3, 1_234_567, _INT64 - 1),
    bool: (True, False),
    dt.date: (dt.date(2027, 3, 21), dt.date(2031, 12, 31)),
    dt.datetime: (NOW, dt.datetime(2026, 12, 31, 22, 0, tzinfo=dt.UTC)),
    dt.time: (dt.time(10), dt.time(21, 30)),
    dt.timedelta: (dt.timedelta(hours=26), dt.timedelta(0), dt.timedelta(minutes=1)),
    Fraction: (Fraction(5, 2), Fraction(0), Fraction(100)),
    Decimal: (Decimal("2.5"), Decimal(0)),
}

_PLAIN_STRATEGIES: dict[type, st.SearchStrategy[Any]] = {
    str: st.text(),
    int: st.integers(-_INT64, _INT64 - 1),
    bool: st.booleans(),
    dt.date: st.dates(),
    dt.datetime: st.datetimes(timezones=st.just(dt.UTC)),
    dt.time: st.times(),
    dt.timedelta: st.timedeltas(dt.timedelta(days=-100_000), dt.timedelta(days=100_000)),
    Fraction: st.fractions(),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
}


def specimens(cls: type[Message], text: str) -> list[Any]:
    """The class with every string being this text, and each other field in all its variants."""
    return _variants(cls, text)


def strategy(hint: Any) -> st.SearchStrategy[Any]:
    """Any value that a field of this type may hold."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        for extra in arguments[1:]:
            if isinstance(extra, Specimens):
                return st.sampled_from(extra.values)
            if isinstance(extra, AtMost):
                return st.lists(strategy(get_args(arguments[0])[0]), max_size=extra.items).map(
                    tuple
                )
        return strategy(arguments[0])
    if origin in (Union, types.UnionType):
        return st.one_of([strategy(argument) for argument in arguments])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        if arguments[1:] == (...,):
            return st.lists(strategy(arguments[0]), max_size=3).map(tuple)
        return st.tuples(*map(strategy, arguments))
    if hint is types.NoneType:
        return st.none()
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return st.builds(hint, **{name: strategy(inner) for name, inner in _fields(hint)})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    return _PLAIN_STRATEGIES[hint]


def _variants(hint: Any, text: str) -> list[Any]:
    """Values of the type, the fullest first."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        for extra in arguments[1:]:
            if isinstance(extra, Specimens):
                return list(extra.values)
            if isinstance(extra, AtMost):
                return _tuples(get_args(arguments[0])[0], text, extra.items)
        return _variants(arguments[0], text)
    if origin in (Union, types.UnionType):
        return [value for argument in arguments for value in _variants(argument, text)]
    if origin is Literal:
        return list(arguments)
    if origin is tuple:
        if arguments[1:] == (...,):
            return _tuples(arguments[0], text, _ITEMS_MAX)
        return [tuple(values) for values in _covering([_variants(a, text) for a in arguments])]
    if hint is types.NoneType:
        return [None]
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        names = [name for name, _ in _fields(hint)]
        columns = [_variants(inner, text) for _, inner in _fields(hint)]
        return [hint(**dict(zip(names, row, strict=True))) for row in _covering(columns)]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return list(hint)
    if hint is str:
        return [text]
    if hint not in _PLAIN_VALUES:
        raise TypeError(
            f"a context cannot carry {hint!r}; values for it: Annotated[…, Specimens(…)]"
        )
    return list(_PLAIN_VALUES[hint])


def _tuples(item: Any, text: str, items_max: int) -> list[tuple[Any, ...]]:
    variants = _variants(item, text)
    full = tuple(itertools.islice(itertools.cycle(variants), items_max))
    return [full, variants[:1] and (variants[0],), ()]


def _covering(columns: list[list[Any]]) -> Iterator[tuple[Any, ...]]:
    """Rows in which every variant of every column occurs: one changed at a time, then all."""
    first = tuple(column[0] for column in columns)
    yield first
    for place, column in enumerate(columns):
        for value in column[1:]:
            yield (*first[:place], value, *first[place + 1 :])
    if len(columns) > 1:
        for step in range(1, max(map(len, columns))):
            yield tuple(column[step % len(column)] for column in columns)


def _fields(cls: type) -> list[tuple[str, Any]]:
    hints = get_type_hints(cls, include_extras=True)
    assert dataclasses.is_dataclass(cls)
    return [(field.name, hints[field.name]) for field in dataclasses.fields(cls)]

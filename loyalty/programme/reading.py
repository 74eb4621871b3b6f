"""Tables of a TOML file, read key by key; every mistake is collected and reading goes on.

A key that is wrong is told once and stands for its fallback from then on, so that one mistake
does not make others. `finish` refuses the keys that nobody asked for.
"""

import difflib
import re
from collections.abc import Callable, Collection, Iterator
from datetime import date, time
from fractions import Fraction
from typing import TypeVar

from loyalty.programme.mistakes import Expected, Fault, Mistake
from loyalty.programme.text import Text
from loyalty.programme.values import (
    as_code,
    as_date,
    as_fraction,
    as_integer,
    as_line,
    as_time,
    has_decimals,
    shown,
)

T = TypeVar("T")
F = TypeVar("F")

PRODUCT_LANGUAGES = ("ru", "en")
MONEY_MAX_MAJOR = 1_000_000_000
PERCENT_DECIMALS_MAX = 4
NAME_MAX_CHARS = 64
LIST_MAX = 200
NAMED_MAX = 24  # of the possible values, in one mistake's line


class Reading:
    """What holds for the whole file: its mistakes so far, its languages and its currency."""

    def __init__(self) -> None:
        self.mistakes: list[Mistake] = []
        self.languages: tuple[str, ...] = PRODUCT_LANGUAGES[:1]
        self.minor_digits = 2


class Table:
    """One table of the file, and its path in it."""

    def __init__(self, values: dict[str, object], path: str, reading: Reading) -> None:
        self.values = values
        self.path = path
        self.reading = reading
        self._known: list[str] = []

    def where(self, key: str) -> str:
        """The path of a key of this table."""
        return f"{self.path}.{key}" if self.path else key

    def listed_as(self, key: str) -> str:
        """How the file itself writes the path of a list of tables in this one."""
        return re.sub(r"\[[0-9]+\]", "", self.where(key))

    def mistake(self, key: str, expected: str, got: str | None = None) -> None:
        """Note that this key is wrong; what stands there is shown unless it is told."""
        if got is None:
            got = shown(self.values[key]) if key in self.values else "nothing"
        self.reading.mistakes.append(Mistake(self.where(key), expected, got))

    def read(
        self,
        key: str,
        parse: Callable[[object], T | None],
        expected: str,
        fallback: F,
        *,
        required: bool = False,
    ) -> T | F:
        """The key's value, or the fallback where it is missing or (a mistake) does not fit."""
        self._known.append(key)
        if key not in self.values:
            if required:
                self.mistake(key, expected)
            return fallback
        value = parse(self.values[key])
        if value is None:
            self.mistake(key, expected)
            return fallback
        return value

    def finish(self) -> None:
        """Refuse every key that was not asked for, naming the one that was probably meant."""
        for key in self.values:
            if key not in self._known:
                self.mistake(key, _expected_key(key, self._known), shown(key))

    # What a key may hold. A fallback given is the documented default; without one it is required.

    def integer(self, key: str, low: int, high: int, fallback: F) -> int | F:
        """A whole number within the bounds."""
        return self.read(key, _within(low, high), _whole(low, high), fallback)

    def required_integer(self, key: str, low: int, high: int) -> int:
        """A whole number within the bounds that must be there."""
        return self.read(key, _within(low, high), _whole(low, high), low, required=True)

    def number(self, key: str, low: int, high: int, fallback: F) -> Fraction | F:
        """An exact number, decimals allowed."""
        return self.read(
            key,
            lambda raw: as_fraction(raw, low=low, high=high),
            Expected(f"a number from {low} to {high}", Fault.NUMBER, low=low, high=high),
            fallback,
        )

    def percent(self, key: str, fallback: F, *, required: bool = False) -> Fraction | F:
        """A percent, read exactly."""
        percent = self.read(
            key,
            lambda raw: as_fraction(raw, low=0, high=100),
            _percent("a percent from 0 to 100"),
            None,
            required=required,
        )
        if percent is None:
            return fallback
        if not has_decimals(percent, PERCENT_DECIMALS_MAX):
            self.mistake(key, _percent(f"a percent with at most {PERCENT_DECIMALS_MAX} decimals"))
            return fallback
        return percent

    def money(
        self, key: str, fallback: F, *, positive: bool = False, required: bool = False
    ) -> int | F:
        """An amount in the major unit; minor units come back."""
        digits = self.reading.minor_digits
        decimals = f"at most {digits} decimals" if digits else "no decimals"
        kind = "an amount above 0 and up to" if positive else "an amount from 0 to"

        def parse(raw: object) -> int | None:
            amount = as_fraction(raw, low=0, high=MONEY_MAX_MAJOR)
            if amount is None or not has_decimals(amount, digits) or (positive and not amount):
                return None
            return int(amount * 10**digits)

        expected = Expected(
            f"{kind} {MONEY_MAX_MAJOR} with {decimals}",
            Fault.MONEY,
            low=int(positive),
            high=MONEY_MAX_MAJOR,
            digits=digits,
        )
        return self.read(key, parse, expected, fallback, required=required)

    def flag(self, key: str) -> bool:
        """true or false; false where it is left out."""
        return self.read(key, _as_flag, "true or false", fallback=False)

    def line(self, key: str, max_chars: int, fallback: F, *, required: bool = False) -> str | F:
        """One line of words, the same in every language."""
        return self.read(
            key, lambda raw: as_line(raw, max_chars), _one_line(max_chars), fallback,
            required=required,
        )  # fmt: skip

    def text(self, key: str = "name", max_chars: int = NAME_MAX_CHARS) -> Text:
        """Words in every language of the programme: a table of them, or one line for all."""
        languages = self.reading.languages
        raw = self.values.get(key)
        if not isinstance(raw, dict):
            expected = f"{_one_line(max_chars)}, or a table of them by language"
            words = self.read(
                key, lambda raw: as_line(raw, max_chars), expected, "?", required=True
            )
            return Text.same(words, languages)
        self._known.append(key)
        table = Table(raw, self.where(key), self.reading)
        by_language = {lang: table.line(lang, max_chars, "?", required=True) for lang in languages}
        for language in PRODUCT_LANGUAGES:
            if language not in languages and language in raw:  # kept for the day it is listed
                by_language[language] = table.line(language, max_chars, "?")
        table._known.extend(PRODUCT_LANGUAGES)
        table.finish()
        return Text(by_language)

    def code(self, taken: set[str]) -> str:
        """The code of one of a list; no two are alike, also when case is forgotten."""
        expected = "a code of 1 to 32 Latin letters, digits, _ and -"
        code = self.read("code", as_code, expected, "", required=True)
        if code.casefold() in taken:
            self.mistake("code", "a code that no other one in the list has")
        elif code:
            taken.add(code.casefold())
        return code

    def choice(self, key: str, options: Collection[str], fallback: str | None) -> str:
        """One of a few words; required without a fallback."""
        found = self.read(
            key,
            lambda raw: raw if isinstance(raw, str) and raw in options else None,
            Expected(one_of(options), Fault.CHOICE),
            None,
            required=fallback is None,
        )
        return found if found is not None else fallback or next(iter(options), "")

    def time(self, key: str, fallback: time) -> time:
        """A time of day."""
        expected = Expected('a time such as "10:00"', Fault.TIME)
        return self.read(key, as_time, expected, fallback)

    def date(self, key: str, *, required: bool = False) -> date | None:
        """A day."""
        return self.read(key, as_date, "a date such as 2027-02-28", None, required=required)

    def items(self, key: str, expected: str, *, required: bool = False) -> list[object] | None:
        """A list as it stands, at most LIST_MAX long; None where it is left out or is none."""

        def parse(raw: object) -> list[object] | None:
            return raw if isinstance(raw, list) and len(raw) <= LIST_MAX else None

        return self.read(key, parse, expected, None, required=required)

    def listed(
        self, key: str, parse: Callable[[object], T | None], expected: str, fallback: tuple[T, ...]
    ) -> tuple[T, ...]:
        """A list of single values, none of them twice."""
        raw_items = self.items(key, _like(expected, f"a list, each of it {expected}"))
        if raw_items is None:
            return fallback
        found: list[T] = []
        for index, raw in enumerate(raw_items):
            value = parse(raw)
            if value is None:
                self.mistake(f"{key}[{index}]", expected, shown(raw))
            elif value in found:
                once = _like(expected, "each of the list once")
                self.mistake(f"{key}[{index}]", once, shown(raw))
            else:
                found.append(value)
        return tuple(found)

    def references(self, key: str, known: Collection[str]) -> tuple[str, ...]:
        """Codes that stand elsewhere in the file; none where the key is left out."""
        return self.listed(
            key,
            lambda raw: raw if isinstance(raw, str) and raw in known else None,
            one_of(known),
            (),
        )

    def table(self, key: str) -> "Table":
        """A table inside this one; an empty one, where every default holds, if it is left out."""
        found = self.optional_table(key)
        return Table({}, self.where(key), self.reading) if found is None else found

    def optional_table(self, key: str) -> "Table | None":
        """A table inside this one; None: left out."""
        values = self.read(key, _as_table, "a table", None)
        return None if values is None else Table(values, self.where(key), self.reading)

    def tables(self, key: str) -> "Iterator[Table]":
        """The tables of a list, in the file's order."""
        expected = f"a list of at most {LIST_MAX} tables, each begun by [[{self.listed_as(key)}]]"
        for index, raw in enumerate(self.items(key, expected) or ()):
            values = _as_table(raw)
            if values is None:
                self.mistake(f"{key}[{index}]", "a table", shown(raw))
            else:
                yield Table(values, f"{self.where(key)}[{index}]", self.reading)


def one_of(options: Collection[str]) -> str:
    """The possible values in words."""
    if not options:
        return "the code of something that the file lists"
    named = ", ".join(list(options)[:NAMED_MAX])
    return f"one of {named}" + (", …" if len(options) > NAMED_MAX else "")


def _expected_key(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    return (
        f'a known key, perhaps "{close[0]}"'
        if close
        else f"as key {one_of(list(dict.fromkeys(known)))}"
    )


def _within(low: int, high: int) -> Callable[[object], int | None]:
    def parse(raw: object) -> int | None:
        number = as_integer(raw)
        return number if number is not None and low <= number <= high else None

    return parse


def _whole(low: int, high: int) -> str:
    return Expected(f"a whole number from {low} to {high}", Fault.WHOLE, low=low, high=high)


def _like(expected: str, words: str) -> str:
    """Other words for what is expected of each item of a list."""
    if not isinstance(expected, Expected):
        return words
    return Expected(
        words, expected.fault, low=expected.low, high=expected.high, digits=expected.digits
    )


def _percent(words: str) -> str:
    return Expected(words, Fault.PERCENT, high=100, digits=PERCENT_DECIMALS_MAX)


def _one_line(max_chars: int) -> str:
    return f"one line of 1 to {max_chars} characters"


def _as_flag(raw: object) -> bool | None:
    return raw if isinstance(raw, bool) else None


def _as_table(raw: object) -> dict[str, object] | None:
    return raw if isinstance(raw, dict) else None

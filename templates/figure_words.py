"""What the figures of /settings are called and how their values are written.

The words are in `ru/figures.toml` and `en/figures.toml`: too long for labels, and all of a kind.
"""

import datetime as dt
import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Annotated

from loyalty.programme.settable import Kind
from templates.labels import Labels, label_table
from templates.lengths import short
from templates.messages import AtMost, Code

NAME_UTF16_MAX = 48
OF_UTF16_MAX = 28
DAYS_SHOWN_MAX = 12

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Title:
    """What a figure is called: "Silver · cashback"."""

    word: Code
    of: str | None = None  # the name of the level, reward, … that it belongs to
    from_bill: int | None = None  # minor units
    language: str | None = None  # of an owner's text


@dataclass(frozen=True)
class Value:
    """A figure's value; all None and empty: it is left out."""

    kind: Kind
    number: int | None = None
    exact: Fraction | None = None
    times: Annotated[tuple[dt.time, ...], AtMost(2)] = ()
    days: Annotated[tuple[int, ...], AtMost(DAYS_SHOWN_MAX)] = ()
    option: Code | None = None

    @property
    def is_left_out(self) -> bool:
        return self == Value(self.kind)


def title_words(title: Title, labels: Labels) -> str:
    """The figure's name, with what it belongs to before it."""
    own = figure_table(labels.words.lang).get(title.word, {}).get("name")
    name = own or short(title.word.replace("_", " "), NAME_UTF16_MAX)
    if title.from_bill is not None:
        name = f"{labels('settings.from_bill', bill=labels.words.money(title.from_bill))} · {name}"
    if title.of is not None:
        name = f"{short(title.of, OF_UTF16_MAX)} · {name}"
    if title.language is not None:
        key = f"settings_language.{title.language}"
        known = key in label_table(labels.words.lang)
        name = f"{name} ({labels(key) if known else short(title.language, 8)})"
    return name


def about_words(word: str, labels: Labels) -> str:
    """What the figure does, in a sentence; empty for one that the product has no words for."""
    return figure_table(labels.words.lang).get(word, {}).get("about", "")


def value_words(value: Value, word: str, labels: Labels) -> str:
    """The value with its unit, or the figure's own words for none and for zero."""
    own = figure_table(labels.words.lang).get(word, {})
    if value.is_left_out:
        return own.get("none", "—")
    if not value.number and not value.exact and not value.times and "zero" in own:
        return own["zero"]
    return _written(value, labels) or "—"


def _written(value: Value, labels: Labels) -> str:
    words, number = labels.words, value.number or 0
    match value.kind:
        case Kind.MONEY:
            return words.money(number)
        case Kind.POINTS:
            return words.points(number)
        case Kind.DAYS:
            return words.days(number)
        case Kind.HOURS:
            return words.hours(number)
        case Kind.MINUTES:
            return words.minutes(number)
        case Kind.PERCENT:
            return words.percent(value.exact or 0)
        case Kind.FACTOR:
            return words.factor(value.exact or 0)
        case Kind.TIME | Kind.TWO_TIMES:
            return " – ".join(f"{clock:%H:%M}" for clock in value.times)
        case Kind.WARNINGS:
            return labels("settings.days_ahead", days=", ".join(map(words.number, value.days)))
        case Kind.CHOICE:
            key = f"settings_option.{value.option}"
            known = key in label_table(words.lang)
            return labels(key) if known else value.option or "—"
        case _:
            return words.number(number)


@functools.cache
def figure_table(lang: str) -> Mapping[str, Mapping[str, str]]:
    """All words for figures in a language."""
    return tomllib.loads((_FOLDER / lang / "figures.toml").read_text(encoding="utf-8"))


def section_words(section: str, labels: Labels) -> str:
    """What a section of the settings is called."""
    return labels(f"settings_section.{section}")

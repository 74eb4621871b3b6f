"""Numbers, money, dates and plurals as a reader of the language writes them.

Every public method of `Words` is a filter of the same name in the templates. Groups of digits,
the currency's sign and the percent sign are held by no-break spaces; words stand after an
ordinary one.
"""

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from babel.numbers import get_currency_symbol, get_decimal_symbol, get_group_symbol
from markupsafe import Markup

from templates import lengths
from templates.owner_texts import fill_known, fill_owner_text

LANGUAGES = ("ru", "en")
Case = Literal["nom", "acc", "gen"]

MINUS = "\u2212"
NBSP = "\u00a0"

_QUOTED = {"ru": ("«", "»"), "en": ("“", "”")}
_QUOTES = '«»„“”"'
_MINUTES_A_DAY, _MINUTES_AN_HOUR = 24 * 60, 60
_PERCENT_DIGITS_MAX = 2
_WRITTEN_BEFORE = "$€£¥"  # English puts these signs before the sum, and no others
_SIGNS = {"KZT": "₸", "GEL": "₾", "TRY": "₺", "AMD": "֏", "BYN": "Br"}  # Babel has none in Russian

_UNITS: dict[str, dict[str, dict[Case, tuple[str, ...]]]] = {
    "ru": {
        "point": {
            "nom": ("балл", "балла", "баллов"),
            "acc": ("балл", "балла", "баллов"),
            "gen": ("балла", "баллов", "баллов"),
        },
        "day": {
            "nom": ("день", "дня", "дней"),
            "acc": ("день", "дня", "дней"),
            "gen": ("дня", "дней", "дней"),
        },
        "hour": {
            "nom": ("час", "часа", "часов"),
            "acc": ("час", "часа", "часов"),
            "gen": ("часа", "часов", "часов"),
        },
        "minute": {
            "nom": ("минута", "минуты", "минут"),
            "acc": ("минуту", "минуты", "минут"),
            "gen": ("минуты", "минут", "минут"),
        },
    },
    "en": {
        unit: dict.fromkeys(("nom", "acc", "gen"), (unit, unit + "s"))
        for unit in ("point", "day", "hour", "minute")
    },
}


class LanguageUnknown(LookupError):
    """The product does not speak this language."""


@dataclass(frozen=True)
class Words:
    """The language, the business's currency, the reader's time zone, and the present moment."""

    lang: str
    currency: str
    minor_digits: int
    timezone: ZoneInfo
    now: dt.datetime

    def __post_init__(self) -> None:
        if self.lang not in LANGUAGES:
            raise LanguageUnknown(self.lang)
        assert self.now.tzinfo is not None, "now is an aware moment"

    def number(self, value: int | Decimal) -> str:
        """1234567 → «1 234 567», "1,234,567"; decimals as they are."""
        written = f"{abs(value):,}" if isinstance(value, int) else f"{abs(value):,f}"
        digits, _, decimals = written.partition(".")
        written = digits.replace(",", get_group_symbol(self.lang))
        if decimals:
            written += get_decimal_symbol(self.lang) + decimals
        return f"{MINUS}{written}" if value < 0 else written

    def signed(self, value: int) -> str:
        """300 → "+300", -300 → "−300", 0 → "0"."""
        return f"+{self.number(value)}" if value > 0 else self.number(value)

    def money(self, minor: int) -> str:
        """Minor units: 120000 → «1 200 ₽», 120050 → «1 200,50 ₽»; English "$1,200", "1,200 ₽"."""
        assert isinstance(minor, int), "money is an integer of minor units"
        major, rest = divmod(abs(minor), 10**self.minor_digits)
        written = self.number(major)
        if rest:
            written += get_decimal_symbol(self.lang) + str(rest).zfill(self.minor_digits)
        sign = _SIGNS.get(self.currency) or get_currency_symbol(self.currency, "ru")
        before = self.lang == "en" and sign in _WRITTEN_BEFORE
        written = f"{sign}{written}" if before else f"{written}{NBSP}{sign}"
        return f"{MINUS}{written}" if minor < 0 else written

    def factor(self, value: Fraction | Decimal | int) -> str:
        """5/2 → «×2,5». Rounded half up to two decimals."""
        return f"×{self._decimal(value)}"

    def percent(self, value: Fraction | Decimal | int) -> str:
        """3 → «3 %», 5/2 → «2,5 %»; English "3%". Rounded half up to two decimals."""
        return f"{self._decimal(value)}{NBSP if self.lang == 'ru' else ''}%"

    def _decimal(self, value: Fraction | Decimal | int) -> str:
        scale = 10**_PERCENT_DIGITS_MAX
        scaled = math.floor(Fraction(value) * scale + Fraction(1, 2))
        whole, rest = divmod(abs(scaled), scale)
        written = self.number(whole)
        if rest:
            decimals = str(rest).zfill(_PERCENT_DIGITS_MAX).rstrip("0")
            written += get_decimal_symbol(self.lang) + decimals
        return f"{MINUS}{written}" if scaled < 0 else written

    def plural(self, value: int, *forms: str) -> str:
        """The word: ``n|plural("визит", "визита", "визитов")``, ``n|plural("day", "days")``."""
        category = Locale(self.lang).plural_form(abs(value))
        order = ("one", "few", "many") if self.lang == "ru" else ("one", "other")
        assert len(forms) == len(order), f"{self.lang} has {len(order)} forms"
        return forms[order.index(category)]

    def counted(self, value: int, *forms: str) -> str:
        """The number with its form: «5 визитов»."""
        return f"{self.number(value)} {self.plural(value, *forms)}"

    def points(self, value: int, case: Case = "nom", signed: bool = False) -> str:
        """«1 балл», «−3 балла»; ``points("gen")`` after «не больше»: «1 балла»."""
        written = self.signed(value) if signed else self.number(value)
        return f"{written} {self.plural(value, *_UNITS[self.lang]['point'][case])}"

    def days(self, value: int, case: Case = "nom") -> str:
        """«14 дней»."""
        return self.counted(value, *_UNITS[self.lang]["day"][case])

    def hours(self, value: int, case: Case = "nom") -> str:
        """«3 часа»."""
        return self.counted(value, *_UNITS[self.lang]["hour"][case])

    def minutes(self, value: int, case: Case = "nom") -> str:
        """«15 минут»; ``minutes("acc")`` after «через»: «1 минуту»."""
        return self.counted(value, *_UNITS[self.lang]["minute"][case])

    def duration(self, value: dt.timedelta, case: Case = "nom") -> str:
        """The two largest units, rounded up to a minute: «2 дня 3 часа», «15 минут»."""
        minutes = max(0, -(-value // dt.timedelta(minutes=1)))
        days, minutes = divmod(minutes, _MINUTES_A_DAY)
        hours, minutes = divmod(minutes, _MINUTES_AN_HOUR)
        parts = []
        if days:
            parts.append(self.days(days, case))
        if hours:
            parts.append(self.hours(hours, case))
        if minutes or not parts:
            parts.append(self.minutes(minutes, case))
        return " ".join(parts[:2])

    def date(self, value: dt.date) -> str:
        """«12 марта», or «12 марта 2027» in another year; a moment in the reader's zone."""
        day = value.astimezone(self.timezone).date() if isinstance(value, dt.datetime) else value
        this_year = self.now.astimezone(self.timezone).year
        return format_date(day, "d MMMM" if day.year == this_year else "d MMMM y", locale=self.lang)

    def day_month(self, value: dt.date) -> str:
        """«12 марта», whatever the year: a birthday."""
        return format_date(value, "d MMMM", locale=self.lang)

    def time(self, value: dt.datetime | dt.time) -> str:
        """«18:30», a moment in the reader's zone."""
        clock = value.astimezone(self.timezone) if isinstance(value, dt.datetime) else value
        return f"{clock:%H:%M}"

    def datetime(self, value: dt.datetime) -> str:
        """«12 марта, 18:30», in the reader's zone."""
        return f"{self.date(value)}, {self.time(value)}"

    def short(self, text: str, length_max: int) -> str:
        """One line of at most so many UTF-16 units: for names and everything that people type."""
        return lengths.short(text, length_max)

    def quoted(self, text: str, length_max: int) -> str:
        """The same in quotation marks, but for a name that has some: «Мастер», Салон «Линия»."""
        name = lengths.short(text, length_max)
        if any(mark in name for mark in _QUOTES):
            return name
        before, after = _QUOTED[self.lang]
        return f"{before}{name}{after}"

    def clip(self, text: str, length_max: int) -> str:
        """The same, but with its line breaks: for comments."""
        return lengths.clip(text, length_max)

    def own_words(self, text: str, length_max: int, **values: str) -> Markup:
        """An owner's text as people read it: clipped, filled, escaped. Never raises."""
        return fill_known(lengths.clip(text, length_max), values)

    def owner_text(self, text: str, **values: str) -> Markup:
        """A text that the owner edits, with its placeholders filled; see `owner_texts.py`."""
        return fill_owner_text(text, values)


FILTERS = tuple(
    name for name in vars(Words) if not name.startswith("_") and callable(vars(Words)[name])
)

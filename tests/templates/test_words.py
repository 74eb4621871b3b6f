"""Numbers, money, dates and plurals, as a reader of the language writes them."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from templates.words import LanguageUnknown, Words
from tests.templates.business import make_renderer, words

RU, EN = words("ru"), words("en")
NBSP = "\u00a0"


def spaced(text: str) -> str:
    return text.replace(NBSP, "_")


@pytest.mark.parametrize(
    ("minor", "russian", "english"),
    [
        (0, "0_₽", "0_₽"),
        (5, "0,05_₽", "0.05_₽"),
        (120_000, "1_200_₽", "1,200_₽"),
        (120_050, "1_200,50_₽", "1,200.50_₽"),
        (-30_000, "−300_₽", "−300_₽"),
        (2**63 - 1, "92_233_720_368_547_758,07_₽", "92,233,720,368,547,758.07_₽"),
    ],
)
def test_money_has_decimals_only_where_it_is_not_whole(
    minor: int, russian: str, english: str
) -> None:
    assert spaced(RU.money(minor)) == russian
    assert spaced(EN.money(minor)) == english


def test_money_follows_the_currency() -> None:
    assert words("en", currency="USD").money(120_050) == "$1,200.50"
    assert words("en", currency="USD").money(-100) == "−$1"
    assert spaced(words("ru", currency="USD").money(120_050)) == "1_200,50_$"
    assert spaced(words("ru", currency="KZT").money(100)) == "1_₸"
    assert words("en", currency="JPY", minor_digits=0).money(1200) == "¥1,200"
    assert spaced(words("ru", currency="KWD", minor_digits=3).money(1005)) == "1,005_KWD"


@given(st.integers(-(2**63), 2**63 - 1))
def test_money_can_be_read_back_to_the_kopeck(minor: int) -> None:
    digits = RU.money(minor).removesuffix(f"{NBSP}₽").replace(NBSP, "").replace(",", ".")
    assert Decimal(digits.replace("−", "-")).scaleb(2) == minor


@pytest.mark.parametrize(
    ("value", "russian", "english"),
    [
        (0, "0 баллов", "0 points"),
        (1, "1 балл", "1 point"),
        (2, "2 балла", "2 points"),
        (5, "5 баллов", "5 points"),
        (11, "11 баллов", "11 points"),
        (21, "21 балл", "21 points"),
        (112, "112 баллов", "112 points"),
        (1_222, "1_222 балла", "1,222 points"),
        (-1, "−1 балл", "−1 point"),
        (-3, "−3 балла", "−3 points"),
    ],
)
def test_points_agree_with_their_number(value: int, russian: str, english: str) -> None:
    assert spaced(RU.points(value)) == russian
    assert EN.points(value) == english


def test_points_take_the_case_and_the_sign_that_the_sentence_asks_for() -> None:
    assert RU.points(1, "gen") == "1 балла"
    assert RU.points(3, "gen") == "3 баллов"
    assert RU.points(21, "gen") == "21 балла"
    assert RU.points(300, signed=True) == "+300 баллов"
    assert RU.points(-300, signed=True) == "−300 баллов"
    assert EN.points(1, "gen") == "1 point"


@given(st.integers(0, 10**12))
def test_russian_plurals_follow_the_school_rule(value: int) -> None:
    if value % 10 == 1 and value % 100 != 11:
        form = "визит"
    elif value % 10 in (2, 3, 4) and value % 100 not in (12, 13, 14):
        form = "визита"
    else:
        form = "визитов"
    assert RU.plural(value, "визит", "визита", "визитов") == form


def test_a_plural_with_too_few_forms_is_the_templates_mistake() -> None:
    with pytest.raises(AssertionError):
        RU.plural(1, "визит", "визиты")
    with pytest.raises(AssertionError):
        EN.plural(1, "visit")


@pytest.mark.parametrize(
    ("value", "russian", "english"),
    [
        (Fraction(3), "3_%", "3%"),
        (Fraction(5, 2), "2,5_%", "2.5%"),
        (Decimal("2.55"), "2,55_%", "2.55%"),
        (Fraction(1, 3), "0,33_%", "0.33%"),
        (Fraction(2, 3), "0,67_%", "0.67%"),
        (100, "100_%", "100%"),
        (-5, "−5_%", "−5%"),
        (Fraction(-5, 2), "−2,5_%", "−2.5%"),
        (Fraction(-1, 1000), "0_%", "0%"),
    ],
)
def test_percents_are_exact_to_two_decimals(
    value: Fraction | Decimal | int, russian: str, english: str
) -> None:
    assert spaced(RU.percent(value)) == russian
    assert EN.percent(value) == english


def test_numbers_are_grouped_and_signed() -> None:
    assert spaced(RU.number(-1_234_567)) == "−1_234_567"
    assert RU.number(Decimal("4.50")) == "4,50"
    assert EN.number(Decimal("1234.5")) == "1,234.5"
    assert [RU.signed(value) for value in (5, 0, -5)] == ["+5", "0", "−5"]


@pytest.mark.parametrize(
    ("value", "russian", "english"),
    [
        (dt.timedelta(0), "0 минут", "0 minutes"),
        (dt.timedelta(seconds=1), "1 минута", "1 minute"),
        (dt.timedelta(minutes=15), "15 минут", "15 minutes"),
        (dt.timedelta(minutes=61), "1 час 1 минута", "1 hour 1 minute"),
        (dt.timedelta(hours=24), "1 день", "1 day"),
        (dt.timedelta(days=2, hours=3, minutes=4), "2 дня 3 часа", "2 days 3 hours"),
        (dt.timedelta(days=-1), "0 минут", "0 minutes"),
    ],
)
def test_durations_name_their_two_largest_units(
    value: dt.timedelta, russian: str, english: str
) -> None:
    assert RU.duration(value) == russian
    assert EN.duration(value) == english


def test_durations_take_a_case() -> None:
    assert RU.duration(dt.timedelta(minutes=1), "acc") == "1 минуту"
    assert RU.minutes(21, "acc") == "21 минуту"
    assert RU.days(1, "gen") == "1 дня"
    assert RU.hours(24) == "24 часа"


def test_a_date_names_the_year_only_if_it_is_another() -> None:
    assert RU.date(dt.date(2027, 3, 12)) == "12 марта"
    assert RU.date(dt.date(2028, 3, 1)) == "1 марта 2028"
    assert EN.date(dt.date(2027, 3, 12)) == "12 March"
    assert EN.date(dt.date(2026, 3, 12)) == "12 March 2026"


def test_moments_are_shown_in_the_business_zone_or_the_readers_own() -> None:
    moment = dt.datetime(2027, 3, 12, 22, 30, tzinfo=dt.UTC)
    assert RU.datetime(moment) == "13 марта, 01:30"
    assert RU.date(moment) == "13 марта"
    assert RU.time(moment) == "01:30"
    assert RU.time(dt.time(10)) == "10:00"
    own = make_renderer().words("en", timezone=ZoneInfo("America/New_York"))
    assert own.datetime(moment) == "12 March, 17:30"


def test_the_year_turns_with_the_business_and_not_with_greenwich() -> None:
    eve = make_renderer(now=dt.datetime(2026, 12, 31, 22, 0, tzinfo=dt.UTC)).words("ru")
    assert eve.date(dt.date(2027, 1, 1)) == "1 января"
    assert eve.date(dt.date(2026, 12, 31)) == "31 декабря 2026"


def test_another_language_is_refused() -> None:
    with pytest.raises(LanguageUnknown):
        words("de")


def test_a_naive_now_is_refused() -> None:
    with pytest.raises(AssertionError):
        Words("ru", "RUB", 2, ZoneInfo("UTC"), dt.datetime(2027, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("lang", "name", "shown"),
    [
        ("ru", "Мастер", "«Мастер»"),
        ("en", "Мастер", "“Мастер”"),
        ("ru", "Салон «Линия»", "Салон «Линия»"),
        ("ru", 'ООО "Ромашка"', 'ООО "Ромашка"'),
    ],
)
def test_a_name_is_quoted_once(lang: str, name: str, shown: str) -> None:
    assert words(lang).quoted(name, 40) == shown

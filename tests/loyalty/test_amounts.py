"""AMOUNT, as the contract words it: the longest beginning that reads as an amount."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.amounts import AmountOutOfRange, AmountRead, AmountUnreadable, read_amount

SPACES = " \u00a0\u202f\u2009"
LARGEST_MINOR = 1_000_000_000
minor_amounts = st.integers(1, LARGEST_MINOR)
services = st.from_regex(r"\A[a-zа-я][a-zа-я0-9 ]{0,20}[a-zа-я]\Z").filter(
    lambda words: words.split()[0] not in {"р", "руб"}
)


@pytest.mark.parametrize(
    ("text", "minor", "rest"),
    [
        ("1500", 150_000, ""),
        ("12,50", 1_250, ""),
        ("12.5", 1_250, ""),
        ("0.01", 1, ""),
        ("10000000", LARGEST_MINOR, ""),
        ("10 000 000,00", LARGEST_MINOR, ""),
        ("1 200", 120_000, ""),
        ("1\u00a0200", 120_000, ""),
        ("1\u202f200", 120_000, ""),
        ("1\u2009200", 120_000, ""),
        ("1  200", 120_000, ""),
        ("1 200 filter", 120_000, "filter"),
        ("1 200,50 filter", 120_050, "filter"),
        ("1500 Замена фильтра", 150_000, "Замена фильтра"),
        ("  1500\tfilter ", 150_000, "filter"),
    ],
)
def test_an_amount_is_read_with_comma_or_point_and_groups_of_three(
    text: str, minor: int, rest: str
) -> None:
    assert read_amount(text) == AmountRead(minor, rest)


@pytest.mark.parametrize("sign", ["р", "р.", "₽", "руб", "руб.", "Р", "РУБ."])
@pytest.mark.parametrize("space", ["", " ", "\u00a0"])
def test_roubles_may_follow_the_amount(sign: str, space: str) -> None:
    assert read_amount(f"1 500{space}{sign}") == AmountRead(150_000, "")
    assert read_amount(f"1 500{space}{sign} ремонт") == AmountRead(150_000, "ремонт")


def test_a_word_that_begins_like_roubles_is_the_service() -> None:
    assert read_amount("1500 ремонт") == AmountRead(150_000, "ремонт")
    assert read_amount("1500 рубанок") == AmountRead(150_000, "рубанок")


@pytest.mark.parametrize(
    ("text", "minor", "rest"),
    [
        ("500 100", 50_010_000, ""),  # the longest beginning: one number
        ("500 100 200", 50_010_020_000, ""),
        ("1200 300", 120_000, "300"),  # 1200 is no group of three
        ("500 1000 км", 50_000, "1000 км"),  # neither is 1000
        ("500 2 колеса", 50_000, "2 колеса"),
        ("1 200 50", 120_000, "50"),
        ("12,5 300", 1_250, "300"),  # nothing follows the decimals
    ],
)
def test_the_longest_beginning_is_the_amount(text: str, minor: int, rest: str) -> None:
    if minor > LARGEST_MINOR:
        with pytest.raises(AmountOutOfRange):
            read_amount(text)
    else:
        assert read_amount(text) == AmountRead(minor, rest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "abc",
        "NaN",
        "inf",
        "1e9",
        "1E9",
        "-5",
        "+5",
        "−5",
        "10.005",
        "12,5,0",
        "1.2.3",
        "1 200,500",
        "1_000",
        "1'000",
        "1,200,300",
        "12abc",
        "12-",
        "12%",
        "5.",
        ".5",
        "5р.ремонт",
        "5$",
        "007",
        "00.50",
        "0x10",
        "１２",
        "١٢",
        "½",
        "12\u0000",
    ],
)
def test_what_is_no_amount_is_refused_whole(text: str) -> None:
    with pytest.raises(AmountUnreadable):
        read_amount(text)


@pytest.mark.parametrize(
    "text", ["0", "0.00", "0,0 filter", "10000000.01", "10 000 001", "9" * 5000]
)
def test_an_amount_outside_the_bounds_is_refused_with_the_bounds(text: str) -> None:
    with pytest.raises(AmountOutOfRange) as refused:
        read_amount(text)
    assert (refused.value.smallest, refused.value.largest) == (1, LARGEST_MINOR)


def test_a_currency_without_a_minor_unit_takes_no_decimals() -> None:
    assert read_amount("1 200", minor_digits=0) == AmountRead(1_200, "")
    with pytest.raises(AmountUnreadable):
        read_amount("1 200.50", minor_digits=0)


def test_a_currency_of_three_decimals_is_still_typed_with_two() -> None:
    assert read_amount("1.25", minor_digits=3) == AmountRead(1_250, "")
    with pytest.raises(AmountUnreadable):
        read_amount("1.250", minor_digits=3)


@pytest.mark.parametrize(("minor_digits", "smallest"), [(0, 1), (2, 1), (3, 10)])
def test_a_hundredth_is_the_smallest_amount_where_the_currency_has_one(
    minor_digits: int, smallest: int
) -> None:
    with pytest.raises(AmountOutOfRange) as refused:
        read_amount("0", minor_digits)
    assert refused.value.smallest == smallest
    assert refused.value.largest == 10_000_000 * 10**minor_digits


@given(minor_amounts, st.sampled_from(",."), st.sampled_from(SPACES), services)
def test_every_amount_is_read_back_however_it_is_written(
    minor: int, point: str, space: str, service: str
) -> None:
    grouped = f"{minor // 100:,}".replace(",", space)
    for written in (f"{minor // 100}{point}{minor % 100:02}", f"{grouped}{point}{minor % 100:02}"):
        assert read_amount(f"{written} {service}") == AmountRead(minor, service)
        assert read_amount(f"{written}₽ {service}") == AmountRead(minor, service)


@pytest.mark.parametrize(
    ("typed", "tried", "has_commas"),
    [
        ("31,000 repair", "31,000", True),
        ("1,234.50", "1,234.50", True),
        ("1,200", "1,200", True),
        ("10.005 замена фильтра 2", "10.005", False),
        ("1 200,500 ремонт", "1 200,500", False),
        ("1e9", "1e9", False),
        ("сто рублей", "сто рублей", False),
        ("ремонт 1200", "ремонт 1200", False),
        ("12,5,0", "12,5,0", False),
        ("", "", False),
    ],
)
def test_a_refusal_quotes_the_amount_and_not_the_service(
    typed: str, tried: str, has_commas: bool
) -> None:
    with pytest.raises(AmountUnreadable) as refused:
        read_amount(typed)
    assert refused.value.tried == tried
    assert refused.value.has_commas_between_thousands is has_commas


@given(st.text(alphabet="0123456789., \u00a0рубeE-+_₽x", max_size=16))
def test_whatever_is_read_is_exactly_what_the_number_says(text: str) -> None:
    try:
        read = read_amount(text)
    except (AmountUnreadable, AmountOutOfRange):
        return
    stripped = text.strip()
    typed = stripped[: len(stripped) - len(read.rest)] if read.rest else stripped
    number = "".join(character for character in typed if character in "0123456789.,")
    number = number.rstrip(".").replace(",", ".")  # the point of "руб."
    assert Decimal(read.minor) / 100 == Decimal(number)
    assert 1 <= read.minor <= LARGEST_MINOR
    assert typed[-1:].isspace() or not read.rest  # the rest begins a word

"""The numbers that staff type: no phone, no amount behind them makes one, a slip finds nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.card_numbers import first_digits, luhn_digit, random_card_number
from operations.phones import longest_phone

attempts = st.integers(0, 30)
amounts = st.sampled_from(["1", "50", "500", "1200", "12000", "1 200", "12 000", "120 000,50"])


@given(attempts, amounts)
def test_a_number_and_an_amount_are_never_read_as_a_phone(attempt: int, amount: str) -> None:
    number = random_card_number("RU", attempt=attempt)
    assert 6 <= len(number) <= 8
    assert number.isdigit()
    for typed in (number, f"{number} {amount}", f"{number} {amount} ремонт"):
        assert longest_phone(typed, "RU") is None


@pytest.mark.parametrize("region", ["RU", "KZ", "EE", "US", "GB"])
def test_numbers_begin_as_no_phone_of_the_country_does(region: str) -> None:
    for _ in range(200):
        number = random_card_number(region, attempt=0)
        assert number[0] in first_digits(region)
        assert longest_phone(f"{number} 500", region) is None


def test_a_country_where_any_number_may_be_a_phone_has_numbers_all_the_same() -> None:
    assert first_digits("DE") == "123456789"


def test_the_check_digit_is_luhn_s() -> None:
    assert luhn_digit("7992739871") == "3"


@given(attempts, st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_is_no_number(attempt: int, place: int, by: int) -> None:
    number = random_card_number("RU", attempt=attempt)
    wrong = str((int(number[place]) + by) % 10)
    mistyped = number[:place] + wrong + number[place + 1 :]
    assert luhn_digit(mistyped[:-1]) != mistyped[-1]


def test_numbers_grow_longer_where_short_ones_are_taken() -> None:
    assert len(random_card_number("RU", attempt=0)) == 7
    assert len(random_card_number("RU", attempt=11)) == 8

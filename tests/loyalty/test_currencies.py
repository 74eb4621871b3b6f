"""Decimals of the world's money."""

import pytest

from loyalty.currencies import is_currency_code, minor_digits


@pytest.mark.parametrize(
    ("currency", "digits"), [("RUB", 2), ("USD", 2), ("JPY", 0), ("KRW", 0), ("KWD", 3), ("TND", 3)]
)
def test_a_currency_has_the_decimals_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_a_code_is_three_capital_letters() -> None:
    assert is_currency_code("RUB")
    assert not is_currency_code("rub")
    assert not is_currency_code("RUBL")
    assert not is_currency_code("₽")

"""Rule 16: however a phone is written, it is one phone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.phones import longest_phone, read_contact_phone, read_phone

ANNA = "+79120000001"


@pytest.mark.parametrize(
    "typed",
    [
        "+79120000001",
        "89120000001",
        "79120000001",
        "9120000001",
        "8 912 000-00-01",
        "8 (912) 000 00 01",
        "+7 (912) 000-00-01",
        "+7\u00a0912\u00a0000\u00a000\u00a001",
        "8-912-000-00-01",
        "8.912.000.00.01",
        "(912) 000–00–01",
        "  +7 912 0000001 ",
    ],
)
def test_rule_16_every_usual_form_is_the_same_phone(typed: str) -> None:
    assert read_phone(typed, "RU") == ANNA


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "+",
        "Анна",
        "12345",
        "8912000000",
        "8 912 000 00 01 2",
        "+7912000000a",
        "1e9",
        "9" * 500,
        "+7 912 000 00 01 доб. 5",
        "+79120000001\n+79120000002",
        "tel:+79120000001",
        "8,9120000001",
    ],
)
def test_what_is_no_phone_is_not_read_as_one(typed: str) -> None:
    assert read_phone(typed, "RU") is None


def test_rule_16_a_number_without_plus_is_read_in_the_business_s_country() -> None:
    assert read_phone("030 901820", "DE") == "+4930901820"
    assert read_phone("030 901820", "RU") is None


@pytest.mark.parametrize("number", ["+79120000001", "79120000001", "+7 912 000-00-01"])
def test_rule_16_a_contact_s_number_is_international_with_or_without_plus(number: str) -> None:
    assert read_contact_phone(number) == ANNA


def test_a_contact_s_number_needs_no_range_that_we_know_but_must_be_a_number() -> None:
    assert read_contact_phone("+888 0123 4567") == "+88801234567"
    for number in ("", "+", "abc", "0123456789", "1" * 16):
        assert read_contact_phone(number) is None


@pytest.mark.parametrize(
    ("typed", "rest"),
    [
        ("8 912 000-00-01 500", "500"),
        ("+7 912 000 00 01 1 200 ремонт", "1 200 ремонт"),
        ("9120000001 12,50", "12,50"),
        ("(912) 000-00-01 500 руб", "500 руб"),
        ("8 (912) 000 00 01", ""),
        ("89120000001\n500", "500"),
        ("8912 0000001 10 000", "10 000"),
    ],
)
def test_the_longest_beginning_that_is_a_phone_is_taken(typed: str, rest: str) -> None:
    assert longest_phone(typed, "RU") == (ANNA, rest)


@pytest.mark.parametrize(
    "typed", ["1234567 500", "Анна 500", "", "500", "89120000001500", "89120000001х 500", "+"]
)
def test_a_beginning_that_is_no_phone_is_left_to_others(typed: str) -> None:
    assert longest_phone(typed, "RU") is None


@given(st.text(max_size=80))
def test_whatever_is_typed_is_read_or_not_but_never_fails(typed: str) -> None:
    found = longest_phone(typed, "RU")
    if found is not None:
        assert typed.strip().endswith(found.rest)
        assert found.phone.startswith("+")


@given(
    st.integers(9_000_000_000, 9_999_999_999).map(str),
    st.sampled_from(["+7{}", "8{}", "7{}", "{}", "+7 {}"]),
    st.lists(st.sampled_from(["", " ", "-", " - ", "\u00a0", ".", ") "]), min_size=9, max_size=9),
)
def test_separators_change_nothing(digits: str, form: str, between: list[str]) -> None:
    plain = read_phone("+7" + digits, "RU")
    spaced = "".join(digit + gap for digit, gap in zip(digits, [*between, ""], strict=True))
    typed = form.format(spaced)
    if len(typed) <= 32:
        assert read_phone(typed, "RU") == plain

"""What a link to the bot carries."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.deep_links import (
    CardLink,
    Invitation,
    Nothing,
    Referral,
    Source,
    deep_link,
    link_parameter,
    random_code,
    read_link,
)

KINDS = (Referral, CardLink, Invitation, Source)


@given(st.sampled_from(KINDS), st.from_regex(r"[A-Za-z0-9_-]{1,62}", fullmatch=True))
def test_a_link_says_what_was_put_into_it(kind: type[Referral], code: str) -> None:
    link = kind(code)
    parameter = link_parameter(link)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", parameter)
    assert read_link(parameter) == link


@given(st.none() | st.text(max_size=100))
def test_any_parameter_is_read_as_something(parameter: str | None) -> None:
    link = read_link(parameter)
    assert isinstance(link, Nothing) or link_parameter(link) == parameter


@pytest.mark.parametrize("parameter", [None, "", "r_", "x_abc", "rabc", "r_a b", "r_ю", "r_" * 40])
def test_what_is_none_of_ours_means_nothing(parameter: str | None) -> None:
    assert read_link(parameter) == Nothing()


@pytest.mark.parametrize("code", ["", "a b", "ю", "a" * 63, "a&b"])
def test_a_code_that_telegram_would_not_carry_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="1 to 62"):
        link_parameter(Source(code))


def test_an_address_opens_the_bot_with_the_link() -> None:
    assert deep_link("svoi_bot", Referral("abc")) == "https://t.me/svoi_bot?start=r_abc"


def test_random_codes_differ_and_fit_into_a_link() -> None:
    codes = {random_code(10) for _ in range(1000)}
    assert len(codes) == 1000
    assert all(read_link(f"r_{code}") == Referral(code) for code in codes)

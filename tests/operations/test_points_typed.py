"""POINTS, as staff type them: a whole number, or a refusal that says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme import Programme
from operations.desk import (
    POINTS_UNHEARD_OF,
    PointsUnreadable,
    read_bill,
    read_points,
    read_points_alone,
    read_who,
)


@pytest.mark.parametrize(
    ("typed", "points", "rest"),
    [
        ("100 1000", 100, "1000"),
        ("100 1 200,50 ремонт", 100, "1 200,50 ремонт"),
        ("0 1000", 0, "1000"),
        ("007 1000", 7, "1000"),
        ("100", 100, ""),
        ("9" * 30, POINTS_UNHEARD_OF, ""),
    ],
)
def test_points_are_the_first_word(typed: str, points: int, rest: str) -> None:
    assert read_points(typed) == (points, rest)


@pytest.mark.parametrize("typed", ["", "-1 5", "1,5 5", "1e3 5", "NaN 5", "сто 5", "５ 5", "+5 5"])
def test_anything_else_is_no_number_of_points(typed: str) -> None:
    with pytest.raises(PointsUnreadable):
        read_points(typed)


@pytest.mark.parametrize(
    ("typed", "points"),
    [("100", 100), (" 100 баллов ", 100), ("1 балл", 1), ("1 000", 1000), ("50б", 50)],
)
def test_asked_alone_they_may_be_written_out(typed: str, points: int) -> None:
    assert read_points_alone(typed) == points


@pytest.mark.parametrize("typed", ["100 1000", "1 00", "100 рублей", "1.5", "-100", ""])
def test_asked_alone_nothing_else_may_follow(typed: str) -> None:
    with pytest.raises(PointsUnreadable):
        read_points_alone(typed)


@given(text=st.text(max_size=30))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    for read in (read_points, read_points_alone):
        try:
            read(text)
        except PointsUnreadable:
            continue


@pytest.mark.parametrize(
    "who", ["89123456789", "8 912 345-67-89", "+7 (912) 345 67 89", "79123456789", "1234567"]
)
def test_who_points_amount_and_service_stand_in_a_row(programme: Programme, who: str) -> None:
    _, rest = read_who(f"{who} 100 1 200 ремонт", programme)
    points, rest = read_points(rest)
    typed = read_bill(rest, programme)
    assert (points, typed.bill, typed.service.code) == (100, 120_000, "repair")

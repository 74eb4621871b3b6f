"""Stamps: every n-th is free."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme import Programme
from loyalty.programme.offers import Stamp
from loyalty.programme.text import Text
from loyalty.stamps import stamp_card
from loyalty.visits import PointsRefused, rest_of, visit_terms
from tests.loyalty.programme_files import level_of

TENTH = Stamp("tenth_filter", Text({"ru": "Десятая"}), "filter", 10)


def test_after_nine_paid_visits_the_tenth_is_free() -> None:
    assert not stamp_card(TENTH, 8).is_next_free
    assert stamp_card(TENTH, 9).is_next_free


@given(st.integers(2, 1000), st.integers(0, 3000))
def test_a_card_is_never_fuller_than_it_can_be(every: int, paid: int) -> None:
    card = stamp_card(Stamp("any", Text({"ru": "Любая"}), "filter", every), paid)
    assert 0 <= card.have < every
    assert card.is_next_free == (paid >= every - 1)


def test_rule_05_and_06_a_free_visit_is_all_discount_and_earns_nothing(
    programme: Programme,
) -> None:
    gold = level_of(programme, "gold")
    terms = visit_terms(
        programme, gold, bill=1_200_050, service_code="filter", stamp="tenth_filter"
    )
    assert (terms.discount, terms.to_pay, terms.eligible) == (1_200_050, 0, 0)
    assert (terms.points_earned, terms.points_spent, terms.stamp) == (0, 0, "tenth_filter")
    assert rest_of(terms, 600_000).to_pay == 0
    assert rest_of(terms, 600_000).discount == 600_000


def test_rule_07_no_points_pay_for_what_is_free(programme: Programme) -> None:
    with pytest.raises(PointsRefused) as refused:
        visit_terms(
            programme,
            level_of(programme, "gold"),
            bill=100_000,
            service_code="filter",
            stamp="tenth_filter",
            points_spent=50,
        )
    assert refused.value.largest == 0

"""Rule 13 and the badges' own rules."""

from hypothesis import given
from hypothesis import strategies as st

from loyalty.badges import (
    VisitFacts,
    badge_progress,
    current_run,
    earned_badges,
    longest_run,
)
from loyalty.programme import Programme

months = st.frozensets(st.tuples(st.integers(2020, 2030), st.integers(1, 12)), max_size=24)
facts = st.builds(
    VisitFacts,
    visits=st.integers(0, 30),
    largest_bill=st.integers(0, 5_000_000),
    referrals=st.integers(0, 6),
    months=months,
)


def test_nobody_begins_with_a_badge(programme: Programme) -> None:
    assert earned_badges(programme, VisitFacts()) == ()
    assert {step.have for step in badge_progress(programme, VisitFacts())} == {0}


def test_a_goal_reached_exactly_is_reached(programme: Programme) -> None:
    reached = VisitFacts(visits=10, largest_bill=2_000_000, referrals=3)
    assert earned_badges(programme, reached) == (
        "first_visit",
        "regular",
        "big_bill",
        "ambassador",
    )
    nearly = VisitFacts(visits=9, largest_bill=1_999_999, referrals=2)
    assert earned_badges(programme, nearly) == ("first_visit",)


def test_rule_13_a_return_of_the_first_visit_takes_its_badge_back(programme: Programme) -> None:
    assert "first_visit" in earned_badges(programme, VisitFacts(visits=1))
    assert "first_visit" not in earned_badges(programme, VisitFacts(visits=0))


def test_months_in_a_row_run_over_new_year(programme: Programme) -> None:
    winter = VisitFacts(visits=3, months=frozenset({(2026, 12), (2027, 1), (2027, 2)}))
    assert "streak" in earned_badges(programme, winter)


def test_a_month_without_a_visit_breaks_the_run() -> None:
    assert longest_run({(2027, 1), (2027, 2), (2027, 4), (2027, 5), (2027, 6)}) == 3
    assert longest_run({(2026, 1), (2027, 1)}) == 1
    assert longest_run([]) == 0


def test_a_run_that_was_broken_off_is_no_way_to_the_badge(programme: Programme) -> None:
    long_ago = frozenset({(2026, 5), (2026, 6), (2027, 1)})

    def have(this_month: tuple[int, int]) -> int:
        facts = VisitFacts(visits=3, months=long_ago, this_month=this_month)
        return {step.code: step.have for step in badge_progress(programme, facts)}["streak"]

    assert have((2027, 1)) == 1
    assert have((2027, 2)) == 1  # the month is not over
    assert have((2027, 3)) == 0


def test_a_badge_once_earned_does_not_lapse_with_its_run(programme: Programme) -> None:
    winter = frozenset({(2026, 1), (2026, 2), (2026, 3)})
    facts = VisitFacts(visits=3, months=winter, this_month=(2027, 6))
    assert "streak" in earned_badges(programme, facts)


@given(months, st.tuples(st.integers(2020, 2030), st.integers(1, 12)))
def test_the_run_of_now_is_never_longer_than_the_longest(
    visited: frozenset[tuple[int, int]], now: tuple[int, int]
) -> None:
    assert 0 <= current_run(visited, now) <= longest_run(visited)
    assert (current_run(visited, now) > 0) >= (now in visited)


def test_progress_names_what_there_is_and_what_it_takes(programme: Programme) -> None:
    by_code = {step.code: step for step in badge_progress(programme, VisitFacts(3, 450_000, 1))}
    assert (by_code["regular"].have, by_code["regular"].goal) == (3, 10)
    assert (by_code["big_bill"].have, by_code["big_bill"].goal) == (450_000, 2_000_000)
    assert not by_code["ambassador"].reached


@given(months)
def test_a_run_is_no_longer_than_its_months_and_no_shorter_than_one(
    visited: frozenset[tuple[int, int]],
) -> None:
    run = longest_run(visited)
    assert min(len(visited), 1) <= run <= len(visited)
    numbers = {year * 12 + month for year, month in visited}
    assert not numbers or any(all(n + ahead in numbers for ahead in range(run)) for n in numbers)
    assert not any(all(n + ahead in numbers for ahead in range(run + 1)) for n in numbers)


@given(facts)
def test_the_earned_badges_are_those_whose_goal_is_met(
    programme: Programme, of_client: VisitFacts
) -> None:
    steps = badge_progress(programme, of_client)
    assert [step.code for step in steps] == [badge.code for badge in programme.badges]
    assert earned_badges(programme, of_client) == tuple(
        step.code for step in steps if step.have >= step.goal
    )

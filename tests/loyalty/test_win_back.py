"""Rule 15: when somebody who stopped coming is written to."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme import Programme, WinBackRules
from loyalty.win_back import in_holdout, silence_days, win_back_due

RULES = WinBackRules(points=200)
REGISTERED = date(2026, 1, 1)
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


def days_apart(*intervals: int, last: date = date(2027, 1, 1)) -> list[date]:
    """Days of visits with these intervals, the last of them on this day."""
    visits = [last]
    for interval in reversed(intervals):
        visits.append(visits[-1] - timedelta(days=interval))
    return visits


def due_after(visits: list[date], silent_days: int, last_sent_on: date | None = None) -> bool:
    today = max(visits, default=REGISTERED) + timedelta(days=silent_days)
    return win_back_due(RULES, visits, REGISTERED, last_sent_on, today)


def test_rule_15_who_never_came_counts_from_registration() -> None:
    assert not due_after([], 89)
    assert due_after([], 90)


def test_with_fewer_than_three_visits_the_fixed_number_of_days_counts() -> None:
    assert not due_after(days_apart(20), 89)
    assert due_after(days_apart(20), 90)


def test_with_three_visits_it_is_twice_the_median_interval() -> None:
    visits = days_apart(20, 30)
    assert silence_days(RULES, visits) == 50
    assert not due_after(visits, 49)
    assert due_after(visits, 50)


def test_one_long_holiday_does_not_move_the_median() -> None:
    assert silence_days(RULES, days_apart(30, 300, 30)) == 60


def test_rule_15_intervals_are_never_taken_under_14_days() -> None:
    assert silence_days(RULES, days_apart(1, 1, 1)) == 28
    assert silence_days(RULES, days_apart(1, 20)) == 34  # of 14 and 20, twice their middle


def test_rule_15_visits_of_one_day_are_one() -> None:
    day = date(2027, 1, 1)
    assert silence_days(RULES, [day, day, day]) == 90
    assert silence_days(RULES, [*days_apart(20, 30), day]) == 50


def test_nobody_is_invited_again_before_the_pause_is_over() -> None:
    visits = days_apart(20, 30)
    sent = visits[0] + timedelta(days=50)
    assert not due_after(visits, 139, last_sent_on=sent)
    assert due_after(visits, 140, last_sent_on=sent)


def test_without_the_section_nobody_is_invited() -> None:
    assert not win_back_due(None, [], REGISTERED, None, date(2030, 1, 1))


def test_a_clock_set_back_invites_nobody() -> None:
    assert not win_back_due(RULES, [date(2027, 5, 1)], REGISTERED, None, date(2027, 1, 1))


@given(st.lists(days, max_size=12), days)
def test_once_due_it_stays_due_until_something_happens(visits: list[date], today: date) -> None:
    if win_back_due(RULES, visits, REGISTERED, None, today):
        assert win_back_due(RULES, visits, REGISTERED, None, today + timedelta(days=1))


@given(st.lists(days, max_size=12))
def test_nobody_is_invited_within_four_weeks_of_a_visit(visits: list[date]) -> None:
    assert silence_days(RULES, visits) >= 28


def test_the_holdout_is_the_same_people_for_ever_and_about_its_share(
    programme: Programme,
) -> None:
    assert programme.win_back is not None
    share = programme.win_back.holdout_percent
    held = [client_id for client_id in range(10_000) if in_holdout(client_id, share, "win_back")]
    assert held == [n for n in range(10_000) if in_holdout(n, share, "win_back")]
    assert 900 < len(held) < 1_100
    assert held[:3] == [2, 29, 62]  # as on every machine and in every version


def test_of_a_hundred_percent_everybody_is_held_out() -> None:
    assert all(in_holdout(client_id, Fraction(100), "s") for client_id in range(1_000))


def test_another_campaign_holds_out_other_people() -> None:
    of_one = {n for n in range(1_000) if in_holdout(n, Fraction(10), "spring")}
    of_other = {n for n in range(1_000) if in_holdout(n, Fraction(10), "autumn")}
    assert of_one != of_other


@given(st.integers(-(2**63), 2**63 - 1), st.fractions(0, 100), st.fractions(0, 100))
def test_a_smaller_holdout_is_a_part_of_a_larger_one(
    client_id: int, one: Fraction, other: Fraction
) -> None:
    small, large = sorted((one, other))
    assert not in_holdout(client_id, small, "s") or in_holdout(client_id, large, "s")
    assert in_holdout(client_id, Fraction(100), "s")
    assert not in_holdout(client_id, Fraction(0), "s")

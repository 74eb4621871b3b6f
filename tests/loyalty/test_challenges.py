"""When a contest runs, and what a place wins."""

from dataclasses import replace
from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from loyalty.challenges import Phase, announced, phase_of, prize_for, prizes_due
from loyalty.programme import Challenge, Programme, Score
from loyalty.programme.text import Text

SPRING = Challenge(
    "spring",
    Text({"ru": "Весна"}),
    date(2027, 3, 1),
    date(2027, 3, 31),
    Score.VISITS,
    (1000, 500, 300),
)


def test_the_first_and_the_last_day_belong_to_it() -> None:
    days = [date(2027, 2, 28), date(2027, 3, 1), date(2027, 3, 31), date(2027, 4, 1)]
    phases = [phase_of(SPRING, day) for day in days]
    assert phases == [Phase.UPCOMING, Phase.RUNNING, Phase.RUNNING, Phase.ENDED]


def test_prizes_are_due_at_ten_on_the_day_after_and_ever_since() -> None:
    assert not prizes_due(SPRING, date(2027, 3, 31), time(23, 59))
    assert not prizes_due(SPRING, date(2027, 4, 1), time(9, 59))
    assert prizes_due(SPRING, date(2027, 4, 1), time(10))
    assert prizes_due(SPRING, date(2029, 4, 1), time(0))


@given(st.integers(-5, 300))
def test_only_the_first_places_win(place: int) -> None:
    assert (prize_for(SPRING, place) > 0) == (1 <= place <= 3)


def test_what_runs_is_named_before_what_comes_and_what_was(programme: Programme) -> None:
    def contest(code: str, first: date, days: int) -> Challenge:
        return replace(SPRING, code=code, from_=first, to=first + timedelta(days=days))

    today = date(2027, 3, 10)
    there = replace(
        programme,
        challenges=(
            contest("ended", date(2027, 1, 1), 30),
            contest("long_ended", date(2026, 1, 1), 2),
            contest("next", date(2027, 4, 1), 30),
            contest("far", date(2027, 9, 1), 30),
            contest("runs_long", date(2027, 3, 1), 60),
            contest("runs", date(2027, 3, 5), 10),
        ),
    )
    assert [found.code for found in announced(there, today)] == [
        "runs",
        "runs_long",
        "next",
        "ended",
    ]

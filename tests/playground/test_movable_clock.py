"""The demo's clock: only ahead, day by day, each once the bot is idle."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.calendar import local_time
from playground.clock import Journey, MovableClock, TooFar, stops

MOSCOW = ZoneInfo("Europe/Moscow")
START = datetime(2027, 2, 1, 18, 30, tzinfo=UTC)


class FixedClock:
    """A base that stands still, so that what is asserted is exact."""

    def now(self) -> datetime:
        return START


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(FixedClock())


def test_the_clock_moves_ahead_and_never_back(clock: MovableClock) -> None:
    clock.move_to(START + timedelta(days=2))
    clock.move_to(START + timedelta(days=1))
    assert clock.now() == START + timedelta(days=2)
    assert clock.timestamp() == clock.now().timestamp()


@given(
    st.integers(0, 700 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes)),
    st.timedeltas(timedelta(minutes=1), timedelta(days=200)),
    st.sampled_from([MOSCOW, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")]),
)
def test_a_journey_stops_at_every_noon_between_and_at_its_end(
    start: datetime, length: timedelta, zone: ZoneInfo
) -> None:
    end = start + length
    found = list(stops(start, end, zone))
    assert found == sorted(found)
    assert found[-1] == end
    assert all(start < stop for stop in found)
    assert all(local_time(stop, zone).time() == time(12) for stop in found[:-1])
    gaps = [after - before for before, after in zip([start, *found], found, strict=False)]
    assert max(gaps) <= timedelta(hours=25), "a day with a clock change at the most"


async def test_the_next_day_begins_once_the_bot_has_settled(clock: MovableClock) -> None:
    settled: list[datetime] = []
    told: list[tuple[int, int] | None] = []

    async def settle() -> None:
        settled.append(clock.now())

    journey = Journey(clock, MOSCOW, settle)
    journey.on_progress = lambda: told.append(
        None if journey.progress is None else (journey.progress.step, journey.progress.steps)
    )
    await journey.to(START + timedelta(days=2))
    assert settled == list(stops(START, START + timedelta(days=2), MOSCOW))
    assert told == [(1, 3), (2, 3), (3, 3), None]


async def test_a_stopped_journey_ends_after_the_day_it_is_in(clock: MovableClock) -> None:
    async def settle() -> None:
        journey.stop()

    journey = Journey(clock, MOSCOW, settle)
    await journey.to(START + timedelta(days=90))
    assert clock.now() == next(stops(START, START + timedelta(days=90), MOSCOW))
    assert journey.progress is None
    await journey.to(START + timedelta(days=90))
    assert clock.now() > START + timedelta(days=1), "it can be taken up again"


async def test_while_one_journey_is_on_another_is_not_begun(clock: MovableClock) -> None:
    async def settle() -> None:
        await journey.to(START + timedelta(days=300))

    journey = Journey(clock, MOSCOW, settle)
    await journey.to(START + timedelta(days=1))
    assert clock.now() == START + timedelta(days=1)


async def test_nobody_travels_for_years(clock: MovableClock) -> None:
    async def settle() -> None:
        raise AssertionError("not begun")

    with pytest.raises(TooFar):
        await Journey(clock, MOSCOW, settle).to(START + timedelta(days=500))

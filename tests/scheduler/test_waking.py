"""We are woken whatever the clocks do."""

import asyncio
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from scheduler.waking import SILENT_MAX_S, TICK_S, WATCH_S, Every, Jumps, Waking
from tests.movable_clock import MovableClock


class Stopwatch:
    """Monotonic time that a test sets."""

    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


def run_times_after(trigger: object, sleep: timedelta) -> int:
    scheduler = AsyncIOScheduler(timezone=UTC)
    job = scheduler.add_job(print, trigger, coalesce=True)
    now = datetime.now(UTC)
    job._modify(next_run_time=now)
    return len(job._get_run_times(now + sleep))


def test_a_clock_that_jumped_a_month_is_not_walked_through_tick_by_tick() -> None:
    month = timedelta(days=30)
    assert run_times_after(IntervalTrigger(seconds=TICK_S, timezone=UTC), month) > 80_000
    assert run_times_after(Every(TICK_S), month) == 1


def test_time_that_passes_is_no_jump() -> None:
    clock, stopwatch = MovableClock(), Stopwatch()
    jumps = Jumps(clock.now, monotonic=stopwatch)
    clock.move(timedelta(minutes=5))
    stopwatch.now_s += 300
    assert not jumps.happened()


def test_a_clock_set_back_or_forward_is_a_jump_and_only_once() -> None:
    clock, stopwatch = MovableClock(), Stopwatch()
    jumps = Jumps(clock.now, monotonic=stopwatch)
    for jump in (timedelta(hours=-1), timedelta(days=1)):
        clock.move(jump + timedelta(seconds=10))
        stopwatch.now_s += 10
        assert jumps.happened()
        assert not jumps.happened()


def test_a_clock_that_stands_while_time_passes_is_a_jump() -> None:
    clock, stopwatch = MovableClock(), Stopwatch()
    jumps = Jumps(clock.now, monotonic=stopwatch)
    stopwatch.now_s += 60
    assert jumps.happened()


def test_one_of_several_clocks_is_enough() -> None:
    wall, business, stopwatch = MovableClock(), MovableClock(), Stopwatch()
    jumps = Jumps(wall.now, business.now, monotonic=stopwatch)
    business.move(timedelta(days=1))
    assert jumps.happened()


class Bell:
    """Hears the ringing; `times` says how it was rung."""

    def __init__(self) -> None:
        self.times: list[bool] = []
        self.heard = asyncio.Event()

    def ring(self, *, anew: bool = False) -> None:
        self.times.append(anew)
        self.heard.set()

    async def once(self) -> None:
        self.heard.clear()
        await self.heard.wait()


async def test_a_wall_clock_set_back_wakes_everybody_anew() -> None:
    wall, business, stopwatch, bell = MovableClock(), MovableClock(), Stopwatch(), Bell()
    waking = Waking(bell.ring, business.now, wall_now=wall.now, monotonic=stopwatch, watch_s=0.001)
    async with asyncio.TaskGroup() as tasks:
        run = tasks.create_task(waking.run())
        await asyncio.sleep(0)
        wall.move(timedelta(hours=-1))
        await bell.once()
        run.cancel()
    assert bell.times == [True]


async def test_a_tick_that_does_not_come_is_made_up_for() -> None:
    clock, stopwatch, bell = MovableClock(), Stopwatch(), Bell()
    waking = Waking(bell.ring, clock.now, wall_now=clock.now, monotonic=stopwatch, watch_s=0.001)
    async with asyncio.TaskGroup() as tasks:
        run = tasks.create_task(waking.run())
        await asyncio.sleep(0)
        clock.move(timedelta(seconds=SILENT_MAX_S + 1))
        stopwatch.now_s += SILENT_MAX_S + 1
        await bell.once()
        run.cancel()
    assert len(bell.times) == 1


def test_everything_is_noticed_within_a_minute() -> None:
    assert TICK_S + WATCH_S <= SILENT_MAX_S
    assert SILENT_MAX_S + WATCH_S < 60

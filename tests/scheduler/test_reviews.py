"""Rule 12: levels are lowered at a review alone, after a warning. On both databases."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.calendar import business_day
from loyalty.programme import Programme, QualifyBy, Review
from loyalty.tiers import window_start
from operations.transaction import Tx
from scheduler.business import business_jobs
from scheduler.clockwork import Clockwork
from storage import audit, qualifying, tiers
from storage.database import Database
from storage.tiers import TierReason
from templates.client import Way
from templates.levels import LevelAtRisk, LevelLowered
from tests.movable_clock import MovableClock
from tests.operations.visiting import undo, visit
from tests.scheduler.conftest import Postbox
from tests.town import Town

DAY = timedelta(days=1)
GOLD, PLATINUM = 3_000_000, 10_000_000  # kopecks
BOUGHT = date(2026, 2, 20)  # falls out of the window after 20 February 2027
REVIEW = date(2027, 3, 1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


class Levels:
    """A town whose levels are reviewed."""

    def __init__(self, database: Database, clock: MovableClock, programme: Programme) -> None:
        self.town = Town(database, clock, programme)
        self.clock = clock
        self.postbox = Postbox()
        self.clockwork = self.another()

    def another(self, database: Database | None = None) -> Clockwork:
        jobs = [job for job in business_jobs(()) if job.name.startswith("tier")]
        return Clockwork(
            database or self.town.database,
            self.clock,
            self.town.programme,
            (),
            self.postbox.offer,
            jobs=jobs,
        )

    async def comes_to(self, day: date) -> None:
        self.clock.move_to(noon(day))
        await self.clockwork.catch_up()

    async def passes(self, first: date, last: date) -> None:
        """Every day from the first to the last."""
        for ahead in range((last - first).days + 1):
            await self.comes_to(first + ahead * DAY)

    async def spends(self, client_id: int, bill: int, day: date | None = None) -> int:
        if day is not None:
            self.clock.move_to(noon(day))
        async with self.town.tx() as tx:
            visit_id, _, _ = await visit(tx, client_id, bill)
        return visit_id

    async def level(self, client_id: int) -> str:
        return (await self.town.knows(client_id)).tier

    async def warnings(self, client_id: int) -> list[LevelAtRisk]:
        found = await self.town.notices(client_id)
        return [notice for notice in found if isinstance(notice, LevelAtRisk)]

    async def losses(self, client_id: int) -> list[LevelLowered]:
        found = await self.town.notices(client_id)
        return [notice for notice in found if isinstance(notice, LevelLowered)]

    async def sound(self) -> bool:
        async with self.town.database.read() as db:
            return not await audit.differences(db)


@pytest.fixture
def levels(database: Database, clock: MovableClock, programme: Programme) -> Levels:
    return Levels(database, clock, programme)


async def gold_since(levels: Levels, day: date, bill: int = GOLD) -> int:
    levels.clock.move_to(noon(day))
    anna = await levels.town.person(name="Анна")
    await levels.spends(anna, bill)
    return anna


async def test_rule_12_a_downgrade_waits_for_the_review_with_a_warning_ahead(
    levels: Levels,
) -> None:
    anna = await gold_since(levels, BOUGHT)
    await levels.passes(date(2027, 2, 10), date(2027, 2, 14))
    assert await levels.warnings(anna) == []
    await levels.comes_to(date(2027, 2, 15))
    (warning,) = await levels.warnings(anna)
    assert warning == LevelAtRisk(
        name="Анна",
        level="Золотой",
        falls_to="Серебряный",
        qualify_by=QualifyBy.SPEND,
        missing=GOLD,
        review_on=REVIEW,
        window_days=365,
    )
    await levels.passes(date(2027, 2, 16), date(2027, 2, 28))
    assert await levels.level(anna) == "gold"
    await levels.comes_to(REVIEW)
    assert await levels.level(anna) == "silver"
    assert await levels.warnings(anna) == [warning]
    (loss,) = await levels.losses(anna)
    assert (loss.level_before, loss.level) == ("Золотой", "Серебряный")
    assert loss.way == Way(QualifyBy.SPEND, GOLD, "Золотой")
    await levels.passes(REVIEW + DAY, date(2027, 4, 2))
    assert len(await levels.losses(anna)) == 1
    async with levels.town.database.read() as db:
        steps = await tiers.newest(db, anna, limit=9)
    assert [step.reason for step in steps] == [
        TierReason.REVIEW,
        TierReason.VISIT,
        TierReason.ENROLMENT,
    ]
    assert await levels.sound()


@pytest.mark.parametrize(("missing", "stays"), [(0, "gold"), (1, "silver")])
async def test_rule_12_what_it_takes_to_stay_is_exactly_what_was_said(
    levels: Levels, missing: int, stays: str
) -> None:
    anna = await gold_since(levels, BOUGHT, GOLD - 500_000)
    await levels.spends(anna, 500_000, BOUGHT + 30 * DAY)
    await levels.comes_to(date(2027, 2, 16))
    (warning,) = await levels.warnings(anna)
    assert warning.missing == GOLD - 500_000
    await levels.spends(anna, warning.missing - missing, date(2027, 2, 28))
    await levels.comes_to(REVIEW)
    assert await levels.level(anna) == stays


async def test_rule_12_who_is_safe_hears_nothing(levels: Levels) -> None:
    anna = await gold_since(levels, date(2026, 3, 1))
    await levels.passes(date(2027, 2, 14), REVIEW + DAY)
    assert await levels.level(anna) == "gold"
    assert await levels.warnings(anna) == []
    await levels.passes(date(2027, 3, 17), date(2027, 3, 19))
    assert len(await levels.warnings(anna)) == 1


async def test_rule_12_a_review_leads_straight_to_the_level_that_is_reached(
    levels: Levels,
) -> None:
    levels.clock.move_to(noon(BOUGHT))
    two_down, one_down = await levels.town.person(), await levels.town.person()
    for person in (two_down, one_down):
        await levels.spends(person, PLATINUM)
    await levels.spends(one_down, GOLD, BOUGHT + 40 * DAY)
    for day in (date(2027, 2, 20), REVIEW):
        await levels.comes_to(day)
    assert await levels.level(two_down) == "silver"
    assert await levels.level(one_down) == "gold"
    assert (await levels.losses(one_down))[0].way == Way(
        QualifyBy.SPEND, PLATINUM - GOLD, "Платиновый"
    )


async def test_a_machine_that_slept_through_a_review_catches_up_once(levels: Levels) -> None:
    anna = await gold_since(levels, BOUGHT)
    await levels.comes_to(date(2027, 2, 20))
    await levels.comes_to(date(2027, 3, 9))
    assert await levels.level(anna) == "silver"
    await levels.passes(date(2027, 3, 10), date(2027, 4, 2))
    assert len(await levels.losses(anna)) == 1


async def test_what_was_added_while_the_review_was_slept_through_counts(levels: Levels) -> None:
    anna = await gold_since(levels, BOUGHT)
    await levels.comes_to(date(2027, 2, 20))
    await levels.spends(anna, GOLD, date(2027, 3, 8))
    await levels.comes_to(date(2027, 3, 9))
    assert await levels.level(anna) == "gold"
    assert await levels.losses(anna) == []


async def test_rule_12_nobody_is_lowered_who_was_not_warned(levels: Levels) -> None:
    anna = await gold_since(levels, BOUGHT)
    await levels.comes_to(date(2027, 3, 2))  # asleep since before the warning
    assert await levels.level(anna) == "gold"
    await levels.passes(date(2027, 3, 3), date(2027, 3, 31))
    assert await levels.level(anna) == "gold"
    assert len(await levels.warnings(anna)) == 1
    await levels.comes_to(date(2027, 4, 1))
    assert await levels.level(anna) == "silver"


async def test_rule_12_between_reviews_nothing_falls(levels: Levels) -> None:
    anna = await gold_since(levels, date(2026, 9, 1))
    half = await levels.spends(anna, 100_000, date(2027, 1, 5))
    for day in (date(2027, 2, 15), REVIEW):
        await levels.comes_to(day)
    async with levels.town.tx() as tx:
        await undo(tx, half)
    await levels.passes(REVIEW + DAY, REVIEW + 5 * DAY)
    assert await levels.level(anna) == "gold"


async def test_a_level_won_since_waits_for_its_own_first_review(levels: Levels) -> None:
    old = await gold_since(levels, BOUGHT, GOLD - 100)
    await levels.spends(old, 100, date(2027, 2, 19))
    assert await levels.level(old) == "gold"
    await levels.comes_to(date(2027, 2, 19))  # what lifted them leaves the window on the 21st
    await levels.comes_to(REVIEW)
    assert await levels.level(old) == "silver"
    fresh = await gold_since(levels, REVIEW + DAY)
    await levels.passes(REVIEW + DAY, REVIEW + 3 * DAY)
    assert await levels.level(fresh) == "gold"


async def test_a_lift_settles_the_warning_that_was_given_before(levels: Levels) -> None:
    anna = await gold_since(levels, BOUGHT)
    await levels.comes_to(date(2027, 2, 15))
    lifting = await levels.spends(anna, PLATINUM, date(2027, 2, 16))
    async with levels.town.tx() as tx:
        await undo(tx, lifting)
    assert await levels.level(anna) == "gold"
    await levels.comes_to(date(2027, 2, 17))
    assert len(await levels.warnings(anna)) == 2
    await levels.comes_to(REVIEW)
    assert await levels.level(anna) == "silver"


@pytest.mark.parametrize(
    ("review", "on"),
    [(Review.QUARTERLY, date(2027, 4, 1)), (Review.YEARLY, date(2028, 1, 1))],
)
async def test_reviews_come_by_the_quarter_or_the_year_as_well(
    database: Database, clock: MovableClock, programme: Programme, review: Review, on: date
) -> None:
    rules = replace(programme.tiers, review=review)
    levels = Levels(database, clock, replace(programme, tiers=rules))
    anna = await gold_since(levels, BOUGHT)
    for day in (REVIEW - DAY, REVIEW, on - 10 * DAY, on - DAY):
        await levels.comes_to(day)
        assert await levels.level(anna) == "gold"
    await levels.comes_to(on)
    assert await levels.level(anna) == "silver"


@pytest.mark.parametrize(
    ("qualify_by", "threshold", "missing"), [(QualifyBy.VISITS, 2, 1), (QualifyBy.POINTS, 60, 30)]
)
async def test_rule_12_visits_or_points_may_keep_a_level(
    database: Database,
    clock: MovableClock,
    programme: Programme,
    qualify_by: QualifyBy,
    threshold: int,
    missing: int,
) -> None:
    held = list(programme.tiers.levels)
    held[1] = replace(held[1], from_=threshold)
    by = replace(programme.tiers, levels=tuple(held), qualify_by=qualify_by)
    levels = Levels(database, clock, replace(programme, tiers=by))
    anna = await gold_since(levels, BOUGHT, 100_000)
    await levels.spends(anna, 100_000, BOUGHT + 30 * DAY)
    assert await levels.level(anna) == "gold"
    await levels.comes_to(date(2027, 2, 20))
    assert (await levels.warnings(anna))[0].missing == missing
    await levels.comes_to(REVIEW)
    assert await levels.level(anna) == "silver"


async def test_two_schedulers_warn_and_lower_once(levels: Levels, other: Database) -> None:
    people = [await gold_since(levels, BOUGHT) for _ in range(20)]
    second = levels.another(other)
    for day in (date(2027, 2, 20), REVIEW):
        levels.clock.move_to(noon(day))
        await asyncio.gather(levels.clockwork.catch_up(), second.catch_up())
    for person in people:
        assert len(await levels.warnings(person)) == len(await levels.losses(person)) == 1
    assert await levels.sound()


async def test_rule_12_a_visit_and_the_review_at_once_have_one_outcome(levels: Levels) -> None:
    people = [await gold_since(levels, BOUGHT) for _ in range(20)]
    await levels.comes_to(date(2027, 2, 20))
    levels.clock.move_to(noon(REVIEW))
    await asyncio.gather(
        levels.clockwork.catch_up(), *(levels.spends(person, GOLD) for person in people)
    )
    for person in people:
        # Whoever was first: the visit either kept the level or won it back at once.
        assert await levels.level(person) == "gold"
    assert await levels.sound()


async def test_clients_without_an_account_are_reviewed_in_silence(levels: Levels) -> None:
    levels.clock.move_to(noon(BOUGHT))
    imported = await levels.town.person(telegram_id=None)
    await levels.spends(imported, GOLD)
    for day in (date(2027, 2, 20), REVIEW):
        await levels.comes_to(day)
    assert await levels.level(imported) == "silver"
    assert await levels.town.notices(imported) == []


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    bought=st.lists(st.integers(0, 364), min_size=1, max_size=3),
    jumps=st.lists(st.integers(-24 * 20, 24 * 120), min_size=1, max_size=8),
)
async def test_rule_12_however_the_clock_jumps_nobody_falls_unwarned_or_between_reviews(
    levels: Levels, bought: list[int], jumps: list[int]
) -> None:
    start = noon(date(2027, 2, 1))
    levels.clock.move_to(start - 364 * DAY)
    anna = await levels.town.person()
    for ago in sorted(bought, reverse=True):
        await levels.spends(anna, GOLD, date(2027, 2, 1) - ago * DAY)
    rules, zone = levels.town.programme.tiers, levels.town.programme.business.timezone
    for hours in jumps:
        levels.clock.move_to(start + timedelta(hours=hours))
        today = business_day(levels.clock.now(), zone)
        before = await levels.town.knows(anna)
        await levels.clockwork.catch_up()
        after = await levels.town.knows(anna)
        if after.tier != before.tier:
            assert before.tier_warned_on is not None
            assert before.tier_warned_on < today
            async with levels.town.database.read() as db:
                value = await value_now(Tx(db, levels.clock.now(), levels.town.programme), anna)
            assert value < rules.levels[1].from_  # type: ignore[operator]
    assert await levels.sound()


async def value_now(tx: Tx, client_id: int) -> int:
    rules = tx.programme.tiers
    return await qualifying.qualifying_value(
        tx.db, client_id, rules.qualify_by, since=window_start(tx.today, rules.window_days)
    )

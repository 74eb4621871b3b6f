"""The birthday's gift, on both databases, by a clock that is moved."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.birthdays import Birthday as BirthdayDate
from loyalty.birthdays import observed_on
from loyalty.calendar import business_day
from loyalty.programme import BirthdayRules, Programme
from scheduler.business import business_jobs
from scheduler.clockwork import Clockwork
from storage import clients
from storage.database import Database
from storage.ledger import EntryKind
from templates.occasions import Birthday, Timing
from tests.movable_clock import MovableClock
from tests.scheduler.conftest import Postbox
from tests.town import Town

LONG_AGO = date(2026, 1, 1)
BORN = {"birthday_day": 12, "birthday_month": 3, "birthday_told_on": LONG_AGO}
TEN = datetime(2027, 3, 12, 7, 0, tzinfo=UTC)  # ten in Moscow on that day


class Year:
    """A town whose birthdays are kept."""

    def __init__(self, database: Database, clock: MovableClock, programme: Programme) -> None:
        self.town = Town(database, clock, programme)
        self.clock = clock
        self.postbox = Postbox()
        self.clockwork = self.another()

    def another(self, database: Database | None = None) -> Clockwork:
        jobs = [job for job in business_jobs(()) if job.name == "birthday"]
        return Clockwork(
            database or self.town.database,
            self.clock,
            self.town.programme,
            (),
            self.postbox.offer,
            jobs=jobs,
        )

    async def comes_to(self, moment: datetime) -> None:
        self.clock.move_to(moment)
        await self.clockwork.catch_up()

    async def gifts(self, client_id: int) -> list[int]:
        entries = await self.town.entries(client_id)
        return [entry.amount for entry in entries if entry.kind is EntryKind.BIRTHDAY]

    async def greetings(self, client_id: int) -> list[Birthday]:
        found = await self.town.notices(client_id)
        return [notice for notice in found if isinstance(notice, Birthday)]


@pytest.fixture
def year(database: Database, clock: MovableClock, programme: Programme) -> Year:
    return Year(database, clock, programme)


async def test_the_gift_comes_at_ten_and_not_before(year: Year) -> None:
    anna = await year.town.person(**BORN, name="Анна")
    await year.comes_to(TEN - timedelta(seconds=1))
    assert await year.gifts(anna) == []
    await year.comes_to(TEN)
    assert await year.gifts(anna) == [300]
    (greeting,) = await year.greetings(anna)
    assert replace(greeting, entry_id=0) == Birthday(
        business="Мастер",
        name="Анна",
        timing=Timing.TODAY,
        points=300,
        balance=300,
        valid_through=date(2027, 3, 26),
    )


async def test_rule_15_it_is_given_once_however_often_anybody_looks(year: Year) -> None:
    anna = await year.town.person(**BORN)
    for day in range(20):
        await year.comes_to(TEN + timedelta(days=day))
    assert await year.gifts(anna) == [300]
    await year.comes_to(TEN.replace(year=2028))
    assert await year.gifts(anna) == [300, 300]
    assert len(await year.greetings(anna)) == 2


async def test_rule_15_a_machine_that_slept_through_the_day_catches_up(year: Year) -> None:
    anna = await year.town.person(**BORN)
    await year.comes_to(TEN + timedelta(days=14, hours=13))
    assert await year.gifts(anna) == [300]
    (greeting,) = await year.greetings(anna)
    assert greeting.timing is Timing.BELATED
    assert greeting.valid_through == date(2027, 4, 9)


async def test_rule_15_after_valid_days_it_is_skipped(year: Year) -> None:
    anna = await year.town.person(**BORN)
    await year.comes_to(TEN + timedelta(days=15))
    assert await year.gifts(anna) == []


async def test_a_clock_set_back_or_forward_gives_no_second_gift(year: Year) -> None:
    anna = await year.town.person(**BORN)
    for moment in (TEN, TEN - timedelta(hours=1), TEN, TEN + timedelta(days=1), TEN):
        await year.comes_to(moment)
    assert await year.gifts(anna) == [300]
    assert len(await year.greetings(anna)) == 1


async def test_rule_15_a_birthday_told_less_than_thirty_days_ahead_waits_for_the_next_year(
    year: Year,
) -> None:
    late = await year.town.person(**BORN | {"birthday_told_on": date(2027, 2, 11)})
    in_time = await year.town.person(**BORN | {"birthday_told_on": date(2027, 2, 10)})
    await year.comes_to(TEN)
    assert await year.gifts(late) == []
    assert await year.gifts(in_time) == [300]
    await year.comes_to(TEN.replace(year=2028))
    assert await year.gifts(late) == [300]


async def test_a_birthday_that_nobody_remembers_being_told_counts_from_the_record(
    year: Year,
) -> None:
    anna = await year.town.person(**BORN | {"birthday_told_on": None})
    fresh = await year.town.person(
        **BORN | {"birthday_told_on": None}, created_at=TEN - timedelta(days=3)
    )
    await year.comes_to(TEN)
    assert await year.gifts(anna) == [300]
    assert await year.gifts(fresh) == []


async def test_rule_15_a_birthday_edited_again_and_again_brings_one_gift_a_year(year: Year) -> None:
    anna = await year.town.person(**BORN)
    await year.comes_to(TEN)
    for month in range(4, 13):
        async with year.town.database.write() as db:
            told = {"birthday_month": month, "birthday_told_on": date(2027, month - 2, 1)}
            await clients.change(db, anna, told)
        await year.comes_to(TEN.replace(month=month))
    assert await year.gifts(anna) == [300]


async def test_december_is_caught_up_in_january_as_last_years(year: Year) -> None:
    anna = await year.town.person(**BORN | {"birthday_day": 30, "birthday_month": 12})
    await year.comes_to(datetime(2028, 1, 3, 9, 0, tzinfo=UTC))
    assert await year.gifts(anna) == [300]
    (entry,) = await year.town.entries(anna)
    assert entry.key == f"birthday:{anna}:2027"
    await year.comes_to(datetime(2028, 12, 30, 9, 0, tzinfo=UTC))
    assert await year.gifts(anna) == [300, 300]


async def test_days_before_over_new_year_and_the_day_itself_is_not_greeted_again(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    rules = replace(programme.birthday or BirthdayRules(), days_before=5)
    year = Year(database, clock, replace(programme, birthday=rules))
    anna = await year.town.person(**BORN | {"birthday_day": 2, "birthday_month": 1})
    await year.comes_to(datetime(2027, 12, 28, 6, 59, tzinfo=UTC))
    assert await year.gifts(anna) == []
    await year.comes_to(datetime(2027, 12, 28, 7, 0, tzinfo=UTC))
    await year.comes_to(datetime(2028, 1, 2, 9, 0, tzinfo=UTC))
    assert await year.gifts(anna) == [300]
    (greeting,) = await year.greetings(anna)
    assert greeting.timing is Timing.AHEAD
    assert greeting.valid_through == date(2028, 1, 11)


@pytest.mark.parametrize(
    ("leap_day", "month", "day"), [((2, 28), 2, 28), ((3, 1), 3, 1)], ids=("28-feb", "1-march")
)
async def test_rule_15_29_february_is_greeted_in_common_years_too(
    database: Database,
    clock: MovableClock,
    programme: Programme,
    leap_day: tuple[int, int],
    month: int,
    day: int,
) -> None:
    rules = replace(programme.birthday or BirthdayRules(), leap_day=leap_day, valid_days=1)
    year = Year(database, clock, replace(programme, birthday=rules))
    anna = await year.town.person(**BORN | {"birthday_day": 29, "birthday_month": 2})
    await year.comes_to(datetime(2027, month, day, 6, 59, tzinfo=UTC))
    assert await year.gifts(anna) == []
    await year.comes_to(datetime(2027, month, day, 7, 0, tzinfo=UTC))
    assert await year.gifts(anna) == [300]
    await year.comes_to(datetime(2028, 2, 29, 7, 0, tzinfo=UTC))
    assert await year.gifts(anna) == [300, 300]


async def test_the_tier_decides_how_much_it_is(year: Year) -> None:
    given = {}
    people = {tier: await year.town.person(**BORN, tier=tier) for tier in ("silver", "gold")}
    await year.comes_to(TEN)
    for tier, person in people.items():
        given[tier] = await year.gifts(person)
    assert given == {"silver": [300], "gold": [500]}


async def test_a_programme_without_birthday_points_has_kind_words_only(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    year = Year(database, clock, replace(programme, birthday=BirthdayRules()))
    anna = await year.town.person(**BORN)
    await year.comes_to(TEN)
    await year.comes_to(TEN + timedelta(hours=1))
    assert await year.town.entries(anna) == []
    (greeting,) = await year.greetings(anna)
    assert (greeting.points, greeting.valid_through) == (0, None)


async def test_a_programme_without_birthdays_is_silent(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    year = Year(database, clock, replace(programme, birthday=None))
    anna = await year.town.person(**BORN)
    await year.comes_to(TEN)
    assert await year.town.notices(anna) == []


async def test_only_active_clients_with_the_bot_are_greeted(year: Year) -> None:
    imported = await year.town.person(**BORN, telegram_id=None)
    archived = await year.town.person(**BORN, status="archived")
    await year.comes_to(TEN)
    assert await year.town.entries(imported) == await year.town.entries(archived) == []


async def test_rule_15_two_schedulers_do_not_congratulate_twice(
    year: Year, other: Database
) -> None:
    people = [await year.town.person(**BORN) for _ in range(25)]
    year.clock.move_to(TEN)
    await asyncio.gather(year.clockwork.catch_up(), year.another(other).catch_up())
    for person in people:
        assert await year.gifts(person) == [300]
        assert len(await year.greetings(person)) == 1
    assert len(year.postbox.letters) == 25


async def test_an_hour_that_the_clocks_skip_is_greeted_where_the_gap_ends(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    rules = replace(programme.birthday or BirthdayRules(), send_at=time(2, 30))
    business = replace(programme.business, timezone=ZoneInfo("Europe/Berlin"))
    year = Year(database, clock, replace(programme, birthday=rules, business=business))
    anna = await year.town.person(**BORN | {"birthday_day": 28})
    await year.comes_to(datetime(2027, 3, 28, 0, 59, tzinfo=UTC))
    assert await year.gifts(anna) == []
    await year.comes_to(datetime(2027, 3, 28, 1, 0, tzinfo=UTC))
    assert await year.gifts(anna) == [300]


async def test_a_greeting_caught_up_at_night_waits_for_the_morning_its_points_do_not(
    year: Year,
) -> None:
    anna = await year.town.person(**BORN)
    await year.comes_to(TEN + timedelta(hours=18))
    assert await year.gifts(anna) == [300]
    assert [letter.keeps_quiet for letter in year.postbox.letters] == [True]


async def test_a_greeting_in_time_waits_for_nothing(year: Year) -> None:
    await year.town.person(**BORN)
    await year.comes_to(TEN + timedelta(seconds=30))
    assert [letter.keeps_quiet for letter in year.postbox.letters] == [False]


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
async def test_rule_15_however_the_clock_jumps_a_birthday_has_one_gift_within_its_window(
    year: Year, data: st.DataObject
) -> None:
    day = data.draw(st.integers(1, 366).map(lambda place: date(2028, 1, 1) + timedelta(place - 1)))
    anna = await year.town.person(
        birthday_day=day.day, birthday_month=day.month, birthday_told_on=LONG_AGO
    )
    hours = data.draw(st.lists(st.integers(-24 * 20, 24 * 400), min_size=2, max_size=8))
    for ahead in hours:
        await year.comes_to(datetime(2027, 12, 25, tzinfo=UTC) + timedelta(hours=ahead))
    entries = await year.town.entries(anna)
    keys = [entry.key for entry in entries]
    assert len(keys) == len(set(keys)) == len(await year.greetings(anna))
    for entry in entries:
        observed = observed_on(
            BirthdayDate(day.day, day.month), int(entry.key.rsplit(":", 1)[1]), (2, 28)
        )
        given_on = business_day(entry.at, year.town.programme.business.timezone)
        assert timedelta(0) <= given_on - observed <= timedelta(days=14)

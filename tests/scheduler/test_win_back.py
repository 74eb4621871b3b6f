"""Inviting back who stopped coming: by consent, rhythm, hours and cap; some are held out."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import select

from loyalty.programme import Programme, WinBackRules
from operations.profile import set_advert_consent
from scheduler.business import business_jobs
from scheduler.clockwork import Clockwork
from storage import clients, outbox, people
from storage.database import Database
from storage.ledger import EntryKind
from storage.outbox import Lane, Letter, Mark
from storage.tables import win_backs
from templates.occasions import WinBack
from tests.movable_clock import MovableClock
from tests.scheduler.conftest import Postbox
from tests.town import Town

DAY = timedelta(days=1)
NOON = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)


class Months:
    """A town in which people stay away."""

    def __init__(self, database: Database, clock: MovableClock, programme: Programme) -> None:
        self.town = Town(database, clock, programme)
        self.clock = clock
        self.postbox = Postbox()
        self.clockwork = self.another(database)

    def another(self, database: Database) -> Clockwork:
        jobs = [job for job in business_jobs(()) if job.name == "win_back"]
        programme, offer = self.town.programme, self.postbox.offer
        return Clockwork(database, self.clock, programme, (), offer, jobs=jobs)

    async def person(self, *visits: int, **values: object) -> int:
        """A client who consents to adverts and registered today; visits are days from now on."""
        made = await self.town.person(**({"advert_consent": True} | values))
        for days in visits:
            await self.town.visit(made, self.clock.now() + days * DAY)
        return made

    async def comes_to(self, day: int, hours: int = 0) -> None:
        self.clock.move_to(NOON + day * DAY + timedelta(hours=hours))
        await self.clockwork.catch_up()

    async def gifts(self, client_id: int) -> list[int]:
        entries = await self.town.entries(client_id)
        return [entry.amount for entry in entries if entry.kind is EntryKind.WIN_BACK]

    async def invitations(self, client_id: int) -> list[WinBack]:
        found = await self.town.notices(client_id)
        return [notice for notice in found if isinstance(notice, WinBack)]

    async def recorded(self) -> list[tuple[int, bool]]:
        async with self.town.database.read() as db:
            query = select(win_backs.c.client_id, win_backs.c.holdout).order_by(win_backs.c.id)
            return [(row.client_id, row.holdout) for row in await db.execute(query)]

    async def advertised(self, client_id: int) -> None:
        """Some other advert that the client has just got."""
        telegram_id = (await self.town.knows(client_id)).telegram_id
        assert telegram_id is not None
        letter = Letter(
            Lane.ADVERT, telegram_id, notice="common/apology", context="{}", client_id=client_id
        )
        async with self.town.tx() as tx:
            (queued,) = await outbox.queue(tx.db, [letter], tx.now)
            await outbox.mark(tx.db, [Mark(queued.id, "sent")], tx.now)


def without_holdout(programme: Programme, **rules: object) -> Programme:
    assert programme.win_back is not None
    kept = replace(programme.win_back, **({"holdout_percent": Fraction(0)} | rules))  # type: ignore[arg-type]
    return replace(programme, win_back=kept)


@pytest.fixture
def months(database: Database, clock: MovableClock, programme: Programme) -> Months:
    return Months(database, clock, without_holdout(programme))


async def test_ninety_days_after_a_first_visit_the_client_is_invited_back(months: Months) -> None:
    anna = await months.person(0, name="Анна")
    await months.comes_to(89)
    assert await months.gifts(anna) == []
    await months.comes_to(90)
    assert await months.gifts(anna) == [200]
    invitations = await months.invitations(anna)
    assert [replace(one, entry_id=0) for one in invitations] == [
        WinBack(
            business="Мастер",
            name="Анна",
            points=200,
            balance=200,
            valid_through=date(2027, 5, 23),
        )
    ]
    (letter,) = months.postbox.letters
    assert letter.lane is Lane.ADVERT


async def test_rule_15_who_never_visited_counts_from_registration(months: Months) -> None:
    anna = await months.person()
    await months.comes_to(89)
    assert await months.gifts(anna) == []
    await months.comes_to(90)
    assert await months.gifts(anna) == [200]


async def test_a_habit_of_three_weeks_is_broken_after_six(months: Months) -> None:
    anna = await months.person(0, 21, 42)
    await months.comes_to(42 + 41)
    assert await months.gifts(anna) == []
    await months.comes_to(42 + 42)
    assert await months.gifts(anna) == [200]


async def test_rule_15_a_daily_guest_is_not_missed_before_twenty_eight_days(months: Months) -> None:
    anna = await months.person(*range(10))
    await months.comes_to(9 + 27)
    assert await months.gifts(anna) == []
    await months.comes_to(9 + 28)
    assert await months.gifts(anna) == [200]


async def test_rule_15_without_consent_there_is_no_message_and_no_points(months: Months) -> None:
    anna = await months.person(0, advert_consent=False)
    await months.comes_to(120)
    assert await months.gifts(anna) == []
    assert await months.invitations(anna) == []
    assert await months.recorded() == []


async def test_again_after_ninety_days_and_not_before(months: Months) -> None:
    anna = await months.person(0)
    for day in range(90, 200, 3):
        await months.comes_to(day)
    assert await months.gifts(anna) == [200, 200]


async def test_a_visit_starts_the_silence_anew(months: Months) -> None:
    anna = await months.person(0)
    months.clock.move(89 * DAY)
    await months.town.visit(anna)
    await months.comes_to(100)
    assert await months.gifts(anna) == []


async def test_rule_20_quiet_hours_hold_message_and_points_together(months: Months) -> None:
    anna = await months.person(0)
    await months.comes_to(90, hours=-4)  # eight in the morning
    assert await months.gifts(anna) == []
    assert await months.invitations(anna) == []
    await months.comes_to(90, hours=-3)
    assert await months.gifts(anna) == [200]


async def test_rule_20_the_weekly_cap_holds_message_and_points_together(months: Months) -> None:
    anna = await months.person(0)
    months.clock.move_to(NOON + 88 * DAY)
    await months.advertised(anna)
    await months.advertised(anna)
    for day in (90, 91, 94):
        await months.comes_to(day)
        assert await months.gifts(anna) == []
    await months.comes_to(95)
    assert await months.gifts(anna) == [200]
    assert len(await months.invitations(anna)) == 1


async def test_some_are_held_out_and_written_down(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    months = Months(database, clock, without_holdout(programme, holdout_percent=Fraction(50)))
    everybody = [await months.person(0) for _ in range(40)]
    await months.comes_to(90)
    await months.comes_to(91)
    recorded = dict(await months.recorded())
    assert recorded.keys() == set(everybody)
    held_out = {client_id for client_id, holdout in recorded.items() if holdout}
    assert 5 < len(held_out) < 35
    for client_id in everybody:
        expected = [] if client_id in held_out else [200]
        assert await months.gifts(client_id) == expected
        assert len(await months.invitations(client_id)) == len(expected)


async def test_the_same_people_are_held_out_however_often_it_is_reckoned(
    database: Database, clock: MovableClock, programme: Programme, other: Database
) -> None:
    months = Months(database, clock, without_holdout(programme, holdout_percent=Fraction(100)))
    anna = await months.person(0)
    months.clock.move_to(NOON + 90 * DAY)
    await asyncio.gather(months.clockwork.catch_up(), months.another(other).catch_up())
    assert await months.recorded() == [(anna, True)]


async def test_two_schedulers_invite_once(months: Months, other: Database) -> None:
    everybody = [await months.person(0) for _ in range(15)]
    months.clock.move_to(NOON + 90 * DAY)
    await asyncio.gather(months.clockwork.catch_up(), months.another(other).catch_up())
    assert [await months.gifts(person) for person in everybody] == [[200]] * 15
    assert len(months.postbox.letters) == 15


async def test_a_clock_that_jumps_invites_nobody_twice(months: Months) -> None:
    anna = await months.person(0)
    for day in (90, 89, 91, 90, 88, 92):
        await months.comes_to(day)
    assert await months.gifts(anna) == [200]


async def test_who_blocked_the_bot_or_is_gone_is_not_invited(months: Months) -> None:
    blocked, archived = await months.person(0), await months.person(0)
    async with months.town.tx() as tx:
        telegram_id = (await months.town.knows(blocked)).telegram_id
        await people.note_unreachable(tx.db, telegram_id or 0, tx.now)
        await clients.change(tx.db, archived, {"status": "archived"})
    await months.comes_to(90)
    assert await months.recorded() == []


async def test_a_programme_without_points_has_kind_words(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    months = Months(database, clock, replace(programme, win_back=WinBackRules()))
    anna = await months.person(0)
    await months.comes_to(90)
    assert await months.gifts(anna) == []
    (invitation,) = await months.invitations(anna)
    assert (invitation.points, invitation.valid_through) == (0, None)


async def test_a_programme_without_win_back_or_with_no_adverts_is_silent(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    silent = replace(programme.adverts, weekly_cap=0)
    for kind in (
        replace(programme, win_back=None),
        replace(without_holdout(programme), adverts=silent),
    ):
        months = Months(database, clock, kind)
        clock.move_to(NOON)
        anna = await months.person(0)
        await months.comes_to(90)
        assert await months.gifts(anna) == []


async def test_between_two_sweeps_who_consents_is_noticed_at_the_next_tick(
    months: Months,
) -> None:
    anna = await months.person(0, advert_consent=False)
    boris = await months.person(0)
    months.clock.move_to(NOON + 90 * DAY)
    (sweeping,) = months.clockwork._rounds
    await sweeping.go()
    assert await months.gifts(boris) == [200]
    async with months.town.tx() as tx:
        await set_advert_consent(tx, anna, given=True)
    months.clock.move(timedelta(seconds=30))
    await sweeping.go()
    assert await months.gifts(anna) == [200]


async def test_the_sweep_reads_page_by_page(months: Months) -> None:
    everybody = [await months.person(0) for _ in range(205)]
    regular = await months.person(0, 30, 60, 89)
    await months.comes_to(90)
    assert len(await months.recorded()) == len(everybody)
    assert await months.gifts(regular) == []

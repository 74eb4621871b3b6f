"""Contests, on both databases: who stands where, whom the table names, what a place wins."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import insert, select

from loyalty.challenges import Phase
from loyalty.programme import Programme, Score
from loyalty.referrals import ReferralState
from operations.challenge_prizes import due_tellings
from operations.challenges import TableAhead, challenge_links, read_table, show_challenge
from operations.profile import set_leaderboard
from operations.senders import Role
from operations.transaction import Tx
from storage import audit, clients, staff
from storage.clients import Client
from storage.database import Database
from storage.ledger import EntryKind
from storage.tables import visits
from templates.challenges import Challenge, Ended, Leader, Prize
from tests.movable_clock import MovableClock
from tests.operations.contest import AFTER, LAST, MIDDLE, SPRING, Contest, with_challenge
from tests.town import OWNER_ID


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def spring(database: Database, clock: MovableClock, programme: Programme) -> Contest:
    return Contest(database, clock, with_challenge(programme))


async def test_the_table_has_first_names_and_initials(spring: Contest) -> None:
    anna = await spring.person(name="Анна Константинова")
    boris = await spring.person(name="Борис")
    await spring.comes(anna, 3)
    await spring.comes(boris, 2)
    assert await spring.table(boris) == [(1, "Анна К.", 3), (2, "Борис", 2)]
    shown = await spring.looks(boris)
    assert [line.is_own for line in shown.leaders] == [False, True]
    assert (shown.phase, shown.days_left, shown.own) == (Phase.RUNNING, 21, None)


async def test_the_table_read_ahead_is_the_table(spring: Contest) -> None:
    anna, boris = await spring.person(name="Анна"), await spring.person(name="Борис")
    await spring.comes(anna, 2)
    await spring.comes(boris)
    async with spring.database.read() as db:
        tx = Tx(db, spring.clock.now(), spring.programme)
        reader = await clients.by_id(db, boris)
        assert reader is not None
        assert reader.telegram_id is not None
        ahead = await read_table(tx, reader.telegram_id, SPRING, owner_ids={OWNER_ID})
        assert ahead is not None

        async def shown(client: Client, table: TableAhead | None) -> Challenge | None:
            return await show_challenge(tx, client, "ru", SPRING, owner_ids={OWNER_ID}, ahead=table)

        assert await shown(reader, ahead) == await shown(reader, None)
        # Somebody else's is not theirs.
        other = await clients.by_id(db, anna)
        assert other is not None
        assert await shown(other, ahead) == await shown(other, None)
        assert await read_table(tx, reader.telegram_id, "no-such", owner_ids=()) is None
        assert await read_table(tx, 4_711, SPRING, owner_ids=()) is None


async def test_what_was_read_before_the_end_is_not_shown_after_it(spring: Contest) -> None:
    anna = await spring.person(name="Анна")
    await spring.comes(anna)
    async with spring.database.read() as db:
        reader = await clients.by_id(db, anna)
        assert reader is not None
        assert reader.telegram_id is not None
        tx = Tx(db, spring.clock.now(), spring.programme)
        ahead = await read_table(tx, reader.telegram_id, SPRING, owner_ids={OWNER_ID})
        assert ahead is not None
    stale = replace(ahead, standings=(replace(ahead.standings[0], score=99),))
    await spring.is_over()
    async with spring.database.read() as db:
        tx = Tx(db, spring.clock.now(), spring.programme)
        shown = await show_challenge(tx, reader, "ru", SPRING, owner_ids=(), ahead=stale)
        assert shown is not None
        assert [line.score for line in shown.leaders] == [1]
        assert await read_table(tx, reader.telegram_id, SPRING, owner_ids=()) is None


async def test_ties_go_to_who_got_there_first(spring: Contest) -> None:
    anna, boris = await spring.person(name="Анна"), await spring.person(name="Борис")
    (first,) = await spring.comes(anna)
    await spring.comes(boris, 2)
    await spring.comes(anna)
    assert await spring.table(anna) == [(1, "Борис", 2), (2, "Анна", 2)]
    # Anna's later visits: one more, and one taken back: she got to two when the third came.
    await spring.comes(anna)
    await spring.takes_back(first)
    assert await spring.table(anna) == [(1, "Борис", 2), (2, "Анна", 2)]


async def test_what_was_taken_back_or_returned_counts_for_nothing(spring: Contest) -> None:
    anna, boris = await spring.person(name="Анна"), await spring.person(name="Борис")
    await spring.comes(boris, 2)
    undone, returned, _ = await spring.comes(anna, 3)
    await spring.takes_back(undone)
    async with spring.tx() as tx:
        found = visits.c.id == returned.id
        await tx.db.execute(visits.update().where(found).values(status="returned"))
    assert await spring.table(anna) == [(1, "Борис", 2), (2, "Анна", 1)]


async def test_only_the_contest_s_days_count(spring: Contest) -> None:
    anna = await spring.person(name="Анна")
    for moment in (
        MIDDLE.replace(month=2, day=28, hour=20, minute=58),  # 23:59 in Moscow
        MIDDLE.replace(month=2, day=28, hour=20, minute=59),  # midnight: the first day has begun
        MIDDLE.replace(day=31, hour=20, minute=58),
        MIDDLE.replace(day=31, hour=20, minute=59),
    ):
        spring.now.move_to(moment)
        await spring.comes(anna)
    spring.now.move_to(MIDDLE)
    assert await spring.table(anna) == [(1, "Анна", 2)]


async def test_spend_is_the_eligible_amount(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    spring = Contest(database, clock, with_challenge(programme, Score.SPEND))
    anna, boris = await spring.person(name="Анна"), await spring.person(name="Борис")
    await spring.comes(anna, 3, eligible=10_000)
    await spring.comes(boris, eligible=30_000)
    await spring.comes(anna, eligible=0)  # an excluded service moves nobody, nor the moment
    assert await spring.table(anna) == [(1, "Анна", 30_000), (2, "Борис", 30_000)]
    vera = await spring.person(name="Вера")
    await spring.comes(vera, eligible=0)
    assert len(await spring.table(anna)) == 2


async def test_friends_count_when_they_came_and_paid(
    database: Database, clock: MovableClock, programme: Programme
) -> None:
    spring = Contest(database, clock, with_challenge(programme, Score.REFERRALS))
    anna, boris = await spring.person(name="Анна"), await spring.person(name="Борис")
    for state in (ReferralState.REWARDED, ReferralState.CAPPED, ReferralState.TAKEN_BACK):
        await spring.brings(anna, state)
    await spring.brings(boris)
    await spring.brings(boris, ReferralState.REGISTERED)
    assert await spring.table(anna) == [(1, "Анна", 2), (2, "Борис", 1)]


async def test_who_opted_out_plays_without_being_shown(spring: Contest) -> None:
    anna, boris = await spring.person(name="Анна"), await spring.person(name="Борис")
    await spring.comes(anna, 2)
    await spring.comes(boris)
    async with spring.tx() as tx:
        await set_leaderboard(tx, client_id=anna, shown=False)
    assert await spring.table(boris) == [(2, "Борис", 1)]
    assert await spring.table(anna) == [(1, "Анна", 2), (2, "Борис", 1)]
    assert (await spring.looks(anna)).is_hidden
    await spring.is_over()
    assert (await spring.knows(anna)).balance == 1000
    (ended,) = [one for one in await spring.notices(boris) if isinstance(one, Prize)]
    assert (ended.place, ended.points) == (2, 500)
    assert await spring.table(boris) == [(2, "Борис", 1)]


async def test_who_has_no_bot_is_a_guest_and_wins_all_the_same(spring: Contest) -> None:
    imported = await spring.person(name="Иванова Анна", telegram_id=None)
    boris = await spring.person(name="Борис")
    await spring.comes(imported, 2)
    await spring.comes(boris)
    assert await spring.table(boris) == [(1, None, 2), (2, "Борис", 1)]
    await spring.is_over()
    assert (await spring.knows(imported)).balance == 1000


async def test_rule_22_who_works_here_takes_no_place_and_no_prize(spring: Contest) -> None:
    anna, boss, clerk, former = [await spring.person(name=name) for name in "АБВГ"]
    for one in (anna, boss, clerk, former):
        await spring.comes(one, 2)
    async with spring.tx() as tx:
        await clients.change(tx.db, boss, {"telegram_id": None})
    clerk_id = (await spring.knows(clerk)).telegram_id
    former_id = (await spring.knows(former)).telegram_id
    await spring.hires("В", Role.STAFF, telegram_id=clerk_id)
    await spring.hires("Г", Role.STAFF, telegram_id=former_id)
    async with spring.tx() as tx:
        from storage import people

        await people.meet(tx.db, OWNER_ID, "ru", tx.now)
        await clients.change(tx.db, boss, {"telegram_id": OWNER_ID})
        assert former_id is not None
        member = await staff.working(tx.db, former_id)
        assert member is not None
        await staff.dismiss(tx.db, member.id, tx.now)
    assert await spring.table(anna) == [(1, "А", 2)]
    for one in (boss, clerk, former):
        shown = await spring.looks(one)
        assert shown.is_staff
        assert not shown.takes_part
    await spring.is_over()
    balances = [(await spring.knows(one)).balance for one in (anna, boss, clerk, former)]
    assert balances == [1000, 0, 0, 0]


async def test_the_prizes_are_paid_and_told(spring: Contest) -> None:
    people = [await spring.person(name=f"Гость{number}"[:4] + "ь") for number in range(5)]
    for number, one in enumerate(people):
        await spring.comes(one, 5 - number)
    spring.now.move_to(AFTER - timedelta(seconds=1))
    assert await spring.due() == ()
    spring.now.move_to(AFTER)
    assert [due.period for due in await spring.due()] == ["spring"]
    await spring.is_over()
    assert await spring.due() == ()
    assert [(await spring.knows(one)).balance for one in people] == [1000, 500, 300, 0, 0]
    (entry,) = await spring.entries(people[1])
    assert (entry.kind, entry.key) == (EntryKind.PRIZE, "prize:spring:2")
    (won,) = await spring.notices(people[0])
    assert isinstance(won, Prize)
    assert (won.place, won.participants, won.value, won.balance) == (1, 5, 5, 1000)
    assert won.valid_through == date(2027, 4, 1) + timedelta(days=365)
    (told,) = await spring.notices(people[4])
    assert isinstance(told, Ended)
    assert (told.place, told.participants, told.value) == (5, 5, 1)
    assert [leader.place for leader in told.winners] == [1, 2, 3]
    async with spring.tx() as tx:
        assert (await due_tellings(tx, 0, 100)).found == ()
    async with spring.database.read() as db:
        assert await audit.differences(db) == []


async def test_the_result_stays_as_it_was_when_the_prizes_were_given(spring: Contest) -> None:
    anna, boris = await spring.person(name="Анна"), await spring.person(name="Борис")
    (visit,) = await spring.comes(anna)
    spring.now.move_to(MIDDLE + timedelta(days=1))
    await spring.comes(boris)
    await spring.is_over()
    await spring.takes_back(visit)
    assert await spring.table(boris) == [(1, "Анна", 1), (2, "Борис", 1)]
    shown = await spring.looks(boris)
    assert (shown.phase, shown.is_closed, shown.participants) == (Phase.ENDED, True, 2)


async def test_a_contest_without_anybody_ends_quietly(spring: Contest) -> None:
    anna = await spring.person(name="Анна")
    await spring.is_over()
    shown = await spring.looks(anna)
    assert (shown.participants, shown.leaders) == (0, ())
    assert await spring.notices(anna) == []


async def test_it_is_announced_ahead_and_its_result_is_shown_for_a_while(spring: Contest) -> None:
    from operations.transaction import Tx

    async def links(day: date) -> int:
        spring.now.move_to(MIDDLE.replace(year=day.year, month=day.month, day=day.day))
        async with spring.database.read() as db:
            return len(challenge_links(Tx(db, spring.clock.now(), spring.programme), "ru"))

    assert await links(date(2027, 1, 28)) == 0
    assert await links(date(2027, 1, 29)) == 1
    assert await links(LAST + timedelta(days=60)) == 1
    assert await links(LAST + timedelta(days=61)) == 0
    anna = await spring.person(name="Анна")
    spring.now.move_to(MIDDLE.replace(month=2, day=20))
    shown = await spring.looks(anna)
    assert (shown.phase, shown.days_left, shown.leaders) == (Phase.UPCOMING, 9, ())


async def test_a_hundred_thousand_visits_are_counted_right(spring: Contest) -> None:
    """Twenty thousand clients, the n-th with as many visits as n leaves by ten, and one more."""
    base = (await spring.visit(await spring.person(name="Анна"))).__dict__
    async with spring.tx() as tx:
        number = 20_000
        rows = [
            {
                "phone": f"+7900{n:07d}",
                "name": f"Гость{n}",
                "language": "ru",
                "status": "active",
                "created_at": tx.now,
                "tier": "silver",
                "tier_since": tx.today,
            }
            for n in range(number)
        ]
        from storage.tables import clients as clients_table

        await tx.db.execute(insert(clients_table), rows)
        query = select(clients_table.c.id).where(clients_table.c.phone.like("+7900%"))
        ids = list((await tx.db.execute(query.order_by(clients_table.c.id))).scalars())
        template = {
            name: value
            for name, value in base.items()
            if name not in ("id", "client_id", "preview_id", "undone_at", "undone_by")
        } | {
            "percent": "3",
            "discount_percent": "0",
            "promotion_factor": "1",
            "status": "confirmed",
        }
        made = [
            template | {"client_id": client, "at": tx.now + timedelta(seconds=place)}
            for place, client in enumerate(ids)
            for _ in range(place % 10 + 1)
        ]
        for first in range(0, len(made), 10_000):
            await tx.db.execute(insert(visits), made[first : first + 10_000])
    assert len(made) == 110_000
    shown = await spring.looks(ids[0])
    assert [line.score for line in shown.leaders] == [10] * 10
    async with spring.database.read() as db:
        assert shown.own is not None
        assert shown.own.score == 1
        # Before the first client: all with more visits, and Anna, who came a moment earlier.
        own = Leader(18_000 + 2, None, 1, is_own=True)
        assert shown.own == own
        assert await db.scalar(select(visits.c.id).limit(1)) is not None

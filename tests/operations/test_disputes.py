"""Rule 24: what a client disputes becomes a case, once, and the points it is about are frozen."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from loyalty.programme import Programme
from operations.available import available_points
from operations.case_answers import Closed, close_case
from operations.disputes import (
    DISPUTED_WITHIN_DAYS,
    About,
    AboutEntry,
    AboutExpiry,
    AboutVisit,
    AnsweredBefore,
    NotTheirs,
    Opened,
    TooLate,
    Withdrawn,
    open_dispute,
    withdraw_dispute,
)
from operations.due import Due
from operations.expiry import expire
from operations.held_points import FrozenBy, spoken_for
from operations.ledger import EntryKind, grant, reverse, spend
from operations.merging import Merged, merge_clients
from operations.senders import Sender
from operations.transaction import Tx
from storage import cases, clients
from storage.database import Database
from storage.tables import audit_log, lots, outbox
from storage.tables import cases as case_table
from tests.operations.desk_people import OWNER_ID, Desk
from tests.records import entries_of

ANNA = 50


class Disputing(Desk):
    """A desk whose client disputes."""

    async def disputes(
        self, actor: Sender, about: About, *, later: timedelta = timedelta()
    ) -> Opened | TooLate | NotTheirs:
        async with self.database.write() as db:
            tx = Tx(db, self.now + later, self.programme)
            return await open_dispute(tx, actor=actor, about=about, owner_ids={OWNER_ID})

    async def takes_back(
        self, actor: Sender, dispute_id: int
    ) -> Withdrawn | AnsweredBefore | NotTheirs:
        async with self.database.write() as db:
            tx = Tx(db, self.now, self.programme)
            return await withdraw_dispute(
                tx, actor=actor, dispute_id=dispute_id, owner_ids={OWNER_ID}
            )

    async def closes(self, actor: Sender, case_id: int) -> object:
        async with self.database.write() as db:
            tx = Tx(db, self.now, self.programme)
            return await close_case(tx, actor=actor, case_id=case_id, owner_ids={OWNER_ID})

    async def gives(self, client_id: int, amount: int, key: str = "gift") -> int:
        async with self.database.write() as db:
            tx = Tx(db, self.now, self.programme)
            posted = await grant(
                tx,
                client_id,
                amount,
                kind=EntryKind.BIRTHDAY,
                key=key,
                valid_through=tx.today + timedelta(days=14),
            )
            return posted.entry_id

    async def available(self, client_id: int) -> int:
        async with self.database.write() as db:
            client = await clients.lock(db, client_id)
            assert client is not None
            return await available_points(Tx(db, self.now, self.programme), client)

    async def frozen(self, client_id: int) -> tuple[FrozenBy, ...]:
        client = await self.knows(client_id)
        async with self.database.read() as db:
            return (await spoken_for(Tx(db, self.now, self.programme), client)).frozen_by

    async def expires(self, client_id: int) -> int:
        """The balance after the round of expiry."""
        async with self.database.write() as db:
            await expire(Tx(db, self.now, self.programme), [Due(client_id, "")])
        return (await self.knows(client_id)).balance

    async def open_cases(self) -> int:
        async with self.database.read() as db:
            return await cases.count_all_open(db)


@pytest.fixture
def desk(database: Database, programme: Programme) -> Disputing:
    return Disputing(database, programme)


async def test_rule_24_a_tap_opens_one_case_about_the_visit_and_tells_who_leads(
    desk: Disputing,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=ANNA)
    booked = await desk.books(alina, anna)
    client = await desk.sender(ANNA)
    first = await desk.disputes(client, AboutVisit(booked.visit.id))
    again = await desk.disputes(client, AboutVisit(booked.visit.id))
    assert isinstance(first, Opened)
    assert isinstance(again, Opened)
    assert (first.case_id, first.repeated) == (again.case_id, False)
    assert again.repeated
    async with desk.database.read() as db:
        case = await cases.by_id(db, first.case_id)
        assert case is not None
        assert (case.visit_id, case.client_id) == (booked.visit.id, anna)
        told = select(outbox.c.chat_id).where(outbox.c.notice.startswith("case_notices/"))
        assert list((await db.execute(told)).scalars()) == [OWNER_ID]


async def test_rule_24_the_points_it_is_about_are_frozen_until_the_case_is_closed(
    desk: Disputing,
) -> None:
    alina, boss = await desk.hires(1), await desk.sender(OWNER_ID)
    anna = await desk.client(telegram_id=ANNA)
    await desk.gives(anna, 100)
    booked = await desk.books(alina, anna)
    earned = booked.visit.points_earned
    assert earned > 0
    opened = await desk.disputes(await desk.sender(ANNA), AboutVisit(booked.visit.id))
    assert isinstance(opened, Opened)
    assert opened.disputed.frozen == earned
    assert await desk.available(anna) == 100
    assert await desk.frozen(anna) == (FrozenBy(opened.case_id, earned),)
    assert isinstance(await desk.closes(boss, opened.case_id), Closed)
    assert await desk.available(anna) == 100 + earned
    assert await desk.frozen(anna) == ()
    async with desk.database.read() as db:
        told = select(outbox.c.context).where(outbox.c.notice == "case_replies/closed")
        assert [json.loads(one)["points"] for one in (await db.execute(told)).scalars()] == [earned]


async def test_rule_24_what_a_reversal_takes_back_is_frozen_no_more(desk: Disputing) -> None:
    anna = await desk.client(telegram_id=ANNA)
    entry = await desk.gives(anna, 100)
    await desk.gives(anna, 40, key="other")
    await desk.disputes(await desk.sender(ANNA), AboutEntry(entry))
    assert await desk.available(anna) == 40
    async with desk.database.write() as db:
        tx = Tx(db, desk.now, desk.programme)
        await reverse(tx, entry, kind=EntryKind.RETURN, key="back", amount=70)
    assert (await desk.frozen(anna))[0].points == 30
    assert await desk.available(anna) == 40


async def test_rule_24_nothing_is_frozen_below_zero(desk: Disputing) -> None:
    anna = await desk.client(telegram_id=ANNA)
    entry = await desk.gives(anna, 100)
    async with desk.database.write() as db:
        tx = Tx(db, desk.now, desk.programme)
        await spend(tx, anna, 80, kind=EntryKind.REWARD, key="spent")
    await desk.disputes(await desk.sender(ANNA), AboutEntry(entry))
    assert (await desk.frozen(anna))[0].points == 20
    assert await desk.available(anna) == 0


async def test_rule_24_points_that_were_taken_freeze_nothing(desk: Disputing) -> None:
    anna = await desk.client(telegram_id=ANNA)
    await desk.gives(anna, 100)
    async with desk.database.write() as db:
        tx = Tx(db, desk.now, desk.programme)
        taken = await spend(tx, anna, 80, kind=EntryKind.ADJUSTMENT, key="taken")
    opened = await desk.disputes(await desk.sender(ANNA), AboutEntry(taken.entry_id))
    assert isinstance(opened, Opened)
    assert (opened.disputed.frozen, opened.disputed.points) == (0, -80)
    assert await desk.available(anna) == 20


async def test_rule_24_twenty_taps_open_one_case(desk: Disputing) -> None:
    anna = await desk.client(telegram_id=ANNA)
    entry = await desk.gives(anna, 100)
    client = await desk.sender(ANNA)
    outcomes = await asyncio.gather(*(desk.disputes(client, AboutEntry(entry)) for _ in range(20)))
    assert sum(isinstance(one, Opened) and not one.repeated for one in outcomes) == 1
    assert {one.case_id for one in outcomes if isinstance(one, Opened)} == {1}
    assert await desk.open_cases() == 1
    assert await desk.frozen(anna) == (FrozenBy(1, 100),)


async def test_rule_24_twenty_who_spend_find_only_what_is_not_frozen(desk: Disputing) -> None:
    """Freezing against spending: whoever is first, no point is both."""
    anna = await desk.client(telegram_id=ANNA)
    entry = await desk.gives(anna, 100)
    await desk.gives(anna, 50, key="other")
    client = await desk.sender(ANNA)

    async def spends(number: int) -> int:
        async with desk.database.write() as db:
            tx = Tx(db, desk.now, desk.programme)
            locked = await clients.lock(db, anna)
            assert locked is not None
            if await available_points(tx, locked) < 50:
                return 0
            await spend(tx, anna, 50, kind=EntryKind.REWARD, key=f"reward:{number}")
            return 50

    spent, *_ = await asyncio.gather(
        asyncio.gather(*(spends(number) for number in range(20))),
        desk.disputes(client, AboutEntry(entry)),
    )
    left = (await desk.knows(anna)).balance
    assert left == 150 - sum(spent)
    assert await desk.available(anna) == max(left - 100, 0)


async def test_rule_24_a_second_thing_joins_the_open_case_and_names_itself(
    desk: Disputing,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=ANNA)
    entry = await desk.gives(anna, 100)
    booked = await desk.books(alina, anna)
    client = await desk.sender(ANNA)
    first = await desk.disputes(client, AboutEntry(entry))
    second = await desk.disputes(client, AboutVisit(booked.visit.id))
    assert isinstance(first, Opened)
    assert isinstance(second, Opened)
    assert second.case_id == first.case_id
    assert (first.joined, second.joined) == (False, True)
    async with desk.database.read() as db:
        query = select(outbox.c.context).where(outbox.c.notice == "case_notices/client_wrote")
        context = (await db.execute(query)).scalar_one()
    assert f'"visit_id":{booked.visit.id}' in context
    assert await desk.available(anna) == 0
    assert (await desk.knows(anna)).balance == 100 + booked.visit.points_earned


async def test_rule_24_what_is_taken_back_is_free_and_the_case_closed(desk: Disputing) -> None:
    anna = await desk.client(telegram_id=ANNA)
    entry, other = await desk.gives(anna, 100), await desk.gives(anna, 7, key="other")
    client = await desk.sender(ANNA)
    first = await desk.disputes(client, AboutEntry(entry))
    second = await desk.disputes(client, AboutEntry(other))
    assert isinstance(first, Opened)
    assert isinstance(second, Opened)
    assert await desk.takes_back(client, first.dispute_id) == Withdrawn(1, 100, is_closed=False)
    assert await desk.available(anna) == 100
    assert await desk.takes_back(client, second.dispute_id) == Withdrawn(1, 7, is_closed=True)
    assert await desk.takes_back(client, second.dispute_id) == AnsweredBefore(1)
    assert await desk.open_cases() == 0
    assert await desk.available(anna) == 107


async def test_rule_24_points_about_to_run_out_can_be_frozen(desk: Disputing) -> None:
    anna = await desk.client(telegram_id=ANNA)
    await desk.gives(anna, 100)
    client = await desk.sender(ANNA)
    day = desk.now.date() + timedelta(days=14)
    opened = await desk.disputes(client, AboutExpiry(day))
    assert isinstance(opened, Opened)
    assert (opened.disputed.until, opened.disputed.frozen) == (day, 100)
    assert await desk.available(anna) == 0


async def test_rule_24_after_so_many_days_it_is_too_late(desk: Disputing) -> None:
    anna = await desk.client(telegram_id=ANNA)
    entry = await desk.gives(anna, 100)
    client = await desk.sender(ANNA)
    later = timedelta(days=DISPUTED_WITHIN_DAYS, seconds=1)
    assert await desk.disputes(client, AboutEntry(entry), later=later) == TooLate(
        DISPUTED_WITHIN_DAYS
    )
    in_time = await desk.disputes(
        client, AboutEntry(entry), later=timedelta(days=DISPUTED_WITHIN_DAYS)
    )
    assert isinstance(in_time, Opened)


async def test_what_is_another_client_s_cannot_be_disputed(desk: Disputing) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    entry = await desk.gives(anna, 100)
    await desk.client(telegram_id=51)
    booked = await desk.books(alina, anna)
    mallory = await desk.sender(51)
    assert mallory.client is not None
    assert await desk.disputes(mallory, AboutVisit(booked.visit.id)) == NotTheirs()
    assert await desk.disputes(mallory, AboutEntry(entry)) == NotTheirs()
    assert await desk.disputes(mallory, AboutVisit(4_711)) == NotTheirs()
    assert await desk.disputes(alina, AboutVisit(booked.visit.id)) == NotTheirs()
    async with desk.database.read() as db:
        action = select(audit_log.c.actor_id).where(audit_log.c.action == "dispute.refused")
        other = -mallory.client.id
        assert list((await db.execute(action)).scalars()) == [other, other, other, 1]
        assert await cases.count_all_open(db) == 0


async def test_another_client_s_dispute_cannot_be_taken_back(desk: Disputing) -> None:
    anna = await desk.client(telegram_id=ANNA)
    await desk.client(telegram_id=51)
    entry = await desk.gives(anna, 100)
    opened = await desk.disputes(await desk.sender(ANNA), AboutEntry(entry))
    assert isinstance(opened, Opened)
    assert await desk.takes_back(await desk.sender(51), opened.dispute_id) == NotTheirs()
    assert await desk.frozen(anna) == (FrozenBy(opened.case_id, 100),)


async def test_a_case_of_a_dispute_is_told_of_once(desk: Disputing) -> None:
    anna = await desk.client(telegram_id=ANNA)
    entry = await desk.gives(anna, 100)
    client = await desk.sender(ANNA)
    for _ in range(5):
        await desk.disputes(client, AboutEntry(entry))
    async with desk.database.read() as db:
        number = select(func.count()).select_from(case_table)
        assert (await db.execute(number)).scalar_one() == 1
        told = select(func.count()).where(outbox.c.notice == "case_notices/opened")
        assert (await db.execute(told)).scalar_one() == 1
        assert await entries_of(db, anna) == 1


async def test_rule_24_what_is_frozen_does_not_run_out_until_the_case_is_closed(
    desk: Disputing,
) -> None:
    anna, boss = await desk.client(telegram_id=ANNA), await desk.sender(OWNER_ID)
    entry = await desk.gives(anna, 100)
    opened = await desk.disputes(await desk.sender(ANNA), AboutEntry(entry))
    assert isinstance(opened, Opened)
    day = desk.now.date()
    async with desk.database.write() as db:
        await db.execute(update(lots).values(warned_ahead=1, warned_on=day))
    desk.now += timedelta(days=15)
    assert await desk.expires(anna) == 100
    await desk.closes(boss, opened.case_id)
    assert await desk.expires(anna) == 0


async def test_rule_17_a_dispute_goes_along_when_records_merge(desk: Disputing) -> None:
    anna, boss = await desk.client(telegram_id=ANNA), await desk.sender(OWNER_ID)
    other = await desk.client(telegram_id=51)
    entry = await desk.gives(other, 100)
    second = await desk.gives(other, 20, key="second")
    opened = await desk.disputes(await desk.sender(51), AboutEntry(entry))
    assert isinstance(opened, Opened)
    async with desk.database.write() as db:
        tx = Tx(db, desk.now, desk.programme)
        merged = await merge_clients(tx, actor=boss, survivor_id=anna, source_id=other)
    assert isinstance(merged, Merged)
    assert await desk.frozen(anna) == (FrozenBy(opened.case_id, 100),)
    assert await desk.available(anna) == 20
    assert await desk.disputes(await desk.sender(51), AboutEntry(second)) == NotTheirs()
    joined = await desk.disputes(await desk.sender(ANNA), AboutEntry(second))
    assert isinstance(joined, Opened)
    assert joined.joined
    assert await desk.available(anna) == 0

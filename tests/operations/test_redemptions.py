"""Paying with points by two people, on both databases: rules 5, 6, 7 and 22."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from loyalty.programme import Programme
from loyalty.visits import PointsRefused
from operations.due import Due, NotDueNow
from operations.holds import NotReachable
from operations.redemptions import (
    Agreed,
    AskedAnew,
    Ended,
    due_endings,
    end_unanswered,
)
from operations.undo import Undone
from storage import clients, ledger, people, visits
from storage.database import Database
from storage.ledger import EntryKind
from storage.redemptions import RedemptionStatus
from templates import redemptions as screens
from templates.previews import VisitBooked
from templates.redemptions import Ending
from templates.visits import Receipt
from tests.operations.spending_desk import CLIENT_ID, SpendingDesk, count_visits, spent
from tests.records import next_expiries


@pytest.fixture
def desk(database: Database, programme: Programme) -> SpendingDesk:
    return SpendingDesk(database, programme)


async def test_rule_07_the_client_s_tap_spends_books_and_earns(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client(tier="gold")
    asked = await desk.asks(alina, anna, points=100)
    assert await count_visits(desk) == 0
    assert (await desk.knows(anna)).balance == 500
    agreed = await desk.agrees(asked)
    assert isinstance(agreed, Agreed)
    visit = agreed.visit
    assert (visit.bill, visit.discount, visit.points_spent) == (100_000, 3_000, 100)
    assert (visit.to_pay, visit.eligible, visit.points_earned) == (87_000, 87_000, 43)
    assert (visit.staff_id, visit.branch, visit.service_code) == (1, "Центр", "repair")
    assert (await desk.knows(anna)).balance == 500 - 100 + 43
    async with desk.database.read() as db:
        entries = await ledger.of_visit(db, visit.id)
    assert [(entry.kind, entry.key, entry.amount) for entry in entries] == [
        (EntryKind.REDEMPTION, f"redemption:{asked.id}", -100),
        (EntryKind.VISIT, f"visit:{asked.preview_id}", 43),
    ]
    assert (await desk.redemption(asked.id)).status is RedemptionStatus.CONFIRMED
    assert await desk.is_consistent()


async def test_rule_05_the_question_the_desk_and_the_receipt_say_the_same(
    desk: SpendingDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client(tier="gold")
    asked = await desk.asks(alina, anna, points=100)
    question = (await desk.told(CLIENT_ID))[0]
    assert isinstance(question, screens.Question)
    assert (question.staff_name, question.branch, question.service) == ("Алина", "Центр", "Ремонт")
    assert question.until == desk.now + timedelta(minutes=10)
    figures = question.figures
    shown = (figures.bill, figures.discount, figures.paid_with_points, figures.to_pay)
    assert shown == (100_000, 3_000, 10_000, 87_000)
    assert figures.points == 43
    await desk.agrees(asked)
    booked = (await desk.told(1))[-1]
    receipt = next(one for one in await desk.told(CLIENT_ID) if isinstance(one, Receipt))
    assert isinstance(booked, VisitBooked)
    assert booked.by_client
    for told in (booked, receipt):
        assert (told.bill, told.discount, told.paid_with_points, told.to_pay) == shown
        assert (told.points_spent, told.points) == (100, 43)


async def test_rule_06_what_points_paid_does_not_earn_and_no_spend_for_tiers(
    desk: SpendingDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client(1_000)
    # 30,000 would be gold; 900 of the bill is paid in points.
    agreed = await desk.agrees(await desk.asks(alina, anna, points=900, bill=3_000_000))
    assert isinstance(agreed, Agreed)
    assert agreed.visit.percent == Fraction(5)  # the step looks at the bill
    assert agreed.visit.eligible == 2_910_000
    assert (await desk.knows(anna)).tier == "silver"


@pytest.mark.parametrize(
    ("points", "bill", "largest"), [(301, 100_000, 300), (49, 100_000, 300), (50, 16_000, 0)]
)
async def test_rule_07_beyond_the_bill_or_under_the_minimum_is_refused_with_the_largest(
    desk: SpendingDesk, points: int, bill: int, largest: int
) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client(500)
    with pytest.raises(PointsRefused) as refused:
        await desk.redeems(alina, anna, points=points, bill=bill)
    assert (refused.value.asked, refused.value.largest) == (points, largest)
    assert await desk.told(CLIENT_ID) == []


async def test_rule_07_the_active_balance_is_the_limit_and_is_named(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client(120)
    with pytest.raises(PointsRefused) as refused:
        await desk.redeems(alina, anna, points=121)
    assert refused.value.largest == 120


async def test_rule_07_held_points_are_spoken_for_until_the_answer(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client(300)
    asked = await desk.asks(alina, anna, points=200)
    assert await desk.can_spend(anna) == 100
    assert not await desk.buys_reward(anna, 101)
    await desk.refuses(asked)
    assert await desk.can_spend(anna) == 300
    assert await desk.buys_reward(anna, 101)


async def test_a_hold_that_ran_out_holds_nothing_before_anybody_noticed(
    desk: SpendingDesk,
) -> None:
    alina, boris = await desk.hires(1), await desk.hires(2, name="Борис")
    anna = await desk.rich_client(300)
    first = await desk.asks(alina, anna, points=200)
    desk.now += timedelta(minutes=10)
    assert await desk.can_spend(anna) == 300
    second = await desk.asks(boris, anna, points=250)
    assert (await desk.redemption(first.id)).status is RedemptionStatus.LAPSED
    ended = (await desk.told(1))[-1]
    assert isinstance(ended, screens.Ended)
    assert ended.ending is Ending.LAPSED
    late = await desk.agrees(first)
    assert isinstance(late, Ended)
    assert isinstance(await desk.agrees(second), Agreed)
    assert await spent(desk, anna) == 250


async def test_refused_is_nothing_and_staff_read_it_at_once(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    asked = await desk.asks(alina, anna)
    outcome = await desk.refuses(asked)
    assert isinstance(outcome, Ended)
    assert (outcome.ending, outcome.repeated) == (Ending.REFUSED, False)
    told = (await desk.told(1))[-1]
    assert isinstance(told, screens.Ended)
    assert (told.ending, told.points, told.bill) == (Ending.REFUSED, 100, 100_000)
    again = await desk.agrees(asked)
    assert isinstance(again, Ended)
    assert again.repeated
    assert await count_visits(desk) == 0


async def test_not_answered_in_time_both_are_told_once(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    asked = await desk.asks(alina, anna)
    async with desk.database.read() as db:
        assert (await due_endings(desk.tx(db), 0, 10)).found == ()
    desk.now += timedelta(minutes=10)
    async with desk.database.read() as db:
        due = (await due_endings(desk.tx(db), 0, 10)).found
    assert due == (Due(asked.id, "once"),)
    async with desk.database.write() as db:
        await end_unanswered(desk.tx(db), due[0])
    with pytest.raises(NotDueNow):
        async with desk.database.write() as db:
            await end_unanswered(desk.tx(db), due[0])
    for chat in (1, CLIENT_ID):
        endings = [getattr(one, "ending", None) for one in await desk.told(chat)]
        assert endings.count(Ending.LAPSED) == 1
    late = await desk.agrees(asked)
    assert isinstance(late, Ended)
    assert late.ending is Ending.LAPSED


async def test_a_tap_after_the_last_second_books_nothing_and_tells_staff(
    desk: SpendingDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    asked = await desk.asks(alina, anna)
    desk.now += timedelta(minutes=10)
    late = await desk.agrees(asked)
    assert isinstance(late, Ended)
    assert late.ending is Ending.LAPSED
    assert await count_visits(desk) == 0
    ended = (await desk.told(1))[-1]
    assert isinstance(ended, screens.Ended)
    assert ended.can_repeat


async def test_a_client_who_blocks_the_bot_is_told_of_at_the_desk(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    asked = await desk.asks(alina, anna)
    async with desk.database.write() as db:
        await people.note_unreachable(db, CLIENT_ID, desk.now)
    async with desk.database.read() as db:
        due = (await due_endings(desk.tx(db), 0, 10)).found
    async with desk.database.write() as db:
        await end_unanswered(desk.tx(db), due[0])
    told = (await desk.told(1))[-1]
    assert isinstance(told, screens.Ended)
    assert (told.ending, (await desk.redemption(asked.id)).status) == (
        Ending.BLOCKED,
        RedemptionStatus.LAPSED,
    )
    assert isinstance(await desk.redeems(alina, anna), NotReachable)


async def test_terms_that_changed_are_shown_to_the_client_anew(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    asked = await desk.asks(alina, anna)
    async with desk.database.write() as db:
        await clients.change(db, anna, {"tier": "gold"})
    anew = await desk.agrees(asked)
    assert isinstance(anew, AskedAnew)
    assert anew.held.terms.discount == 3_000
    # The old ✅ again: nobody has agreed to the new terms yet.
    again = await desk.agrees(asked)
    assert isinstance(again, AskedAnew)
    assert again.held.stored.id == anew.held.stored.id
    assert await count_visits(desk) == 0
    agreed = await desk.agrees(asked, preview_id=anew.held.stored.id)
    assert isinstance(agreed, Agreed)
    assert (agreed.visit.discount, agreed.visit.points_spent) == (3_000, 100)
    late = await desk.agrees(asked)
    assert isinstance(late, Agreed)
    assert late.repeated


async def test_a_programme_changed_meanwhile_is_shown_or_ends_the_question(
    desk: SpendingDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    asked = await desk.asks(alina, anna)
    given = desk.programme
    desk.programme = replace(given, points=replace(given.points, value=200))
    assert isinstance(await desk.agrees(asked), AskedAnew)
    less = replace(given.redeeming, max_share_percent=Fraction(6))
    desk.programme = replace(given, redeeming=less)
    ended = await desk.agrees(asked)
    assert isinstance(ended, Ended)
    assert (ended.ending, ended.largest) == (Ending.VOID, 60)
    told = (await desk.told(1))[-1]
    assert isinstance(told, screens.Ended)
    assert (told.ending, told.largest) == (Ending.VOID, 60)


async def test_rule_07_points_that_are_gone_meanwhile_are_not_spent(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client(100)
    visited = await desk.books(alina, anna)  # earns 30
    asked = await desk.asks(alina, anna, points=130, bill=90_000)
    assert isinstance(await desk.undoes_last(alina), Undone)
    ended = await desk.agrees(asked)
    assert isinstance(ended, Ended)
    assert (ended.ending, ended.largest) == (Ending.VOID, 100)
    async with desk.database.read() as db:
        found = await visits.by_id(db, visited.visit.id)
    assert found is not None
    assert found.is_undone
    assert await spent(desk, anna) == 0


async def test_undo_puts_spent_points_back_into_their_lots_and_takes_the_earned(
    desk: SpendingDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=CLIENT_ID)
    soon, later = date(2027, 3, 1), date(2027, 6, 1)
    await desk.gives(anna, 80, soon)
    await desk.gives(anna, 400, later)
    before = await desk.knows(anna)
    assert isinstance(await desk.agrees(await desk.asks(alina, anna, points=100)), Agreed)
    async with desk.database.read() as db:
        lots = await next_expiries(db, anna, limit=5)
    assert (lots[0].amount, lots[0].valid_through) == (380, later)
    undone = await desk.undoes_last(alina)
    assert isinstance(undone, Undone)
    assert undone.balance == 480
    assert await desk.knows(anna) == before
    async with desk.database.read() as db:
        lots = await next_expiries(db, anna, limit=5)
    assert [(lot.amount, lot.valid_through) for lot in lots] == [(80, soon), (400, later)]
    assert isinstance(await desk.undoes_last(alina), Undone)
    assert (await desk.knows(anna)).balance == 480
    assert await desk.is_consistent()


async def test_the_question_of_a_visit_taken_back_says_so(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    asked = await desk.asks(alina, anna)
    await desk.agrees(asked)
    await desk.undoes_last(alina)
    told = await desk.agrees(asked)
    assert isinstance(told, Agreed)
    assert told.visit.is_undone
    assert (await desk.knows(anna)).balance == 500

"""Returns on both databases: what comes back, once, by whom, and what goes with it."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from loyalty.programme import Programme
from loyalty.referrals import ReferralState
from operations.ledger import EntryKind
from operations.lots import RESTORED_LIVES_DAYS
from operations.returnable import (
    CardGone,
    NoSuchVisit,
    NothingLeft,
    OtherBranch,
    TooOld,
    UndoneBefore,
)
from operations.returns import (
    ReturnDropped,
    Returned,
    ReturnLapsed,
    ReturnPreview,
    ReturnShownAnew,
    ReturnUnknown,
    TooMuch,
    refuse_return,
)
from operations.senders import Role
from operations.undo import ReturnedBefore, Undone
from operations.visit_previews import SelfService
from storage import badges, clients, history, ledger, referrals, returns, visit_days, visits
from storage.database import Database
from storage.tables import audit_log, lots, outbox
from storage.visits import VisitStatus
from templates.contexts import load_context
from templates.visits import Returned as ReturnReceipt
from tests.operations.desk_people import OWNER_ID
from tests.operations.returning import ReturnDesk


@pytest.fixture
def desk(database: Database, programme: Programme) -> ReturnDesk:
    return ReturnDesk(database, programme)


async def test_rule_08_a_whole_return_leaves_the_client_as_if_it_had_not_been(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    await desk.books(alina, anna, bill=50_000)
    before = await desk.knows(anna)
    desk.now += timedelta(days=3)
    lifting = await desk.books(alina, anna, bill=3_000_000)
    lifted = await desk.knows(anna)
    assert (lifted.tier, lifted.visits) == ("gold", 2)
    desk.now += timedelta(days=3)
    shown, returned = await desk.returns(alina, lifting.visit.id)
    assert (shown.figures.refund, shown.balance_after) == (3_000_000, before.balance)
    assert (returned.balance, returned.is_mine, returned.repeated) == (before.balance, True, False)
    after = await desk.knows(anna)
    assert after == replace(before, tier_since=after.tier_since)
    visit = await desk.visit(lifting.visit.id)
    assert (visit.status, visit.bill, visit.returned) == (VisitStatus.RETURNED, 0, 3_000_000)
    async with desk.database.read() as db:
        held = {grant.badge for grant in await badges.held(db, anna)}
    assert held == {"first_visit"}
    assert await desk.is_consistent()


async def test_rule_08_after_a_part_the_visit_has_earned_what_the_rest_would_have(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=1_500_000)  # a step of 5 %: 750 points
    assert booked.visit.points_earned == 750
    _, first = await desk.returns(alina, booked.visit.id, 1_000_050)
    # 4,999.50 at the 5 % that it had, though alone it would earn 3 %
    assert (first.visit.points_earned, first.balance) == (249, 249)
    _, second = await desk.returns(alina, booked.visit.id, 99_950)
    assert (second.visit.points_earned, second.balance, second.visit.bill) == (200, 200, 400_000)
    _, last = await desk.returns(alina, booked.visit.id)
    assert (last.made.amount, last.balance, last.visit.bill) == (400_000, 0, 0)
    assert last.visit.is_returned
    assert last.visit.bill_at_first == 1_500_000
    assert await desk.is_consistent()


async def test_rule_08_points_that_paid_come_back_into_their_lots(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.gives(anna, 100, days=10)
    await desk.gives(anna, 200, days=40)
    booked = await desk.books_with_points(alina, anna, 100_000, 250)
    assert booked.visit.points_earned == 22  # 3 % of 750
    shown, returned = await desk.returns(alina, booked.visit.id)
    figures = shown.figures
    assert (figures.refund, figures.points_restored, figures.points_taken) == (75_000, 250, 22)
    assert returned.balance == 300
    async with desk.database.read() as db:
        lots_left = await ledger.next_expiries(db, anna, limit=5)
    today = date(2027, 2, 1)
    assert [(lot.amount, lot.valid_through) for lot in lots_left] == [
        (100, today + timedelta(days=10)),
        (200, today + timedelta(days=40)),
    ]
    assert await desk.is_consistent()


async def test_rule_08_a_part_gives_points_back_before_money(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.gives(anna, 300)
    booked = await desk.books_with_points(alina, anna, 100_000, 300)
    _, first = await desk.returns(alina, booked.visit.id, 20_000)
    assert (first.made.refund, first.made.points_restored) == (0, 200)
    _, second = await desk.returns(alina, booked.visit.id, 20_000)
    assert (second.made.refund, second.made.points_restored) == (10_000, 100)
    assert second.visit.to_pay == 60_000
    assert await desk.is_consistent()


async def test_rule_08_points_of_a_lot_that_is_over_come_back_to_be_used(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.gives(anna, 100, days=2)
    booked = await desk.books_with_points(alina, anna, 100_000, 100)
    desk.now += timedelta(days=3)
    await desk.returns(alina, booked.visit.id)
    async with desk.database.read() as db:
        found = (await db.execute(select(lots.c.remaining, lots.c.valid_through))).all()
    day = date(2027, 2, 4) + timedelta(days=RESTORED_LIVES_DAYS)
    assert (100, day) in [tuple(row) for row in found]
    assert await desk.is_consistent()


async def test_rule_09_points_already_spent_leave_a_debt_that_later_earnings_fill(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=100_000)
    await desk.spends(anna, 25)
    shown, returned = await desk.returns(alina, booked.visit.id)
    assert (shown.balance_after, returned.balance) == (-25, -25)
    await desk.books(alina, anna, bill=100_000)
    assert (await desk.knows(anna)).balance == 5
    assert await desk.is_consistent()


async def test_rule_08_twice_the_same_return_is_one_return(desk: ReturnDesk) -> None:
    alina, boris = await desk.hires(1), await desk.hires(2, name="Борис")
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=100_000)
    shown = await desk.shows_return(alina, booked.visit.id, 30_000)
    assert isinstance(shown, ReturnPreview)
    first = await desk.confirms_return(alina, shown.id)
    again = await desk.confirms_return(boris, shown.id)
    assert isinstance(first, Returned)
    assert isinstance(again, Returned)
    assert (again.made, again.repeated, again.is_mine) == (first.made, True, False)
    assert again.staff_name == "Алина"
    assert (await desk.visit(booked.visit.id)).bill == 70_000


async def test_rule_08_a_tap_repeated_twenty_times_at_once_returns_once(desk: ReturnDesk) -> None:
    team = [await desk.hires(n) for n in range(1, 5)]
    anna = await desk.client(telegram_id=50)
    booked = await desk.books(team[0], anna, bill=100_000)
    shown = await desk.shows_return(team[0], booked.visit.id, 40_000)
    assert isinstance(shown, ReturnPreview)
    outcomes = await asyncio.gather(
        *(desk.confirms_return(team[n % 4], shown.id) for n in range(20))
    )
    made = [outcome for outcome in outcomes if isinstance(outcome, Returned)]
    assert len(made) == 20
    assert [outcome.repeated for outcome in made].count(False) == 1
    client = await desk.knows(anna)
    assert (client.balance, client.visits) == (18, 1)
    async with desk.database.read() as db:
        assert len(await returns.of_visit(db, booked.visit.id)) == 1
        told = await db.execute(select(outbox.c.key).where(outbox.c.notice == "visits/returned"))
        assert len(told.all()) == 1
    assert await desk.is_consistent()


async def test_rule_08_twenty_who_were_shown_the_same_rest_return_it_once(desk: ReturnDesk) -> None:
    team = [await desk.hires(n) for n in range(1, 5)]
    anna = await desk.client()
    booked = await desk.books(team[0], anna, bill=100_000)
    shown = [await desk.shows_return(team[n % 4], booked.visit.id, 60_000) for n in range(20)]
    ids = [one.id for one in shown if isinstance(one, ReturnPreview)]
    outcomes = await asyncio.gather(
        *(desk.confirms_return(team[n % 4], preview) for n, preview in enumerate(ids))
    )
    assert sum(isinstance(outcome, Returned) for outcome in outcomes) == 1
    # The others are told that 400 are left, not 600.
    assert sum(isinstance(outcome, TooMuch) for outcome in outcomes) == 19
    assert (await desk.visit(booked.visit.id)).bill == 40_000
    assert await desk.is_consistent()


async def test_rule_25_a_return_against_an_undo_has_one_winner(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    manager = await desk.hires(3, role=Role.MANAGER)
    for number in range(3):
        anna = await desk.client()
        booked = await desk.books(alina, anna, bill=100_000)
        shown = await desk.shows_return(alina, booked.visit.id)
        assert isinstance(shown, ReturnPreview)
        outcomes = await asyncio.gather(
            *(desk.confirms_return(alina, shown.id) for _ in range(5)),
            *(desk.undoes(manager, booked.visit.id) for _ in range(5)),
        )
        returned = [o for o in outcomes if isinstance(o, Returned) and not o.repeated]
        undone = [o for o in outcomes if isinstance(o, Undone) and not o.repeated]
        assert len(returned) + len(undone) == 1, number
        losers = ReturnedBefore if returned else UndoneBefore
        assert sum(isinstance(outcome, losers) for outcome in outcomes) == 5
        client = await desk.knows(anna)
        assert (client.balance, client.visits, client.last_visit_on) == (0, 0, None)
    assert await desk.is_consistent()


async def test_rule_25_an_undo_after_a_part_takes_back_only_what_is_left(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.gives(anna, 100)
    booked = await desk.books_with_points(alina, anna, 100_000, 100)
    assert booked.balance == 27
    await desk.returns(alina, booked.visit.id, 50_000)
    assert (await desk.knows(anna)).balance == 115
    undone = await desk.undoes(alina, booked.visit.id)
    assert isinstance(undone, Undone)
    assert undone.balance == 100
    assert isinstance(await desk.shows_return(alina, booked.visit.id), UndoneBefore)
    assert await desk.is_consistent()


async def test_rule_25_an_undo_gives_back_the_points_that_paid(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.gives(anna, 100)
    booked = await desk.books_with_points(alina, anna, 100_000, 100)
    undone = await desk.undoes(alina, booked.visit.id)
    assert isinstance(undone, Undone)
    assert undone.balance == 100
    assert await desk.is_consistent()


async def test_nothing_is_left_to_undo_of_a_visit_that_was_returned_whole(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    await desk.returns(alina, booked.visit.id)
    assert isinstance(await desk.undoes(alina, booked.visit.id), ReturnedBefore)
    left = await desk.shows_return(alina, booked.visit.id)
    assert isinstance(left, NothingLeft)
    assert left.is_mine


async def test_more_than_is_left_is_refused_with_the_largest_figure(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=100_000)
    await desk.returns(alina, booked.visit.id, 99_999)
    refused = await desk.shows_return(alina, booked.visit.id, 2)
    assert isinstance(refused, TooMuch)
    assert refused.largest == 1
    await desk.returns(alina, booked.visit.id, 1)


async def test_other_figures_than_were_shown_are_shown_again(desk: ReturnDesk) -> None:
    alina, boris = await desk.hires(1), await desk.hires(2)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=100_000)
    shown = await desk.shows_return(alina, booked.visit.id, 30_000)
    await desk.returns(boris, booked.visit.id, 10_000)
    assert isinstance(shown, ReturnPreview)
    anew = await desk.confirms_return(alina, shown.id)
    assert isinstance(anew, ReturnShownAnew)
    assert anew.preview.figures.rest.bill == 60_000
    assert (await desk.visit(booked.visit.id)).bill == 90_000
    assert isinstance(await desk.confirms_return(alina, anew.preview.id), Returned)


async def test_a_preview_lapses_and_a_refused_one_is_gone(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    shown = await desk.shows_return(alina, booked.visit.id)
    assert isinstance(shown, ReturnPreview)
    desk.now += timedelta(minutes=15)
    assert await desk.confirms_return(alina, shown.id) == ReturnLapsed(shown.id)
    async with desk.database.write() as db:
        tx = desk.tx(db)
        assert await refuse_return(tx, actor=alina, preview_id=shown.id) == ReturnDropped()
    assert await desk.confirms_return(alina, shown.id) == ReturnUnknown()
    async with desk.database.write() as db:
        assert await returns.forget_previews(db, desk.now + timedelta(days=1)) == 0
    assert (await desk.visit(booked.visit.id)).returned == 0


async def test_previews_that_led_nowhere_are_forgotten_and_the_others_kept(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    await desk.shows_return(alina, booked.visit.id, 10_000)
    await desk.returns(alina, booked.visit.id, 20_000)
    async with desk.database.write() as db:
        assert await returns.forget_previews(db, desk.now + timedelta(days=1)) == 1


async def test_staff_return_their_branch_s_visits_for_thirty_days_and_managers_all(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1, branch="Центр")
    elsewhere = await desk.hires(2, branch="Вокзал")
    manager = await desk.hires(3, role=Role.MANAGER, branch="Вокзал")
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    assert isinstance(await desk.shows_return(elsewhere, booked.visit.id), OtherBranch)
    desk.now += timedelta(days=30)
    shown = await desk.shows_return(alina, booked.visit.id)
    assert isinstance(shown, ReturnPreview)
    desk.now += timedelta(days=1)
    assert isinstance(await desk.confirms_return(alina, shown.id), TooOld)
    owner = await desk.sender(OWNER_ID)
    assert isinstance(await desk.shows_return(owner, booked.visit.id), ReturnPreview)
    await desk.returns(manager, booked.visit.id)
    async with desk.database.read() as db:
        found = await db.execute(select(audit_log.c.action, audit_log.c.actor_id))
        acts = [tuple(row) for row in found]
    assert [act for act in acts if "return" in act[0]] == [
        ("visit.return_refused", 2),
        ("visit.return_refused", 1),
        ("visit.returned", 3),
    ]


async def test_nobody_returns_a_visit_of_their_own_card(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    manager = await desk.hires(3, role=Role.MANAGER)
    herself = await desk.client(telegram_id=3)
    booked = await desk.books(alina, herself)
    assert await desk.shows_return(manager, booked.visit.id) == SelfService()
    assert await desk.shows_return(alina, 4_711) == NoSuchVisit(4_711)


async def test_the_points_of_an_erased_client_are_nobody_s_to_return(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    async with desk.database.write() as db:
        await clients.change(db, anna, {"status": "erased", "phone": None, "name": None})
    assert isinstance(await desk.shows_return(alina, booked.visit.id), CardGone)


async def test_rule_24_the_client_is_told_at_once_what_came_back(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    await desk.gives(anna, 100)
    booked = await desk.books_with_points(alina, anna, 100_000, 100)
    _, returned = await desk.returns(alina, booked.visit.id)
    async with desk.database.read() as db:
        query = select(outbox.c.context).where(outbox.c.notice == "visits/returned")
        context = (await db.execute(query)).scalar_one()
    assert load_context("visits/returned", context) == ReturnReceipt(
        visit_id=booked.visit.id,
        at=desk.now,
        amount=100_000,
        bill_left=0,
        refund=90_000,
        points_restored=100,
        points_taken=27,
        points_pending=0,
        balance=returned.balance,
    )


async def test_rule_13_a_part_takes_a_badge_back_that_the_rest_has_not_earned(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=2_000_000)

    async def held() -> set[str]:
        async with desk.database.read() as db:
            return {grant.badge for grant in await badges.held(db, anna)}

    assert await held() == {"first_visit", "big_bill"}
    await desk.returns(alina, booked.visit.id, 1)
    assert await held() == {"first_visit"}
    await desk.books(alina, anna, bill=2_000_000)
    assert await held() == {"first_visit", "big_bill"}


async def test_rule_13_a_badge_that_another_visit_earned_as_well_stays(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    first = await desk.books(alina, anna, bill=2_000_000)
    second = await desk.books(alina, anna, bill=2_500_000)
    await desk.returns(alina, first.visit.id)
    async with desk.database.read() as db:
        assert {grant.badge for grant in await badges.held(db, anna)} >= {"big_bill"}
    await desk.returns(alina, second.visit.id, 1_000_000)
    async with desk.database.read() as db:
        held = {grant.badge for grant in await badges.held(db, anna)}
    assert held == {"first_visit"}


async def test_rule_08_a_part_takes_the_level_that_the_rest_does_not_reach(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=3_100_000)
    await desk.returns(alina, booked.visit.id, 100_000)
    assert (await desk.knows(anna)).tier == "gold"  # 30,000 exactly
    await desk.returns(alina, booked.visit.id, 1)
    assert (await desk.knows(anna)).tier == "silver"
    assert await desk.is_consistent()


async def test_rule_08_the_rates_are_those_of_the_visit_whatever_the_level_is_now(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    lifting = await desk.books(alina, anna, bill=3_000_000)
    gold = await desk.books(alina, anna, bill=100_000)  # 3 % off, 5 % back
    assert (gold.visit.discount, gold.visit.points_earned) == (3_000, 48)
    await desk.returns(alina, lifting.visit.id)
    assert (await desk.knows(anna)).tier == "silver"
    _, part = await desk.returns(alina, gold.visit.id, 50_000)
    assert (part.visit.discount, part.visit.to_pay, part.visit.points_earned) == (1_500, 48_500, 24)
    assert part.made.refund == 48_500


async def test_rule_14_a_return_below_the_qualifying_bill_takes_both_rewards_back(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    referrer, friend = await desk.client(telegram_id=50), await desk.client(telegram_id=51)
    async with desk.database.write() as db:
        await referrals.add(db, friend_id=friend, referrer_id=referrer, now=desk.now)
    booked = await desk.books(alina, friend, bill=100_000)
    await desk.returns(alina, booked.visit.id, 50_000)  # 500 are enough
    assert (await desk.knows(referrer)).balance == 300
    shown, _ = await desk.returns(alina, booked.visit.id, 1)
    assert (shown.referral_points, shown.balance_after) == (150, 14)
    assert (await desk.knows(friend)).balance == 14
    assert (await desk.knows(referrer)).balance == 0
    async with desk.database.read() as db:
        referral = await referrals.of_friend(db, friend)
    assert referral is not None
    assert referral.status is ReferralState.TAKEN_BACK
    await desk.books(alina, friend, bill=50_000)
    assert (await desk.knows(referrer)).balance == 300
    assert await desk.is_consistent()


async def test_rule_14_the_reward_stays_while_another_visit_qualifies(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    referrer, friend = await desk.client(telegram_id=50), await desk.client(telegram_id=51)
    async with desk.database.write() as db:
        await referrals.add(db, friend_id=friend, referrer_id=referrer, now=desk.now)
    first = await desk.books(alina, friend, bill=100_000)
    second = await desk.books(alina, friend, bill=50_000)
    shown, _ = await desk.returns(alina, first.visit.id)
    assert shown.referral_points == 0
    assert (await desk.knows(referrer)).balance == 300
    last, _ = await desk.returns(alina, second.visit.id)
    assert last.referral_points == 150
    assert (await desk.knows(referrer)).balance == 0
    assert (await desk.knows(friend)).balance == 0
    assert await desk.is_consistent()


async def test_the_history_adds_up_to_the_balance(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.gives(anna, 300)
    booked = await desk.books_with_points(alina, anna, 100_000, 300)
    await desk.returns(alina, booked.visit.id, 45_000)
    await desk.books(alina, anna, bill=77_700)
    async with desk.database.read() as db:
        events = await history.page(db, [anna], limit=20, offset=0)
    balance = (await desk.knows(anna)).balance
    assert sum(event.points for event in events) == balance
    own = next(event for event in events if event.kind == "visit" and event.returned)
    assert (own.bill, own.returned) == (100_000, 45_000)


async def test_a_twin_is_known_by_the_bill_that_was_typed(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna, bill=100_000)
    await desk.returns(alina, booked.visit.id, 60_000)
    async with desk.database.read() as db:
        since = desk.now - timedelta(minutes=2)
        twin = await visits.twin(db, anna, bill=100_000, since=since)
        assert twin is not None
        assert await visits.twin(db, anna, bill=40_000, since=since) is None


async def test_the_day_s_totals_are_of_what_stands_and_returns_are_told_apart(
    desk: ReturnDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    yesterday = await desk.books(alina, anna, bill=200_000)
    desk.now += timedelta(days=1)
    today = await desk.books(alina, anna, bill=100_000)
    await desk.returns(alina, yesterday.visit.id)
    await desk.returns(alina, today.visit.id, 30_000)
    async with desk.database.read() as db:
        totals = await visit_days.day_totals(db, date(2027, 2, 2), branch="Центр")
        back = await returns.total_of_day(db, date(2027, 2, 2), branch="Центр")
        elsewhere = await returns.total_of_day(db, date(2027, 2, 2), branch="Вокзал")
    assert [(total.visits, total.bill, total.points) for total in totals] == [(1, 70_000, 21)]
    assert (back.returns, back.amount, back.refund) == (2, 230_000, 230_000)
    assert elsewhere.returns == 0


async def test_entries_of_a_return_name_their_visit_and_who_made_it(desk: ReturnDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    await desk.returns(alina, booked.visit.id)
    async with desk.database.read() as db:
        entry = (await ledger.of_visit(db, booked.visit.id))[-1]
    assert (entry.kind, entry.amount, entry.actor_id) == (EntryKind.RETURN, -30, 1)
    assert entry.reverses_id is not None

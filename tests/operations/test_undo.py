"""Taking confirmations back, on both databases: who may, until when, what goes with it, races."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from loyalty.programme import Programme
from loyalty.referrals import ReferralState
from operations.ledger import EntryKind, spend
from operations.senders import Role, Sender
from operations.transaction import Tx
from operations.undo import (
    ChooseVisit,
    NothingToUndo,
    NotYours,
    Undone,
    UndoOutcome,
    UndoQuestion,
    UndoTooLate,
    VisitUnknown,
    question_undo,
    undo_visit,
)
from operations.visit_previews import SelfService
from operations.visits import Booked
from storage import audit, badges, clients, referrals, staff, visits
from storage.database import Database
from storage.tables import outbox
from tests.operations.desk_people import OWNER_ID, Desk


@pytest.fixture
def desk(database: Database, programme: Programme) -> Desk:
    return Desk(database, programme)


async def undoes(desk: Desk, actor: Sender, visit_id: int) -> UndoOutcome:
    async with desk.database.write() as db:
        return await undo_visit(Tx(db, desk.now, desk.programme), visit_id=visit_id, actor=actor)


async def is_consistent(desk: Desk) -> bool:
    async with desk.database.read() as db:
        return not await audit.differences(db)


async def test_rule_25_undo_takes_back_points_visits_badges_and_level(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    await desk.books(alina, anna, bill=50_000)
    before = await desk.knows(anna)
    await desk.books(alina, anna, bill=3_000_000)
    lifted = await desk.knows(anna)
    assert (lifted.tier, lifted.visits) == ("gold", 2)
    undone = await desk.undoes_last(alina)
    assert isinstance(undone, Undone)
    assert (undone.balance, undone.is_mine, undone.repeated) == (before.balance, True, False)
    assert await desk.knows(anna) == before
    async with desk.database.read() as db:
        held = {grant.badge for grant in await badges.held(db, anna)}
    assert held == {"first_visit"}
    assert await is_consistent(desk)


async def test_rule_25_undoing_twice_is_undoing_once(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    first = await desk.books(alina, anna, bill=70_000)
    await desk.books(alina, anna)
    assert isinstance(await desk.undoes_last(alina), Undone)
    again = await desk.undoes_last(alina)
    assert isinstance(again, Undone)
    assert again.repeated
    client = await desk.knows(anna)
    assert (client.balance, client.visits) == (first.balance, 1)


async def test_the_last_visit_day_goes_back_with_the_visit(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    first = await desk.books(alina, anna)
    desk.now += timedelta(days=5)
    await desk.books(alina, anna)
    await desk.undoes_last(alina)
    assert (await desk.knows(anna)).last_visit_on == first.visit.on_day


async def test_rule_09_points_already_spent_leave_a_debt(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.books(alina, anna, bill=100_000)
    async with desk.database.write() as db:
        tx = Tx(db, desk.now, desk.programme)
        await spend(tx, anna, 20, kind=EntryKind.REDEMPTION, key="spent")
    undone = await desk.undoes_last(alina)
    assert isinstance(undone, Undone)
    assert undone.balance == -20
    assert await is_consistent(desk)


async def test_a_later_visit_keeps_its_own_terms(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    lifting = await desk.books(alina, anna, bill=3_000_000)
    later = await desk.books(alina, anna)
    assert later.visit.tier == "gold"
    assert isinstance(await undoes(desk, alina, lifting.visit.id), Undone)
    async with desk.database.read() as db:
        kept = await visits.by_id(db, later.visit.id)
    assert kept == later.visit
    client = await desk.knows(anna)
    assert (client.tier, client.balance) == ("silver", later.visit.points_earned)


async def test_rule_25_the_window_closes(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    desk.now += timedelta(minutes=15, seconds=1)
    assert await desk.undoes_last(alina) == UndoTooLate(booked.visit)
    desk.now -= timedelta(seconds=1)
    assert isinstance(await desk.undoes_last(alina), Undone)


async def test_rule_25_a_colleague_cannot_and_the_attempt_is_on_record(desk: Desk) -> None:
    alina, boris = await desk.hires(1), await desk.hires(2, name="Борис")
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    assert await undoes(desk, boris, booked.visit.id) == NotYours(booked.visit.id)
    assert await desk.undoes_last(boris) == NothingToUndo()
    async with desk.database.read() as db:
        found = (await db.exec_driver_sql("SELECT action, actor_id FROM audit_log")).all()
    assert ("visit.undo_refused", 2) in [tuple(row) for row in found]
    assert (await desk.knows(anna)).visits == 1


async def test_rule_25_a_manager_takes_back_the_only_one_and_chooses_among_several(
    desk: Desk,
) -> None:
    alina = await desk.hires(1)
    manager = await desk.hires(3, name="Марина", role=Role.MANAGER)
    anna, ivan = await desk.client(), await desk.client()
    await desk.books(alina, anna)
    undone = await desk.undoes_last(manager)
    assert isinstance(undone, Undone)
    assert undone.staff_name == "Марина"
    first = await desk.books(alina, anna, bill=1_000)
    second = await desk.books(alina, ivan, bill=2_000)
    asked = await desk.undoes_last(manager)
    assert isinstance(asked, ChooseVisit)
    assert [choice.visit.id for choice in asked.choices] == [second.visit.id, first.visit.id]
    assert isinstance(await undoes(desk, manager, second.visit.id), Undone)
    # One is left, but nobody has said that it is meant.
    again = await desk.undoes_last(manager)
    assert isinstance(again, ChooseVisit)
    assert (await desk.knows(anna)).visits == 1


async def test_a_managers_own_last_confirmation_needs_no_question(desk: Desk) -> None:
    alina = await desk.hires(1)
    manager = await desk.hires(3, role=Role.MANAGER)
    anna = await desk.client()
    await desk.books(alina, anna, bill=1_000)
    own = await desk.books(manager, anna, bill=2_000)
    undone = await desk.undoes_last(manager)
    assert isinstance(undone, Undone)
    assert undone.visit.id == own.visit.id


async def test_a_manager_of_another_branch_has_no_say(desk: Desk) -> None:
    alina = await desk.hires(1, branch="Центр")
    elsewhere = await desk.hires(3, role=Role.MANAGER, branch="Вокзал")
    owner = await desk.sender(OWNER_ID)
    anna = await desk.client()
    booked = await desk.books(alina, anna)
    assert await desk.undoes_last(elsewhere) == NothingToUndo()
    assert await undoes(desk, elsewhere, booked.visit.id) == NotYours(booked.visit.id)
    assert isinstance(await undoes(desk, owner, booked.visit.id), Undone)


async def test_a_manager_does_not_take_back_a_visit_of_their_own_card(desk: Desk) -> None:
    alina = await desk.hires(1)
    manager = await desk.hires(3, role=Role.MANAGER)
    herself = await desk.client(telegram_id=3)
    booked = await desk.books(alina, herself)
    assert await undoes(desk, manager, booked.visit.id) == SelfService()


async def test_the_question_before_it_says_what_stands_in_the_way(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    booked = await desk.books(alina, anna)

    async def asks() -> object:
        async with desk.database.write() as db:
            tx = Tx(db, desk.now, desk.programme)
            return await question_undo(tx, visit_id=booked.visit.id, actor=alina)

    assert isinstance(await asks(), UndoQuestion)
    assert (await desk.knows(anna)).visits == 1
    desk.now += timedelta(hours=1)
    assert await asks() == UndoTooLate(booked.visit)
    desk.now -= timedelta(hours=1)
    await desk.undoes_last(alina)
    assert isinstance(await asks(), Undone)
    assert await undoes(desk, alina, 4_711) == VisitUnknown()


async def test_rule_25_undo_takes_the_referral_back_and_another_visit_may_earn_it(
    desk: Desk,
) -> None:
    alina = await desk.hires(1)
    referrer, friend = await desk.client(telegram_id=50), await desk.client(telegram_id=51)
    async with desk.database.write() as db:
        await referrals.add(db, friend_id=friend, referrer_id=referrer, now=desk.now)
    await desk.books(alina, friend, bill=100_000)
    assert (await desk.knows(referrer)).balance == 300
    assert (await desk.knows(friend)).balance == 150 + 30
    undone = await desk.undoes_last(alina)
    assert isinstance(undone, Undone)
    assert (undone.balance, undone.referral_points) == (0, 150)
    assert (await desk.knows(referrer)).balance == 0
    assert (await desk.knows(friend)).balance == 0
    async with desk.database.read() as db:
        referral = await referrals.of_friend(db, friend)
    assert referral is not None
    assert referral.status is ReferralState.TAKEN_BACK
    await desk.books(alina, friend, bill=50_000)
    assert (await desk.knows(referrer)).balance == 300
    assert await is_consistent(desk)


async def test_rule_24_who_confirmed_a_visit_reads_that_a_manager_took_it_back(desk: Desk) -> None:
    alina, boris = await desk.hires(1), await desk.hires(2, "Борис")
    manager = await desk.hires(3, "Марина", role=Role.MANAGER)
    anna = await desk.client()
    for actor in (alina, boris):
        booked = await desk.books(actor, anna)
        if actor is boris:  # who has left since is told nothing of clients
            async with desk.database.write() as db:
                assert await staff.dismiss(db, 2, desk.now)
        await undoes(desk, manager, booked.visit.id)
        await undoes(desk, manager, booked.visit.id)
    async with desk.database.read() as db:
        rows = (await db.execute(select(outbox))).mappings().all()
    told = [row for row in rows if row["notice"] == "undo/visit_undone"]
    assert [row["chat_id"] for row in told] == [alina.telegram_id]


async def test_confirm_and_undo_at_once_leave_a_consistent_ledger(desk: Desk) -> None:
    alina, manager = await desk.hires(1), await desk.hires(3, role=Role.MANAGER)
    anna = await desk.client()
    preview = await desk.previews(alina, anna)
    booked = await desk.confirms(alina, preview.id)
    assert isinstance(booked, Booked)
    outcomes = await asyncio.gather(
        *(undoes(desk, one, booked.visit.id) for one in (alina, manager, alina)),
        desk.confirms(alina, preview.id),
        desk.confirms(manager, preview.id),
    )
    undone = [outcome for outcome in outcomes if isinstance(outcome, Undone)]
    assert len(undone) == 3
    assert [outcome.repeated for outcome in undone].count(False) == 1
    client = await desk.knows(anna)
    assert (client.balance, client.visits, client.last_visit_on) == (0, 0, None)
    assert await is_consistent(desk)


async def test_the_caches_of_a_client_with_visits_of_two_staff_survive_a_storm(desk: Desk) -> None:
    team = [await desk.hires(n) for n in range(1, 4)]
    anna = await desk.client()
    shown = [await desk.previews(one, anna, bill=10_000 * n) for n, one in enumerate(team, 1)]
    await asyncio.gather(
        *(desk.confirms(one, preview.id) for one, preview in zip(team, shown, strict=True))
    )
    await asyncio.gather(desk.undoes_last(team[0]), desk.undoes_last(team[1]))
    client = await desk.knows(anna)
    assert client.visits == 1
    async with desk.database.read() as db:
        assert client.balance == sum(
            visit.points_earned
            for visit in await visits.of_client(db, anna, limit=10)
            if not visit.is_undone
        )
        assert await clients.by_id(db, anna) == client
    assert await is_consistent(desk)

"""Bills that wait for a manager, on both databases: rules 22 and 23, one winner, no dead end."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from loyalty.programme import Programme
from operations.approvals import Awaited, NobodyApproves, due_lapses, end_unanswered
from operations.approving import Answered, ApproveAnew, NotYourBranch
from operations.authority import NotAllowed
from operations.due import Due, NotDueNow
from operations.holds import Held, NotReachable
from operations.redemptions import Agreed
from operations.senders import Role, Sender
from operations.undo import Undone
from operations.visit_previews import SelfService
from operations.visits import (
    Booked,
    Outcome,
    PreviewRefused,
    confirm_visit,
    refuse_preview,
)
from storage import clients, people
from storage.approvals import Approval, ApprovalStatus
from storage.database import Database
from storage.tables import audit_log
from templates import approvals as screens
from templates import redemptions as redemption_screens
from templates.approvals import Verdict
from templates.previews import VisitBooked
from templates.redemptions import Ending
from tests.operations.desk_people import OWNER_ID
from tests.operations.spending_desk import CLIENT_ID, SpendingDesk

LARGE = 6_000_000  # above 50,000 roubles
TAPS = 20


@pytest.fixture
def desk(database: Database, programme: Programme) -> SpendingDesk:
    return SpendingDesk(database, programme)


async def confirms(desk: SpendingDesk, actor: Sender, preview_id: int) -> Outcome:
    async with desk.database.write() as db:
        return await confirm_visit(
            desk.tx(db), preview_id=preview_id, actor=actor, owner_ids={OWNER_ID}
        )


async def asks(desk: SpendingDesk, actor: Sender, client_id: int, bill: int = LARGE) -> Approval:
    preview = await desk.previews(actor, client_id, bill)
    outcome = await confirms(desk, actor, preview.id)
    assert isinstance(outcome, Awaited)
    return outcome.approval


async def boss_of(desk: SpendingDesk, telegram_id: int = 3, branch: str | None = "Центр") -> Sender:
    return await desk.hires(telegram_id, name="Борис", role=Role.MANAGER, branch=branch)


async def test_rule_23_a_bill_above_the_limit_waits_and_the_manager_s_tap_books_it(
    desk: SpendingDesk,
) -> None:
    alina, boss = await desk.hires(1), await boss_of(desk)
    anna = await desk.client(telegram_id=CLIENT_ID)
    approval = await asks(desk, alina, anna)
    assert (await desk.knows(anna)).visits == 0
    question = (await desk.told(3))[0]
    assert isinstance(question, screens.Question)
    assert (question.staff_name, question.client_name) == ("Алина", "Анна")
    assert (question.branch, question.figures.bill, question.limit) == ("Центр", LARGE, 5_000_000)
    outcome = await desk.approves(boss, approval)
    assert isinstance(outcome, Answered)
    assert (outcome.verdict, outcome.is_mine, outcome.repeated) == (Verdict.APPROVED, True, False)
    booked = (await desk.told(1))[-1]
    assert isinstance(booked, VisitBooked)
    assert (booked.is_approved, booked.approver_name, booked.is_mine) == (True, "Борис", True)
    async with desk.database.read() as db:
        actions = (await db.execute(select(audit_log.c.action, audit_log.c.actor_id))).all()
    assert ("approval.approved", 3) in [tuple(row) for row in actions]
    assert await desk.is_consistent()


async def test_rule_22_the_visit_names_who_asked_and_who_approved(desk: SpendingDesk) -> None:
    alina, boss = await desk.hires(1), await boss_of(desk)
    anna = await desk.client(telegram_id=CLIENT_ID)
    approval = await asks(desk, alina, anna)
    await desk.approves(boss, approval)
    again = await confirms(desk, alina, approval.preview_id)
    assert isinstance(again, Booked)
    assert (again.visit.staff_id, again.visit.approved_by, again.visit.branch) == (1, 3, "Центр")
    assert isinstance(await desk.undoes_last(alina), Undone)
    assert (await desk.knows(anna)).balance == 0


async def test_rule_23_the_limit_itself_needs_nobody(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    preview = await desk.previews(alina, anna, 5_000_000)
    assert not preview.needs_approval
    assert isinstance(await confirms(desk, alina, preview.id), Booked)
    assert (await desk.previews(alina, anna, 5_000_001)).needs_approval


async def test_rule_23_a_manager_s_own_confirmation_needs_nobody_else(desk: SpendingDesk) -> None:
    boss = await boss_of(desk)
    anna = await desk.client()
    preview = await desk.previews(boss, anna, LARGE)
    booked = await confirms(desk, boss, preview.id)
    assert isinstance(booked, Booked)
    assert (booked.visit.staff_id, booked.visit.approved_by) == (3, None)


async def test_rule_22_nobody_approves_a_visit_of_their_own(desk: SpendingDesk) -> None:
    alina, boss = await desk.hires(1), await boss_of(desk)
    himself = await desk.client(telegram_id=3)
    approval = await asks(desk, alina, himself)
    assert [type(one) for one in await desk.told(3)] == []
    assert len(await desk.told(OWNER_ID)) == 1
    assert await desk.approves(boss, approval) == SelfService()
    assert (await desk.knows(himself)).visits == 0
    owner = await desk.sender(OWNER_ID)
    assert isinstance(await desk.approves(owner, approval), Answered)
    assert (await desk.knows(himself)).visits == 1


async def test_with_nobody_to_ask_it_is_said_at_once(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    owner_s = await desk.client(telegram_id=OWNER_ID)
    preview = await desk.previews(alina, owner_s, LARGE)
    assert await confirms(desk, alina, preview.id) == NobodyApproves()


async def test_it_is_the_branch_s_managers_and_the_owners_who_are_asked(
    desk: SpendingDesk,
) -> None:
    alina = await desk.hires(1)
    await boss_of(desk)
    await boss_of(desk, 4, branch=None)
    other = await boss_of(desk, 5, branch="Вокзал")
    anna = await desk.client()
    approval = await asks(desk, alina, anna)
    asked = {chat for chat in (3, 4, 5, OWNER_ID) if await desk.told(chat)}
    assert asked == {3, 4, OWNER_ID}
    assert await desk.approves(other, approval) == NotYourBranch()
    with pytest.raises(NotAllowed):
        await desk.approves(alina, approval)
    assert (await desk.knows(anna)).visits == 0


async def test_declined_is_told_with_who_and_books_nothing(desk: SpendingDesk) -> None:
    alina, boss = await desk.hires(1), await boss_of(desk)
    anna = await desk.client(telegram_id=CLIENT_ID)
    approval = await asks(desk, alina, anna)
    await desk.declines(boss, approval)
    told = (await desk.told(1))[-1]
    assert isinstance(told, screens.Refused)
    assert (told.verdict, told.by, told.bill) == (Verdict.REFUSED, "Борис", LARGE)
    late = await desk.approves(await desk.sender(OWNER_ID), approval)
    assert isinstance(late, Answered)
    assert (late.verdict, late.by, late.is_mine, late.repeated) == (
        Verdict.REFUSED,
        "Борис",
        False,
        True,
    )
    assert await confirms(desk, alina, approval.preview_id) == PreviewRefused()
    assert (await desk.knows(anna)).visits == 0
    assert await desk.told(CLIENT_ID) == []


async def test_asking_twice_asks_once_and_withdrawing_ends_it(desk: SpendingDesk) -> None:
    alina, boss = await desk.hires(1), await boss_of(desk)
    anna = await desk.client()
    approval = await asks(desk, alina, anna)
    again = await confirms(desk, alina, approval.preview_id)
    assert isinstance(again, Awaited)
    assert again.approval == approval
    assert len(await desk.told(3)) == 1
    async with desk.database.write() as db:
        await refuse_preview(desk.tx(db), preview_id=approval.preview_id, actor=alina)
    late = await desk.approves(boss, approval)
    assert isinstance(late, Answered)
    assert late.verdict is Verdict.WITHDRAWN
    assert (await desk.knows(anna)).visits == 0


async def test_nobody_answers_and_who_asked_is_told_once(desk: SpendingDesk) -> None:
    alina, boss = await desk.hires(1), await boss_of(desk)
    anna = await desk.client()
    approval = await asks(desk, alina, anna)
    desk.now += timedelta(hours=1)
    async with desk.database.read() as db:
        due = (await due_lapses(desk.tx(db), 0, 10)).found
    assert due == (Due(approval.id, "once"),)
    late = await desk.approves(boss, approval)
    assert isinstance(late, Answered)
    assert late.verdict is Verdict.LAPSED
    with pytest.raises(NotDueNow):
        async with desk.database.write() as db:
            await end_unanswered(desk.tx(db), due[0])
    told = await desk.told(1)
    assert [one.verdict for one in told if isinstance(one, screens.Refused)] == [Verdict.LAPSED]


async def test_terms_that_changed_are_shown_to_the_manager_anew(desk: SpendingDesk) -> None:
    alina, boss = await desk.hires(1), await boss_of(desk)
    anna = await desk.client()
    approval = await asks(desk, alina, anna)
    async with desk.database.write() as db:
        await clients.change(db, anna, {"tier": "gold"})
    anew = await desk.approves(boss, approval)
    assert isinstance(anew, ApproveAnew)
    assert isinstance(await desk.approves(boss, approval), ApproveAnew)
    assert (await desk.knows(anna)).visits == 0
    approved = await desk.approves(boss, approval, preview_id=anew.awaited.stored.id)
    assert isinstance(approved, Answered)
    booked = (await desk.told(1))[-1]
    assert isinstance(booked, VisitBooked)
    assert booked.discount == LARGE * 3 // 100


async def test_a_redemption_asks_the_manager_first_and_then_the_client(
    desk: SpendingDesk,
) -> None:
    alina, boss = await desk.hires(1), await boss_of(desk)
    anna = await desk.rich_client()
    outcome = await desk.redeems(alina, anna, points=100, bill=LARGE)
    assert isinstance(outcome, Awaited)
    assert await desk.told(CLIENT_ID) == []
    assert await desk.can_spend(anna) == 500
    approved = await desk.approves(boss, outcome.approval)
    assert isinstance(approved, Answered)
    assert (approved.points, approved.visit_id) == (100, None)
    waiting = (await desk.told(1))[-1]
    assert isinstance(waiting, redemption_screens.Waiting)
    assert (waiting.is_approved, waiting.approver_name) == (True, "Борис")
    question = (await desk.told(CLIENT_ID))[0]
    assert isinstance(question, redemption_screens.Question)
    asked = await desk.redemption(question.redemption_id)
    assert (asked.staff_id, asked.approved_by) == (1, 3)
    agreed = await desk.agrees(asked)
    assert isinstance(agreed, Agreed)
    assert (agreed.visit.staff_id, agreed.visit.approved_by) == (1, 3)
    assert await desk.is_consistent()


async def test_an_approved_redemption_whose_points_are_gone_is_told_with_the_largest(
    desk: SpendingDesk,
) -> None:
    alina, boss = await desk.hires(1), await boss_of(desk)
    anna = await desk.rich_client()
    outcome = await desk.redeems(alina, anna, points=400, bill=LARGE)
    assert isinstance(outcome, Awaited)
    assert await desk.buys_reward(anna, 300)
    approved = await desk.approves(boss, outcome.approval)
    assert isinstance(approved, Answered)
    assert (approved.points, approved.visit_id) == (0, None)
    told = (await desk.told(1))[-1]
    assert isinstance(told, redemption_screens.Ended)
    assert (told.ending, told.largest) == (Ending.VOID, 200)


async def test_no_manager_is_asked_about_a_client_who_cannot_be(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    await boss_of(desk)
    anna = await desk.rich_client()
    async with desk.database.write() as db:
        await people.note_unreachable(db, CLIENT_ID, desk.now)
    assert isinstance(await desk.redeems(alina, anna, points=100, bill=LARGE), NotReachable)
    assert await desk.told(3) == []


async def test_a_manager_s_own_redemption_asks_the_client_at_once(desk: SpendingDesk) -> None:
    boss = await boss_of(desk)
    anna = await desk.rich_client()
    assert isinstance(await desk.redeems(boss, anna, points=100, bill=LARGE), Held)


async def test_a_manager_who_confirms_the_preview_itself_ends_the_question(
    desk: SpendingDesk,
) -> None:
    alina, boss = await desk.hires(1), await boss_of(desk)
    anna = await desk.client()
    approval = await asks(desk, alina, anna)
    booked = await confirms(desk, boss, approval.preview_id)
    assert isinstance(booked, Booked)
    desk.now += timedelta(hours=1)
    async with desk.database.write() as db:
        await end_unanswered(desk.tx(db), Due(approval.id, "once"))
    assert (await desk.approval(approval.id)).status is ApprovalStatus.VOID
    assert not [one for one in await desk.told(1) if isinstance(one, screens.Refused)]
    told = await desk.approves(boss, approval)
    assert isinstance(told, Answered)
    assert told.visit_id == booked.visit.id


# -- races


async def test_rule_23_twenty_answers_are_one(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    bosses = [await boss_of(desk, 10 + number) for number in range(4)]
    anna = await desk.client(telegram_id=CLIENT_ID)
    approval = await asks(desk, alina, anna)
    outcomes = await asyncio.gather(
        *(
            desk.approves(bosses[number % 4], approval)
            if number % 2
            else desk.declines(bosses[number % 4], approval)
            for number in range(TAPS)
        )
    )
    answers = [outcome for outcome in outcomes if isinstance(outcome, Answered)]
    assert len(answers) == TAPS
    assert sum(not answer.repeated for answer in answers) == 1
    assert len({answer.verdict for answer in answers}) == 1
    booked = answers[0].verdict is Verdict.APPROVED
    assert (await desk.knows(anna)).visits == booked
    told = [one for one in await desk.told(1) if isinstance(one, (VisitBooked, screens.Refused))]
    assert len(told) == 1
    assert await desk.is_consistent()


async def test_approval_against_withdrawal_has_one_winner(desk: SpendingDesk) -> None:
    alina, boss = await desk.hires(1), await boss_of(desk)
    anna = await desk.client()
    approval = await asks(desk, alina, anna)

    async def withdraws() -> object:
        async with desk.database.write() as db:
            return await refuse_preview(desk.tx(db), preview_id=approval.preview_id, actor=alina)

    answered, withdrawn = await asyncio.gather(desk.approves(boss, approval), withdraws())
    assert isinstance(answered, Answered)
    if answered.verdict is Verdict.APPROVED:
        assert isinstance(withdrawn, Booked)
        assert (await desk.knows(anna)).visits == 1
    else:
        assert withdrawn == PreviewRefused()
        assert (await desk.knows(anna)).visits == 0

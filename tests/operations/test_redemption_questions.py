"""Who asks a client to pay with points, takes it back, and what they should know first (rule 7)."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from loyalty.programme import Programme
from operations.holds import Held, HeldByColleague, NotReachable
from operations.points_choice import PointsChoice, choose_points
from operations.redemptions import (
    Agreed,
    Ended,
    NotAsked,
    NotTheAsker,
    Withdrawn,
)
from operations.senders import Role
from operations.visit_previews import Preview, PreviewUnknown, SelfService
from operations.visits import (
    PreviewRefused,
    ShownAnew,
    confirm_visit,
    redeem_elsewhere,
    refuse_preview,
)
from storage import clients
from storage.clients import ClientStatus
from storage.database import Database
from storage.redemptions import RedemptionStatus
from storage.tables import audit_log
from templates import redemptions as screens
from templates.redemptions import Ending
from tests.operations.desk_people import OWNER_ID
from tests.operations.spending_desk import CLIENT_ID, SpendingDesk, count_visits, spent


@pytest.fixture
def desk(database: Database, programme: Programme) -> SpendingDesk:
    return SpendingDesk(database, programme)


async def test_who_has_no_phone_here_cannot_be_asked(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    ivan = await desk.client()
    await desk.gives(ivan, 500)
    assert isinstance(await desk.redeems(alina, ivan), NotReachable)
    async with desk.database.write() as db:
        outcome = await choose_points(desk.tx(db), actor=alina, client_id=ivan, bill=100_000)
    assert isinstance(outcome, NotReachable)


async def test_rule_22_staff_never_ask_themselves(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    herself = await desk.rich_client(telegram_id=1)
    assert await desk.redeems(alina, herself) == SelfService()
    boris = await desk.hires(2, name="Борис")
    asked = await desk.asks(boris, herself)
    agreed = await desk.agrees(asked, by=1)
    assert isinstance(agreed, Agreed)
    assert agreed.visit.staff_id == 2


async def test_rule_22_another_s_tap_spends_nothing_and_is_on_record(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    await desk.client(telegram_id=51)
    asked = await desk.asks(alina, anna)
    assert await desk.agrees(asked, by=51) == NotAsked()
    assert await desk.refuses(asked, by=51) == NotAsked()
    assert await desk.agrees(asked, by=1) == NotAsked()
    async with desk.database.read() as db:
        found = (await db.execute(select(audit_log.c.action))).scalars().all()
    assert found.count("redemption.not_theirs") == 3
    assert isinstance(await desk.agrees(asked), Agreed)


async def test_staff_cannot_confirm_in_the_client_s_place(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    asked = await desk.asks(alina, anna)
    async with desk.database.write() as db:
        outcome = await confirm_visit(desk.tx(db), preview_id=asked.preview_id, actor=alina)
    assert isinstance(outcome, Held)
    assert outcome.redemption == asked
    assert await count_visits(desk) == 0
    assert len(await desk.told(CLIENT_ID)) == 1


async def test_one_question_a_client(desk: SpendingDesk) -> None:
    alina, boris = await desk.hires(1), await desk.hires(2, name="Борис")
    anna = await desk.rich_client(300)
    first = await desk.asks(alina, anna, points=200)
    held = await desk.redeems(boris, anna, points=50)
    assert isinstance(held, HeldByColleague)
    assert (held.staff_name, held.points, held.until) == ("Алина", 200, first.expires_at)
    # A newer one of hers replaces it, with all the points at its disposal.
    second = await desk.asks(alina, anna, points=300)
    assert (await desk.redemption(first.id)).status is RedemptionStatus.WITHDRAWN
    assert await desk.can_spend(anna) == 0
    assert isinstance(await desk.agrees(first), Ended)
    assert isinstance(await desk.agrees(second), Agreed)
    assert await spent(desk, anna) == 300


async def test_withdrawing_is_for_who_asked_and_for_managers(desk: SpendingDesk) -> None:
    alina, vera = await desk.hires(1), await desk.hires(2, name="Вера")
    boss = await desk.hires(3, name="Борис", role=Role.MANAGER)
    other = await desk.hires(4, name="Пётр", role=Role.MANAGER, branch="Вокзал")
    anna = await desk.rich_client()
    asked = await desk.asks(alina, anna)
    assert await desk.withdraws(vera, asked) == NotTheAsker()
    assert await desk.withdraws(other, asked) == NotTheAsker()
    assert isinstance(await desk.withdraws(boss, asked), Withdrawn)
    assert isinstance(await desk.withdraws(alina, asked), Withdrawn)
    told = (await desk.told(1))[-1]
    assert isinstance(told, screens.Ended)
    assert (told.ending, told.staff_name) == (Ending.WITHDRAWN, "Борис")
    over = (await desk.told(CLIENT_ID))[-1]
    assert isinstance(over, screens.NoLongerAsked)
    assert await desk.can_spend(anna) == 500


async def test_putting_the_preview_aside_withdraws_the_question(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    asked = await desk.asks(alina, anna)
    async with desk.database.write() as db:
        outcome = await refuse_preview(desk.tx(db), preview_id=asked.preview_id, actor=alina)
    assert outcome == PreviewRefused()
    assert (await desk.redemption(asked.id)).status is RedemptionStatus.WITHDRAWN


async def test_who_works_everywhere_says_where_before_the_client_is_asked(
    desk: SpendingDesk,
) -> None:
    owner = await desk.sender(OWNER_ID)
    anna = await desk.rich_client()
    shown = await desk.redeems(owner, anna)
    assert isinstance(shown, ShownAnew)
    assert shown.preview.terms.points_spent == 100
    assert await desk.told(CLIENT_ID) == []
    held = await desk.confirms(owner, shown.preview.id, branch=1)
    assert isinstance(held, Held)
    agreed = await desk.agrees(held.redemption)
    assert isinstance(agreed, Agreed)
    assert agreed.visit.branch == "Вокзал"


async def test_an_erased_client_is_asked_nothing_more(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    asked = await desk.asks(alina, anna)
    async with desk.database.write() as db:
        await clients.change(db, anna, {"status": ClientStatus.ERASED})
    ended = await desk.agrees(asked)
    assert isinstance(ended, Ended)
    assert ended.ending is Ending.GONE


async def test_the_choice_counts_one_s_own_open_question_as_free(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client(250)
    await desk.asks(alina, anna, points=200)
    async with desk.database.write() as db:
        choice = await choose_points(desk.tx(db), actor=alina, client_id=anna, bill=100_000)
    assert isinstance(choice, PointsChoice)
    assert (choice.available, choice.smallest, choice.largest) == (250, 50, 250)


async def test_a_second_redeem_of_the_same_bill_warns_of_the_twin(
    desk: SpendingDesk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    await desk.agrees(await desk.asks(alina, anna))
    again = await desk.redeems(alina, anna)
    assert isinstance(again, Held)
    assert again.twin is not None
    assert again.twin.visit_id == 1


async def test_points_for_a_visit_that_is_free_anyway_are_warned_of(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    anna = await desk.rich_client()
    stamps = desk.programme.stamps[0]
    desk.programme = replace(desk.programme, stamps=(replace(stamps, every=2),))
    first = await desk.previews(alina, anna, service=stamps.service)
    await desk.confirms(alina, first.id)
    shown = await desk.redeems(alina, anna, bill=90_000, service=stamps.service)
    assert isinstance(shown, Held)
    assert (shown.skips_free, shown.terms.points_spent) == (stamps.code, 100)


async def test_who_works_everywhere_changes_the_branch_of_a_question_that_waits(
    desk: SpendingDesk,
) -> None:
    boss = await desk.sender(OWNER_ID)
    anna = await desk.rich_client()
    preview = await desk.previews(boss, anna)
    await desk.confirms(boss, preview.id, branch=0)
    asked = await desk.asks(boss, anna, bill=50_000)
    async with desk.database.write() as db:
        shown = await redeem_elsewhere(desk.tx(db), actor=boss, preview_id=asked.preview_id)
    assert isinstance(shown, Preview)
    assert (shown.branch, shown.terms.points_spent) == (None, 100)
    assert (await desk.redemption(asked.id)).status is RedemptionStatus.WITHDRAWN
    assert isinstance(await desk.agrees(asked), Ended)
    outcome = await desk.confirms(boss, shown.id, branch=1)
    assert isinstance(outcome, Held)
    assert outcome.stored.branch == desk.programme.business.branches[1]


async def test_who_works_in_one_branch_changes_none(desk: SpendingDesk) -> None:
    alina = await desk.hires(1)
    asked = await desk.asks(alina, await desk.rich_client())
    async with desk.database.write() as db:
        shown = await redeem_elsewhere(desk.tx(db), actor=alina, preview_id=asked.preview_id)
    assert isinstance(shown, PreviewUnknown)
    assert (await desk.redemption(asked.id)).status is RedemptionStatus.OPEN

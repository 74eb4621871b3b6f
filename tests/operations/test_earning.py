"""Promotions and stamps at the desk, on both databases."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from loyalty.programme import Programme
from operations.senders import Sender
from operations.stamps import stamp_cards
from operations.transaction import Tx
from operations.undo import Undone
from operations.visit_previews import Preview, keep_free_visit
from operations.visits import Anew, Booked, ShownAnew
from storage import audit
from storage.database import Database
from templates.visits import Receipt
from tests.movable_clock import MovableClock
from tests.operations.conftest import NOW
from tests.operations.desk_people import Desk
from tests.town import Town

TUESDAY_NOON = NOW + timedelta(days=1)


@pytest.fixture
def desk(database: Database, programme: Programme) -> Desk:
    return Desk(database, programme)


@pytest.fixture
def stamps_of_three(programme: Programme) -> Programme:
    (stamp,) = programme.stamps
    return replace(programme, stamps=(replace(stamp, every=3),))


async def receipts(desk: Desk, client_id: int) -> list[Receipt]:
    town = Town(desk.database, MovableClock(), desk.programme)
    return [one for one in await town.notices(client_id) if isinstance(one, Receipt)]


async def have(desk: Desk, client_id: int) -> int:
    async with desk.database.write() as db:
        (card,) = await stamp_cards(Tx(db, desk.now, desk.programme), client_id)
    return card.have


async def keeps(desk: Desk, actor: Sender, preview_id: int, *, keeps: bool) -> Preview:
    async with desk.database.write() as db:
        outcome = await keep_free_visit(
            Tx(db, desk.now, desk.programme), actor=actor, preview_id=preview_id, keeps=keeps
        )
    assert isinstance(outcome, Preview)
    return outcome


async def books(desk: Desk, actor: Sender, client_id: int, bill: int = 100_000) -> Booked:
    preview = await desk.previews(actor, client_id, bill, service="filter")
    booked = await desk.confirms(actor, preview.id)
    assert isinstance(booked, Booked)
    desk.now += timedelta(minutes=5)  # beyond the warning of a twin
    return booked


async def test_rule_05_a_promotion_is_shown_booked_kept_on_the_visit_and_told(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50, tier="gold")
    desk.now = TUESDAY_NOON
    preview = await desk.previews(alina, anna, bill=120_000, service="repair")
    assert (preview.terms.points_earned, preview.terms.promotion) == (116, "happy_hours")
    booked = await desk.confirms(alina, preview.id)
    assert isinstance(booked, Booked)
    visit = booked.visit
    assert (visit.promotion_code, visit.promotion_factor, visit.promotion_add) == (
        "happy_hours",
        2,
        0,
    )
    assert (visit.points_earned, visit.promotion_points, booked.balance) == (116, 58, 116)
    (receipt,) = await receipts(desk, anna)
    assert receipt.promotion == "Двойные баллы по вторникам"
    assert receipt.promotion_points == 58
    taken = await desk.undoes_last(alina)
    assert isinstance(taken, Undone)
    assert taken.balance == 0


async def test_a_preview_confirmed_after_midnight_is_shown_anew_without_the_promotion(
    desk: Desk,
) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    desk.now = TUESDAY_NOON.replace(hour=20, minute=55)  # 23:55 in Moscow
    preview = await desk.previews(alina, anna, service="repair")
    assert preview.terms.promotion == "happy_hours"
    desk.now += timedelta(minutes=6)
    outcome = await desk.confirms(alina, preview.id)
    assert isinstance(outcome, ShownAnew)
    assert outcome.reason is Anew.TERMS
    assert (outcome.preview.terms.promotion, outcome.preview.terms.points_earned) == (None, 30)
    booked = await desk.confirms(alina, outcome.preview.id)
    assert isinstance(booked, Booked)
    assert (booked.visit.points_earned, booked.visit.promotion_code) == (30, None)


async def test_every_third_visit_for_the_service_is_free(
    desk: Desk, stamps_of_three: Programme
) -> None:
    desk.programme = stamps_of_three
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    seen = []
    for _ in range(6):
        booked = await books(desk, alina, anna)
        visit = booked.visit
        seen.append((visit.to_pay, visit.points_earned, visit.stamp_code))
    paid, free = (100_000, 30, None), (0, 0, "tenth_filter")
    assert seen == [paid, paid, free] * 2
    told = [one.stamps for one in await receipts(desk, anna)]
    assert [(one.have, one.every, one.is_next_free) for one in told if one] == [
        (1, 3, False),
        (2, 3, True),
        (0, 3, False),
    ] * 2
    client = await desk.knows(anna)
    assert (client.visits, client.balance) == (6, 120)
    async with desk.database.read() as db:
        assert not await audit.differences(db)


async def test_another_service_gathers_no_stamps(desk: Desk, stamps_of_three: Programme) -> None:
    desk.programme = stamps_of_three
    alina = await desk.hires(1)
    anna = await desk.client()
    for _ in range(3):
        preview = await desk.previews(alina, anna, service="repair")
        await desk.confirms(alina, preview.id)
        desk.now += timedelta(minutes=5)
    assert await have(desk, anna) == 0


async def test_rule_25_an_undo_takes_the_stamp_and_the_free_visit_back(
    desk: Desk, stamps_of_three: Programme
) -> None:
    desk.programme = stamps_of_three
    alina = await desk.hires(1)
    anna = await desk.client()
    for stamped in (1, 2, 0):
        await books(desk, alina, anna)
        assert await have(desk, anna) == stamped
    await desk.undoes_last(alina)
    assert await have(desk, anna) == 2  # the free one is there again
    booked = await books(desk, alina, anna)
    assert booked.visit.stamp_code == "tenth_filter"
    await books(desk, alina, anna)
    assert await have(desk, anna) == 1
    await desk.undoes_last(alina)
    assert await have(desk, anna) == 0


async def test_a_client_keeps_the_free_visit_for_another_day(
    desk: Desk, stamps_of_three: Programme
) -> None:
    desk.programme = stamps_of_three
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    for _ in range(2):
        await books(desk, alina, anna)
    preview = await desk.previews(alina, anna, service="filter")
    assert (preview.terms.to_pay, preview.keeps_free_visit) == (0, False)
    assert preview.points_max == 0, "there is nothing left to pay"
    kept = await keeps(desk, alina, preview.id, keeps=True)
    assert (kept.id, kept.terms.to_pay, kept.keeps_free_visit) == (preview.id, 100_000, True)
    back = await keeps(desk, alina, preview.id, keeps=False)
    assert back.terms.stamp == "tenth_filter"
    await keeps(desk, alina, preview.id, keeps=True)
    booked = await desk.confirms(alina, preview.id)
    assert isinstance(booked, Booked)
    assert (booked.visit.to_pay, booked.visit.stamp_code) == (100_000, None)
    assert await have(desk, anna) == 2
    desk.now += timedelta(minutes=5)
    assert (await books(desk, alina, anna)).visit.stamp_code == "tenth_filter"


async def test_a_free_visit_that_is_not_there_cannot_be_kept(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    preview = await desk.previews(alina, anna, service="filter")
    shown = await keeps(desk, alina, preview.id, keeps=True)
    assert (shown.keeps_free_visit, shown.terms) == (False, preview.terms)
    booked = await desk.confirms(alina, preview.id)
    assert isinstance(booked, Booked)


async def test_the_nth_stamp_booked_by_twenty_at_once_makes_one_visit_free(
    desk: Desk, stamps_of_three: Programme
) -> None:
    desk.programme = stamps_of_three
    team = [await desk.hires(n, name=f"Сотрудник {n}") for n in range(1, 21)]
    anna = await desk.client()
    for _ in range(2):
        await books(desk, team[0], anna)
    # Bills of their own: nobody is warned of a twin.
    shown = [
        await desk.previews(one, anna, 100_000 + n, service="filter") for n, one in enumerate(team)
    ]
    assert all(preview.terms.to_pay == 0 for preview in shown)
    outcomes = await asyncio.gather(
        *(desk.confirms(one, preview.id) for one, preview in zip(team, shown, strict=True))
    )
    free = [outcome for outcome in outcomes if isinstance(outcome, Booked)]
    assert [outcome.visit.to_pay for outcome in free] == [0]
    anew = [outcome for outcome in outcomes if isinstance(outcome, ShownAnew)]
    assert len(anew) == 19
    assert {outcome.reason for outcome in anew} == {Anew.TERMS}
    assert all(outcome.preview.terms.to_pay > 0 for outcome in anew)
    assert await have(desk, anna) == 0

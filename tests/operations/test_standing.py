"""Rules 12 and 13: levels and badges after a visit, and after it is taken back."""

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from loyalty.programme import Programme, QualifyBy
from operations.standing import StandingChanges
from operations.transaction import Tx
from storage import audit, badges, clients, tiers
from storage.clients import Client
from storage.database import Database
from storage.tables import outbox
from storage.tiers import TierReason
from templates.contexts import load_context
from templates.messages import Message
from templates.standing import BadgeLine, Celebration, TakenBack
from tests.operations.newcomers import ANNA, Town
from tests.operations.visiting import undo, visit

GOLD, PLATINUM = 3_000_000, 10_000_000  # kopecks


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, programme)


async def visits_of(town: Town, client: Client, bill: int) -> tuple[int, StandingChanges]:
    visit_id, standing, _ = await town.do(lambda tx: visit(tx, client.id, bill))
    return visit_id, standing


async def as_now(town: Town, client: Client) -> Client:
    found = await town.do(lambda tx: clients.by_id(tx.db, client.id))
    assert found is not None
    return found


async def held(town: Town, client: Client) -> dict[str, int | None]:
    """The client's badges and the visits that won them."""
    grants = await town.do(lambda tx: badges.held(tx.db, client.id))
    return {grant.badge: grant.visit_id for grant in grants}


async def told(town: Town, kind: type[Message]) -> list[Message]:
    async with town.database.read() as db:
        query = select(outbox.c.notice, outbox.c.context).order_by(outbox.c.id)
        rows = (await db.execute(query.where(outbox.c.notice == kind.message_name))).all()
    return [load_context(row.notice, row.context) for row in rows]


async def test_rule_12_a_threshold_reached_exactly_is_reached_at_once(town: Town) -> None:
    anna = await town.new_client(ANNA)
    assert (await visits_of(town, anna, GOLD - 1))[1].level_after == "silver"
    standing = (await visits_of(town, anna, 1))[1]
    assert (standing.level_before, standing.level_after) == ("silver", "gold")
    assert (await as_now(town, anna)).tier == "gold"


async def test_one_visit_may_lift_over_several_levels(town: Town) -> None:
    anna = await town.new_client(ANNA)
    assert (await visits_of(town, anna, PLATINUM))[1].level_after == "platinum"


async def test_rule_12_what_lies_before_the_window_no_longer_lifts_and_nothing_falls(
    town: Town,
) -> None:
    anna = await town.new_client(ANNA)
    await visits_of(town, anna, GOLD)
    town.now += timedelta(days=366)
    standing = (await visits_of(town, anna, 100))[1]
    assert standing.level_after == "gold"
    assert (await visits_of(town, anna, PLATINUM - GOLD))[1].level_after == "gold"


@pytest.mark.parametrize(
    ("qualify_by", "threshold"), [(QualifyBy.VISITS, 2), (QualifyBy.POINTS, 60)]
)
async def test_rule_12_levels_may_go_by_visits_or_by_points(
    database: Database, programme: Programme, qualify_by: QualifyBy, threshold: int
) -> None:
    levels = list(programme.tiers.levels)
    levels[1] = replace(levels[1], from_=threshold)
    tiers_by = replace(programme.tiers, levels=tuple(levels), qualify_by=qualify_by)
    town = Town(database, replace(programme, tiers=tiers_by))
    anna = await town.new_client(ANNA)
    assert (await visits_of(town, anna, 100_000))[1].level_after == "silver"
    assert (await visits_of(town, anna, 100_000))[1].level_after == "gold"


async def test_the_undone_visit_takes_the_level_it_brought(town: Town) -> None:
    anna = await town.new_client(ANNA)
    visit_id, _ = await visits_of(town, anna, GOLD)
    standing, _ = await town.do(lambda tx: undo(tx, visit_id))
    assert (standing.level_before, standing.level_after) == ("gold", "silver")
    assert (await as_now(town, anna)).tier == "silver"
    assert await town.do(lambda tx: audit.differences(tx.db)) == []


async def test_an_undone_visit_that_lifted_nobody_lowers_nobody(town: Town) -> None:
    anna = await town.new_client(ANNA)
    await visits_of(town, anna, GOLD)
    other, _ = await visits_of(town, anna, 100_000)
    standing, _ = await town.do(lambda tx: undo(tx, other))
    assert standing.level_after == "gold"


async def test_the_level_stays_where_other_visits_reach_it(town: Town) -> None:
    anna = await town.new_client(ANNA)
    lifting, _ = await visits_of(town, anna, GOLD)
    await visits_of(town, anna, GOLD)
    standing, _ = await town.do(lambda tx: undo(tx, lifting))
    assert standing.level_after == "gold"


async def test_undoing_the_first_lift_leaves_what_the_rest_reaches(town: Town) -> None:
    anna = await town.new_client(ANNA)
    lifting, _ = await visits_of(town, anna, GOLD)
    await visits_of(town, anna, PLATINUM - GOLD)
    standing, _ = await town.do(lambda tx: undo(tx, lifting))
    assert (standing.level_before, standing.level_after) == ("platinum", "gold")


async def test_a_level_held_before_the_lift_is_not_lost_with_it(town: Town) -> None:
    anna = await town.new_client(ANNA)
    await visits_of(town, anna, GOLD)
    town.now += timedelta(days=366)
    lifting, _ = await visits_of(town, anna, PLATINUM)
    standing, _ = await town.do(lambda tx: undo(tx, lifting))
    assert standing.level_after == "gold"


@pytest.mark.parametrize("reason", [TierReason.REVIEW, TierReason.INVITATION])
async def test_what_a_review_or_an_invitation_decided_since_stays(
    town: Town, reason: TierReason
) -> None:
    anna = await town.new_client(ANNA)
    lifting, _ = await visits_of(town, anna, GOLD)

    async def decide(tx: Tx) -> None:
        await clients.change(tx.db, anna.id, {"tier": "platinum"})
        await tiers.add_change(
            tx.db,
            client_id=anna.id,
            from_tier="gold",
            to_tier="platinum",
            reason=reason,
            visit_id=None,
            now=tx.now,
        )

    await town.do(decide)
    standing, _ = await town.do(lambda tx: undo(tx, lifting))
    assert standing.level_after == "platinum"


async def test_whom_an_owner_invited_no_visit_moves(town: Town) -> None:
    anna = await town.new_client(ANNA)
    await town.do(lambda tx: clients.change(tx.db, anna.id, {"tier": "vip"}))
    visit_id, standing = await visits_of(town, anna, PLATINUM)
    assert standing.level_after == "vip"
    assert (await town.do(lambda tx: undo(tx, visit_id)))[0].level_after == "vip"


async def test_a_level_that_the_programme_no_longer_has_becomes_what_was_earned(town: Town) -> None:
    anna = await town.new_client(ANNA)
    await town.do(lambda tx: clients.change(tx.db, anna.id, {"tier": "bronze"}))
    assert (await visits_of(town, anna, 100))[1].level_after == "silver"
    assert (await as_now(town, anna)).tier == "silver"


async def test_rule_13_a_badge_is_won_once_with_the_visit_that_won_it(town: Town) -> None:
    anna = await town.new_client(ANNA)
    first, standing = await visits_of(town, anna, 100)
    assert standing.badges_won == ("first_visit",)
    big, standing = await visits_of(town, anna, 2_000_000)
    assert standing.badges_won == ("big_bill",)
    assert (await visits_of(town, anna, 2_000_000))[1].badges_won == ()
    assert await held(town, anna) == {"first_visit": first, "big_bill": big}


async def test_rule_13_the_undone_visit_takes_its_badges_and_another_wins_them_again(
    town: Town,
) -> None:
    anna = await town.new_client(ANNA)
    first, _ = await visits_of(town, anna, 2_000_000)
    standing, _ = await town.do(lambda tx: undo(tx, first))
    assert standing.badges_lost == ("first_visit", "big_bill")
    assert await held(town, anna) == {}
    again, standing = await visits_of(town, anna, 100)
    assert standing.badges_won == ("first_visit",)
    assert await held(town, anna) == {"first_visit": again}


async def test_rule_13_a_badge_that_other_visits_have_earned_stays(town: Town) -> None:
    anna = await town.new_client(ANNA)
    first, _ = await visits_of(town, anna, 100)
    await visits_of(town, anna, 100)
    standing, _ = await town.do(lambda tx: undo(tx, first))
    assert standing.badges_lost == ()


async def test_three_months_in_a_row_are_a_streak(town: Town) -> None:
    anna = await town.new_client(ANNA)
    for _ in range(2):
        await visits_of(town, anna, 100)
        town.now += timedelta(days=30)
    assert "streak" in (await visits_of(town, anna, 100))[1].badges_won


async def test_rule_13_visits_at_once_win_a_badge_and_a_level_once(town: Town) -> None:
    anna = await town.new_client(ANNA)
    changes = await asyncio.gather(*(visits_of(town, anna, GOLD) for _ in range(3)))
    won = [code for _, standing in changes for code in standing.badges_won]
    assert sorted(won) == ["big_bill", "first_visit"]
    lifts = [standing.level_after for _, standing in changes if standing.level_before == "silver"]
    assert lifts == ["gold"]


async def test_one_message_celebrates_all_that_a_visit_brought(town: Town) -> None:
    anna = await town.new_client(ANNA)
    visit_id, _ = await visits_of(town, anna, GOLD)
    (celebration,) = await told(town, Celebration)
    assert isinstance(celebration, Celebration)
    assert (celebration.level, celebration.perks) == ("Золотой", ("priority",))
    assert [line.name for line in celebration.badges] == ["Первый визит", "Крупный заказ"]
    await town.do(lambda tx: undo(tx, visit_id))
    lost = (BadgeLine("🔧", "Первый визит"), BadgeLine("💎", "Крупный заказ"))
    assert await told(town, TakenBack) == [TakenBack("Серебряный", lost)]


async def test_a_visit_that_changed_nothing_is_not_celebrated(town: Town) -> None:
    anna = await town.new_client(ANNA)
    await visits_of(town, anna, 100)
    await visits_of(town, anna, 100)
    assert len(await told(town, Celebration)) == 1


async def test_a_programme_without_levels_and_badges_moves_nobody(
    database: Database, programme: Programme
) -> None:
    lowest = replace(programme.tiers, levels=programme.tiers.levels[:1], stated=False)
    town = Town(database, replace(programme, tiers=lowest, badges=()))
    anna = await town.new_client(ANNA)
    _, standing = await visits_of(town, anna, PLATINUM)
    assert standing == StandingChanges("silver", "silver")
    assert await told(town, Celebration) == []


async def test_what_others_held_up_falls_with_the_last_of_them(town: Town) -> None:
    anna = await town.new_client(ANNA)
    lifting, _ = await visits_of(town, anna, GOLD)
    holding, _ = await visits_of(town, anna, GOLD)
    higher, _ = await visits_of(town, anna, PLATINUM)
    assert (await town.do(lambda tx: undo(tx, lifting)))[0].level_after == "platinum"
    assert (await town.do(lambda tx: undo(tx, higher)))[0].level_after == "gold"
    assert (await town.do(lambda tx: undo(tx, holding)))[0].level_after == "silver"
    assert await held(town, anna) == {}


async def test_a_level_earned_after_an_undo_outlives_a_later_undo(town: Town) -> None:
    anna = await town.new_client(ANNA)
    gone, _ = await visits_of(town, anna, GOLD)
    await town.do(lambda tx: undo(tx, gone))
    town.now += timedelta(days=1)
    await visits_of(town, anna, GOLD)
    town.now += timedelta(days=370)
    other, _ = await visits_of(town, anna, 100)
    assert (await town.do(lambda tx: undo(tx, other)))[0].level_after == "gold"


accounts = itertools.count(8_000_000_001)  # an example must find nobody of another example
bills = st.sampled_from([100, 50_000, 1_000_000, GOLD, PLATINUM])
steps = st.lists(bills | st.integers(0, 5).map(lambda place: -place - 1), max_size=7)


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=steps)
async def test_whatever_is_booked_and_undone_the_accounts_agree(
    town: Town, steps: list[int]
) -> None:
    """Property: caches agree with their sources, and with every visit undone nothing is left."""
    anna = await town.new_client(next(accounts))
    booked: list[int] = []
    for step in steps:
        if step > 0:
            booked.append((await visits_of(town, anna, step))[0])
        elif len(booked) >= -step:
            place = booked.pop(-step - 1)
            await town.do(lambda tx, p=place: undo(tx, p))
    for visit_id in reversed(booked):
        await town.do(lambda tx, v=visit_id: undo(tx, v))
    assert await held(town, anna) == {}
    assert (await as_now(town, anna)).tier == "silver"
    assert await town.do(lambda tx: audit.differences(tx.db)) == []

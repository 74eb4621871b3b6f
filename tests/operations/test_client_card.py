"""What a client sees of their own account, on both databases."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest

from loyalty.programme import Programme, QualifyBy
from operations.client_card import (
    menu_of,
    show_badges,
    show_balance,
    show_card,
    show_history,
    show_tier,
)
from operations.deep_links import CardLink, read_link
from operations.ledger import EntryKind, grant, spend
from operations.transaction import Tx
from storage import clients
from storage.clients import Client
from storage.database import Database
from templates.client import (
    Badges,
    Expiry,
    HistoryKind,
    Menu,
    NoBadges,
    NoTiers,
    Tier,
    Way,
)
from tests.operations.newcomers import ANNA, BORIS, Town
from tests.operations.visiting import undo, visit


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, programme)


async def as_now(town: Town, client: Client) -> Client:
    found = await town.do(lambda tx: clients.by_id(tx.db, client.id))
    assert found is not None
    return found


async def test_the_card_carries_a_link_that_its_number_does_not_tell(town: Town) -> None:
    anna = await town.new_client(ANNA)

    async def shown(tx: Tx) -> None:
        card = await show_card(tx, anna, "en", "svoi_bot")
        assert (card.tier, card.tier_rank, card.number) == ("Silver", 0, anna.card_number)
        assert anna.card_number is not None
        assert anna.card_number not in card.link
        assert read_link(card.link.partition("start=")[2]) == CardLink(anna.card_code or "")

    await town.do(shown)


async def test_the_balance_names_every_upcoming_expiry_of_the_nearest_days(town: Town) -> None:
    anna = await town.new_client(ANNA)
    today = town.now.date()
    for days, points in ((5, 10), (5, 20), (9, 30), (700, 40)):
        await town.do(
            lambda tx, d=days, p=points: grant(
                tx,
                anna.id,
                p,
                kind=EntryKind.ACTION,
                key=f"{d}:{p}",
                valid_through=today + timedelta(days=d),
            )
        )
    shown = await town.do(lambda tx: show_balance(tx, anna, "ru"))
    assert shown.expiring == (
        Expiry(30, today + timedelta(days=5)),
        Expiry(30, today + timedelta(days=9)),
        Expiry(100, today + timedelta(days=365)),
    )


async def test_the_way_to_the_next_level_is_over_the_window(town: Town) -> None:
    anna = await town.new_client(ANNA)
    await town.do(lambda tx: visit(tx, anna.id, 1_000_000))
    shown = await town.do(lambda tx: show_balance(tx, anna, "ru"))
    assert shown.way == Way(QualifyBy.SPEND, 2_000_000, "Золотой")
    town.now += timedelta(days=366)
    shown = await town.do(lambda tx: show_balance(tx, anna, "ru"))
    assert shown.way == Way(QualifyBy.SPEND, 3_000_000, "Золотой")


async def test_the_levels_are_all_there_with_the_own_one_marked(town: Town) -> None:
    anna = await town.new_client(ANNA)
    await town.do(lambda tx: visit(tx, anna.id, 3_000_000))
    anna = await as_now(town, anna)
    tier = await town.do(lambda tx: show_tier(tx, anna, "ru"))
    assert isinstance(tier, Tier)
    assert [line.name for line in tier.levels if line.is_own] == ["Золотой"]
    assert [line.threshold for line in tier.levels] == [0, 3_000_000, 10_000_000, None]
    assert (tier.value, tier.missing_to_stay, str(tier.kept_until)) == (3_000_000, 0, "2027-03-01")
    town.now += timedelta(days=365)
    tier = await town.do(lambda tx: show_tier(tx, anna, "ru"))
    assert isinstance(tier, Tier)
    assert (tier.value, tier.missing_to_stay) == (3_000_000, 3_000_000)


async def test_whom_an_owner_invited_climbs_no_further(town: Town) -> None:
    anna = await town.new_client(ANNA)
    await town.do(lambda tx: clients.change(tx.db, anna.id, {"tier": "vip"}))
    anna = await as_now(town, anna)
    tier = await town.do(lambda tx: show_tier(tx, anna, "ru"))
    assert isinstance(tier, Tier)
    assert tier.by_invitation
    assert (tier.way, tier.kept_until) == (None, None)


async def test_the_history_has_visits_and_entries_the_newest_first(town: Town) -> None:
    anna, boris = await town.new_client(ANNA), await town.new_client(BORIS)
    await town.do(lambda tx: visit(tx, boris.id, 77_700))
    town.now += timedelta(hours=1)
    visit_id = (await town.do(lambda tx: visit(tx, anna.id, 100_000)))[0]
    await town.do(
        lambda tx: grant(
            tx,
            anna.id,
            30,
            kind=EntryKind.VISIT,
            key="visit:1",
            valid_through=None,
            visit_id=visit_id,
        )
    )
    town.now += timedelta(hours=1)
    await town.do(lambda tx: spend(tx, anna.id, 50, kind=EntryKind.REWARD, key="reward:1"))
    shown = await town.do(lambda tx: show_history(tx, anna, "ru", 1))
    assert [(line.kind, line.points, line.visit_id, line.bill) for line in shown.lines] == [
        (HistoryKind.REWARD, -50, None, None),
        (HistoryKind.VISIT, 30, visit_id, 100_000),
        (HistoryKind.WELCOME, 100, None, None),
    ]
    assert (shown.page, shown.pages) == (1, 1)
    await town.do(lambda tx: undo(tx, visit_id))
    shown = await town.do(lambda tx: show_history(tx, anna, "ru", 1))
    assert [line.undone for line in shown.lines] == [False, True, False]


async def test_pages_share_nothing_and_lose_nothing(town: Town) -> None:
    anna = await town.new_client(ANNA)
    for _ in range(19):
        await town.do(lambda tx: visit(tx, anna.id, 10_000))
    pages = [
        await town.do(lambda tx, p=page: show_history(tx, anna, "ru", p)) for page in (1, 2, 3)
    ]
    assert [len(page.lines) for page in pages] == [8, 8, 4]
    numbers = [line.visit_id for page in pages for line in page.lines if line.visit_id]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) == 19


async def test_badges_won_and_not_yet_won(town: Town) -> None:
    anna = await town.new_client(ANNA)
    await town.do(lambda tx: visit(tx, anna.id, 1_500_000))
    shown = await town.do(lambda tx: show_badges(tx, anna, "en"))
    assert isinstance(shown, Badges)
    assert [badge.name for badge in shown.won] == ["First visit"]
    way = {badge.name: (badge.have, badge.goal) for badge in shown.others}
    assert way["Big order"] == (1_500_000, 2_000_000)
    assert way["Regular"] == (1, 10)
    assert way["Three months in a row"] == (1, 3)


async def test_a_small_programme_shows_what_it_has(
    database: Database, programme: Programme
) -> None:
    only = replace(programme.tiers.levels[0], cashback_percent=Fraction(7, 2))
    small = replace(
        programme,
        tiers=replace(programme.tiers, levels=(only,), stated=False),
        badges=(),
        referral=None,
    )
    town = Town(database, small)
    anna = await town.new_client(ANNA)
    assert menu_of(small) == Menu(tiers=False, badges=False, invite=False)
    assert await town.do(lambda tx: show_tier(tx, anna, "ru")) == NoTiers(Fraction(7, 2))
    assert await town.do(lambda tx: show_badges(tx, anna, "ru")) == NoBadges()
    balance = await town.do(lambda tx: show_balance(tx, anna, "ru"))
    assert (balance.tier, balance.way) == (None, None)

"""/offers: what is told to whom, and when."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from loyalty.birthdays import Birthday
from loyalty.programme import ActionPoints, Programme
from loyalty.programme.offers import Promotion
from loyalty.programme.text import Text
from operations.client_card import menu_of
from operations.offers import has_offers, show_offers
from operations.profile import set_birthday
from storage.database import Database
from templates.offers import PROMOTIONS_SHOWN_MAX, Offers
from tests.movable_clock import MovableClock
from tests.town import Town

MONDAY = date(2027, 2, 1)


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, MovableClock(), programme)


def promotion(code: str, **values: object) -> Promotion:
    made = Promotion(code, Text({"ru": code}), multiply=Fraction(3, 2))
    return replace(made, **values)  # type: ignore[arg-type]


async def offers(town: Town, client_id: int | None) -> Offers:
    async with town.tx() as tx:
        client = None if client_id is None else await town.knows(client_id)
        return await show_offers(tx, client, "ru", for_owner=client is None)


async def test_promotions_are_told_while_they_run_and_before_but_not_after(town: Town) -> None:
    town.programme = replace(
        town.programme,
        promotions=(
            promotion("over", to=MONDAY - timedelta(days=1)),
            promotion("last day", to=MONDAY),
            promotion("always"),
            promotion("weekends", weekdays=frozenset({5, 6})),
            promotion("later", from_=MONDAY + timedelta(days=40), weekdays=frozenset(range(7))),
            promotion("tomorrow", from_=MONDAY + timedelta(days=1), to=date(2027, 3, 1)),
        ),
    )
    told = await offers(town, await town.person())
    assert [(line.name, line.is_today) for line in told.now] == [
        ("last day", True),
        ("always", True),
        ("weekends", False),
    ]
    assert [line.name for line in told.soon] == ["tomorrow", "later"]
    assert [line.weekdays for line in (told.now[2], told.soon[1])] == [(5, 6), ()]
    assert [line.first_day for line in told.now] == [None] * 3
    assert told.now[0].times == Decimal("1.5")
    assert not told.is_empty


async def test_a_day_begins_in_the_zone_of_the_business(town: Town) -> None:
    town.programme = replace(town.programme, promotions=(promotion("monday", to=MONDAY),))
    anna = await town.person()
    town.clock.move_to(datetime(2027, 2, 1, 20, 59, tzinfo=UTC))  # type: ignore[attr-defined]
    assert len((await offers(town, anna)).now) == 1
    town.clock.move_to(datetime(2027, 2, 1, 21, 0, tzinfo=UTC))  # type: ignore[attr-defined]
    assert (await offers(town, anna)).now == ()


async def test_promotions_of_other_levels_are_told_to_nobody_else(town: Town) -> None:
    anna, vip = await town.person(tier="silver"), await town.person(tier="vip")
    assert len((await offers(town, anna)).now) == 1
    assert (await offers(town, vip)).now == ()
    assert len((await offers(town, None)).now) == 1  # an owner sees all


async def test_of_very_many_promotions_the_rest_is_counted(town: Town) -> None:
    many = tuple(promotion(f"p{n}") for n in range(PROMOTIONS_SHOWN_MAX + 3))
    town.programme = replace(town.programme, promotions=many)
    told = await offers(town, await town.person())
    assert (len(told.now), told.more_promotions) == (PROMOTIONS_SHOWN_MAX, 3)


async def test_a_birthday_told_and_a_visit_reviewed_are_asked_for_no_more(town: Town) -> None:
    anna = await town.person()
    told = await offers(town, anna)
    assert (told.birthday_points, told.review_points) == (50, 0)  # no visit to speak of
    await town.visit(anna)
    assert (await offers(town, anna)).review_points == 20
    async with town.tx() as tx:
        await set_birthday(tx, client_id=anna, birthday=Birthday(1, 5))
    assert (await offers(town, anna)).birthday_points == 0


async def test_without_anything_to_offer_there_is_no_key_and_the_screen_says_so(
    town: Town,
) -> None:
    bare = replace(
        town.programme, promotions=(), stamps=(), partners=(), actions=ActionPoints(survey=30)
    )
    assert not has_offers(bare)
    assert not menu_of(bare).offers
    assert menu_of(town.programme).offers
    town.programme = bare
    told = await offers(town, await town.person())
    assert told.is_empty


async def test_stamps_are_told_to_whoever_has_none_yet(town: Town) -> None:
    told = await offers(town, await town.person())
    assert [(line.have, line.every, line.is_next_free) for line in told.stamps] == [(0, 10, False)]
    assert (await offers(town, None)).stamps == ()

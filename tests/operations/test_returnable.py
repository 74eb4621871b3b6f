"""How staff name a visit, and what they are offered to return."""

from datetime import timedelta

import pytest

from loyalty.programme import Programme
from operations.returnable import VisitUnreadable, latest_visits, read_visit_number, terms_of
from storage.database import Database
from tests.operations.returning import ReturnDesk


@pytest.mark.parametrize(
    ("typed", "visit_id", "rest"),
    [
        ("17", 17, ""),
        ("№ 17", 17, ""),
        ("№17", 17, ""),
        ("№\u00a017 300", 17, "300"),
        ("#17", 17, ""),
        ("No. 17 12,50", 17, "12,50"),
        ("n17", 17, ""),
        ("  17   1 000 р ", 17, "1 000 р"),
        ("007", 7, ""),
        ("999999999999999999", 999_999_999_999_999_999, ""),
    ],
)
def test_a_visit_is_read_as_it_is_shown(typed: str, visit_id: int, rest: str) -> None:
    assert read_visit_number(typed) == (visit_id, rest)


@pytest.mark.parametrize(
    "typed", ["", "abc", "17a", "-17", "0", "1e9", "17,5", "№", "9" * 40, "17;DROP", "١٧"]
)
def test_what_is_no_visit_s_number_is_refused(typed: str) -> None:
    with pytest.raises(VisitUnreadable):
        read_visit_number(typed)


async def test_the_latest_visits_of_the_branch_that_count_are_offered(
    database: Database, programme: Programme
) -> None:
    desk = ReturnDesk(database, programme)
    alina, boris = await desk.hires(1), await desk.hires(2, branch="Вокзал")
    anna = await desk.client()
    old = await desk.books(alina, anna)
    desk.now += timedelta(days=2)
    first, second = await desk.books(alina, anna, 10_000), await desk.books(alina, anna, 20_000)
    await desk.books(boris, anna, 30_000)
    gone = await desk.books(alina, anna, 40_000)
    await desk.returns(alina, gone.visit.id)
    async with database.write() as db:
        offered = await latest_visits(desk.tx(db), actor=alina)
    assert [choice.visit.id for choice in offered] == [second.visit.id, first.visit.id]
    assert old.visit.id not in [choice.visit.id for choice in offered]


async def test_rule_08_the_terms_of_a_booked_visit_are_those_it_was_booked_at(
    database: Database, programme: Programme
) -> None:
    desk = ReturnDesk(database, programme)
    alina = await desk.hires(1)
    anna = await desk.client(tier="gold")
    preview = await desk.previews(alina, anna, 123_457)
    booked = await desk.confirms(alina, preview.id)
    visit = booked.visit  # type: ignore[union-attr]
    assert terms_of(visit) == preview.terms
    excluded = await desk.previews(alina, anna, 123_457, "certificate")
    done = await desk.confirms(alina, excluded.id)
    assert terms_of(done.visit) == excluded.terms  # type: ignore[union-attr]

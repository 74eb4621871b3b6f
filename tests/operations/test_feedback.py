"""Ratings and words, on both databases."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from loyalty.programme import Programme
from operations.feedback import Final, NotTheirs, Rated, add_words, rate, visit_to_rate
from operations.senders import Role, Sender
from storage import cases, people, staff
from storage.cases import CaseKind
from storage.database import Database
from templates.case_notices import ClientWrote, Opened
from templates.feedback import Praise
from tests.movable_clock import MovableClock
from tests.town import OWNER_ID, SERVER_ID, Town

Rates = Callable[..., Awaitable[Rated | Final | NotTheirs]]
OWNERS = {OWNER_ID}


@pytest.fixture
def town(database: Database, programme: Programme) -> Town:
    return Town(database, MovableClock(), programme)


@pytest.fixture
def rates(town: Town) -> Rates:
    async def rates(
        actor: Sender, about: int, rating: int, *, is_visit: bool = True
    ) -> Rated | Final | NotTheirs:
        async with town.tx() as tx:
            return await rate(
                tx,
                actor=actor,
                about=about,
                is_visit=is_visit,
                rating=rating,
                owner_ids=OWNERS,
            )

    return rates


async def says(town: Town, actor: Sender, feedback_id: int, words: str) -> Final | NotTheirs:
    async with town.tx() as tx:
        return await add_words(
            tx, actor=actor, feedback_id=feedback_id, words=words, owner_ids=OWNERS
        )


async def open_cases(town: Town) -> int:
    async with town.database.read() as db:
        return await cases.count_all_open(db)


async def test_a_good_rating_opens_no_case(town: Town, rates: Rates) -> None:
    anna = await town.person()
    visit = await town.visit(anna)
    outcome = await rates(await town.as_sender(anna), visit.id, 4)
    assert isinstance(outcome, Rated)
    assert not outcome.complaint
    assert await open_cases(town) == 0


async def test_a_low_rating_opens_a_case_at_once_and_tells_who_leads(
    town: Town, rates: Rates
) -> None:
    anna = await town.person(name="<b>Анна</b>")
    visit = await town.visit(anna, branch="Центр")
    here = await town.hires("Пётр", Role.MANAGER, branch="Центр")
    elsewhere = await town.hires("Олег", Role.MANAGER, branch="Вокзал")
    staff = await town.hires("Ира", Role.STAFF, branch="Центр")
    outcome = await rates(await town.as_sender(anna), visit.id, 3)
    assert isinstance(outcome, Rated)
    assert outcome.complaint
    for telegram_id in (here, OWNER_ID):
        (alert,) = await town.notices_to(telegram_id)
        assert isinstance(alert, Opened)
        assert (alert.heading.client, alert.heading.rating) == ("<b>Анна</b>", 3)
        assert alert.heading.visit is not None
        assert alert.heading.visit.number == visit.id
        assert (alert.due_at - town.clock.now()).total_seconds() == 24 * 3600
    assert await town.notices_to(elsewhere) == await town.notices_to(staff) == []


async def test_five_taps_are_one_feedback_and_one_case(town: Town, rates: Rates) -> None:
    anna = await town.person()
    visit = await town.visit(anna)
    sender = await town.as_sender(anna)
    outcomes = await asyncio.gather(*(rates(sender, visit.id, 1) for _ in range(5)))
    assert len({outcome.feedback_id for outcome in outcomes if isinstance(outcome, Rated)}) == 1
    assert await open_cases(town) == 1
    assert len(await town.notices_to(OWNER_ID)) == 1


async def test_a_rating_may_be_changed_until_there_are_words(town: Town, rates: Rates) -> None:
    anna = await town.person()
    visit = await town.visit(anna)
    sender = await town.as_sender(anna)
    first = await rates(sender, visit.id, 4)
    second = await rates(sender, visit.id, 5)
    assert isinstance(first, Rated)
    assert second == Rated(first.feedback_id, 5, complaint=False)
    said = await says(town, sender, first.feedback_id, "Отлично")
    assert said == Final(5, complaint=False, with_words=True, case_id=None)
    assert await rates(sender, visit.id, 1) == said
    assert await open_cases(town) == 0


async def test_a_rating_without_words_is_final_too(town: Town, rates: Rates) -> None:
    anna = await town.person()
    visit = await town.visit(anna)
    sender = await town.as_sender(anna)
    rated = await rates(sender, visit.id, 5)
    assert isinstance(rated, Rated)
    skipped = await says(town, sender, rated.feedback_id, "")
    assert skipped == Final(5, complaint=False, with_words=False, case_id=None)
    assert await says(town, sender, rated.feedback_id, "Поздно") == skipped


async def test_words_of_a_complaint_join_its_case(town: Town, rates: Rates) -> None:
    anna = await town.person()
    visit = await town.visit(anna)
    sender = await town.as_sender(anna)
    rated = await rates(sender, visit.id, 2)
    assert isinstance(rated, Rated)
    said = await says(town, sender, rated.feedback_id, "Долго ждал <b>&")
    assert isinstance(said, Final)
    assert said.case_id is not None
    opened, wrote = await town.notices_to(OWNER_ID)
    assert isinstance(opened, Opened)
    assert isinstance(wrote, ClientWrote)
    assert (wrote.text, wrote.heading.number) == ("Долго ждал <b>&", said.case_id)


async def test_a_second_complaint_joins_the_open_case(town: Town, rates: Rates) -> None:
    anna = await town.person()
    visit = await town.visit(anna)
    sender = await town.as_sender(anna)
    await rates(sender, visit.id, 1)
    await rates(sender, 555, 2, is_visit=False)
    assert await open_cases(town) == 1
    assert [type(notice) for notice in await town.notices_to(OWNER_ID)] == [Opened, ClientWrote]


async def test_somebody_elses_visit_is_refused_and_audited(town: Town, rates: Rates) -> None:
    anna, eve = await town.person(), await town.person()
    visit = await town.visit(anna)
    assert isinstance(await rates(await town.as_sender(eve), visit.id, 1), NotTheirs)
    assert isinstance(await rates(await town.as_sender(eve), 10**12, 1), NotTheirs)
    rated = await rates(await town.as_sender(anna), visit.id, 5)
    assert isinstance(rated, Rated)
    said = await says(town, await town.as_sender(eve), rated.feedback_id, "Ужас")
    assert isinstance(said, NotTheirs)
    assert await town.audited() == ["feedback.refused"] * 3
    assert await open_cases(town) == 0


@pytest.mark.parametrize("rating", [0, 6, -1, 2**63 - 1])
async def test_a_rating_that_no_button_has_is_refused(
    town: Town, rates: Rates, rating: int
) -> None:
    anna = await town.person()
    visit = await town.visit(anna)
    assert isinstance(await rates(await town.as_sender(anna), visit.id, rating), NotTheirs)


async def test_a_visit_that_was_taken_back_is_not_rated(town: Town, rates: Rates) -> None:
    anna = await town.person()
    visit = await town.visit(anna)
    await town.undoes(visit)
    assert isinstance(await rates(await town.as_sender(anna), visit.id, 1), NotTheirs)


async def test_a_stranger_rates_nothing(town: Town, rates: Rates) -> None:
    stranger = await town.sender(42)
    assert isinstance(await rates(stranger, 1, 5, is_visit=False), NotTheirs)


async def test_who_complains_of_their_own_house_is_not_alerted_of_it(
    town: Town, rates: Rates
) -> None:
    manager = await town.hires("Пётр", Role.MANAGER)
    own = await town.person(telegram_id=manager)
    visit = await town.visit(own)
    await rates(await town.sender(manager), visit.id, 1)
    assert await town.notices_to(manager) == []
    assert len(await town.notices_to(OWNER_ID)) == 1


async def test_kind_words_reach_who_served_and_who_leads(town: Town, rates: Rates) -> None:
    anna = await town.person(name="Анна")
    visit = await town.visit(anna)
    async with town.tx() as tx:
        await people.meet(tx.db, SERVER_ID, "ru", tx.now)
        await staff.hire(
            tx.db,
            telegram_id=SERVER_ID,
            name="Ира",
            role=Role.STAFF,
            branch="Центр",
            invited_by=OWNER_ID,
            now=tx.now,
        )
    sender = await town.as_sender(anna)
    rated = await rates(sender, visit.id, 5)
    assert isinstance(rated, Rated)
    await says(town, sender, rated.feedback_id, "Золотые руки")
    for reader in (SERVER_ID, OWNER_ID):
        (praise,) = await town.notices_to(reader)
        assert isinstance(praise, Praise)
        assert (praise.client, praise.text, praise.rating) == ("Анна", "Золотые руки", 5)


async def test_feedback_speaks_of_the_last_visit_while_it_is_fresh_and_unrated(
    town: Town, rates: Rates
) -> None:
    anna = await town.person()
    client = await town.knows(anna)
    async with town.tx() as tx:
        assert await visit_to_rate(tx, client, "ru") is None
    visit = await town.visit(anna)
    async with town.tx() as tx:
        about = await visit_to_rate(tx, client, "ru")
    assert about is not None
    assert (about.number, about.service, about.branch) == (visit.id, "Ремонт", "Центр")
    await rates(await town.as_sender(anna), visit.id, 5)
    async with town.tx() as tx:
        assert await visit_to_rate(tx, client, "ru") is None


async def test_the_case_of_a_complaint_knows_its_visit(town: Town, rates: Rates) -> None:
    anna = await town.person()
    visit = await town.visit(anna)
    await rates(await town.as_sender(anna), visit.id, 1)
    async with town.database.read() as db:
        case = await cases.open_complaint_of(db, anna)
    assert case is not None
    assert (case.kind, case.visit_id, case.client_id) == (CaseKind.COMPLAINT, visit.id, anna)

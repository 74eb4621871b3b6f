"""Cases on both databases: who answers, who was quicker, and what the client writes back."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from loyalty.programme import Programme
from operations.authority import NotAllowed
from operations.case_answers import (
    AnswerBegun,
    Answered,
    Closed,
    ClosedBefore,
    NoSuchCase,
    NotTheirCase,
    Overtaken,
    OwnCase,
    PassedOn,
    answer_case,
    begin_answer,
    close_case,
    may_reply,
    reply_to_case,
)
from operations.cases import list_cases, show_case
from operations.feedback import Rated, rate
from operations.senders import Role, Sender
from storage import cases, people
from storage.cases import Case
from storage.database import Database
from storage.tables import audit_log
from templates.case_notices import AnsweredBy, ClientWrote, ClosedBy
from templates.case_replies import Reply
from tests.movable_clock import MovableClock
from tests.town import OWNER_ID, Town

OWNERS = {OWNER_ID}


class House:
    """A town with two managers and a complaint of Anna's."""

    def __init__(self, town: Town, clock: MovableClock) -> None:
        self.town = town
        self.clock = clock
        self.anna = 0
        self.case_id = 0
        self.peter: Sender
        self.olga: Sender

    async def opens(self) -> None:
        self.peter = await self.town.sender(await self.town.hires("Пётр", Role.MANAGER))
        self.olga = await self.town.sender(await self.town.hires("Ольга", Role.MANAGER))
        self.anna = await self.town.person(name="Анна")
        await self.complains(self.anna)

    async def complains(self, client_id: int, rating: int = 1) -> int:
        visit = await self.town.visit(client_id)
        sender = await self.town.as_sender(client_id)
        async with self.town.tx() as tx:
            outcome = await rate(
                tx, actor=sender, about=visit.id, is_visit=True, rating=rating, owner_ids=OWNERS
            )
            assert isinstance(outcome, Rated)
            case = await cases.of_feedback(tx.db, outcome.feedback_id)
        assert case is not None
        self.case_id = case.id
        return case.id

    async def begins(self, actor: Sender) -> AnswerBegun:
        async with self.town.tx() as tx:
            begun = await begin_answer(tx, actor=actor, case_id=self.case_id)
        assert isinstance(begun, AnswerBegun)
        return begun

    async def answers(
        self, actor: Sender, words: str, begun: AnswerBegun | Overtaken
    ) -> Answered | Overtaken | OwnCase | NoSuchCase:
        async with self.town.tx() as tx:
            return await answer_case(
                tx,
                actor=actor,
                case_id=self.case_id,
                words=words,
                seen=begun.seen,
                was_open=begun.was_open,
                owner_ids=OWNERS,
            )

    async def closes(self, actor: Sender) -> Closed | ClosedBefore | OwnCase | NoSuchCase:
        async with self.town.tx() as tx:
            return await close_case(tx, actor=actor, case_id=self.case_id, owner_ids=OWNERS)

    async def replies(self, client_id: int, words: str) -> PassedOn | NotTheirCase:
        actor = await self.town.as_sender(client_id)
        async with self.town.tx() as tx:
            return await reply_to_case(
                tx, actor=actor, case_id=self.case_id, words=words, owner_ids=OWNERS
            )

    async def case(self) -> Case:
        async with self.town.database.read() as db:
            case = await cases.by_id(db, self.case_id)
        assert case is not None
        return case


@pytest.fixture
async def house(database: Database, programme: Programme) -> House:
    clock = MovableClock()
    house = House(Town(database, clock, programme), clock)
    await house.opens()
    return house


async def test_an_answer_reaches_the_client_and_the_others_hear_who_gave_it(house: House) -> None:
    outcome = await house.answers(house.peter, "Простите нас", await house.begins(house.peter))
    assert outcome == Answered(house.case_id, "Анна", is_open=True, reachable=True)
    (reply,) = await house.town.notices(house.anna)
    assert reply == Reply(house.case_id, "Мастер", "Простите нас")
    for other in (house.olga.telegram_id, OWNER_ID):
        told = (await house.town.notices_to(other))[-1]
        assert told == AnsweredBy(house.case_id, "Анна", "Пётр", "Простите нас")
    assert len(await house.town.notices_to(house.peter.telegram_id)) == 1
    case = await house.case()
    assert (case.due_at, case.answered_at) == (None, house.clock.now())
    assert await house.town.audited() == ["case.answered"]


async def test_who_was_slower_is_told_and_may_send_all_the_same(house: House) -> None:
    peters, olgas = await house.begins(house.peter), await house.begins(house.olga)
    await house.answers(house.peter, "Простите", peters)
    outcome = await house.answers(house.olga, "Приезжайте", olgas)
    assert isinstance(outcome, Overtaken)
    assert (outcome.by, outcome.words) == ("Пётр", "Простите")
    assert len(await house.town.notices(house.anna)) == 1
    assert isinstance(await house.answers(house.olga, "Приезжайте", outcome), Answered)
    assert len(await house.town.notices(house.anna)) == 2


async def test_two_answers_at_the_same_moment_have_one_winner(house: House) -> None:
    peters, olgas = await house.begins(house.peter), await house.begins(house.olga)
    outcomes = await asyncio.gather(
        house.answers(house.peter, "Первый", peters), house.answers(house.olga, "Второй", olgas)
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Answered", "Overtaken"]
    assert len(await house.town.notices(house.anna)) == 1


async def test_ones_own_earlier_answer_is_no_colleagues(house: House) -> None:
    begun = await house.begins(house.peter)
    await house.answers(house.peter, "Раз", begun)
    assert isinstance(await house.answers(house.peter, "Два", begun), Answered)


async def test_of_five_who_close_one_does_and_the_others_hear_who(house: House) -> None:
    actors = [house.peter, house.olga, house.peter, house.olga, house.peter]
    outcomes = await asyncio.gather(*(house.closes(actor) for actor in actors))
    assert len([outcome for outcome in outcomes if isinstance(outcome, Closed)]) == 1
    names = {outcome.by for outcome in outcomes if isinstance(outcome, ClosedBefore)}
    assert len(names) == 1
    assert names <= {"Пётр", "Ольга"}
    told = (await house.town.notices_to(OWNER_ID))[-1]
    assert told == ClosedBy(house.case_id, "Анна", names.pop() or "")
    assert await house.town.audited() == ["case.closed"]


async def test_closed_while_the_answer_was_typed_is_told_before_it_goes_out(house: House) -> None:
    begun = await house.begins(house.olga)
    await house.closes(house.peter)
    outcome = await house.answers(house.olga, "Уже не нужно?", begun)
    assert isinstance(outcome, Overtaken)
    assert (outcome.by, outcome.words) == ("Пётр", None)
    sent = await house.answers(house.olga, "Уже не нужно?", outcome)
    assert isinstance(sent, Answered)
    assert not sent.is_open


async def test_a_reply_opens_a_closed_case_again_and_an_answer_is_owed(house: House) -> None:
    await house.answers(house.peter, "Готово", await house.begins(house.peter))
    await house.closes(house.peter)
    house.clock.move(timedelta(days=3))
    assert isinstance(await house.replies(house.anna, "Опять сломалось"), PassedOn)
    case = await house.case()
    assert case.is_open
    assert case.due_at == house.clock.now() + timedelta(hours=24)
    wrote = (await house.town.notices_to(house.peter.telegram_id))[-1]
    assert isinstance(wrote, ClientWrote)
    assert (wrote.text, wrote.reopened) == ("Опять сломалось", True)


async def test_more_words_do_not_put_the_promise_off(house: House) -> None:
    before = (await house.case()).due_at
    house.clock.move(timedelta(hours=5))
    await house.replies(house.anna, "И ещё")
    assert (await house.case()).due_at == before


async def test_somebody_elses_case_is_refused_and_audited(house: House) -> None:
    eve = await house.town.person()
    assert isinstance(await house.replies(eve, "Дайте почитать"), NotTheirCase)
    async with house.town.tx() as tx:
        assert not await may_reply(tx, actor=await _eve(house, eve), case_id=10**9)
    assert await house.town.audited() == ["case.refused"] * 2


async def _eve(house: House, eve: int) -> Sender:
    client = await house.town.knows(eve)
    assert client.telegram_id is not None
    return Sender(client.telegram_id, "Ева", "ru", client, None, None, None, None, None, {})


async def test_who_may_not_answer_is_refused_even_behind_the_routers_filter(house: House) -> None:
    staff = await house.town.sender(await house.town.hires("Ира", Role.STAFF))
    for actor in (staff, await house.town.as_sender(house.anna)):
        with pytest.raises(NotAllowed):
            await house.closes(actor)


async def test_nobody_answers_or_closes_their_own_complaint(house: House) -> None:
    manager = await house.town.hires("Иван", Role.MANAGER)
    await house.complains(await house.town.person(telegram_id=manager))
    actor = await house.town.sender(manager)
    async with house.town.tx() as tx:
        begun = await begin_answer(tx, actor=actor, case_id=house.case_id)
    assert isinstance(begun, OwnCase)
    assert isinstance(await house.closes(actor), OwnCase)


async def test_a_case_that_is_none_is_none(house: House) -> None:
    house.case_id = 10**9
    assert isinstance(await house.closes(house.peter), NoSuchCase)


async def test_the_list_has_the_most_urgent_first_and_what_owes_nothing_last(house: House) -> None:
    first = house.case_id
    house.clock.move(timedelta(hours=1))
    second = await house.complains(await house.town.person(name="Борис"), rating=2)
    house.clock.move(timedelta(hours=1))
    third = await house.complains(await house.town.person(name=None), rating=3)
    house.case_id = first
    await house.answers(house.peter, "Да", await house.begins(house.peter))
    house.clock.move(timedelta(hours=22, minutes=30))
    async with house.town.tx() as tx:
        page = await list_cases(tx, 99)
    assert [(row.number, row.is_late) for row in page.rows] == [
        (second, False),
        (third, False),
        (first, False),
    ]
    house.clock.move(timedelta(minutes=30))
    async with house.town.tx() as tx:
        page = await list_cases(tx, 1)
    assert next((row.number, row.rating, row.is_late) for row in page.rows) == (second, 2, True)
    assert (page.page, page.pages, page.total) == (1, 1, 3)


async def test_a_case_shows_what_was_said_last_and_by_whom(house: House) -> None:
    await house.replies(house.anna, "Долго")
    await house.answers(house.peter, "Простите", await house.begins(house.peter))
    async with house.town.tx() as tx:
        screen = await show_case(tx, actor=house.peter, case_id=house.case_id)
    assert screen is not None
    assert [(line.by, line.rating, line.text) for line in screen.said] == [
        (None, 1, None),
        (None, None, "Долго"),
        ("Пётр", None, "Простите"),
    ]
    for number in range(10):
        await house.replies(house.anna, f"И {number}")
    async with house.town.tx() as tx:
        screen = await show_case(tx, actor=house.peter, case_id=house.case_id)
    assert screen is not None
    assert (screen.earlier, len(screen.said)) == (5, 8)


async def test_who_opens_a_case_and_sees_the_phone_is_on_record(house: House) -> None:
    async with house.town.tx() as tx:
        await show_case(tx, actor=house.peter, case_id=house.case_id)
        await show_case(tx, actor=house.olga, case_id=4_711)
    async with house.town.database.read() as db:
        viewed = select(audit_log.c.actor_id, audit_log.c.client_id).where(
            audit_log.c.action == "client.viewed"
        )
        rows = [tuple(row) for row in await db.execute(viewed)]
    assert rows == [(house.peter.telegram_id, house.anna)]


async def test_an_answer_to_who_blocked_the_bot_says_so(house: House) -> None:
    client = await house.town.knows(house.anna)
    async with house.town.tx() as tx:
        await people.note_unreachable(tx.db, client.telegram_id or 0, tx.now)
    outcome = await house.answers(house.peter, "Ау", await house.begins(house.peter))
    assert isinstance(outcome, Answered)
    assert not outcome.reachable

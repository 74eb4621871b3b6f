"""What a client disputes becomes a case, once, and only about a visit of their own."""

import pytest
from sqlalchemy import select

from loyalty.programme import Programme
from operations.disputes import Disputed, NotTheirs, dispute_visit
from operations.senders import Sender
from operations.transaction import Tx
from storage import cases
from storage.database import Database
from storage.tables import audit_log, outbox
from tests.operations.desk_people import OWNER_ID, Desk


@pytest.fixture
def desk(database: Database, programme: Programme) -> Desk:
    return Desk(database, programme)


async def disputes(desk: Desk, actor: Sender, visit_id: int, words: str) -> Disputed | NotTheirs:
    async with desk.database.write() as db:
        return await dispute_visit(
            Tx(db, desk.now, desk.programme),
            actor=actor,
            visit_id=visit_id,
            words=words,
            owner_ids={OWNER_ID},
        )


async def test_a_dispute_opens_one_case_and_later_words_go_into_it(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client(telegram_id=50)
    booked = await desk.books(alina, anna)
    client = await desk.sender(50)
    first = await disputes(desk, client, booked.visit.id, "Счёт был 500")
    again = await disputes(desk, client, booked.visit.id, "И не ремонт")
    assert isinstance(first, Disputed)
    assert first == again
    async with desk.database.read() as db:
        case = await cases.by_id(db, first.case_id)
        assert case is not None
        assert (case.visit_id, case.client_id) == (booked.visit.id, anna)
        said = await cases.last_messages(db, case.id, limit=9)
        assert [line.words for line in said] == ["Счёт был 500", "И не ремонт"]
        told = select(outbox.c.chat_id).where(outbox.c.notice.startswith("case_notices/"))
        assert set((await db.execute(told)).scalars()) == {OWNER_ID}


async def test_a_visit_of_another_client_cannot_be_disputed(desk: Desk) -> None:
    alina = await desk.hires(1)
    anna = await desk.client()
    await desk.client(telegram_id=51)
    booked = await desk.books(alina, anna)
    mallory = await desk.sender(51)
    assert mallory.client is not None
    assert await disputes(desk, mallory, booked.visit.id, "Моё!") == NotTheirs()
    assert await disputes(desk, mallory, 4_711, "Моё!") == NotTheirs()
    assert await disputes(desk, alina, booked.visit.id, "Не клиент") == NotTheirs()
    async with desk.database.read() as db:
        action = select(audit_log.c.actor_id).where(audit_log.c.action == "visit.dispute_refused")
        assert list((await db.execute(action)).scalars()) == [
            -mallory.client.id,
            -mallory.client.id,
            1,
        ]
        assert await cases.count_all_open(db) == 0

"""Rule 21: an erasure, and what somebody else does at the same moment."""

import asyncio

import pytest

from loyalty.programme import Programme
from operations.disputes import AboutVisit, open_dispute
from operations.feedback import rate
from operations.redemptions import Agreed, confirm_redemption
from operations.visit_previews import ClientGone
from operations.visits import Booked
from storage import (
    clients,
)
from storage.clients import ClientStatus
from storage.database import Database
from tests.operations.erased_people import ACCOUNT, NAME, PHONE, Business


@pytest.fixture
def desk(database: Database, programme: Programme) -> Business:
    return Business(database, programme)


async def test_rule_21_an_erasure_against_a_visit_has_a_winner(desk: Business) -> None:
    alina = await desk.hires(1)
    registered = await desk.registers()
    shown = await desk.previews(alina, registered.client.id)
    erased, *outcomes = await asyncio.gather(
        desk.erases(registered.client.id),
        *(desk.confirms(alina, shown.id) for _ in range(5)),
    )
    gone = await desk.knows(registered.client.id)
    booked = [one for one in outcomes if isinstance(one, Booked)]
    assert gone.visits == len({one.visit.id for one in booked}) <= 1
    assert all(isinstance(one, (Booked, ClientGone)) for one in outcomes)
    assert (gone.status, gone.balance) == (ClientStatus.ERASED, 0)
    assert erased.points in (100, 130)
    assert await desk.is_consistent()


async def test_rule_21_an_erasure_against_an_answer_about_points(desk: Business) -> None:
    alina = await desk.hires(1)
    registered = await desk.registers()
    await desk.gives(registered.client.id, 500)
    asked = await desk.asks(alina, registered.client.id)
    sender = await desk.sender(ACCOUNT)

    async def agrees() -> object:
        return await desk.do(
            lambda tx: confirm_redemption(
                tx, redemption_id=asked.id, preview_id=asked.preview_id, actor=sender
            )
        )

    answer, erased = await asyncio.gather(agrees(), desk.erases(registered.client.id))
    gone = await desk.knows(registered.client.id)
    assert (gone.status, gone.balance) == (ClientStatus.ERASED, 0)
    assert isinstance(answer, Agreed) == (gone.visits == 1)
    assert erased.points <= 600
    assert await desk.is_consistent()


async def test_rule_21_twenty_at_once_erase_once(desk: Business) -> None:
    client_id = await desk.rich_client(100)
    done = await asyncio.gather(*(desk.erases(client_id) for _ in range(20)))
    assert sum(not one.repeated for one in done) == 1
    assert await desk.is_consistent()


async def test_what_is_written_to_an_erased_record_is_not_taken(desk: Business) -> None:
    """A handler that had read the client just before an owner erased them."""
    client_id = await desk.rich_client()
    await desk.erases(client_id)
    async with desk.database.write() as db:
        await clients.change(db, client_id, {"name": NAME, "phone": PHONE})
    assert await desk.is_left("зинаид", PHONE[1:]) == []


async def test_rule_21_words_that_come_at_the_same_moment_are_not_kept(desk: Business) -> None:
    """An owner erases the client who is just writing: the handler had read them before."""
    alina = await desk.hires(1)
    registered = await desk.registers()
    booked = await desk.books(alina, registered.client.id)
    sender = await desk.sender(ACCOUNT)
    await desk.erases(registered.client.id)
    rated = await desk.do(
        lambda tx: rate(
            tx, actor=sender, about=booked.visit.id, is_visit=True, rating=1, owner_ids=()
        )
    )
    disputed = await desk.do(
        lambda tx: open_dispute(tx, actor=sender, about=AboutVisit(booked.visit.id), owner_ids=())
    )
    assert type(rated).__name__ == type(disputed).__name__ == "NotTheirs"
    assert await desk.is_left("ёжиков") == []

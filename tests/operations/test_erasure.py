"""Rule 21: a person goes, and nothing of them is left anywhere; the books still add up."""

import pytest
from sqlalchemy import LargeBinary, String, func, select

from loyalty.programme import Programme
from operations.erasure import NobodyToErase
from operations.merging import Merged, merge_clients
from operations.returnable import CardGone
from operations.senders import Role
from operations.undo import undo_visit
from storage import (
    ledger,
    personal_columns,
    referrals,
)
from storage.clients import ClientStatus
from storage.database import Database
from storage.ledger import EntryKind
from storage.redemptions import RedemptionStatus
from storage.tables import cases, challenge_places, metadata, reward_stock
from templates.redemptions import Ending
from tests.operations.erased_people import ACCOUNT, NAME, NEEDLES, Business, a_life


@pytest.fixture
def desk(database: Database, programme: Programme) -> Business:
    return Business(database, programme)


async def test_rule_21_nothing_of_a_person_is_left_anywhere_and_the_books_add_up(
    desk: Business,
) -> None:
    client = await a_life(desk)
    before = await desk.is_left()
    places = {table for table, _, _ in before}
    assert {"clients", "visits", "feedback", "case_messages", "adjustments"} <= places
    assert {"inbox", "outbox", "fsm_states", "telegram_accounts"} <= places
    erased = await desk.erases(client.id)
    assert erased.points > 0
    assert await desk.is_left() == []
    gone = await desk.knows(client.id)
    assert (gone.status, gone.balance, gone.visits) == (ClientStatus.ERASED, 0, client.visits)
    assert await desk.is_consistent()


async def test_rule_21_what_waited_ends_and_the_shelf_is_full_again(desk: Business) -> None:
    client = await a_life(desk)
    async with desk.database.read() as db:
        asked = [row.id for row in await db.execute(select(cases.c.id))]
    await desk.erases(client.id)
    ended = await desk.redemption(2)
    assert ended.status is RedemptionStatus.VOID
    told = [one for one in await desk.told(1) if getattr(one, "ending", None) is Ending.GONE]
    assert [one.client_name for one in told] == ["—"]  # type: ignore[attr-defined]
    async with desk.database.read() as db:
        assert (await db.execute(select(reward_stock.c.claimed))).scalar_one() == 0
        states = await db.execute(select(cases.c.status).where(cases.c.id.in_(asked)))
        assert set(states.scalars()) == {"closed"}
        assert (await db.execute(select(func.count()).select_from(challenge_places))).scalar() == 0


async def test_rule_21_the_card_is_closed_by_an_entry_and_a_debt_is_forgiven(
    desk: Business,
) -> None:
    rich, poor = await desk.client(), await desk.client(telegram_id=61)
    alina = await desk.hires(1)
    await desk.gives(rich, 250)
    booked = await desk.books(alina, poor)
    assert await desk.buys_reward(poor, 30)
    await desk.undoes_last(alina)
    assert (await desk.knows(poor)).balance == -booked.visit.points_earned
    assert (await desk.erases(rich)).points == 250
    assert (await desk.erases(poor)).points == -booked.visit.points_earned
    async with desk.database.read() as db:
        for client_id, amount in ((rich, -250), (poor, booked.visit.points_earned)):
            [last, *_] = await ledger.of_client(db, client_id, limit=1)
            assert (last.kind, last.amount, last.balance_after) == (EntryKind.ERASURE, amount, 0)
    assert await desk.is_consistent()


async def test_rule_21_twice_is_once_and_nobody_is_no_client(desk: Business) -> None:
    client_id = await desk.rich_client(100)
    first, second = await desk.erases(client_id), await desk.erases(client_id)
    assert (first.points, first.repeated, second.points, second.repeated) == (100, False, 0, True)
    with pytest.raises(NobodyToErase):
        await desk.erases(4_711)


async def test_rule_21_records_that_were_merged_go_too(desk: Business) -> None:
    peter = await desk.hires(2, "Пётр", Role.MANAGER)
    registered = await desk.registers()
    old = await desk.client(name=NAME, phone="+79127650000", telegram_id=None)
    done = await desk.do(
        lambda tx: merge_clients(tx, actor=peter, survivor_id=registered.client.id, source_id=old)
    )
    assert isinstance(done, Merged)
    erased = await desk.erases(old)
    assert erased.client_id == registered.client.id
    assert await desk.is_left(*NEEDLES, "79127650000") == []
    assert (await desk.knows(old)).status is ClientStatus.ARCHIVED
    assert await desk.is_consistent()


async def test_rule_21_who_works_here_keeps_the_role(desk: Business) -> None:
    registered = await desk.registers()
    await desk.hires(ACCOUNT, "Ёжикова", Role.MANAGER)
    await desk.erases(registered.client.id)
    sender = await desk.sender(ACCOUNT)
    assert (sender.client, sender.role) == (None, Role.MANAGER)
    left = {(table, column) for table, column, _ in await desk.is_left()}
    assert {table for table, _ in left} <= {"staff", "telegram_accounts", "inbox", "outbox"}


async def test_rule_21_a_visit_of_who_is_gone_is_neither_undone_nor_does_it_owe(
    desk: Business,
) -> None:
    alina = await desk.hires(1)
    client_id = await desk.client(telegram_id=61)
    booked = await desk.books(alina, client_id)
    await desk.erases(client_id)
    outcome = await desk.do(lambda tx: undo_visit(tx, visit_id=booked.visit.id, actor=alina))
    assert isinstance(outcome, CardGone)
    assert (await desk.knows(client_id)).balance == 0
    assert await desk.is_consistent()


async def test_rule_21_the_friend_who_is_gone_leaves_the_referrer_what_they_earned(
    desk: Business,
) -> None:
    alina = await desk.hires(1)
    boris = await desk.client(telegram_id=60)
    link = (await desk.knows(boris)).referral_code
    came = (await desk.registers(link=link)).client
    waits = (await desk.registers(account=62, phone="+79127654322", link=link)).client
    await desk.books(alina, came.id)
    earned = (await desk.knows(boris)).balance
    assert earned > 0
    for friend in (came, waits):
        await desk.erases(friend.id)
    assert (await desk.knows(boris)).balance == earned
    async with desk.database.read() as db:
        brought = await referrals.brought_by(db, boris, limit=10)
    assert [(one.name, one.status.value) for one in brought] == [(None, "rewarded")]


def test_rule_21_every_column_of_text_is_thought_of() -> None:
    """A new one goes into `CLEARED`, and is cleared there, or into `IMPERSONAL`."""
    written = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, (String, LargeBinary)) and not column.foreign_keys
    }
    known = personal_columns.CLEARED | personal_columns.IMPERSONAL
    named = {one for one in written if one.split(".")[1] in personal_columns.IMPERSONAL_NAMES}
    assert written - known - named == set()
    assert known - written == set(), "a column that is no more"

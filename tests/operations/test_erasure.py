"""Rule 21: a person goes, and nothing of them is left anywhere; the books still add up."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import LargeBinary, String, func, select

from loyalty.birthdays import Birthday
from loyalty.programme import Programme
from operations import birthdays
from operations.adjustments import Asked, ask_adjustment, confirm_adjustment
from operations.card_lists import ListedCard, RowFault
from operations.case_answers import answer_case
from operations.desk import ServiceTyped
from operations.disputes import AboutVisit, open_dispute
from operations.erasure import Erased, NobodyToErase, erase_client
from operations.feedback import Rated, add_words, rate
from operations.importing import import_joining, sort_cards
from operations.merging import Merged, merge_clients
from operations.outgoing import Lane, Letter, queue
from operations.profile import set_birthday
from operations.redemptions import Agreed, confirm_redemption
from operations.registration import (
    ConsentKind,
    Consents,
    Newcomer,
    Registered,
    given,
    register_client,
)
from operations.returnable import CardGone
from operations.rewards import Offer, Redeemed, redeem_reward
from operations.senders import Client, Role, identify
from operations.transaction import Tx
from operations.undo import undo_visit
from operations.visit_previews import ClientGone, Preview, preview_visit
from operations.visits import Booked
from storage import (
    clients,
    fsm,
    inbox,
    job_claims,
    ledger,
    outbox,
    people,
    personal_columns,
    referrals,
)
from storage.clients import ClientStatus
from storage.database import Database
from storage.inbox import Arrival
from storage.ledger import EntryKind
from storage.redemptions import RedemptionStatus
from storage.tables import cases, challenge_places, metadata, reward_stock
from templates.redemptions import Ending
from tests.operations.desk_people import OWNER_ID
from tests.operations.spending_desk import SpendingDesk
from tests.traces import traces

T = TypeVar("T")

ACCOUNT = 7_654_321_987_654  # beyond 32 bits
NAME = "Зинаида Ёжикова"
PHONE = "+79127654321"
WORDS = "Мастер Ёжиковой нагрубил"
SERVICE = "Ремонт для Ёжиковой"
REASON = "Ёжиковой за терпение"
NEEDLES = (ACCOUNT, "зинаид", "ёжиков", PHONE[1:], PHONE[2:])


class Business(SpendingDesk):
    """A desk, and one person who leaves traces everywhere."""

    async def do(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        async with self.database.write() as db:
            return await work(self.tx(db))

    async def registers(
        self, *, account: int = ACCOUNT, phone: str = PHONE, link: str | None = None
    ) -> Registered:
        async def register(tx: Tx) -> Registered:
            await people.meet(tx.db, account, "ru", tx.now)
            data = given(ConsentKind.DATA, "data-1", tx.now)
            advert = given(ConsentKind.ADVERT, "advert-1", tx.now)
            newcomer = Newcomer(account, phone, NAME, "ru", Consents(data, advert), link)
            done = await register_client(tx, newcomer)
            assert isinstance(done, Registered)
            return done

        return await self.do(register)

    async def erases(self, client_id: int, *, by: int | None = None) -> Erased:
        return await self.do(lambda tx: erase_client(tx, client_id, by=by))

    async def is_left(self, *needles: str | int) -> list[tuple[str, str, str]]:
        return await traces(self.database, needles or NEEDLES)


@pytest.fixture
def desk(database: Database, programme: Programme) -> Business:
    return Business(database, programme)


async def a_life(desk: Business) -> Client:
    """A client who did everything that a client can do, and to whom everything was done."""
    alina = await desk.hires(1)
    peter = await desk.hires(2, "Пётр", Role.MANAGER)
    friend_of = await desk.client(telegram_id=60)
    link = (await desk.knows(friend_of)).referral_code
    registered = await desk.registers(link=link)
    client = registered.client
    await desk.do(lambda tx: set_birthday(tx, client_id=client.id, birthday=Birthday(7, 8, 1980)))
    visit = await _visits(desk, client.id)
    await desk.gives(client.id, 3_000)
    sender = await desk.sender(ACCOUNT)
    await desk.do(lambda tx: _complains(tx, desk, visit))
    await desk.do(
        lambda tx: open_dispute(tx, actor=sender, about=AboutVisit(visit), owner_ids={OWNER_ID})
    )
    asked = await desk.do(
        lambda tx: ask_adjustment(tx, actor=peter, client=client, points=5, reason=REASON)
    )
    assert isinstance(asked, Asked)
    await desk.do(lambda tx: confirm_adjustment(tx, actor=peter, adjustment_id=asked.adjustment_id))
    await desk.do(
        lambda tx: ask_adjustment(tx, actor=peter, client=client, points=6, reason=REASON)
    )
    await desk.do(
        lambda tx: answer_case(
            tx,
            actor=peter,
            case_id=1,
            words=f"Уважаемая {NAME}!",
            seen=0,
            was_open=True,
            owner_ids={OWNER_ID},
        )
    )
    bought = await desk.do(
        lambda tx: redeem_reward(tx, client_id=client.id, reward="diagnostics", offer=Offer(1, 500))
    )
    assert isinstance(bought, Redeemed)
    card = ListedCard(1, PHONE, NAME, None, 77, 100_000)
    assert await desk.do(lambda tx: import_joining(tx, card))
    paid = await desk.asks(alina, client.id)
    assert isinstance(await desk.agrees(paid, by=ACCOUNT), Agreed)
    await desk.asks(alina, client.id)
    await desk.previews(peter, client.id)
    await desk.do(_traffic)
    return await desk.knows(client.id)


async def _visits(desk: Business, client_id: int) -> int:
    alina = await desk.sender(1)
    async with desk.database.write() as db:
        shown = await preview_visit(
            desk.tx(db),
            actor=alina,
            client_id=client_id,
            bill=100_000,
            service=ServiceTyped(text=SERVICE),
        )
    assert isinstance(shown, Preview)
    booked = await desk.confirms(alina, shown.id)
    assert isinstance(booked, Booked)
    return booked.visit.id


async def _complains(tx: Tx, desk: Business, visit_id: int) -> None:
    sender = await identify(
        tx,
        telegram_id=ACCOUNT,
        chat_id=ACCOUNT,
        first_name=NAME,
        language_code="ru",
        owner_ids=(),
    )
    rated = await rate(
        tx, actor=sender, about=visit_id, is_visit=True, rating=1, owner_ids={OWNER_ID}
    )
    assert isinstance(rated, Rated)
    await add_words(
        tx, actor=sender, feedback_id=rated.feedback_id, words=WORDS, owner_ids={OWNER_ID}
    )


async def _traffic(tx: Tx) -> None:
    """Updates and letters of the person, and of staff about them; some handled, some waiting."""
    raw = f'{{"from": {ACCOUNT}, "name": "{NAME}", "phone": "{PHONE}"}}'
    about = f'{{"text": "/visit {PHONE} 1000"}}'
    arrivals = [
        Arrival(1, "a" * 64, ACCOUNT, raw),
        Arrival(2, "b" * 64, 1, about),
        Arrival(3, "c" * 64, ACCOUNT, raw),
    ]
    first, second, third = await inbox.store(tx.db, arrivals, tx.now)
    await inbox.mark_done(tx.db, first.id, tx.now)
    await inbox.mark_done(tx.db, second.id, tx.now)
    await inbox.note_failure(
        tx.db, third.id, attempts=3, traceback=f"KeyError: {NAME}", parked_at=tx.now
    )
    letters = [
        Letter(Lane.REPLY, ACCOUNT, "sendMessage", {"text": NAME}),
        Letter(Lane.REPLY, 1, "sendMessage", {"text": f"{NAME}, {PHONE}"}),
    ]
    sent = await outbox.queue(tx.db, letters, tx.now)
    marks = [outbox.Mark(letter.id, "sent") for letter in sent]
    await outbox.mark(tx.db, marks, tx.now)
    waiting = Letter(Lane.SERVICE, ACCOUNT, "sendMessage", {"text": NAME}, key=f"k:{ACCOUNT}")
    await queue(tx, [waiting])
    await fsm.save(tx.db, chat_id=ACCOUNT, user_id=ACCOUNT, state="name", data={"name": NAME})


async def all_sent(desk: Business) -> None:
    """Whatever waited for others was delivered."""

    async def mark(tx: Tx) -> None:
        for lane in Lane:
            found = await outbox.waiting(tx.db, lane, after_id=0, now=tx.now, limit=1_000)
            await outbox.mark(tx.db, [outbox.Mark(one.id, "sent") for one in found], tx.now)

    await desk.do(mark)


async def test_rule_21_nothing_of_a_person_is_left_anywhere_and_the_books_add_up(
    desk: Business,
) -> None:
    client = await a_life(desk)
    await all_sent(desk)
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


# -- how each thing ends


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
    await all_sent(desk)
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


# -- who comes back


async def test_rule_15_nobody_is_welcomed_twice_within_twelve_months_of_an_erasure(
    desk: Business,
) -> None:
    boris = await desk.client(telegram_id=60)
    link = (await desk.knows(boris)).referral_code
    first = await desk.registers()
    assert (first.welcome_points, first.came_back) == (100, False)
    await desk.erases(first.client.id)
    desk.now += timedelta(days=364)
    again = await desk.registers(link=link)
    assert again.client.id != first.client.id
    assert (again.welcome_points, again.came_back, again.referrer) == (0, True, None)
    told = await desk.do(
        lambda tx: set_birthday(tx, client_id=again.client.id, birthday=Birthday(7, 8, 1980))
    )
    assert told.balance == 0, "nor thanked for a birthday once more"
    other = await desk.registers(account=63, phone="+79127654323")
    assert other.welcome_points == 100


async def test_rule_15_after_twelve_months_they_are_as_new(desk: Business) -> None:
    first = await desk.registers()
    await desk.erases(first.client.id)
    desk.now += timedelta(days=365)
    again = await desk.registers()
    assert (again.welcome_points, again.came_back) == (100, False)


async def test_rule_15_the_birthday_gift_of_the_year_is_not_given_again(desk: Business) -> None:
    first = await desk.registers()
    await desk.do(
        lambda tx: job_claims.claim(tx.db, birthdays.JOB, first.client.id, "2027", tx.now)
    )
    await desk.erases(first.client.id)
    again = await desk.registers()
    assert not await desk.do(
        lambda tx: job_claims.claim(tx.db, birthdays.JOB, again.client.id, "2027", tx.now)
    )


async def test_rule_21_an_old_list_brings_nobody_back(desk: Business) -> None:
    registered = await desk.registers()
    await desk.erases(registered.client.id)
    cards = [
        ListedCard(1, PHONE, NAME, None, 77, 0),
        ListedCard(2, "+79127654322", None, None, 5, 0),
    ]
    found = await desk.do(lambda tx: sort_cards(tx, cards))
    assert [one.fault for one in found.refused] == [RowFault.ERASED]
    assert [card.line for card in found.new] == [2]
    desk.now += timedelta(days=366)
    assert len((await desk.do(lambda tx: sort_cards(tx, cards))).new) == 2


# -- two at once


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

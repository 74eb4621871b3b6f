"""A person who leaves traces everywhere, and a business that erases them."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from loyalty.birthdays import Birthday
from operations.adjustments import Asked, ask_adjustment, confirm_adjustment
from operations.card_lists import ListedCard
from operations.case_answers import answer_case
from operations.desk import ServiceTyped
from operations.disputes import AboutVisit, open_dispute
from operations.erasure import Erased, erase_client
from operations.feedback import Rated, add_words, rate
from operations.importing import import_joining
from operations.outgoing import Lane, Letter, queue
from operations.profile import set_birthday
from operations.redemptions import Agreed
from operations.registration import (
    ConsentKind,
    Consents,
    Newcomer,
    Registered,
    given,
    register_client,
)
from operations.rewards import Offer, Redeemed, redeem_reward
from operations.senders import Client, Role, identify
from operations.transaction import Tx
from operations.visit_previews import Preview, preview_visit
from operations.visits import Booked
from storage import (
    fsm,
    inbox,
    outbox,
    people,
)
from storage.inbox import Arrival
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

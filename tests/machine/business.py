"""What the machine can do to the business, one stimulus each, and what it expects of it."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Table

from loyalty.calendar import add_months
from loyalty.names import name_from_profile
from loyalty.programme import Programme, Reward
from loyalty.programme.offers import Stamp
from loyalty.programme.text import Text
from operations.card_lists import ListedCard
from operations.deep_links import Referral
from operations.importing import import_joining, import_new, sort_cards
from operations.registration import (
    ConsentKind,
    Consents,
    Newcomer,
    Registered,
    follow_link,
    given,
    register_client,
)
from operations.transaction import Tx
from storage import clients
from storage.tables import (
    badge_grants,
    ledger_entries,
    lot_movements,
    lots,
    outbox,
    pending_points,
    referrals,
    reward_claims,
    reward_stock,
    tier_changes,
    visit_returns,
    visits,
)
from storage.tables import clients as clients_table
from tests.machine.invariants import Books, check_books, open_books, uncovered
from tests.machine.reckoning import Friend, Model
from tests.machine.world import World, sender

ACCOUNTS = 6
# Tables in which a stimulus that comes a second time changes nothing.
OF_VALUE = (
    badge_grants,
    clients_table,
    ledger_entries,
    lot_movements,
    lots,
    pending_points,
    referrals,
    reward_claims,
    reward_stock,
    tier_changes,
    visit_returns,
    visits,
)
FREE_EVERY = 3


def machine_programme(programme: Programme, *, pending_days: int, lifetime_days: int) -> Programme:
    """The sample programme, with few of everything, so that limits are met soon."""
    mug = Reward("mug", Text({"ru": "Кружка", "en": "Mug"}), cost=60, stock=2)
    book = Reward("book", Text({"ru": "Книга", "en": "Book"}), cost=150)
    assert programme.referral is not None
    return replace(
        programme,
        points=replace(programme.points, pending_days=pending_days, lifetime_days=lifetime_days),
        rewards=(mug, book),
        stamps=(Stamp("third", mug.name, "filter", FREE_EVERY),),
        referral=replace(programme.referral, monthly_cap=1),
        challenges=(),
        partners=(),
    )


@dataclass(frozen=True)
class Stimulus:
    """What was delivered, to be delivered again; `about` are the clients whose it is."""

    name: str
    work: Callable[[Tx], Awaitable[Any]]
    about: tuple[int, ...]


class Business:
    """People who come, and the pencil-and-paper model of what they have."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.model = Model()
        self.delivered: list[Stimulus] = []
        self.undermined: set[int] = set()  # holds whose points a return has taken
        self.gone = self.model.gone  # erased clients
        self.traces: dict[int, tuple[object, ...]] = {}
        self.by_own_tap = True  # what this step moved, its client moved: the handler answers
        self._told: tuple[dict[int, int], Counter[int]] | None = None
        self.forgotten: dict[object, date] = {}  # phones, and when their owner was erased

    @property
    def programme(self) -> Programme:
        return self.world.programme

    def phone(self, n: int) -> str:
        return f"+79120000{n % (ACCOUNTS + 2):03d}"

    def account(self, n: int) -> int:
        return 7_100_000_000 + n % ACCOUNTS

    # -- looking

    def books(self) -> Books:
        return self.world.see(open_books)

    def is_known_of_old(self, phone: str) -> bool:
        """Whether its owner was erased within the last 12 months (rule 15)."""
        erased_on = self.forgotten.get(phone)
        if erased_on is None:
            return False
        return self.world.today < add_months(erased_on, 12)

    def one(self, n: int) -> Any | None:
        """An active client's row."""
        rows = [row for row in self.books().clients if row.status == "active"]
        return rows[n % len(rows)] if rows else None

    def table(self, table: Table) -> list[Any]:
        return self.world.table(table)

    def visits(self) -> list[Any]:
        return self.table(visits)

    def visit(self, visit_id: int) -> Any:
        return next(visit for visit in self.visits() if visit.id == visit_id)

    def standing_visit(self, n: int) -> Any | None:
        found = [
            visit
            for visit in self.visits()
            if visit.status == "confirmed" and visit.client_id not in self.gone
        ]
        return found[n % len(found)] if found else None

    def check(self) -> None:
        """After every step: the books are in order, and say what the model says."""
        books = self.books()
        check_books(books, self.programme)
        expected = {row.id: 0 for row in books.clients} | self.model.balances
        assert books.balances == expected, "not as reckoned by hand"
        resting = {
            row.visit_id: row.amount
            for row in self.table(pending_points)
            if row.status == "pending"
        }
        assert resting == self.model.pending, "not the points that rest"
        assert uncovered(books, self.world.now) <= self.undermined, "more is held than there is"
        self.check_told()

    def check_told(self) -> None:
        """Rule 24: whose points a step has moved was told, unless it was their own tap, which is
        answered in its chat."""
        told = Counter(row.chat_id for row in self.table(outbox))
        books, before = self.books(), self._told
        if before is not None and not self.by_own_tap:
            for row in books.clients:
                moved = row.balance != before[0].get(row.id, 0)
                if moved and row.telegram_id is not None:
                    assert told[row.telegram_id] > before[1][row.telegram_id], row.id
        self._told = (books.balances, told)
        self.by_own_tap = False

    # -- delivering

    def does(self, name: str, work: Callable[[Tx], Awaitable[Any]], *about: int) -> Any:
        """A stimulus whose second delivery must change nothing."""
        outcome = self.world.act(work)
        self.world.happened[f"{name}: {type(outcome).__name__}"] += 1
        self.delivered.append(Stimulus(name, work, about))
        return outcome

    def again(self, n: int) -> None:
        """Delivers something that was delivered before."""
        known = [s for s in self.delivered if not self.gone.intersection(s.about)]
        if not known:
            return
        stimulus = known[n % len(known)]
        self.world.happened["again"] += 1
        before = self.world.rows(*OF_VALUE)
        self.world.act(stimulus.work)
        assert self.world.rows(*OF_VALUE) == before, f"{stimulus.name} had a second effect"

    # -- people

    def opens_link(self, stranger: int, owner: int) -> None:
        client = self.one(owner)
        if client is None or client.referral_code is None:
            return
        telegram_id, code = self.account(stranger), client.referral_code

        async def work(tx: Tx) -> None:
            await follow_link(tx, await sender(tx, telegram_id), Referral(code))

        self.does("link", work)

    def registers(self, n: int, phone: int, *, adverts: bool) -> None:
        telegram_id, number = self.account(n), self.phone(phone)

        async def work(tx: Tx) -> Any:
            who = await sender(tx, telegram_id)
            if who.client is not None:
                return who.client
            data = given(ConsentKind.DATA, "data-1", tx.now)
            advert = given(ConsentKind.ADVERT, "advert-1", tx.now) if adverts else None
            newcomer = Newcomer(
                telegram_id=telegram_id,
                phone=number,
                first_name=who.first_name,
                language="ru",
                consents=Consents(data, advert),
                referral_code=who.referral_code,
            )
            return await register_client(tx, newcomer)

        outcome = self.world.act(work)
        self.world.happened[f"register: {type(outcome).__name__}"] += 1
        if not isinstance(outcome, Registered):
            return
        self.by_own_tap = True
        client = outcome.client
        if not self.is_known_of_old(number):
            self.model.moves(client.id, self.programme.points.welcome)
        if outcome.referrer is not None:
            assert outcome.referrer.telegram_id != telegram_id
            friend = Friend(client.id, outcome.referrer.id, self.world.now)
            self.model.friends.setdefault(client.id, friend)
        self.traces[client.id] = (telegram_id, number, name_from_profile(f"Имя-{telegram_id}"))
        self.delivered.append(Stimulus("register", work, (client.id,)))

    def imports(self, n: int, balance: int, spend: int) -> None:
        card = ListedCard(2, self.phone(n), None, None, balance, spend)

        async def work(tx: Tx) -> int:
            """How many points came with it."""
            found = await sort_cards(tx, [card])
            made = await import_new(tx, found.new)
            joined = [await import_joining(tx, one) for one in found.joining]
            return made.points + card.balance * sum(joined)

        points = self.world.act(work)

        async def whose(tx: Tx) -> int | None:
            client = await clients.by_phone(tx.db, card.phone)
            return None if client is None else client.id

        client_id = self.world.read(whose)
        if client_id is None:
            assert self.is_known_of_old(card.phone), "only who was erased is not taken on"
            return
        if points:
            self.model.moves(client_id, points)
        self.traces.setdefault(client_id, (card.phone,))
        self.delivered.append(Stimulus("import", work, (client_id,)))

"""What the machine can do to the business, one stimulus each, and what it expects of it."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from loyalty.calendar import add_months
from loyalty.names import name_from_profile
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
    challenge_endings,
    challenge_places,
    disputes,
    ledger_entries,
    lot_movements,
    lots,
    partner_codes,
    pending_points,
    referrals,
    reward_claims,
    reward_stock,
    tier_changes,
    visit_returns,
    visits,
)
from storage.tables import clients as clients_table
from tests.machine.invariants import audited, check_books, open_books
from tests.machine.reckoning import Friend
from tests.machine.view import View
from tests.machine.world import World, sender

ACCOUNTS = 6
# Tables in which a stimulus that comes a second time changes nothing.
OF_VALUE = (
    badge_grants,
    challenge_endings,
    challenge_places,
    clients_table,
    disputes,
    ledger_entries,
    lot_movements,
    lots,
    partner_codes,
    pending_points,
    referrals,
    reward_claims,
    reward_stock,
    tier_changes,
    visit_returns,
    visits,
)


@dataclass(frozen=True)
class Stimulus:
    """What was delivered, to be delivered again; `about` are the clients whose it is."""

    name: str
    work: Callable[[Tx], Awaitable[Any]]
    about: tuple[int, ...]


class Business(View):
    """People who come, and the pencil-and-paper model of what they have."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.delivered: list[Stimulus] = []
        # Whether this step may leave fewer points than are spoken for: returns, merges, disputes.
        self.may_undermine = False
        self.traces: dict[int, tuple[object, ...]] = {}
        self.by_own_tap = True  # what this step moved, its client moved: the handler answers
        self._told: tuple[dict[int, int], Counter[int]] | None = None
        self._free: dict[int, int] = {}  # points that were not spoken for, by client
        self.forgotten: dict[object, date] = {}  # phones, and when their owner was erased

    def phone(self, n: int) -> str:
        return f"+79120000{n % (ACCOUNTS + 2):03d}"

    def account(self, n: int) -> int:
        return 7_100_000_000 + n % ACCOUNTS

    def is_known_of_old(self, phone: str) -> bool:
        """Whether its owner was erased within the last 12 months (rule 15)."""
        erased_on = self.forgotten.get(phone)
        if erased_on is None:
            return False
        return self.world.today < add_months(erased_on, 12)

    # -- after every step

    def check(self) -> None:
        """After every step: the books are in order, and say what the model says."""
        books = self.world.see(open_books, audited)
        check_books(books, self.programme)
        expected = {row.id: 0 for row in books.clients} | self.model.balances
        assert books.balances == expected, "not as reckoned by hand"
        assert books.pending == self.model.pending, "not the points that rest"
        self.check_spoken_for()
        self.check_told()

    def check_spoken_for(self) -> None:
        """What is held or frozen is what hands say, and nothing else spends it (rule 7)."""
        books = self.books()
        active = [row for row in books.clients if row.status == "active"]
        spoken_for = {row.id: self.held(row.id) + self.frozen(row.id) for row in active}
        assert {one: points for one, points in spoken_for.items() if points} == books.spoken_for
        free = {row.id: row.balance - spoken_for[row.id] for row in active}
        for one, points in free.items():
            floor = min(self._free.get(one, 0), 0)
            assert self.may_undermine or points >= floor, "more is spoken for than there is"
        self._free, self.may_undermine = free, False

    def check_told(self) -> None:
        """Rule 24: whose points a step has moved was told, unless it was their own tap, which is
        answered in its chat."""
        books, before = self.books(), self._told
        told = books.told
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
        before = self.world.lines(*OF_VALUE)
        self.world.act(stimulus.work)
        assert self.world.lines(*OF_VALUE) == before, f"{stimulus.name} had a second effect"

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

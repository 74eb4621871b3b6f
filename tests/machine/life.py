"""The machine: hypothesis chooses what happens next, to whom, and when the process dies."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.machine.desk import Desk
from tests.machine.people import People
from tests.machine.shelf import Shelf
from tests.machine.world import World

NUMBERS = st.integers(0, 59)  # of things there are: the n-th, counted round
BILLS = st.one_of(
    st.sampled_from([49_999, 50_000, 999_999, 1_000_000, 3_000_000]), st.integers(1, 4_000_000)
)
SERVICES = st.sampled_from([None, "repair", "filter", "filter", "certificate"])
THOUSANDTHS = st.integers(1, 1000)


class Life(RuleBasedStateMachine):
    """A business from its first day on. `open_world` is given by the test."""

    open_world: ClassVar[Callable[[int, int, int], World]]
    happened: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None

    @initialize(
        pending_days=st.sampled_from([0, 0, 3]),
        lifetime_days=st.sampled_from([365, 40]),
        fate=st.integers(0, 10**9),
    )
    def opens(self, pending_days: int, lifetime_days: int, fate: int) -> None:
        self.world = type(self).open_world(pending_days, lifetime_days, fate)
        self.people = People(self.world)
        self.desk = Desk(self.people)
        self.shelf = Shelf(self.desk)
        # Somebody is there already, so that few steps lead far.
        self.people.registers(0, 0, adverts=True)
        self.people.opens_link(1, 0)
        self.people.registers(1, 1, adverts=False)
        self.desk.adjusts(0, 300)
        self.desk.comes(0, 1_000_000, "filter")
        self.desk.comes(1, 50_000, None)

    def teardown(self) -> None:
        if self.world is not None:
            type(self).happened += self.world.happened
            self.world.end()

    @invariant()
    def adds_up(self) -> None:
        if self.world is not None:
            self.world.happened["step"] += 1
            self.people.check()

    # -- people

    @rule(stranger=NUMBERS, owner=NUMBERS)
    def opens_link(self, stranger: int, owner: int) -> None:
        self.people.opens_link(stranger, owner)

    @rule(n=NUMBERS, phone=NUMBERS, adverts=st.booleans())
    def registers(self, n: int, phone: int, adverts: bool) -> None:
        self.people.registers(n, phone, adverts=adverts)

    @rule(n=NUMBERS, balance=st.integers(0, 2000), spend=st.integers(0, 5_000_000))
    def imports(self, n: int, balance: int, spend: int) -> None:
        self.people.imports(n, balance, spend)

    @rule(survivor=NUMBERS, source=NUMBERS)
    def merges(self, survivor: int, source: int) -> None:
        self.people.merges(survivor, source)

    @rule(n=NUMBERS, day=st.integers(1, 28), month=st.integers(1, 12))
    def tells_birthday(self, n: int, day: int, month: int) -> None:
        self.people.tells_birthday(n, day, month)

    @rule(n=NUMBERS, rating=st.integers(1, 5), words=st.sampled_from(["", "👍", "Хорошо"]))
    def reviews(self, n: int, rating: int, words: str) -> None:
        self.people.reviews(n, rating, words)

    @rule(n=NUMBERS, by_owner=st.booleans())
    def erases(self, n: int, by_owner: bool) -> None:
        self.people.erases(n, by_owner=by_owner)

    # -- the desk

    @rule(n=NUMBERS, bill=BILLS, service=SERVICES)
    def comes(self, n: int, bill: int, service: str | None) -> None:
        self.desk.comes(n, bill, service)

    @rule(n=NUMBERS, bill=BILLS, hours=st.sampled_from([1, 30, 200]))
    def comes_later(self, n: int, bill: int, hours: int) -> None:
        assert self.world is not None
        self.world.passes(timedelta(hours=hours))
        self.desk.comes(n, bill, "repair")

    @rule(n=NUMBERS, bill=BILLS, service=SERVICES)
    def previews(self, n: int, bill: int, service: str | None) -> None:
        self.desk.previews(n, bill, service)

    @precondition(lambda self: self.desk.open_previews)
    @rule(n=NUMBERS)
    def confirms(self, n: int) -> None:
        self.desk.confirms(self.desk.open_previews[n % len(self.desk.open_previews)])

    @rule(n=NUMBERS, bill=BILLS, thousandths=THOUSANDTHS, by_manager=st.booleans())
    def asks(self, n: int, bill: int, thousandths: int, by_manager: bool) -> None:
        self.desk.asks(n, bill, thousandths, by_manager=by_manager)

    @rule(n=NUMBERS, bill=BILLS, thousandths=THOUSANDTHS)
    def pays_with_points(self, n: int, bill: int, thousandths: int) -> None:
        self.desk.asks(n, bill, thousandths, by_manager=False)
        if self.desk.asked:
            self.desk.agrees(len(self.desk.asked) - 1)

    @precondition(lambda self: self.desk.asked)
    @rule(n=NUMBERS)
    def agrees(self, n: int) -> None:
        self.desk.agrees(n)

    @precondition(lambda self: self.desk.asked)
    @rule(n=NUMBERS)
    def refuses(self, n: int) -> None:
        self.desk.refuses(n)

    @rule(n=NUMBERS, thousandths=THOUSANDTHS)
    def returns_part(self, n: int, thousandths: int) -> None:
        self.desk.returns(n, thousandths)

    @rule(n=NUMBERS)
    def returns_whole(self, n: int) -> None:
        self.desk.returns(n, 1000)

    @rule(n=NUMBERS)
    def undoes(self, n: int) -> None:
        self.desk.undoes(n)

    @rule(n=NUMBERS, points=st.integers(-500, 500).filter(bool))
    def adjusts(self, n: int, points: int) -> None:
        self.desk.adjusts(n, points)

    # -- the shelf

    @rule(n=NUMBERS, reward=st.sampled_from(["mug", "book"]))
    def buys(self, n: int, reward: str) -> None:
        self.shelf.buys(n, reward)

    @precondition(lambda self: self.world.happened["reward"])
    @rule(n=NUMBERS)
    def cancels(self, n: int) -> None:
        self.shelf.cancels(n)

    @precondition(lambda self: self.world.happened["reward"])
    @rule(n=NUMBERS)
    def fetches(self, n: int) -> None:
        self.shelf.fetches(n)

    # -- what seldom comes about step by step

    @rule(n=NUMBERS, bill=st.integers(100_000, 2_000_000))
    def spends_what_goes_back(self, n: int, bill: int) -> None:
        """A debt (rule 9), and what is earned next."""
        self.desk.comes(n, bill, "repair")
        self.desk.spends_all(n)
        self.desk.returns(-1, 1000)
        self.desk.comes(n, bill // 2, None)

    @rule(n=NUMBERS, bill=st.integers(100_000, 2_000_000), points=st.integers(-400, -50))
    def spends_while_asked(self, n: int, bill: int, points: int) -> None:
        """Points that are held, wanted for something else at the same moment (rule 7)."""
        self.desk.asks(n, bill, 500, by_manager=False)
        self.desk.adjusts(n, points)
        self.shelf.buys(n, "book")
        if self.desk.asked:
            self.desk.agrees(-1)

    @rule(n=NUMBERS, other=NUMBERS, reward=st.sampled_from(["mug", "book"]))
    def merges_with_all_it_has(self, n: int, other: int, reward: str) -> None:
        """A record that goes with a reward that waits, and points that are held (rule 17)."""
        self.desk.comes(n, 500_000, "repair")
        self.shelf.buys(n, reward)
        self.desk.asks(n, 500_000, 300, by_manager=False)
        self.people.merges(other, n)

    # -- time, and what goes wrong

    @rule(hours=st.sampled_from([0.1, 1, 5, 24, 24, 72, 24 * 31, 24 * 200]), awake=st.booleans())
    def time_passes(self, hours: float, awake: bool) -> None:
        """Awake, the jobs look at once; asleep, a later look finds what is due."""
        assert self.world is not None
        self.world.passes(timedelta(hours=hours))
        if awake:
            self.shelf.rounds()

    @rule()
    def two_mornings(self) -> None:
        """Warned on one day, gone on the next: what expiry and reviews need to come about."""
        assert self.world is not None
        for _ in range(2):
            self.world.passes(timedelta(hours=25))
            self.shelf.rounds()

    @rule(n=NUMBERS)
    def redelivers(self, n: int) -> None:
        self.people.again(n)


def life_of(open_world: Callable[[int, int, int], World], seed: int) -> type[Life]:
    """The machine over one kind of database, its dice thrown by this seed."""
    made = type("Life", (Life,), {"open_world": staticmethod(open_world), "happened": Counter()})
    return seeded(seed)(made)

"""The machine: hypothesis chooses what happens next, to whom, and when the process dies."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

from hypothesis import seed as seeded
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from tests.machine.approvals import Approvals
from tests.machine.codes import Codes
from tests.machine.desk import Desk
from tests.machine.disputes import Disputes
from tests.machine.levels import Invitations
from tests.machine.people import People
from tests.machine.rounds import Rounds
from tests.machine.shelf import Shelf
from tests.machine.spending import Spending
from tests.machine.stimuli import NUMBERS
from tests.machine.stimuli_in_a_row import InARow
from tests.machine.world import World


class Life(InARow):
    """A business from its first day on. `open_world` is given by the test."""

    open_world: ClassVar[Callable[[int, int, int], World]]
    happened: ClassVar[Counter[str]]
    is_open = False

    @initialize(
        pending_days=st.sampled_from([0, 0, 3]),
        lifetime_days=st.sampled_from([365, 40]),
        fate=st.integers(0, 10**9),
    )
    def opens(self, pending_days: int, lifetime_days: int, fate: int) -> None:
        self.world = type(self).open_world(pending_days, lifetime_days, fate)
        self.is_open = True
        self.people = People(self.world)
        self.desk = Desk(self.people)
        self.spending = Spending(self.desk)
        self.approvals = Approvals(self.spending)
        self.disputes = Disputes(self.people)
        self.invitations = Invitations(self.people)
        self.codes = Codes(self.people)
        self.shelf = Shelf(self.people)
        self.rounds = Rounds(self.people)
        # Somebody is there already, so that few steps lead far.
        self.people.registers(0, 0, adverts=True)
        self.people.opens_link(1, 0)
        self.people.registers(1, 1, adverts=False)
        self.spending.adjusts(0, 300)
        self.desk.comes(0, 1_000_000, "filter")
        self.desk.comes(1, 50_000, None)

    def teardown(self) -> None:
        if self.is_open:
            type(self).happened += self.world.happened
            self.world.end()

    @invariant()
    def adds_up(self) -> None:
        if self.is_open:
            self.world.happened["step"] += 1
            self.people.check()

    # -- time, and what goes wrong

    @rule(hours=st.sampled_from([0.1, 1, 5, 24, 24, 72, 24 * 31, 24 * 200]), awake=st.booleans())
    def time_passes(self, hours: float, awake: bool) -> None:
        """Awake, the jobs look at once; asleep, a later look finds what is due."""
        self.world.passes(timedelta(hours=hours))
        if awake:
            self.rounds.look()

    @rule()
    def two_mornings(self) -> None:
        """Warned on one day, gone on the next: what expiry and reviews need to come about."""
        for _ in range(2):
            self.world.passes(timedelta(hours=25))
            self.rounds.look()

    @rule(code=st.sampled_from(["sprint", "basket"]))
    def gives_prizes_again(self, code: str) -> None:
        self.rounds.gives_prizes_again(code)

    @rule(n=NUMBERS)
    def redelivers(self, n: int) -> None:
        self.people.again(n)


def life_of(open_world: Callable[[int, int, int], World], seed: int) -> type[Life]:
    """The machine over one kind of database, its dice thrown by this seed."""
    made = type("Life", (Life,), {"open_world": staticmethod(open_world), "happened": Counter()})
    return seeded(seed)(made)

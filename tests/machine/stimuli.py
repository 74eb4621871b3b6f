"""What happens on any day: hypothesis chooses to whom, and how much."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from loyalty.invitations import Term
from tests.machine.approvals import Approvals
from tests.machine.codes import Codes
from tests.machine.desk import Desk
from tests.machine.disputes import Disputes
from tests.machine.levels import Invitations
from tests.machine.people import People
from tests.machine.programme import APPROVE_ABOVE
from tests.machine.rounds import Rounds
from tests.machine.shelf import Shelf
from tests.machine.spending import Spending
from tests.machine.world import CLERK, MANAGER, World

NUMBERS = st.integers(0, 59)  # of things there are: the n-th, counted round
BILLS = st.one_of(
    st.sampled_from([49_999, 50_000, 999_999, 1_000_000, APPROVE_ABOVE, 3_000_000]),
    st.integers(1, 4_000_000),
)
SERVICES = st.sampled_from([None, "repair", "filter", "filter", "certificate"])
THOUSANDTHS = st.integers(1, 1000)
PARTNERS = st.sampled_from(["kino", "kino", "spa"])


class Daily(RuleBasedStateMachine):
    """One stimulus each; the parts that know what is expected of it are made by the life."""

    world: World
    people: People
    desk: Desk
    spending: Spending
    approvals: Approvals
    disputes: Disputes
    invitations: Invitations
    codes: Codes
    shelf: Shelf
    rounds: Rounds

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
        self.world.passes(timedelta(hours=hours))
        self.desk.comes(n, bill, "repair")

    @rule(n=NUMBERS, bill=BILLS, service=SERVICES)
    def previews(self, n: int, bill: int, service: str | None) -> None:
        self.desk.previews(n, bill, service)

    @precondition(lambda self: self.desk.open_previews)
    @rule(n=NUMBERS, by_manager=st.booleans())
    def confirms(self, n: int, by_manager: bool) -> None:
        preview_id = self.desk.open_previews[n % len(self.desk.open_previews)]
        self.desk.confirms(preview_id, MANAGER if by_manager else CLERK)

    @rule(n=NUMBERS, bill=BILLS, thousandths=THOUSANDTHS, by_manager=st.booleans())
    def asks(self, n: int, bill: int, thousandths: int, by_manager: bool) -> None:
        self.spending.asks(n, bill, thousandths, by_manager=by_manager)

    @rule(n=NUMBERS, bill=BILLS, thousandths=THOUSANDTHS)
    def pays_with_points(self, n: int, bill: int, thousandths: int) -> None:
        self.spending.asks(n, bill, thousandths, by_manager=False)
        self.spending.agrees(-1)

    @precondition(lambda self: self.spending.asked)
    @rule(n=NUMBERS)
    def agrees(self, n: int) -> None:
        self.spending.agrees(n)

    @precondition(lambda self: self.spending.asked)
    @rule(n=NUMBERS)
    def refuses(self, n: int) -> None:
        self.spending.refuses(n)

    @precondition(lambda self: self.desk.awaited)
    @rule(n=NUMBERS, by_owner=st.booleans())
    def approves(self, n: int, by_owner: bool) -> None:
        self.approvals.approves(n, by_owner=by_owner)

    @precondition(lambda self: self.desk.awaited)
    @rule(n=NUMBERS)
    def declines(self, n: int) -> None:
        self.approvals.declines(n)

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
        self.spending.adjusts(n, points)

    # -- disputes

    @rule(n=NUMBERS, receipt=NUMBERS)
    def disputes_receipt(self, n: int, receipt: int) -> None:
        self.disputes.opens(n, receipt)

    @precondition(lambda self: self.people.model.disputed)
    @rule(n=NUMBERS)
    def withdraws_dispute(self, n: int) -> None:
        self.disputes.withdraws(n)

    @precondition(lambda self: self.world.happened["dispute: Opened"])
    @rule(n=NUMBERS, apology=st.sampled_from([0, 0, 300]))
    def settles(self, n: int, apology: int) -> None:
        self.disputes.settles(n, apology)

    # -- what there is to get

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

    @rule(n=NUMBERS, partner=PARTNERS)
    def takes_code(self, n: int, partner: str) -> None:
        self.codes.takes(n, partner)

    @rule(partner=PARTNERS, codes=st.sets(st.sampled_from(["A", "B", "C"])))
    def codes_come(self, partner: str, codes: set[str]) -> None:
        self.codes.comes(partner, *sorted(codes))

    @rule(n=NUMBERS, term=st.sampled_from([Term.OPEN, Term.QUARTER]))
    def invites(self, n: int, term: Term) -> None:
        self.invitations.invites(n, term)

    @rule(n=NUMBERS)
    def withdraws_invitation(self, n: int) -> None:
        self.invitations.withdraws(n)

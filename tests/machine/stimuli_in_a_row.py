"""What seldom comes about step by step: several stimuli in a row, to one person."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from loyalty.calendar import add_months
from loyalty.invitations import Term
from tests.machine.programme import APPROVE_ABOVE, CODES
from tests.machine.stimuli import NUMBERS, THOUSANDTHS, Daily

REWARDS = st.sampled_from(["mug", "book"])
USUAL = st.integers(100_000, 2_000_000)
ENDS = st.sampled_from(["approved", "approved", "refused", "late", "by manager"])
LARGE = st.integers(APPROVE_ABOVE + 1, 4_000_000)


class InARow(Daily):
    """Short stories."""

    @rule(n=NUMBERS, bill=USUAL)
    def spends_what_goes_back(self, n: int, bill: int) -> None:
        """A debt (rule 9), and what is earned next."""
        self.desk.comes(n, bill, "repair")
        self.spending.spends_all(n)
        self.desk.returns(-1, 1000)
        self.desk.comes(n, bill // 2, None)

    @rule(n=NUMBERS, bill=USUAL, points=st.integers(-400, -50))
    def spends_while_asked(self, n: int, bill: int, points: int) -> None:
        """Points that are held, wanted for something else at the same moment (rule 7)."""
        self.spending.asks(n, bill, 500, by_manager=False)
        self.spending.adjusts(n, points)
        self.shelf.buys(n, "book")
        self.spending.agrees(-1)

    @rule(n=NUMBERS, other=NUMBERS, reward=REWARDS, term=st.sampled_from([None, Term.QUARTER]))
    def merges_with_all_it_has(self, n: int, other: int, reward: str, term: Term | None) -> None:
        """A record that goes with a reward that waits, points that are held or disputed, a
        partner's code and an invitation (rule 17)."""
        self.desk.comes(n, 500_000, "repair")
        self.shelf.buys(n, reward)
        self.codes.takes(n, "kino")
        self.disputes.opens(n, -2)
        if term is not None:
            self.invitations.invites(n, term)
        self.spending.asks(n, 500_000, 300, by_manager=False)
        self.people.merges(other, n)

    @rule(n=NUMBERS, bill=USUAL, thousandths=THOUSANDTHS, goes=st.sampled_from("urk"))
    def disputes_and_is_heard(self, n: int, bill: int, thousandths: int, goes: str) -> None:
        """The last visit is disputed; its points buy nothing; then it is undone, returned in part,
        or kept, and the case is closed (rule 24)."""
        self.desk.comes(n, bill, "repair")
        self.disputes.opens(n, -2)
        self.spending.asks(n, bill, 900, by_manager=True)
        self.spending.spends_all(n)
        self.shelf.buys(n, "mug")
        if goes == "u":
            self.desk.undoes(-1)
        elif goes == "r":
            self.desk.returns(-1, thousandths)
        self.disputes.settles(-1, thousandths % 300 if goes == "k" else 0)
        self.spending.spends_all(n)

    @rule(n=NUMBERS, bill=LARGE, thousandths=THOUSANDTHS, by_owner=st.booleans())
    def asks_about_a_large_bill(self, n: int, bill: int, thousandths: int, by_owner: bool) -> None:
        """A manager first, then the client (rule 23)."""
        self.spending.asks(n, bill, thousandths, by_manager=False)
        self.approvals.approves(-1, by_owner=by_owner)
        self.spending.agrees(-1)

    @rule(n=NUMBERS, bill=LARGE, ends=ENDS)
    def comes_with_a_large_bill(self, n: int, bill: int, ends: str) -> None:
        """Answered in one way, and then in the other: the first one counts."""
        self.desk.comes(n, bill, None)
        if ends == "late":
            self.world.passes(timedelta(hours=2))
            self.rounds.look()
        elif ends == "refused":
            self.approvals.declines(-1)
            self.desk.confirms_last(by_manager=True)
        elif ends == "by manager":
            self.desk.confirms_last(by_manager=True)
        self.approvals.approves(-1, by_owner=False)
        self.approvals.declines(-1)

    @rule(n=NUMBERS, bill=USUAL, hours=st.sampled_from([1, 24, 80]))
    def returns_what_rests(self, n: int, bill: int, hours: int) -> None:
        """Before it is on the card, and after (rules 8 and 10)."""
        self.desk.comes(n, bill, "repair")
        self.world.passes(timedelta(hours=hours))
        self.rounds.look()
        self.desk.returns(-1, 400)
        self.world.passes(timedelta(hours=80))

    @rule(n=NUMBERS, term=st.sampled_from([Term.OPEN, Term.QUARTER]), bill=USUAL)
    def is_invited_for_a_while(self, n: int, term: Term, bill: int) -> None:
        """To its end, that is told of before, or without one (rule 12)."""
        self.invitations.invites(n, term)
        self.desk.comes(n, bill, "repair")
        days = (add_months(self.world.today, 3) - self.world.today).days
        for later in (days - 7, 7, 1):
            self.world.passes(timedelta(days=later))
            self.rounds.look()

    @rule(n=NUMBERS, partner=st.sampled_from(sorted(CODES)))
    def all_take_codes(self, n: int, partner: str) -> None:
        """More people than there are codes."""
        for one in range(n, n + 3):
            self.codes.takes(one, partner)

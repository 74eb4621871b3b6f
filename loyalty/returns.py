"""What a return of a visit, whole or in part, gives back and takes back (rule 8)."""

from dataclasses import dataclass

from loyalty.refusals import Refusal
from loyalty.visits import VisitTerms, rest_of


@dataclass(frozen=True)
class ReturnFigures:
    """One return; money in minor units. Nothing in it is ever negative."""

    amount: int  # of the bill, before discount
    rest: VisitTerms  # what the visit amounts to from now on
    refund: int  # money to give back
    points_restored: int  # of those that had paid
    points_taken: int  # of those earned

    @property
    def is_whole(self) -> bool:
        """Nothing of the bill is left."""
        return self.rest.bill == 0


class MoreThanLeft(Refusal):
    """More is to be returned than is left of the bill, `largest` in minor units."""

    def __init__(self, asked: int, largest: int) -> None:
        super().__init__(asked, largest)
        self.asked = asked
        self.largest = largest


def return_of(terms: VisitTerms, amount: int) -> ReturnFigures:
    """The figures of returning so much of a bill (minor units) that `terms` are left of.

    Raises MoreThanLeft.
    """
    if amount > terms.bill:
        raise MoreThanLeft(amount, terms.bill)
    if amount <= 0:
        raise ValueError("a return returns something")
    rest = rest_of(terms, terms.bill - amount)
    return ReturnFigures(
        amount=amount,
        rest=rest,
        refund=terms.to_pay - rest.to_pay,
        points_restored=terms.points_spent - rest.points_spent,
        points_taken=terms.points_earned - rest.points_earned,
    )

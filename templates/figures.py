"""A visit's figures as every screen tells them: bill, discount, points, to pay, to be earned."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Figures:
    """What is shown by `previews/_figures.j2`, in rule 5's order. Money in minor units."""

    bill: int
    discount: int
    discount_percent: Fraction
    points_spent: int
    paid_with_points: int  # what they pay
    to_pay: int
    points: int  # to be earned
    percent: Fraction
    is_excluded: bool  # the service earns nothing

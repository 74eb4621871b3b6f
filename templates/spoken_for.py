"""Points that a client has and cannot spend now, as every screen says it."""

from dataclasses import dataclass
from typing import Annotated

from templates.messages import AtMost

FROZEN_SHOWN_MAX = 3


@dataclass(frozen=True)
class FrozenShown:
    """Points that wait for the answer in a case."""

    number: int
    points: int


@dataclass(frozen=True)
class Reserved:
    """What of the balance is spoken for, and what is left to spend."""

    available: int
    held: int = 0  # on a question about points that the client has not answered
    frozen: int = 0  # by all cases
    frozen_by: Annotated[tuple[FrozenShown, ...], AtMost(FROZEN_SHOWN_MAX)] = ()

"""What is wrong with a programme's file, in words that its owner can act on."""

from dataclasses import dataclass
from enum import StrEnum

from loyalty.refusals import Refusal


class Fault(StrEnum):
    """What kind of value belongs there, for who says it in another language than the file's."""

    WHOLE = "whole"  # a whole number, `low` to `high`
    NUMBER = "number"  # decimals allowed, `low` to `high`
    PERCENT = "percent"  # `low` to `high`, at most `digits` decimals
    MONEY = "money"  # in the major unit, at most `digits` decimals; `low` 1: above 0
    TIME = "time"
    TWO_TIMES = "two-times"
    CHOICE = "choice"
    WARNINGS = "warnings"  # at least one, each a whole number from `low` to `high`, none twice
    PENDING_WITHIN_LIFETIME = "pending-within-lifetime"  # fewer days than `high`
    LEVELS_RISE = "levels-rise"  # each level begins above the one before it
    AT_MOST_EVERYTHING = "at-most-everything"  # cashback and discount together at most 100
    OTHER = "other"


class Expected(str):
    """What belongs there in English words, as the file's reader says it; `fault` and the figures
    beside it say the same to whoever has other words."""

    __slots__ = ("digits", "fault", "high", "low")

    fault: Fault
    low: int
    high: int
    digits: int

    def __new__(
        cls, words: str, fault: Fault, *, low: int = 0, high: int = 0, digits: int = 0
    ) -> "Expected":
        made = super().__new__(cls, words)
        made.fault, made.low, made.high, made.digits = fault, low, high, digits
        return made


def expected_of(words: str) -> Expected:
    """The same, for words that nobody has told apart."""
    return words if isinstance(words, Expected) else Expected(words, Fault.OTHER)


@dataclass(frozen=True)
class Mistake:
    """One wrong key: its path (list places count from 0), what belongs there, what stands there.

    The path is empty where the file as a whole is at fault.
    """

    key: str
    expected: str
    got: str

    def line(self, file_name: str) -> str:
        """The mistake as one line."""
        where = f"{file_name}: {self.key}" if self.key else file_name
        return f"{where}: expected {self.expected}, got {self.got}"


class ProgrammeInvalid(Refusal):
    """The file cannot be used; every mistake in it is told at once."""

    def __init__(self, file_name: str, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(file_name, mistakes)
        self.file_name = file_name
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> tuple[str, ...]:
        """One line a mistake, in the file's order where there is one."""
        return tuple(mistake.line(self.file_name) for mistake in self.mistakes)

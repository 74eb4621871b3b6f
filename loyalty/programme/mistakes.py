"""What is wrong with a programme's file, in words that its owner can act on."""

from dataclasses import dataclass

from loyalty.refusals import Refusal


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

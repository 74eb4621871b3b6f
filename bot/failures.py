"""What stops the start, or the run, said in one line that somebody can act on."""

from dataclasses import dataclass

from bot.delivery.turn import SenderTaken
from bot.telegram import TokenRevoked
from bot.webhook import WebhookUnusable
from loyalty.programme import ProgrammeInvalid
from storage.failures import is_passing
from storage.schema import SchemaNewerThanCode

FAILED = 1
WRONG_INPUT = 2  # a setting, a file or an argument is wrong
NO_SUCH_TOKEN = "Telegram does not know this token; take a new one at @BotFather"  # noqa: S105


@dataclass(frozen=True)
class Stop:
    """Why the program ends, for who reads its last line, and its exit code."""

    line: str
    code: int


class DatabaseUnusable(Exception):
    """The database cannot be opened, or is not ours: why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def explain_stop(stopped_by: BaseException) -> Stop | None:
    """One line for a failure that has a name; None for a fault of ours."""
    for error in _leaves(stopped_by):
        match error:
            case TokenRevoked():
                return Stop(f"SVOI_BOT_TOKEN: {NO_SUCH_TOKEN}", FAILED)
            case WebhookUnusable(setting=setting, reason=reason):
                return Stop(f"{setting}: {reason}", WRONG_INPUT)
            case DatabaseUnusable(reason=reason):
                return Stop(f"SVOI_DATABASE_URL: {reason}", WRONG_INPUT)
            case SchemaNewerThanCode(found=found):
                reason = f"a newer Svoi migrated it (schema {found}); update the program"
                return Stop(f"SVOI_DATABASE_URL: {reason}", WRONG_INPUT)
            case SenderTaken():
                return Stop("another process sends for this database; end one of the two", FAILED)
            case ProgrammeInvalid():
                return Stop(f"SVOI_PROGRAMME: {_first_line(error)}", WRONG_INPUT)
    if is_passing(stopped_by):
        return Stop("SVOI_DATABASE_URL: the database does not answer now; try again", FAILED)
    return None


def _first_line(error: ProgrammeInvalid) -> str:
    first, *others = error.lines()
    more = f" (and {len(others)} more: svoi check-programme tells all)" if others else ""
    return f"{first}{more}"


def _leaves(error: BaseException) -> list[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [leaf for part in error.exceptions for leaf in _leaves(part)]

"""What stops the start, or the run, said in one line that somebody can act on."""

import os
from dataclasses import dataclass
from pathlib import Path

from bot.telegram import TokenRevoked
from bot.webhook import WebhookUnusable
from storage.database import driver_url

FAILED = 1
WRONG_INPUT = 2  # a setting, a file or an argument is wrong
NO_SUCH_TOKEN = "Telegram does not know this token; take a new one at @BotFather"  # noqa: S105


@dataclass(frozen=True)
class Stop:
    """Why the program ends, for who reads its last line, and its exit code."""

    line: str
    code: int


class DatabaseUnusable(Exception):
    """The database cannot be opened for writing: why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_database(url: str) -> None:
    """Raises DatabaseUnusable for a file that cannot be written, or a server that is not there."""
    parsed = driver_url(url)
    if parsed.get_backend_name() != "sqlite":
        return
    file = Path(parsed.database or "")
    folder = file.parent
    if not folder.is_dir():
        raise DatabaseUnusable(f"the folder {folder} does not exist")
    target = file if file.exists() else folder
    if not os.access(target, os.W_OK) or not os.access(folder, os.W_OK):
        raise DatabaseUnusable(f"{target} is read-only")


def explain_stop(stopped_by: Exception) -> Stop | None:
    """One line for a failure that has a name; None for a fault of ours."""
    for error in _leaves(stopped_by):
        match error:
            case TokenRevoked():
                return Stop(f"SVOI_BOT_TOKEN: {NO_SUCH_TOKEN}", FAILED)
            case WebhookUnusable(setting=setting, reason=reason):
                return Stop(f"{setting}: {reason}", WRONG_INPUT)
    return None


def _leaves(error: BaseException) -> list[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        return [error]
    return [leaf for part in error.exceptions for leaf in _leaves(part)]
